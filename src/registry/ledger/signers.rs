//! Whose signatures count for an event.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::Anchor;
use super::doors::{About, Doors};
use super::fault::EventFault;
use crate::clock::Timestamp;
use crate::registry::event::{Event, Seq};
use crate::signing::keyring::{Demand, Shortfall};
use crate::signing::{KeyId, Keyring, TrustedKeys};

/// What is known of signers after the events so far.
#[derive(Debug, Clone)]
pub(super) struct Signers {
    anchor: Option<Outside>,
    /// The keyring in force in the ledger.
    in_force: Option<Keyring>,
    /// The latest event by each key.
    signed: BTreeMap<KeyId, (Seq, Timestamp)>,
    /// Keys whose revocation an event records.
    recorded: BTreeSet<KeyId>,
}

/// Who stands behind an event.
pub(super) struct Counted {
    /// As those are named whom the anchor believes.
    pub(super) by: BTreeSet<String>,
    /// As the keyring in force names them.
    pub(super) names: BTreeSet<String>,
}

/// A keyring from outside, which says today what it thinks of yesterday.
#[derive(Debug, Clone)]
struct Outside {
    /// As it came, but no key revoked.
    unrevoked: Keyring,
    /// Its revoked keys.
    revoked: BTreeMap<KeyId, Revocation>,
    /// Signers that it has taken back, and whose revocation no event records yet.
    open: BTreeMap<KeyId, Seq>,
}

#[derive(Debug, Clone)]
struct Revocation {
    identity: String,
    at: Timestamp,
}

impl Signers {
    pub(super) fn new(anchor: &Anchor) -> Self {
        let anchor = match anchor {
            Anchor::Keyring(keyring) => Some(Outside::new(keyring)),
            Anchor::Founding => None,
        };
        Self { anchor, in_force: None, signed: BTreeMap::new(), recorded: BTreeSet::new() }
    }

    pub(super) fn in_force(&self) -> Option<&Keyring> {
        self.in_force.as_ref()
    }

    /// All keys that may have signed the next event; what each is worth is asked later.
    pub(super) fn keys(&self, founding: Option<&Keyring>) -> TrustedKeys {
        let outside = self.anchor.as_ref().map(|outside| &outside.unrevoked);
        let keyrings = [outside, self.in_force(), founding].into_iter().flatten();
        let identities = keyrings.flat_map(|keyring| &keyring.identities);
        TrustedKeys::new(
            identities.flat_map(|identity| &identity.keys).map(|known| known.key.clone()),
        )
    }

    /// Who stands behind an event, by every keyring that has a say.
    ///
    /// # Errors
    /// [`EventFault::Signer`], [`EventFault::Role`], [`EventFault::Door`], [`EventFault::NoDoor`]
    pub(super) fn count(
        &self,
        event: &Event,
        keys: &BTreeSet<KeyId>,
        in_force: &Keyring,
        doors: &Doors,
        about: About<'_>,
    ) -> Result<Counted, EventFault> {
        let demand = Demand {
            now: event.at,
            predicate: event.body.signed_as(),
            environment: about.environment.map(AsRef::as_ref),
            role: None,
            identities: NonZeroUsize::MIN,
        };
        let counted = in_force.count(keys, event.at, &demand)?;
        let names: BTreeSet<String> = counted.keys().map(|&name| name.to_owned()).collect();
        if let Some(role) = event.body.claimed_role()
            && !counted.values().any(|roles| roles.contains(role.as_ref()))
        {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            return Err(EventFault::Role { role: role.clone(), by: names.join(", ") });
        }
        let hands = keys.iter().filter_map(|&key| {
            let name = in_force.owner_name(&key)?;
            Some((key, name, *counted.get(name)?))
        });
        doors.confirm(&event.body, about, &hands.collect::<Vec<_>>())?;
        let by = match &self.anchor {
            None => names.clone(),
            Some(outside) => outside.count(event.at, keys, &demand, &self.recorded)?,
        };
        Ok(Counted { by, names })
    }

    /// Takes note of an event that was taken.
    pub(super) fn note(&mut self, event: &Event, keys: &BTreeSet<KeyId>) {
        for &key in keys {
            self.signed.insert(key, (event.seq, event.at));
            if let Some(outside) = &mut self.anchor
                && outside.revoked.contains_key(&key)
            {
                outside.open.insert(key, event.seq);
            }
        }
    }

    /// Whether a keyring may be put in force: it takes no key back from before what it signed.
    ///
    /// # Errors
    /// [`EventFault::Unmade`]
    pub(super) fn confirm_next(&self, next: &Keyring) -> Result<(), EventFault> {
        for (identity, key, revoked_at) in revoked_keys(next) {
            if let Some(&(signed, at)) = self.signed.get(&key)
                && !self.recorded.contains(&key)
                && at >= revoked_at
            {
                let identity = identity.to_owned();
                return Err(EventFault::Unmade { identity, revoked_at, signed });
            }
        }
        Ok(())
    }

    /// Puts a keyring in force, which records the revocations in it.
    pub(super) fn put_in_force(&mut self, next: Keyring) {
        for (_, key, _) in revoked_keys(&next) {
            self.recorded.insert(key);
            if let Some(outside) = &mut self.anchor {
                outside.open.remove(&key);
            }
        }
        self.in_force = Some(next);
    }

    /// A key that the keyring from outside takes back, which has signed events, and whose
    /// revocation no event records: whose it is, and the latest event that it signed.
    pub(super) fn unrecorded(&self) -> Option<(&str, Seq)> {
        let outside = self.anchor.as_ref()?;
        let (key, &seq) = outside.open.iter().next()?;
        Some((outside.revoked.get(key)?.identity.as_str(), seq))
    }
}

impl Outside {
    fn new(keyring: &Keyring) -> Self {
        let mut unrevoked = keyring.clone();
        for known in unrevoked.identities.iter_mut().flat_map(|identity| &mut identity.keys) {
            known.revoked_at = None;
        }
        let revoked = revoked_keys(keyring)
            .map(|(identity, key, at)| (key, Revocation { identity: identity.to_owned(), at }))
            .collect();
        Self { unrevoked, revoked, open: BTreeMap::new() }
    }

    fn count(
        &self,
        at: Timestamp,
        keys: &BTreeSet<KeyId>,
        demand: &Demand<'_>,
        recorded: &BTreeSet<KeyId>,
    ) -> Result<BTreeSet<String>, Shortfall> {
        let over = |key: &KeyId| {
            self.revoked.get(key).filter(|revoked| at >= revoked.at || recorded.contains(key))
        };
        let (gone, standing): (BTreeSet<KeyId>, BTreeSet<KeyId>) =
            keys.iter().partition(|key| over(key).is_some());
        if let (true, Some(revocation)) = (standing.is_empty(), gone.iter().next().and_then(over)) {
            let (identity, revoked_at) = (revocation.identity.clone(), revocation.at);
            return Err(Shortfall::Revoked { identity, revoked_at });
        }
        let counted = self.unrevoked.count(&standing, at, demand)?;
        Ok(counted.keys().map(|&name| name.to_owned()).collect())
    }
}

fn revoked_keys(keyring: &Keyring) -> impl Iterator<Item = (&str, KeyId, Timestamp)> {
    keyring.identities.iter().flat_map(|identity| {
        identity
            .keys
            .iter()
            .filter_map(|known| Some((identity.name.as_str(), known.key.id(), known.revoked_at?)))
    })
}
