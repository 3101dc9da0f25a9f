//! Who is known, by which keys.

use std::collections::BTreeSet;

use crate::clock::Timestamp;
use crate::signing::{KeyId, PublicKey, TrustedKeys};

/// Identities and their keys, as a document names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    /// What it calls itself.
    pub name: String,
    /// In the order of the document.
    pub identities: Vec<Identity>,
}

/// A person or a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name, unique in the keyring.
    pub name: String,
    /// What it is trusted to be.
    pub roles: BTreeSet<String>,
    /// The predicate types that it may sign; every one but [`GOVERNANCE_TYPE`] when absent.
    pub predicates: Option<BTreeSet<String>>,
    /// What it may sign for; everything when absent.
    pub environments: Option<BTreeSet<String>>,
    /// Its keys, one at least; no key belongs to two identities.
    pub keys: Vec<KnownKey>,
}

/// A key and the time in which what it signs counts.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: PublicKey,
    /// From when on; always when absent.
    pub valid_from: Option<Timestamp>,
    /// Until when, that instant not included; without end when absent.
    pub valid_until: Option<Timestamp>,
    /// When it was given up: nothing that it signed counts any more.
    pub revoked_at: Option<Timestamp>,
    /// The keyring's line.
    pub line: usize,
}

impl KnownKey {
    /// Whether an instant lies in the key's time; that it was revoked is another matter.
    pub(super) fn counts_at(&self, instant: Timestamp) -> bool {
        self.valid_from.is_none_or(|from| from <= instant)
            && self.valid_until.is_none_or(|until| instant < until)
    }
}

impl std::fmt::Debug for KnownKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KnownKey({} on line {})", self.key.id(), self.line)
    }
}

impl Keyring {
    /// All keys, also those whose time is over: a signature by one of them is told from that of a
    /// stranger, and [`Self::count`] says what it is worth.
    #[must_use]
    pub fn keys(&self) -> TrustedKeys {
        TrustedKeys::new(self.known().map(|(_, known)| known.key.clone()))
    }

    /// What is legal but unwise, a sentence each, at the instant `now`.
    #[must_use]
    pub fn remarks(&self, now: Timestamp) -> Vec<String> {
        let mut remarks = Vec::new();
        for identity in &self.identities {
            let usable = |known: &&KnownKey| {
                known.revoked_at.is_none() && known.valid_until.is_none_or(|until| now < until)
            };
            let name = &identity.name;
            if !identity.keys.iter().any(|known| usable(&known)) {
                remarks.push(format!("`{name}` has no key that counts now"));
            }
            for known in identity.keys.iter().filter(usable) {
                if known.valid_until.is_none() {
                    let line = known.line;
                    remarks.push(format!("line {line}: a key of `{name}` has no `valid_until`"));
                }
            }
        }
        remarks.extend(self.governance_remark(now));
        remarks
    }

    /// What is to be said of who may change keyring and policy.
    fn governance_remark(&self, now: Timestamp) -> Option<String> {
        let governors = self.governors(now);
        let mut names = governors.iter();
        match (names.next(), names.next()) {
            (None, _) => Some(format!(
                "nobody may change keyring and policy: no registry can be founded on it before the \
                 `predicates` of somebody list \"{GOVERNANCE_TYPE}\""
            )),
            (Some(name), None) => Some(format!(
                "`{name}` alone may change keyring and policy, and needs nobody's consent to give \
                 anybody anything: two people should be able to"
            )),
            _ => None,
        }
    }

    fn known(&self) -> impl Iterator<Item = (&Identity, &KnownKey)> {
        let keys = |identity| Identity::keys_of(identity);
        self.identities.iter().flat_map(keys)
    }

    /// Whose a key is.
    #[must_use]
    pub fn owner_name(&self, id: &KeyId) -> Option<&str> {
        self.owner(id).map(|(identity, _)| identity.name.as_str())
    }

    /// Who may do governance at an instant: identities with the right and a key that counts then.
    #[must_use]
    pub fn governors(&self, at: Timestamp) -> BTreeSet<&str> {
        let usable = |known: &KnownKey| known.revoked_at.is_none() && known.counts_at(at);
        let able = |identity: &&Identity| identity.may_govern() && identity.keys.iter().any(usable);
        self.identities.iter().filter(able).map(|identity| identity.name.as_str()).collect()
    }

    /// Whose a key is, and what is known of it.
    #[must_use]
    pub fn owner(&self, id: &KeyId) -> Option<(&Identity, &KnownKey)> {
        self.known().find(|(_, known)| known.key.id() == *id)
    }
}

impl Identity {
    /// Whether the keyring lets it sign such predicates. Without a list it may sign all but
    /// [`GOVERNANCE_TYPE`], which is given by name alone.
    #[must_use]
    pub fn may_sign(&self, predicate: &str) -> bool {
        match &self.predicates {
            Some(listed) => listed.contains(predicate),
            None => predicate != GOVERNANCE_TYPE,
        }
    }

    /// Whether it may change keyring and policy, and correct a clock.
    #[must_use]
    pub fn may_govern(&self) -> bool {
        self.may_sign(GOVERNANCE_TYPE)
    }

    fn keys_of(&self) -> impl Iterator<Item = (&Self, &KnownKey)> {
        self.keys.iter().map(move |known| (self, known))
    }
}

/// What a keyring lists in `predicates` to let an identity change the keyring and the policy of a
/// registry, approve such changes, and correct a clock. Nobody has this right who is not given it so.
pub const GOVERNANCE_TYPE: &str = "https://driftgate.dev/event/v1#governance";
