//! When another keyring may be put in force.

use std::collections::BTreeSet;

use super::second::{approvers, confirm_second};
use super::{Change, GovernanceFault, Governed};
use crate::clock::Timestamp;
use crate::signing::Keyring;
use crate::signing::keyring::{Identity, KnownKey};

/// What a keyring gives to keys that they did not have: a sentence each. Keys that go, that are
/// revoked, that end earlier or lose roles give nobody anything.
#[must_use]
pub fn grants(before: &Keyring, after: &Keyring) -> Vec<String> {
    let mut grants = Vec::new();
    let keys = after
        .identities
        .iter()
        .flat_map(|identity| identity.keys.iter().map(move |known| (identity, known)));
    for (identity, known) in keys.filter(|(_, known)| known.revoked_at.is_none()) {
        match before.owner(&known.key.id()) {
            Some((old, old_key)) => {
                for gain in gained(old, old_key, identity, known) {
                    // Who has several keys gains a role by each of them.
                    if !grants.contains(&gain) {
                        grants.push(gain);
                    }
                }
            }
            None => grants.push(format!("`{}` gets a new key", identity.name)),
        }
    }
    grants
}

/// Whether a keyring may take the place of the one in force: somebody can change it again, and where
/// two may do governance now, two agree to what gives anybody more, and to being fewer than two.
///
/// What only takes away one may do alone, for haste is the rule when a key is lost.
///
/// # Errors
/// [`GovernanceFault`]
pub fn confirm_keyring_change(
    change: &Change<'_>,
    before: &Keyring,
    after: &Keyring,
    approvals: &[Vec<u8>],
) -> Result<(), GovernanceFault> {
    let people = approvers(Governed::Keyring, change, approvals, before)?;
    if after.governors(change.at).is_empty() {
        return Err(GovernanceFault::Nobody);
    }
    if before.governors(change.at).len() < 2 {
        return Ok(());
    }
    let mut changes = grants(before, after);
    if after.governors(change.at).len() < 2 {
        changes.push("fewer than two could do governance".to_owned());
    }
    confirm_second(Governed::Keyring, change, changes, &people)
}

fn gained(old: &Identity, old_key: &KnownKey, new: &Identity, new_key: &KnownKey) -> Vec<String> {
    let name = &new.name;
    let mut gained = Vec::new();
    if old.name != *name {
        gained.push(format!("a key of `{}` becomes one of `{name}`", old.name));
    }
    let roles: Vec<&str> = new.roles.difference(&old.roles).map(String::as_str).collect();
    if !roles.is_empty() {
        gained.push(format!("`{name}` gets the roles {}", roles.join(", ")));
    }
    if new.may_govern() && !old.may_govern() {
        gained.push(format!("`{name}` gets governance"));
    } else if widens(old.predicates.as_ref(), new.predicates.as_ref()) {
        gained.push(format!("`{name}` may sign more types of predicates"));
    }
    if widens(old.environments.as_ref(), new.environments.as_ref()) {
        gained.push(format!("`{name}` may sign for more environments"));
    }
    if old_key.revoked_at.is_some() || later(old_key, new_key) {
        gained.push(format!("a key of `{name}` counts for longer"));
    }
    gained
}

/// Whether a list, without which there is no bound, lets more in.
fn widens(old: Option<&BTreeSet<String>>, new: Option<&BTreeSet<String>>) -> bool {
    match (old, new) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(old), Some(new)) => !new.is_subset(old),
    }
}

fn later(old: &KnownKey, new: &KnownKey) -> bool {
    let begins = |from: Option<Timestamp>| from.map_or(i64::MIN, Timestamp::unix_seconds);
    let ends = |until: Option<Timestamp>| until.map_or(i64::MAX, Timestamp::unix_seconds);
    begins(new.valid_from) < begins(old.valid_from) || ends(new.valid_until) > ends(old.valid_until)
}
