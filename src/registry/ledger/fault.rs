//! What can be wrong with an event, or with the folder.

use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::event::{EnvironmentName, EventError, RoleName, Seq};
use crate::registry::governance::GovernanceFault;
use crate::registry::objects::ObjectError;
use crate::registry::state::Transition;
use crate::signing::keyring::Shortfall;
use crate::signing::{self, KeyId};

/// Why an event is not taken.
#[derive(Debug, thiserror::Error)]
pub enum EventFault {
    /// Its file cannot be had: missing, no regular file, too large, unreadable.
    #[error("{0}")]
    File(#[source] ObjectError),
    /// The envelope gives no payload.
    #[error(transparent)]
    Signature(#[from] signing::Refusal),
    /// The envelope is not written as we write it.
    #[error("the envelope is not written as this version writes it, or holds further signatures")]
    Envelope,
    /// A signature is the twin of the one that is written.
    #[error(
        "the ECDSA signature by the key {key} has the higher s of the two that are valid: it was \
         exchanged, or not written by this program"
    )]
    Twin {
        /// The key.
        key: KeyId,
    },
    /// The payload is no event that is read.
    #[error(transparent)]
    Statement(#[from] EventError),
    /// The event is of another registry.
    #[error("it is of the registry `{found}`, not of `{expected}`")]
    Registry {
        /// The id of this registry.
        expected: Sha256Digest,
        /// The id in the event.
        found: Sha256Digest,
    },
    /// The event has another number than its file.
    #[error("it says it is event {found}")]
    Number {
        /// The number in the event.
        found: Seq,
    },
    /// The event follows another one than the one before it.
    #[error("it follows an event `{}`, the one before it is `{}`", or_none(*found), or_none(*expected))]
    Previous {
        /// SHA-256 of the file before.
        expected: Option<Sha256Digest>,
        /// The digest in the event.
        found: Option<Sha256Digest>,
    },
    /// The event is older than one before it.
    #[error("its time {at} lies more than 5 minutes before {latest}, the time of event {by}")]
    Clock {
        /// The event's time.
        at: Timestamp,
        /// The latest time so far.
        latest: Timestamp,
        /// The event that bears it.
        by: Seq,
    },
    /// The event would lie ahead of the clock of whoever writes it.
    #[error("its time {at} lies more than 5 minutes ahead of this machine's clock, {clock}")]
    Ahead {
        /// The event's time.
        at: Timestamp,
        /// The clock.
        clock: Timestamp,
    },
    /// A clock is corrected that was not ahead.
    #[error(
        "event {event} is no event after the first whose time lay ahead of all before it and more \
         than 5 minutes ahead of {at}: there is nothing to correct"
    )]
    NoCorrection {
        /// The time of the correction.
        at: Timestamp,
        /// The event that it names.
        event: Seq,
    },
    /// The signer does not count.
    #[error("{0}")]
    Signer(#[from] Shortfall),
    /// The signer does not have the role that the event claims.
    #[error("{by} does not have the role `{role}` in the keyring in force")]
    Role {
        /// The role.
        role: RoleName,
        /// Who signed.
        by: String,
    },
    /// The signer does not have the role that the policy in force wants at a door.
    #[error("{by} may not {deed}: the policy in force wants the role {wanted}")]
    Door {
        /// What was done, and where.
        deed: String,
        /// Who signed, with which key.
        by: String,
        /// The role, or the roles of which one would do.
        wanted: String,
    },
    /// The policy in force has no such door, so that nobody has a say at it.
    #[error("nobody may {deed}: the policy in force knows no environment `{environment}`")]
    NoDoor {
        /// The environment.
        environment: EnvironmentName,
        /// What was done, and where.
        deed: String,
    },
    /// Keyring or policy change in a way that this signer alone may not.
    #[error(transparent)]
    Governance(#[from] GovernanceFault),
    /// An object that the event rests on cannot be had.
    #[error("{what}: {error}")]
    Object {
        /// What it is to the event.
        what: String,
        /// Why.
        error: ObjectError,
    },
    /// The object that is named as a document is none.
    #[error("the object `{digest}` is no {what}: {reason}")]
    NoDocument {
        /// `keyring`, `policy`, `request` or `verification summary`.
        what: &'static str,
        /// The object.
        digest: Sha256Digest,
        /// The first fault.
        reason: String,
    },
    /// An object says something else than the event that rests on it.
    #[error("the {what} `{digest}` and the event differ in {differs}")]
    Differs {
        /// `request` or `verification summary`.
        what: &'static str,
        /// The object.
        digest: Sha256Digest,
        /// In what.
        differs: &'static str,
    },
    /// A keyring takes a key back from before events that it signed.
    #[error(
        "the keyring revokes a key of `{identity}` as of {revoked_at}, which signed event {signed}"
    )]
    Unmade {
        /// Whose key.
        identity: String,
        /// As of when.
        revoked_at: Timestamp,
        /// The latest event that it signed.
        signed: Seq,
    },
    /// The state does not allow it.
    #[error(transparent)]
    Transition(#[from] Transition),
    /// The event before could not be read, so nobody can tell whether this one is allowed.
    #[error("it follows events that could not be read")]
    Orphaned,
}

impl EventFault {
    /// The stable name: those of [`signing::Refusal::code`], [`Shortfall::code`],
    /// [`GovernanceFault::code`] and [`EventError::code`], and `E_ENVELOPE` spelling · `E_LEDGER` place
    /// in the chain · `E_CLOCK` time · `E_ROLE` role claimed, or wanted at a door · `E_OBJECT` evidence ·
    /// `E_REQUEST` and `E_SUMMARY` a request or summary that says something else · `E_REVOKED` about a
    /// version that was revoked · `E_HOLD` against a hold · `E_STATE` not allowed · `E_STORAGE` not
    /// readable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(error) | Self::Object { error, .. } if error.is_storage() => "E_STORAGE",
            Self::File(_)
            | Self::Registry { .. }
            | Self::Number { .. }
            | Self::Previous { .. }
            | Self::Orphaned => "E_LEDGER",
            Self::Signature(refusal) => refusal.code(),
            Self::Envelope | Self::Twin { .. } => "E_ENVELOPE",
            Self::Statement(error) => error.code(),
            Self::Clock { .. } | Self::Ahead { .. } | Self::NoCorrection { .. } => "E_CLOCK",
            Self::Signer(shortfall) => shortfall.code(),
            Self::Governance(fault) => fault.code(),
            Self::Role { .. } | Self::Door { .. } => "E_ROLE",
            Self::Object { .. } | Self::NoDocument { .. } => "E_OBJECT",
            Self::Differs { what: "request", .. } => "E_REQUEST",
            Self::Differs { .. } => "E_SUMMARY",
            Self::Unmade { .. } => "E_KEY_REVOKED",
            Self::Transition(Transition::Revoked { .. }) => "E_REVOKED",
            Self::Transition(Transition::Held { .. }) => "E_HOLD",
            Self::Transition(_) | Self::NoDoor { .. } => "E_STATE",
        }
    }

    /// Whether storage failed, rather than what is stored.
    #[must_use]
    pub fn is_storage(&self) -> bool {
        self.code() == "E_STORAGE"
    }
}

/// What can be wrong with the folder of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FolderFault {
    /// An event is missing between others.
    #[error("event {missing} is missing, though there is an event {last}")]
    Gap {
        /// The first that is missing.
        missing: Seq,
        /// The last that is there.
        last: Seq,
    },
    /// Something lies there that is no event.
    #[error("`{name}` is no event")]
    Odd {
        /// Its name, shortened.
        name: String,
    },
    /// More than are read.
    #[error("more than {limit} entries")]
    TooMany {
        /// The most that are read.
        limit: u64,
    },
}

fn or_none(digest: Option<Sha256Digest>) -> String {
    digest.map_or("none".to_owned(), |digest| digest.to_string())
}
