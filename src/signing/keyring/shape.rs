//! The form once more, for editors: a JSON Schema that a test holds to the reader.
#![expect(
    dead_code,
    clippy::struct_field_names,
    reason = "the fields are there for their schema alone, and named as in the document"
)]

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema of a keyring, in draft 7: `schemas/keyring.schema.json` holds the same.
#[must_use]
pub fn json_schema() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<Document>().to_value()
}

/// Whose signatures count, for what, where and when.
#[derive(JsonSchema)]
#[schemars(rename = "Keyring", deny_unknown_fields)]
struct Document {
    /// Version of the form.
    #[schemars(extend("const" = 1))]
    version: u64,
    /// What it calls itself.
    name: Text,
    /// Persons and services.
    #[schemars(length(min = 1))]
    identities: Vec<Identity>,
}

/// A person or a service; no name comes twice.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Identity {
    /// Its name.
    identity: Text,
    /// What it is trusted to be.
    #[schemars(length(min = 1))]
    roles: Vec<Word>,
    /// The predicate types that it may sign, such as `https://driftgate.dev/gate-report/v1`; when
    /// absent every one but `https://driftgate.dev/event/v1#governance`, which lets change keyring and
    /// policy of a registry.
    #[schemars(default, length(min = 1), with = "Vec<Text>")]
    predicates: Option<Vec<Text>>,
    /// What it may sign for; everything when absent.
    #[schemars(default, length(min = 1), with = "Vec<Word>")]
    environments: Option<Vec<Word>>,
    /// Its keys; no key comes twice.
    #[schemars(length(min = 1))]
    keys: Vec<Key>,
}

/// A key and the time in which what it signs counts.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Key {
    /// ECDSA P-256 or Ed25519, SPKI as PEM.
    #[schemars(extend("pattern" = "-----BEGIN PUBLIC KEY-----"))]
    public_key: String,
    /// From when on; always when absent.
    #[schemars(default, with = "Instant")]
    valid_from: Option<Instant>,
    /// Until when, that instant not included; without end when absent.
    #[schemars(default, with = "Instant")]
    valid_until: Option<Instant>,
    /// When it was given up: nothing that it signed counts any more.
    #[schemars(default, with = "Instant")]
    revoked_at: Option<Instant>,
}

/// Text of one line.
#[derive(JsonSchema)]
#[schemars(extend("minLength" = 1, "maxLength" = 256, "pattern" = r"\S"))]
struct Text(String);

/// A short word that others refer to.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
struct Word(String);

/// An RFC 3339 instant.
#[derive(JsonSchema)]
#[schemars(extend("pattern" =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
))]
struct Instant(String);
