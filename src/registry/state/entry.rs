//! An event as the fold sees it.

use std::collections::BTreeSet;

use super::model::Step;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::event::{EventBody, EventReference, Seq};

/// What happened, when, where in the ledger, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: Seq,
    /// SHA-256 of its file.
    pub digest: Sha256Digest,
    /// The registry that it is of.
    pub registry: Sha256Digest,
    /// When it happened, by the clock of whoever wrote it.
    pub at: Timestamp,
    /// The identities of the keyring that signed it.
    pub by: BTreeSet<String>,
    /// What happened.
    pub body: EventBody,
}

impl Entry {
    /// Where in the ledger, and when by the clock of whoever wrote it.
    #[must_use]
    pub fn step(&self) -> Step {
        Step { event: self.reference(), at: self.at }
    }

    /// The event by number and digest.
    #[must_use]
    pub fn reference(&self) -> EventReference {
        EventReference { seq: self.seq, digest: self.digest }
    }
}
