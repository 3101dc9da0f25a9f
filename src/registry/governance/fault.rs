//! Why a policy or a keyring is not put in force.

use super::Governed;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::signing;
use crate::signing::keyring::Shortfall;

/// Why a policy or a keyring is not put in force.
#[derive(Debug, thiserror::Error)]
pub enum GovernanceFault {
    /// Nobody else who counts has approved it.
    #[error(
        "the {} takes a second person, and nobody else who may do governance has approved it: {}{}",
        governs.as_str(), listed(changes), but(own.as_deref())
    )]
    Alone {
        /// What was to be changed.
        governs: Governed,
        /// Why that takes two.
        changes: Vec<String>,
        /// Whose own approval was given.
        own: Option<String>,
    },
    /// An approval as it was made for requests and, once, for policies.
    #[error(
        "an approval of the old form, which names neither the policy whose place is taken nor a day \
         on which it ends"
    )]
    OldForm,
    /// No approval of a policy or keyring.
    #[error("no approval of a policy or keyring: {reason}")]
    Form {
        /// Why not.
        reason: String,
    },
    /// An approval whose envelope gives no payload.
    #[error(transparent)]
    Signature(#[from] signing::Refusal),
    /// An approval by somebody who does not count.
    #[error(transparent)]
    Signer(#[from] Shortfall),
    /// An approval of something else.
    #[error("the approval is of {found}, not of {expected}")]
    Other {
        /// What was approved.
        found: String,
        /// What is to be put in force.
        expected: String,
    },
    /// An approval given when another document was in force.
    #[error("the approval is of a change of {approved}; in force is {in_force}")]
    Replaces {
        /// The document that its signer saw in force.
        approved: Sha256Digest,
        /// The document in force.
        in_force: Sha256Digest,
    },
    /// An approval outside its time.
    #[error("the approval counts from {from} until {until}, at most 30 days, not at {at}")]
    OutOfTime {
        /// From when on.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
        /// The time of the change.
        at: Timestamp,
    },
    /// A keyring by which nobody could change anything any more.
    #[error("the keyring gives governance to nobody, so that nothing could be changed any more")]
    Nobody,
}

impl GovernanceFault {
    /// The stable name: `E_APPROVAL` approval missing or of something else · `E_APPROVAL_FORM` of a
    /// form that does not count any more · `E_EXPIRED` outside its time · `E_GOVERNANCE` a keyring
    /// that lets nobody change anything · those of [`signing::Refusal::code`] and [`Shortfall::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Alone { .. } | Self::Other { .. } | Self::Replaces { .. } => "E_APPROVAL",
            Self::OldForm | Self::Form { .. } => "E_APPROVAL_FORM",
            Self::Signature(refusal) => refusal.code(),
            Self::Signer(shortfall) => shortfall.code(),
            Self::OutOfTime { .. } => "E_EXPIRED",
            Self::Nobody => "E_GOVERNANCE",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Nobody => {
                "list \"https://driftgate.dev/event/v1#governance\" in the `predicates` of two \
                 people, beside what else they sign"
            }
            Self::Signer(Shortfall::Predicate { .. }) => {
                "approvals count by identities whose `predicates` in the keyring in force list \
                 \"https://driftgate.dev/event/v1#governance\""
            }
            _ => {
                "have somebody else who may do governance approve it as things stand now: \
                 `driftgate registry approve-policy` or `approve-keyring`"
            }
        }
    }
}

fn listed(changes: &[String]) -> String {
    match changes.split_at_checked(SAID_MAX) {
        Some((said, more)) if !more.is_empty() => {
            format!("{}; and {} more", said.join("; "), more.len())
        }
        _ => changes.join("; "),
    }
}

fn but(own: Option<&str>) -> String {
    own.map_or(String::new(), |name| format!(" (`{name}` cannot approve their own change)"))
}

/// How many changes a sentence lists.
const SAID_MAX: usize = 8;
