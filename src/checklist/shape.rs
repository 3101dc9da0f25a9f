//! What the schemas of all gates share.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::yaml::shape::{Identifier, Name, Prose};

/// What every gate has.
#[derive(JsonSchema)]
pub(crate) struct Common {
    /// Its name, unique in the policy.
    name: Identifier,
    /// Whether its failure stops the promotion (`block`, the default) or only warns (`warn`).
    severity: Option<Severity>,
    /// Who answers for it.
    owner: Option<Name>,
    /// What is said, besides the findings, when it does not pass.
    message: Option<Prose>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Severity {
    Block,
    Warn,
}
