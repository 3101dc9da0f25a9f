//! The signed word of a second person on a policy or a keyring.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GovernanceFault;
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, strict_json};
use crate::registry::approval::Approval;
use crate::registry::event::{Comment, Instant, Sha256Hex, instant};
use crate::registry::statement::Statement;
use crate::report::ResourceDescriptor;
use crate::signing::VerifiedPayload;
use crate::signing::envelope::ENVELOPE_BYTES_MAX;

/// The type of such an approval's predicate.
pub const GOVERNANCE_APPROVAL_TYPE: &str = "https://driftgate.dev/governance-approval/v1";

/// Version of the form.
pub const SCHEMA_VERSION: u64 = 1;

/// How long an approval counts unless it is said: a week.
pub const VALID_FOR_SECONDS: u64 = 7 * 86_400;

/// The longest that an approval may count: thirty days.
pub const VALID_FOR_SECONDS_MAX: u64 = 30 * 86_400;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Governed {
    /// The policy in force.
    Policy,
    /// The keyring in force.
    Keyring,
}

impl Governed {
    /// The word in documents and sentences.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Keyring => "keyring",
        }
    }
}

/// That one document may take the place of another; who says so stands in the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GovernanceApproval {
    /// Version of the form.
    pub schema_version: u64,
    /// The registry's id.
    #[schemars(with = "Sha256Hex")]
    pub registry: Sha256Digest,
    /// What is changed.
    pub governs: Governed,
    /// The document that is approved, which is also the statement's subject.
    #[schemars(with = "Sha256Hex")]
    pub next: Sha256Digest,
    /// The document in force whose place it takes.
    #[schemars(with = "Sha256Hex")]
    pub previous: Sha256Digest,
    /// Why.
    pub comment: Comment,
    /// When.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub at: Timestamp,
    /// Until when it counts, that instant not included.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub valid_until: Timestamp,
}

impl GovernanceApproval {
    /// The bytes to sign: a statement on the document.
    ///
    /// # Panics
    /// Never: an approval has string keys.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let subject = ResourceDescriptor::sha256(self.governs.as_str(), &self.next.to_string());
        let statement = Statement::of(vec![subject], GOVERNANCE_APPROVAL_TYPE, self);
        serde_json::to_vec(&statement).expect("an approval has string keys")
    }

    /// Reads a verified payload as such an approval, spelled to the byte as this version spells it.
    ///
    /// # Errors
    /// [`GovernanceFault::OldForm`] of an approval that says neither what it takes the place of nor
    /// until when; [`GovernanceFault::Form`] of all else.
    pub fn read(payload: &VerifiedPayload) -> Result<Self, GovernanceFault> {
        if Approval::read(payload).is_ok() {
            return Err(GovernanceFault::OldForm);
        }
        let form = |reason: String| GovernanceFault::Form { reason };
        let statement: Statement<Self> = strict_json::read(payload.bytes(), ENVELOPE_BYTES_MAX)
            .map_err(|error| form(error.to_string()))?;
        let (found, approval) = (statement.predicate_type, statement.predicate);
        if found != GOVERNANCE_APPROVAL_TYPE || approval.statement() != payload.bytes() {
            return Err(form("it is not written as this version writes it".to_owned()));
        }
        Ok(approval)
    }
}
