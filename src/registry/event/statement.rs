//! An event as a statement, written and read.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json_schema::{Instant, Sha256Hex};
use super::{EventBody, Seq, SubjectName, instant};
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::quantity::Bytes;
use crate::registry::statement::Statement;
use crate::report::{ResourceDescriptor, STATEMENT_TYPE};
use crate::verdict::text;

/// An event with its place in the ledger: the predicate that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// [`SCHEMA_VERSION`]
    pub schema_version: u64,
    /// The registry's id: the SHA-256 of the digits of its founding nonce.
    #[schemars(with = "Sha256Hex")]
    pub registry: Sha256Digest,
    /// Its number, from 1.
    pub seq: Seq,
    /// SHA-256 of the file of the event before; null for the first.
    #[schemars(with = "Option<Sha256Hex>")]
    pub prev: Option<Sha256Digest>,
    /// When it happened, by the clock of whoever wrote it.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

/// An object that an event rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// What it is to the event.
    pub name: SubjectName,
    /// Its digest.
    pub digest: Sha256Digest,
}

impl Event {
    /// The statement's bytes: subjects are the objects that the body names, then the others.
    ///
    /// # Panics
    /// Never: an event has string keys.
    #[must_use]
    pub fn statement(&self, others: &[Subject]) -> Vec<u8> {
        let named = self.body.objects().into_iter();
        let named = named.map(|(name, digest)| descriptor(name, digest));
        let others = others.iter().map(|other| descriptor(other.name.as_ref(), other.digest));
        let statement = Statement::of(named.chain(others).collect(), EVENT_TYPE, self);
        serde_json::to_vec(&statement).expect("an event has string keys")
    }

    /// Reads the bytes of a statement, which have to be those that [`Self::statement`] gives.
    ///
    /// # Errors
    /// [`EventError`]
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Subject>), EventError> {
        let head: Head = strict_json::read(bytes, EVENT_BYTES_MAX)?;
        head.expect()?;
        let statement: Statement<Self> = strict_json::read(bytes, EVENT_BYTES_MAX)?;
        let ours = serde_json::to_vec(&statement).unwrap_or_default();
        if ours != bytes {
            let same = ours.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs);
            return Err(EventError::Spelling { byte: same.count() });
        }
        let Statement { subject, predicate, .. } = statement;
        let subjects: Option<Vec<Subject>> = subject.iter().map(subject_of).collect();
        let subjects = subjects.ok_or(EventError::Subject)?;
        let named = predicate.body.objects();
        let differs = |((name, digest), subject): (&(&str, Sha256Digest), &Subject)| {
            subject.name.as_ref() != *name || subject.digest != *digest
        };
        if subjects.len() < named.len().max(1) || named.iter().zip(&subjects).any(differs) {
            return Err(EventError::Subjects { kind: predicate.body.kind() });
        }
        Ok((predicate, subjects))
    }
}

/// As much of a statement as says whether the rest can be read.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_type")]
    statement_type: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: PredicateHead,
}

#[derive(Deserialize)]
struct PredicateHead {
    #[serde(rename = "schemaVersion")]
    schema_version: Option<u64>,
}

impl Head {
    fn expect(&self) -> Result<(), EventError> {
        if self.statement_type != STATEMENT_TYPE {
            return Err(EventError::StatementType { found: text::phrase(&self.statement_type) });
        }
        if self.predicate_type != EVENT_TYPE {
            return Err(EventError::PredicateType { found: text::phrase(&self.predicate_type) });
        }
        match self.predicate.schema_version {
            Some(SCHEMA_VERSION) => Ok(()),
            found => Err(EventError::SchemaVersion { found }),
        }
    }
}

fn descriptor(name: &str, digest: Sha256Digest) -> ResourceDescriptor {
    ResourceDescriptor::sha256(name, &digest.to_string())
}

/// A name and one SHA-256, and nothing else.
fn subject_of(descriptor: &ResourceDescriptor) -> Option<Subject> {
    let name = descriptor.name.parse().ok()?;
    let digest = descriptor.digest.get("sha256")?.parse().ok()?;
    let subject = Subject { name, digest };
    (*descriptor == self::descriptor(subject.name.as_ref(), digest)).then_some(subject)
}

/// Why a signed payload is no event that is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not one strict JSON document of an event's shape.
    #[error("the statement is refused: {0}")]
    Json(#[from] StrictJsonError),
    /// No in-toto statement that is read.
    #[error("expected a statement of type `{STATEMENT_TYPE}`, found `{found}`")]
    StatementType {
        /// The type found, shortened.
        found: String,
    },
    /// The statement says something else.
    #[error("expected the predicate type `{EVENT_TYPE}`, found `{found}`")]
    PredicateType {
        /// The type found, shortened.
        found: String,
    },
    /// Another version of the form.
    #[error("expected schema version {SCHEMA_VERSION}, found {}", found.map_or("none".to_owned(), |found| found.to_string()))]
    SchemaVersion {
        /// The version found.
        found: Option<u64>,
    },
    /// More than is understood, or the same in other words.
    #[error("from byte {byte} on the statement is not written as this version writes it")]
    Spelling {
        /// Where it differs first.
        byte: usize,
    },
    /// A subject is no object.
    #[error("expected subjects with a name and a sha256 digest")]
    Subject,
    /// The subjects are not the objects that the event rests on.
    #[error("the subjects are not the objects that an event `{kind}` rests on")]
    Subjects {
        /// The kind of the event.
        kind: &'static str,
    },
}

impl EventError {
    /// The stable name: `E_STATEMENT`, `E_STATEMENT_TYPE`, `E_PREDICATE_TYPE`, `E_SCHEMA_VERSION`
    /// or `E_SUBJECT`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(_) | Self::Spelling { .. } => "E_STATEMENT",
            Self::StatementType { .. } => "E_STATEMENT_TYPE",
            Self::PredicateType { .. } => "E_PREDICATE_TYPE",
            Self::SchemaVersion { .. } => "E_SCHEMA_VERSION",
            Self::Subject | Self::Subjects { .. } => "E_SUBJECT",
        }
    }
}

/// The type of an event's predicate.
pub const EVENT_TYPE: &str = "https://driftgate.dev/event/v1";

/// The one version of the form.
pub const SCHEMA_VERSION: u64 = 1;

/// The most bytes of an event, signed: a hundred times the largest with two pages of comment.
pub const EVENT_BYTES_MAX: Bytes = Bytes(1 << 20);

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event {
            schema_version: SCHEMA_VERSION,
            registry: Sha256Digest::of(b"registry"),
            seq: Seq(2),
            prev: Some(Sha256Digest::of(b"first")),
            at: Timestamp::from_unix_seconds(1_795_402_800).unwrap(),
            body: EventBody::Registered {
                model: "fraud".parse().unwrap(),
                version: "v12".parse().unwrap(),
                passport: Sha256Digest::of(b"passport"),
            },
        }
    }

    #[test]
    fn an_event_is_read_back_as_written() {
        let other = Subject { name: "evidence".parse().unwrap(), digest: Sha256Digest::of(b"e") };
        let bytes = event().statement(std::slice::from_ref(&other));
        let (read, subjects) = Event::read(&bytes).unwrap();
        assert_eq!(read, event());
        assert_eq!(subjects.len(), 2);
        assert_eq!((subjects[0].name.as_ref(), &subjects[1]), ("passport", &other));
    }

    #[test]
    fn other_words_for_the_same_are_refused() {
        let text = String::from_utf8(event().statement(&[])).unwrap();
        let cases = [
            (r#""seq":2"#, r#""seq": 2"#, "E_STATEMENT"),
            (r#""seq":2"#, r#""seq":2,"more":1"#, "E_STATEMENT"),
            (r#""seq":2"#, r#""seq":2,"seq":2"#, "E_STATEMENT"),
            (r#""seq":2"#, r#""seq":2.0"#, "E_STATEMENT"),
            (r#""version":"v12""#, r#""version":"v12","model":"x""#, "E_STATEMENT"),
            (r#""version":"v12""#, r#""version":"../v12""#, "E_STATEMENT"),
            ("03:00:00Z", "03:00:00+00:00", "E_STATEMENT"),
            ("event/v1", "event/v2", "E_PREDICATE_TYPE"),
            ("Statement/v1", "Statement/v0.1", "E_STATEMENT_TYPE"),
            (r#""schemaVersion":1"#, r#""schemaVersion":2"#, "E_SCHEMA_VERSION"),
            (r#""name":"passport""#, r#""name":"passports""#, "E_SUBJECT"),
            (r#""kind":"registered""#, r#""kind":"regostered""#, "E_STATEMENT"),
        ];
        for (from, to, code) in cases {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let error = Event::read(changed.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code, "{from} → {to}: {error}");
        }
    }

    #[test]
    fn an_event_without_a_subject_is_refused() {
        let text = String::from_utf8(event().statement(&[])).unwrap();
        let start = text.find(r#""subject":["#).unwrap() + 11;
        let end = text.find("],\"predicateType\"").unwrap();
        let without = format!("{}{}", &text[..start], &text[end..]);
        assert_eq!(Event::read(without.as_bytes()).unwrap_err().code(), "E_SUBJECT");
    }
}
