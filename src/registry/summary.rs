//! The verification summary of a promotion, for programs that know no ledger.
//!
//! SLSA's VSA v1 (<https://slsa.dev/spec/v1.1/verification_summary>): who verified what for which
//! resource under which policy, resting on which attestations.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::event::{EnvironmentName, ModelName, VersionName};
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::report::{ResourceDescriptor, STATEMENT_TYPE};
use crate::signing::VerifiedPayload;
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
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
        let statement = Statement {
            statement_type: STATEMENT_TYPE.into(),
            subject: [subject(self.artifact)],
            predicate_type: SUMMARY_TYPE.into(),
            predicate: Summary {
                verifier: Verifier { id: VERIFIER.into() },
                time_verified: self.at.to_string(),
                resource_uri: resource(model, version, environment),
                policy: self.policy.as_ref().map(digests),
                input_attestations: self.inputs.iter().map(digests).collect(),
                verification_result: PASSED.into(),
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

/// The word of a summary of what was found good.
const PASSED: &str = "PASSED";

fn resource(model: &ModelName, version: &VersionName, environment: &EnvironmentName) -> String {
    format!("driftgate:model/{model}@{version}?environment={environment}")
}

/// A summary that somebody has signed, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summarised(Statement);

impl Summarised {
    /// Reads a verified payload as a summary.
    ///
    /// # Errors
    /// [`StrictJsonError`] for what has not its shape.
    pub fn read(payload: &VerifiedPayload) -> Result<Self, StrictJsonError> {
        strict_json::read(payload.bytes(), ENVELOPE_BYTES_MAX).map(Self)
    }

    /// In what it differs from a summary that finds a version good for an environment by a policy.
    #[must_use]
    pub fn difference(
        &self,
        model: &ModelName,
        version: &VersionName,
        environment: &EnvironmentName,
        policy: Option<Sha256Digest>,
    ) -> Option<&'static str> {
        let Statement { statement_type, predicate_type, predicate, .. } = &self.0;
        let differs = [
            (statement_type != STATEMENT_TYPE, "the type of statement"),
            (predicate_type != SUMMARY_TYPE, "the type of predicate"),
            (predicate.verification_result != PASSED, "the verdict"),
            (predicate.resource_uri != resource(model, version, environment), "the resource"),
            (predicate.policy != policy.as_ref().map(digests), "the policy"),
        ];
        differs.into_iter().find_map(|(differs, what)| differs.then_some(what))
    }

    /// Whether it is about a version's files.
    #[must_use]
    pub fn is_about(&self, artifact: SnapshotId) -> bool {
        self.0.subject == [subject(artifact)]
    }
}

fn subject(artifact: SnapshotId) -> ResourceDescriptor {
    ResourceDescriptor::sha256("model.manifest", &artifact.subject_digest())
}

fn digests(digest: &Sha256Digest) -> Digests {
    Digests { digest: ResourceDescriptor::sha256("", &digest.to_string()).digest }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the fields are named as in the specification")]
struct Statement {
    #[serde(rename = "_type")]
    statement_type: Cow<'static, str>,
    subject: [ResourceDescriptor; 1],
    #[serde(rename = "predicateType")]
    predicate_type: Cow<'static, str>,
    predicate: Summary,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Summary {
    verifier: Verifier,
    time_verified: String,
    resource_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<Digests>,
    input_attestations: Vec<Digests>,
    verification_result: Cow<'static, str>,
    verified_levels: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verifier {
    id: Cow<'static, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Digests {
    digest: std::collections::BTreeMap<String, String>,
}
