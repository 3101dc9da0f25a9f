//! Who may change what the registry demands and whom it believes, and when that takes two people.
//!
//! Keyring and policy are changed by identities to whom the keyring in force gives governance by
//! name ([`GOVERNANCE_TYPE`](super::event::GOVERNANCE_TYPE)). A policy that is not plainly stricter,
//! and a keyring that gives anybody more than they had, take a second one of them besides, who signs
//! a [`GovernanceApproval`]: of these bytes, in the place of those in force, until a day.
//!
//! [`confirm_policy_change`] and [`confirm_keyring_change`] are the rules, pure functions of what is
//! before them: a command asks them before it writes, a reader whenever it reads.

mod approval;
mod fault;
mod keyring;
mod policy;
mod second;

pub use approval::{
    GOVERNANCE_APPROVAL_TYPE, GovernanceApproval, Governed, SCHEMA_VERSION, VALID_FOR_SECONDS,
    VALID_FOR_SECONDS_MAX,
};
pub use fault::GovernanceFault;
pub use keyring::{confirm_keyring_change, grants};
pub use policy::{confirm_policy_change, takes_second};

use std::collections::BTreeSet;

use crate::clock::Timestamp;
use crate::identity::Sha256Digest;

/// Which document takes the place of which, by whom, when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The registry's id.
    pub registry: Sha256Digest,
    /// The document in force.
    pub previous: Sha256Digest,
    /// The document that takes its place.
    pub next: Sha256Digest,
    /// The identities that sign the change.
    pub by: &'a BTreeSet<String>,
    /// The time of the change.
    pub at: Timestamp,
}
