//! The verification summary of a promotion, for programs that know no ledger.
//!
//! SLSA's VSA v1 (<https://slsa.dev/spec/v1.1/verification_summary>): who verified what for which
//! resource under which policy, resting on which attestations.

use serde::Serialize;

use super::event::{EnvironmentName, ModelName, VersionName};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::report::{ResourceDescriptor, STATEMENT_TYPE};
use crate::snapshot::SnapshotId;

/// The type of its predicate.
pub const SUMMARY_TYPE: &str = "https://slsa.dev/verification_summary/v1";

/// What was verified.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// The model.
    pub model: &'a ModelName,
    /// Its version.
    pub version: &'a VersionName,
    /// Where it runs from now on.
    pub environment: &'a EnvironmentName,
    /// The version's files.
    pub artifact: SnapshotId,
    /// The policy in force.
    pub policy: Option<Sha256Digest>,
    /// Reports and approvals that it rests on.
    pub inputs: &'a [Sha256Digest],
    /// Whether people may have approved what they asked for themselves.
    pub self_approval: bool,
    /// When.
    pub at: Timestamp,
}

impl Verified<'_> {
    /// The bytes to sign: a statement on the version's files, for this environment and no other.
    ///
    /// # Panics
    /// Never: a summary has string keys.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let Self { model, version, environment, .. } = self;
        let digest = |digest: &Sha256Digest| Digests {
            digest: ResourceDescriptor::sha256("", &digest.to_string()).digest,
        };
        let statement = Statement {
            statement_type: STATEMENT_TYPE,
            subject: [ResourceDescriptor::sha256(
                "model.manifest",
                &self.artifact.subject_digest(),
            )],
            predicate_type: SUMMARY_TYPE,
            predicate: Summary {
                verifier: Verifier { id: VERIFIER },
                time_verified: self.at.to_string(),
                resource_uri: format!(
                    "driftgate:model/{model}@{version}?environment={environment}"
                ),
                policy: self.policy.as_ref().map(digest),
                input_attestations: self.inputs.iter().map(digest).collect(),
                verification_result: "PASSED",
                verified_levels: [format!("DRIFTGATE_{}", level(environment))]
                    .into_iter()
                    .chain(self.self_approval.then(|| SELF_APPROVAL.to_owned()))
                    .collect(),
            },
        };
        serde_json::to_vec(&statement).expect("a summary has string keys")
    }
}

/// The environment as a level: letters of one case, as SLSA writes its own.
fn level(environment: &EnvironmentName) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    environment.as_ref().chars().map(upper).collect()
}

/// The level that says that nobody else need have looked at what one person asked for.
pub const SELF_APPROVAL: &str = "DRIFTGATE_SELF_APPROVAL_ALLOWED";

const VERIFIER: &str = "https://driftgate.dev/promote";

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the fields are named as in the specification")]
struct Statement {
    #[serde(rename = "_type")]
    statement_type: &'static str,
    subject: [ResourceDescriptor; 1],
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Summary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    verifier: Verifier,
    time_verified: String,
    resource_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Digests>,
    input_attestations: Vec<Digests>,
    verification_result: &'static str,
    verified_levels: Vec<String>,
}

#[derive(Serialize)]
struct Verifier {
    id: &'static str,
}

#[derive(Serialize)]
struct Digests {
    digest: std::collections::BTreeMap<String, String>,
}
