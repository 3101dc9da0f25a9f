//! An approval: somebody's signed word on a request.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{Comment, Instant, RoleName, Sha256Hex, instant};
use super::statement::Statement;
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::report::ResourceDescriptor;
use crate::signing::VerifiedPayload;
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::verdict::text;

/// The type of an approval's predicate.
pub const APPROVAL_TYPE: &str = "https://driftgate.dev/approval/v1";

/// What somebody says of a request; who that is stands in the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// Version of the form.
    pub schema_version: u64,
    /// The registry's id.
    #[schemars(with = "Sha256Hex")]
    pub registry: Sha256Digest,
    /// The request, which is also the statement's subject.
    #[schemars(with = "Sha256Hex")]
    pub request: Sha256Digest,
    /// Yes or no.
    pub decision: Decision,
    /// In which role.
    pub role: RoleName,
    /// Why.
    pub comment: Comment,
    /// When.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub at: Timestamp,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

/// Version of the form.
pub const SCHEMA_VERSION: u64 = 1;

impl Approval {
    /// The bytes to sign: a statement on the request.
    ///
    /// # Panics
    /// Never: an approval has string keys.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let subject = ResourceDescriptor::sha256("request", &self.request.to_string());
        let statement = Statement::of(vec![subject], APPROVAL_TYPE, self);
        serde_json::to_vec(&statement).expect("an approval has string keys")
    }

    /// Reads a verified payload as an approval, spelled to the byte as this version spells it.
    ///
    /// # Errors
    /// [`ApprovalError`].
    pub fn read(payload: &VerifiedPayload) -> Result<Self, ApprovalError> {
        let statement: Statement<Self> = strict_json::read(payload.bytes(), ENVELOPE_BYTES_MAX)?;
        if statement.predicate_type != APPROVAL_TYPE {
            let found = text::phrase(&statement.predicate_type);
            return Err(ApprovalError::PredicateType { found });
        }
        let approval = statement.predicate;
        if approval.statement() != payload.bytes() {
            return Err(ApprovalError::Spelling);
        }
        Ok(approval)
    }
}

/// What is no approval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// No strict JSON of the shape.
    #[error("the approval is refused: {0}")]
    Json(#[from] StrictJsonError),
    /// A statement of another kind.
    #[error("expected the predicate type `{APPROVAL_TYPE}`, found `{found}`")]
    PredicateType {
        /// The type found, shortened.
        found: String,
    },
    /// More than is understood, another subject, or the same in other words.
    #[error("the approval is not written as this version writes it")]
    Spelling,
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::signing::{KeyKind, PrivateKey, TrustedKeys, sign, verify};

    fn approval() -> Approval {
        Approval {
            schema_version: SCHEMA_VERSION,
            registry: Sha256Digest::of(b"registry"),
            request: Sha256Digest::of(b"request"),
            decision: Decision::Approved,
            role: "ml-lead".parse().unwrap(),
            comment: "the drift is the new season".parse().unwrap(),
            at: Timestamp::from_unix_seconds(1_790_000_000).unwrap(),
        }
    }

    fn read(statement: &[u8]) -> Result<Approval, ApprovalError> {
        let key = PrivateKey::generate(KeyKind::Ed25519);
        let signed = sign(statement, std::slice::from_ref(&key)).unwrap();
        let trusted = TrustedKeys::new([key.public()]);
        Approval::read(&verify(&signed.envelope, &trusted, NonZeroUsize::MIN).unwrap())
    }

    #[test]
    fn what_is_signed_is_read_again() {
        assert_eq!(read(&approval().statement()), Ok(approval()));
    }

    #[test]
    fn a_subject_of_its_own_or_another_kind_is_refused() {
        let written = String::from_utf8(approval().statement()).unwrap();
        let other = Sha256Digest::of(b"other").to_string();
        let subject = format!("\"sha256\":\"{}\"", approval().request);
        let forged = written.replacen(&subject, &format!("\"sha256\":\"{other}\""), 1);
        assert_ne!(forged, written);
        assert_eq!(read(forged.as_bytes()), Err(ApprovalError::Spelling));
        let forged = written.replace("approval/v1", "event/v1");
        assert!(matches!(read(forged.as_bytes()), Err(ApprovalError::PredicateType { .. })));
    }
}
