//! Who may do outside what is due about an environment, or put right what stands otherwise there:
//! whoever may move versions there.

use std::collections::BTreeSet;
use std::fmt;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::in_force::{InForce, put_back};
use super::look_again::kept_outside;
use super::registry_access::Access;
use super::who_may::{confirm_mover, movers};
use crate::clock::Timestamp;
use crate::registry::event::EnvironmentName;
use crate::signing::KeyId;

/// Why whoever has a key does nothing outside about an environment.
pub(in crate::cli) struct Refusal {
    why: Failure,
    /// Whether nobody can: the policy in force does not know the environment.
    pub(in crate::cli) nobody: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = if self.nobody { "left" } else { "left to others" };
        write!(formatter, "{to}: {}", self.why)
    }
}

/// Asks the keyring and the policy in force, by the ledger as far as it is known, whether whoever has
/// a key may do something about an environment.
///
/// # Errors
/// [`Failure`] when the policy cannot be read.
pub(in crate::cli) fn refusal(
    access: &Access,
    environment: &EnvironmentName,
    key: KeyId,
    now: Timestamp,
) -> Result<Option<Refusal>, Failure> {
    let in_force = InForce::of(access)?;
    let Some(door) = in_force.known_door(environment) else {
        let why = Failure::new(ExitCode::Refused, format!("E_STATE: {}", nobody_can(environment)))
            .hint(format!("{}; then `driftgate reconcile`", put_back(environment)));
        return Ok(Some(Refusal { why, nobody: true }));
    };
    let refused = confirm_mover(access.replayed.keyring(), Some(door), environment, key, now);
    Ok(refused.err().map(|why| Refusal { why, nobody: false }))
}

/// Why nobody can do anything about an environment to which the policy in force has no door.
pub(in crate::cli) fn nobody_can(environment: &EnvironmentName) -> String {
    format!("nobody can, since the policy in force knows no environment `{environment}` any more")
}

/// That whoever has a key may do something about one of the environments about which something may
/// have to be done outside, where there are any about which anybody can.
///
/// # Errors
/// [`Failure`] of the first, which names those who may of each.
pub(in crate::cli) fn confirm_any(
    access: &Access,
    key: KeyId,
    now: Timestamp,
) -> Result<(), Failure> {
    if access.replayed.state().policy().is_none() {
        return Ok(());
    }
    let in_force = InForce::of(access)?;
    let concerned = concerned(access, &in_force);
    let mut first = None;
    for environment in &concerned {
        match refusal(access, environment, key, now)? {
            None => return Ok(()),
            Some(refusal) if refusal.nobody => {}
            Some(refusal) => first = first.or(Some(refusal.why)),
        }
    }
    let Some(why) = first else { return Ok(()) };
    Err(match movers(access.replayed.keyring(), &in_force, concerned, now) {
        Some(who) => why.hint(who),
        None => why,
    })
}

/// The environments about which something may have to be done outside.
pub(in crate::cli) fn concerned<'a>(
    access: &'a Access,
    in_force: &'a InForce,
) -> BTreeSet<&'a EnvironmentName> {
    let state = access.replayed.state();
    let due = state.open_actions().filter_map(|(event, _)| state.moved_in(event.seq));
    due.chain(kept_outside(access, &in_force.policy.doors)).collect()
}
