//! The document: YAML text → [`Keyring`].

use std::collections::{BTreeMap, BTreeSet};

use super::{Identity, Keyring, KnownKey};
use crate::clock::Timestamp;
use crate::signing::{KeyId, PublicKey};
use crate::yaml::{
    Content, Faults, Fields, Node, WhenEmpty, YamlError, count, identifier, list, name, prose,
    quoted, tree,
};

/// Reads a keyring; `file` is what messages call it.
///
/// # Errors
/// [`YamlError`] with every fault: bytes that are no YAML, YAML that such a document must not use,
/// unknown, missing and repeated keys, texts that are no public key, two identities of one name, a
/// key that is there twice, a time that ends before it begins.
///
/// # Panics
/// Never for any input: a keyring without faults is complete.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Keyring, YamlError> {
    let mut faults = Faults::default();
    let keyring = tree(bytes, EMPTY, &mut faults).and_then(|root| keyring(&root, &mut faults));
    let faults = faults.into_vec();
    if faults.is_empty() {
        Ok(keyring.expect("what is missing in a keyring is a fault"))
    } else {
        Err(YamlError::new(file, bytes, faults))
    }
}

fn keyring(root: &Node, faults: &mut Faults) -> Option<Keyring> {
    let mut fields = Fields::of(root, "the keyring", faults)?;
    fields.required("version", faults, version);
    let name = fields.required("name", faults, name);
    let identities = fields.required("identities", faults, |node, faults| {
        let mut seen = Seen::default();
        list(node, "a list of identities", faults, |node, faults| identity(node, &mut seen, faults))
    });
    fields.finish(faults);
    Some(Keyring { name: name?, identities: identities? })
}

/// The only version there is.
fn version(node: &Node, faults: &mut Faults) -> Option<()> {
    let version = count(node, 0, u64::MAX, faults)?;
    if version != 1 {
        faults.add(node.place, format!("expected version `1` of the form, found `{version}`"));
    }
    Some(())
}

/// What may be there only once, by its line.
#[derive(Default)]
struct Seen {
    names: BTreeMap<String, usize>,
    keys: BTreeMap<KeyId, usize>,
}

fn identity(node: &Node, seen: &mut Seen, faults: &mut Faults) -> Option<Identity> {
    let mut fields = Fields::of(node, "an identity", faults)?;
    let name = fields.required("identity", faults, |node, faults| {
        let name = name(node, faults)?;
        if let Some(first) = seen.names.insert(name.clone(), node.place.line) {
            let twice = format!("the identity {} is already on line {first}", quoted(&name));
            faults.add(node.place, twice);
        }
        Some(name)
    });
    let roles = fields.required("roles", faults, words);
    let predicates = fields.optional("predicates", faults, |node, faults| {
        let types = list(node, "a list of predicate types", faults, name_of_type)?;
        Some(types.into_iter().collect())
    });
    let environments = fields.optional("environments", faults, words);
    let keys = fields.required("keys", faults, |node, faults| {
        list(node, "a list of keys", faults, |node, faults| known_key(node, seen, faults))
    });
    fields.finish(faults);
    Some(Identity { name: name?, roles: roles?, predicates, environments, keys: keys? })
}

/// The type of a predicate: a URI, as it stands in statements.
fn name_of_type(node: &Node, faults: &mut Faults) -> Option<String> {
    let uri = name(node, faults)?;
    if uri.contains("://") {
        return Some(uri);
    }
    let expected = "expected a predicate type such as `https://driftgate.dev/gate-report/v1`";
    faults.add(node.place, format!("{expected}, found {}", quoted(&uri)));
    None
}

fn words(node: &Node, faults: &mut Faults) -> Option<BTreeSet<String>> {
    let words = list(node, "a list of names", faults, identifier)?;
    Some(words.into_iter().collect())
}

fn known_key(node: &Node, seen: &mut Seen, faults: &mut Faults) -> Option<KnownKey> {
    let mut fields = Fields::of(node, "a key", faults)?;
    let place = fields.place();
    let key = fields.required("public_key", faults, |node, faults| {
        let key = public_key(node, faults)?;
        if let Some(first) = seen.keys.insert(key.id(), place.line) {
            faults.add(place, format!("this key is already on line {first}"));
        }
        Some(key)
    });
    let valid_from = fields.optional("valid_from", faults, moment);
    let valid_until = fields.optional("valid_until", faults, moment);
    let revoked_at = fields.optional("revoked_at", faults, moment);
    fields.finish(faults);
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && from >= until
    {
        faults.add(place, format!("the key is valid until {until}, but only from {from} on"));
    }
    Some(KnownKey { key: key?, valid_from, valid_until, revoked_at, line: place.line })
}

fn public_key(node: &Node, faults: &mut Faults) -> Option<PublicKey> {
    let text = prose(node, faults)?;
    let key = PublicKey::from_pem(&text);
    if let Err(error) = &key {
        let hint = "write `public_key: |` and below it the lines of a `.pub.pem` file, indented";
        faults.add_with_hint(node.place, format!("no public key: {error}"), hint);
    }
    key.ok()
}

/// An instant to the second; a date alone would leave open which end of the day is meant.
fn moment(node: &Node, faults: &mut Faults) -> Option<Timestamp> {
    let instant = match &node.content {
        Content::Scalar(scalar) => Timestamp::parse_rfc3339(&scalar.text),
        Content::Refused => return None,
        Content::List(_) | Content::Map(_) => None,
    };
    if instant.is_none() {
        let found = node.found();
        let expected = "expected an instant such as `2026-01-31T00:00:00Z`";
        faults.add(node.place, format!("{expected}, found {found}"));
    }
    instant
}

const EMPTY: WhenEmpty = WhenEmpty {
    expected: "a map with `version`, `name` and `identities`",
    hint: "`data/keyring.yaml` in driftgate's repository is one to begin with",
};
