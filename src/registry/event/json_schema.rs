//! The form of events, for other programs.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{EVENT_TYPE, Event};

/// The JSON Schema of an event's predicate: `schemas/event.schema.json` holds the same.
#[must_use]
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Event>();
    schema.insert("$id".to_owned(), format!("{EVENT_TYPE}.schema.json").into());
    schema.insert("title".to_owned(), "Event".into());
    schema.to_value()
}

/// A SHA-256 digest: 64 lower-case hexadecimal digits.
#[derive(JsonSchema)]
#[schemars(inline, extend("pattern" = "^[0-9a-f]{64}$"))]
#[expect(dead_code, reason = "the type is there for its schema alone")]
pub(in crate::registry) struct Sha256Hex(String);

/// The id of a gate report.
#[derive(JsonSchema)]
#[schemars(inline, extend("pattern" = "^sha256:[0-9a-f]{64}$"))]
#[expect(dead_code, reason = "the type is there for its schema alone")]
pub(super) struct ReportId(String);

/// RFC 3339 in UTC, to the second.
#[derive(JsonSchema)]
#[schemars(inline, extend("pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
#[expect(dead_code, reason = "the type is there for its schema alone")]
pub(in crate::registry) struct Instant(String);
