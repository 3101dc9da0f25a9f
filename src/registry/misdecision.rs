//! Why what an event decided does not hold.

use super::Seq;
use super::event::{EnvironmentName, VersionName};
use super::hearing::Unheard;

/// Why a decision does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Misdecision {
    /// It cannot be decided again.
    #[error("it cannot be decided again: {0}")]
    Unheard(#[from] Unheard),
    /// There was nothing to decide by.
    #[error("no policy was in force then, so that no door could be open")]
    NoPolicy,
    /// There was no such door.
    #[error("the policy in force then knows no environment `{environment}`")]
    NoDoor {
        /// The environment.
        environment: EnvironmentName,
    },
    /// The door was not open.
    #[error("the door of `{environment}` was not open then: {}", open.join("; "))]
    Closed {
        /// The environment.
        environment: EnvironmentName,
        /// What was missing: code, demand, and what was found.
        open: Vec<String>,
    },
    /// The event, its request or its summary says something else than what was decided by.
    #[error("it differs in {what} from what there was to decide")]
    Differs {
        /// What.
        what: &'static str,
    },
    /// It lets a version run again whose files were revoked.
    #[error("E_REVOKED: `{version}` {bar}")]
    Barred {
        /// The version.
        version: VersionName,
        /// What stands against it.
        bar: String,
    },
    /// It lets a version run again whose promotion does not hold.
    #[error("`{version}` came to run there by event {promotion}, which does not hold: {reason}")]
    Earlier {
        /// The version.
        version: VersionName,
        /// Its promotion.
        promotion: Seq,
        /// Why that does not hold.
        reason: String,
    },
}

impl Misdecision {
    /// The stable name: `E_OBJECT`, `E_STORAGE` or `E_STATE` where it cannot be decided again, and
    /// `E_DOOR` for what should not have been decided.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unheard(unheard) => unheard.code(),
            _ => "E_DOOR",
        }
    }
}
