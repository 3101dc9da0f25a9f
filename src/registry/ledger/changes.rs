//! Whether those who changed keyring or policy could do it alone.

use std::collections::BTreeSet;

use super::fault::EventFault;
use super::papers::{no_document, read};
use crate::identity::Sha256Digest;
use crate::policy::{self, Policy};
use crate::registry::event::{Event, EventBody};
use crate::registry::governance::{Change, confirm_keyring_change, confirm_policy_change};
use crate::registry::objects::Objects;
use crate::signing::Keyring;

/// Holds a change of keyring or policy to the approvals that it names, by the keyring in force and as
/// that names who signed it. `next` is the keyring that the event puts in force.
///
/// # Errors
/// [`EventFault::Governance`], [`EventFault::Object`], [`EventFault::NoDocument`]
pub(super) fn confirm_change(
    objects: &Objects,
    event: &Event,
    by: &BTreeSet<String>,
    in_force: &Keyring,
    next: Option<&Keyring>,
) -> Result<(), EventFault> {
    let (registry, at) = (event.registry, event.at);
    match (&event.body, next) {
        (EventBody::KeyringChanged { keyring, previous, approvals }, Some(after)) => {
            let change = Change { registry, previous: *previous, next: *keyring, by, at };
            let approvals = read_all(objects, approvals)?;
            confirm_keyring_change(&change, in_force, after, &approvals)?;
        }
        (EventBody::PolicyChanged { policy, previous: Some(previous), approvals }, _) => {
            let change = Change { registry, previous: *previous, next: *policy, by, at };
            let approvals = read_all(objects, approvals)?;
            let (before, after) =
                (read_policy(objects, *previous)?, read_policy(objects, *policy)?);
            confirm_policy_change(&change, &before, &after, &approvals, in_force)?;
        }
        _ => {}
    }
    Ok(())
}

fn read_all(
    objects: &Objects,
    digests: &BTreeSet<Sha256Digest>,
) -> Result<Vec<Vec<u8>>, EventFault> {
    digests.iter().map(|&digest| read(objects, "approval", digest)).collect()
}

fn read_policy(objects: &Objects, digest: Sha256Digest) -> Result<Policy, EventFault> {
    policy::parse("policy", &read(objects, "policy", digest)?)
        .map_err(|error| no_document("policy", digest, &error.to_string()))
}
