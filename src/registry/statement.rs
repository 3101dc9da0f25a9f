//! An in-toto statement of the registry: an event, or somebody's word on what is to be decided.

use serde::{Deserialize, Serialize};

use crate::report::{ResourceDescriptor, STATEMENT_TYPE};

/// What is signed (in-toto Statement v1), with one kind of predicate.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the fields are named as in the specification")]
pub(super) struct Statement<P> {
    #[serde(rename = "_type")]
    pub(super) statement_type: String,
    pub(super) subject: Vec<ResourceDescriptor>,
    #[serde(rename = "predicateType")]
    pub(super) predicate_type: String,
    pub(super) predicate: P,
}

impl<P> Statement<P> {
    /// A statement about some subjects.
    pub(super) fn of(subject: Vec<ResourceDescriptor>, predicate_type: &str, predicate: P) -> Self {
        let (statement_type, predicate_type) =
            (STATEMENT_TYPE.to_owned(), predicate_type.to_owned());
        Self { statement_type, subject, predicate_type, predicate }
    }
}
