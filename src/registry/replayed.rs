//! A ledger replayed.

use std::collections::BTreeSet;

use super::RegistryError;
use super::event::{EnvironmentName, EventBody, Seq};
use super::ledger::{Anchor, Chain, Head, VerifiedEvent};
use super::pin::{Pin, PinFault};
use super::state::State;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::signing::Keyring;

/// A ledger replayed from its first event to its last.
#[derive(Debug, Clone)]
pub struct Replayed {
    pub(super) chain: Chain,
    pub(super) events: Vec<VerifiedEvent>,
    /// Whether writers that were killed, or are at work, have temporary files in the folder.
    pub(super) leftovers: bool,
}

impl Replayed {
    pub(super) fn empty(anchor: &Anchor) -> Self {
        Self { chain: Chain::new(anchor), events: Vec::new(), leftovers: false }
    }

    /// All events in order.
    #[must_use]
    pub fn events(&self) -> &[VerifiedEvent] {
        &self.events
    }

    /// What follows from them.
    #[must_use]
    pub fn state(&self) -> &State {
        self.chain.state()
    }

    /// The last event.
    ///
    /// # Panics
    /// Never: what was loaded or founded has a first event.
    #[must_use]
    pub fn head(&self) -> Head {
        self.chain.head().expect("a registry has a founding event")
    }

    /// The registry's id.
    ///
    /// # Panics
    /// Never: what was loaded or founded has a first event.
    #[must_use]
    pub fn registry(&self) -> Sha256Digest {
        self.chain.registry().expect("a registry has a founding event")
    }

    /// The keyring in force.
    ///
    /// # Panics
    /// Never: what was loaded or founded has a first event.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        self.chain.keyring().expect("a registry has a keyring")
    }

    /// The roles of which one is wanted of whoever signs an event, by the policy in force; empty when
    /// none is.
    #[must_use]
    pub fn wanted_roles(&self, body: &EventBody) -> BTreeSet<&str> {
        self.chain.wanted_roles(body)
    }

    /// The roles of those who release holds in an environment, by the policy in force; empty when
    /// anybody may.
    #[must_use]
    pub fn releasing_roles(&self, environment: &EnvironmentName) -> BTreeSet<&str> {
        self.chain.releasing_roles(environment)
    }

    /// Whether a policy is in force and knows no such environment.
    #[must_use]
    pub fn lacks_door(&self, environment: &EnvironmentName) -> bool {
        self.chain.lacks_door(environment)
    }

    /// The latest time of an event, of those that are believed.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.chain.latest()
    }

    /// Holds what was replayed to what was seen before.
    ///
    /// # Errors
    /// [`PinFault`]
    pub fn confirm_pin(&self, pin: &Pin) -> Result<(), PinFault> {
        let found = self.state().event(pin.head.seq).map(|event| event.digest);
        pin.confirm(Some(self.registry()), self.head().seq, found)
    }

    /// The pin that whoever has seen this keeps.
    #[must_use]
    pub fn pin(&self) -> Pin {
        Pin { registry: Some(self.registry()), head: self.head() }
    }

    /// The events up to an instant: those before the first that is later, by the times that are
    /// believed.
    #[must_use]
    pub fn until(&self, instant: Timestamp) -> &[VerifiedEvent] {
        let time = |event: &VerifiedEvent| self.state().believed_time(event.step());
        let end = self.events.iter().position(|event| time(event) > instant);
        &self.events[..end.unwrap_or(self.events.len())]
    }

    /// An event by its number.
    #[must_use]
    pub fn event(&self, seq: Seq) -> Option<&VerifiedEvent> {
        self.events.get(usize::try_from(seq.0.checked_sub(1)?).ok()?)
    }

    pub(super) fn confirm_recorded(&self) -> Result<(), RegistryError> {
        match self.chain.unrecorded_revocation() {
            None => Ok(()),
            Some((identity, signed)) => {
                Err(RegistryError::Unrecorded { identity: identity.to_owned(), signed })
            }
        }
    }
}
