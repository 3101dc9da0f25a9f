//! When another policy may be put in force.

use super::second::{approvers, confirm_second};
use super::{Change, GovernanceFault, Governed};
use crate::policy::{self, ChangeDirection, Policy, differences};
use crate::signing::Keyring;

/// What of a change of policy takes a second person: all that is neither plainly stricter nor without
/// effect on what is decided. What cannot be told from the policies alone is among it.
#[must_use]
pub fn takes_second(before: &Policy, after: &Policy) -> Vec<policy::Change> {
    let alone =
        |direction| matches!(direction, ChangeDirection::Stricter | ChangeDirection::NoEffect);
    let mut changes = differences(before, after);
    changes.retain(|change| !alone(change.direction));
    changes
}

/// Whether a policy may take the place of the one in force: it is plainly stricter or decides the
/// same, or somebody else whose key may do governance by the keyring in force has approved it, in the
/// place of this very policy, at most thirty days ago and not longer than they said.
///
/// Whether whoever makes the change may do governance is asked where the event is signed or read.
/// `approvals` are the envelopes that the event names.
///
/// # Errors
/// [`GovernanceFault`]: nobody else has, or an approval that is given is not good.
pub fn confirm_policy_change(
    change: &Change<'_>,
    before: &Policy,
    after: &Policy,
    approvals: &[Vec<u8>],
    keyring: &Keyring,
) -> Result<(), GovernanceFault> {
    let people = approvers(Governed::Policy, change, approvals, keyring)?;
    let changes = takes_second(before, after).iter().map(ToString::to_string).collect();
    confirm_second(Governed::Policy, change, changes, &people)
}
