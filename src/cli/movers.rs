//! Who may do outside what is due about an environment, or put right what stands otherwise there:
//! whoever may move versions there.

use std::collections::BTreeMap;

use super::failure::Failure;
use super::in_force::InForce;
use super::look_again::kept_outside;
use super::registry_access::Access;
use super::who_may::confirm_mover;
use crate::clock::Timestamp;
use crate::registry::event::{EnvironmentName, EventReference};
use crate::signing::KeyId;

/// The environments about which something may have to be done outside, and why whoever has a key may
/// not do it.
pub(in crate::cli) struct Movers(BTreeMap<EnvironmentName, Option<Failure>>);

impl Movers {
    /// Asks the keyring and the policy in force.
    ///
    /// # Errors
    /// [`Failure`] when the policy cannot be read.
    pub(in crate::cli) fn of(access: &Access, key: KeyId, now: Timestamp) -> Result<Self, Failure> {
        let state = access.replayed.state();
        if state.policy().is_none() {
            return Ok(Self(BTreeMap::new()));
        }
        let in_force = InForce::of(access)?;
        let due = state.open_actions().filter_map(|(event, _)| place_of(access, event));
        let concerned = due.chain(kept_outside(access, &in_force.policy.doors));
        let refusal = |environment: &EnvironmentName| {
            let door = in_force.known_door(environment);
            confirm_mover(access.replayed.keyring(), door, environment, key, now).err()
        };
        Ok(Self(concerned.map(|one| (one.clone(), refusal(one))).collect()))
    }

    /// Why nothing may be done about an environment.
    pub(in crate::cli) fn refusal(&self, environment: &EnvironmentName) -> Option<&Failure> {
        self.0.get(environment)?.as_ref()
    }

    /// That something may be done about one of them, where there are any.
    ///
    /// # Errors
    /// [`Failure`] of the first.
    pub(in crate::cli) fn confirm_any(mut self) -> Result<(), Failure> {
        if self.0.values().any(Option::is_none) {
            return Ok(());
        }
        match self.0.pop_first() {
            Some((_, Some(failure))) => Err(failure),
            _ => Ok(()),
        }
    }
}

/// Where an event moved something.
pub(in crate::cli) fn place_of(access: &Access, event: EventReference) -> Option<&EnvironmentName> {
    access.replayed.event(event.seq)?.body.environment()
}
