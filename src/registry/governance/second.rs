//! Who else has approved a change.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::approval::{SCHEMA_VERSION, VALID_FOR_SECONDS_MAX};
use super::{Change, GovernanceApproval, GovernanceFault, Governed};
use crate::registry::event::GOVERNANCE_TYPE;
use crate::registry::ledger::CLOCK_SKEW_SECONDS_MAX;
use crate::signing::keyring::Demand;
use crate::signing::{Keyring, verify};

/// Whoever has approved a change, the makers of it included. Each approval that is given has to be
/// good: one that is not is somebody's error, and better told than passed over.
///
/// # Errors
/// [`GovernanceFault`], of the first that is not.
pub(super) fn approvers(
    governs: Governed,
    change: &Change<'_>,
    approvals: &[Vec<u8>],
    keyring: &Keyring,
) -> Result<BTreeSet<String>, GovernanceFault> {
    let mut people = BTreeSet::new();
    for envelope in approvals {
        let payload = verify(envelope, &keyring.keys(), NonZeroUsize::MIN)?;
        let approval = GovernanceApproval::read(&payload)?;
        confirm(governs, change, &approval)?;
        let demand = Demand {
            now: change.at,
            predicate: GOVERNANCE_TYPE,
            environment: None,
            role: None,
            identities: NonZeroUsize::MIN,
        };
        let counted = keyring.count(payload.signers(), approval.at, &demand)?;
        people.extend(counted.into_keys().map(str::to_owned));
    }
    Ok(people)
}

/// Whether somebody else is among those who have approved.
///
/// # Errors
/// [`GovernanceFault::Alone`]
pub(super) fn confirm_second(
    governs: Governed,
    change: &Change<'_>,
    changes: Vec<String>,
    people: &BTreeSet<String>,
) -> Result<(), GovernanceFault> {
    if changes.is_empty() || people.difference(change.by).next().is_some() {
        return Ok(());
    }
    Err(GovernanceFault::Alone { governs, changes, own: people.first().cloned() })
}

fn confirm(
    governs: Governed,
    change: &Change<'_>,
    approval: &GovernanceApproval,
) -> Result<(), GovernanceFault> {
    if approval.schema_version != SCHEMA_VERSION {
        let reason = format!("its form has the version {}", approval.schema_version);
        return Err(GovernanceFault::Form { reason });
    }
    let same = approval.registry == change.registry
        && approval.governs == governs
        && approval.next == change.next;
    if !same {
        let found = format!("the {} {}", approval.governs.as_str(), approval.next);
        let found = if approval.registry == change.registry {
            found
        } else {
            format!("{found} in another registry")
        };
        let expected = format!("the {} {}", governs.as_str(), change.next);
        return Err(GovernanceFault::Other { found, expected });
    }
    if approval.previous != change.previous {
        let (approved, in_force) = (approval.previous, change.previous);
        return Err(GovernanceFault::Replaces { approved, in_force });
    }
    let [from, until, at] = [approval.at, approval.valid_until, change.at];
    let [begun, ends, now] = [from, until, at].map(crate::clock::Timestamp::unix_seconds);
    let longest = i64::try_from(VALID_FOR_SECONDS_MAX).unwrap_or(i64::MAX);
    let early = begun.saturating_sub(now) > CLOCK_SKEW_SECONDS_MAX;
    if early || now >= ends || ends.saturating_sub(begun) > longest {
        return Err(GovernanceFault::OutOfTime { from, until, at });
    }
    Ok(())
}
