//! The predicate as an in-toto statement (<https://in-toto.io/Statement/v1>).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Predicate;

/// The type of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of a gate report's predicate.
pub const PREDICATE_TYPE: &str = "https://driftgate.dev/gate-report/v1";

/// The subject's name: the manifest file whose digest is the snapshot's identity.
pub const SUBJECT_NAME: &str = "snapshot.manifest";

/// The subject's name where a model was judged, and no data: the manifest of its files.
pub const ARTIFACT_SUBJECT_NAME: &str = "model.manifest";

/// A statement about the candidate snapshot, or about a model.
///
/// It has nothing the specification does not define, because verifiers read it strictly; and one
/// subject, because they accept a statement for *any* of its subjects: the reference as a second
/// one would carry the candidate's report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT_TYPE`]
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// The manifest of the candidate or of the model, alone.
    pub subject: Vec<ResourceDescriptor>,
    /// [`PREDICATE_TYPE`]
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The report.
    pub predicate: Predicate,
}

impl Statement {
    /// The statement on what was judged.
    pub(super) fn new(subject: ResourceDescriptor, predicate: Predicate) -> Self {
        Self {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: vec![subject],
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate,
        }
    }
}

/// A file by name and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceDescriptor {
    /// Its name.
    pub name: String,
    /// Its digests by algorithm; `sha256` is always there.
    pub digest: BTreeMap<String, String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

impl ResourceDescriptor {
    /// A file of this name whose SHA-256 has these hexadecimal digits.
    #[must_use]
    pub fn sha256(name: &str, hex: &str) -> Self {
        Self {
            name: name.to_owned(),
            digest: BTreeMap::from([("sha256".to_owned(), hex.to_owned())]),
            media_type: None,
        }
    }
}
