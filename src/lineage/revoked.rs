//! A revocation, as it is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::registry::State;
use crate::registry::event::{Comment, RoleName};
use crate::registry::state::{Dated, Revocation};

/// A revocation: the version is not to run anywhere any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Revoked {
    /// The event, and when.
    pub since: Dated,
    /// By whom.
    pub by: BTreeSet<String>,
    /// In which role.
    pub role: RoleName,
    /// Why.
    pub reason: Comment,
}

impl Revoked {
    /// A revocation by the state that knows which times are believed.
    #[must_use]
    pub fn of(known: &State, revocation: &Revocation) -> Self {
        let Revocation { by, role, reason, step } = revocation.clone();
        Self { since: known.dated(step), by, role, reason }
    }

    /// For programs.
    #[must_use]
    pub fn document(&self) -> Value {
        let Self { since: Dated { event, at, counts_as }, by, role, reason } = self;
        json!({
            "event": event,
            "at": at.to_string(),
            "countsAs": counts_as.map(|at| at.to_string()),
            "by": by,
            "role": role,
            "reason": reason,
        })
    }
}
