//! Which identities stand behind verified keys.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::{Identity, Keyring, KnownKey};
use crate::clock::Timestamp;
use crate::signing::KeyId;

/// What signatures are to stand for.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// The instant of the question.
    pub now: Timestamp,
    /// The type of the predicate that they signed.
    pub predicate: &'a str,
    /// The environment that it is for; any when absent.
    pub environment: Option<&'a str>,
    /// The role of those who sign; any when absent.
    pub role: Option<&'a str>,
    /// How many identities are needed.
    pub identities: NonZeroUsize,
}

/// Identities that count, each once, with the roles that the keyring gives them.
pub type Counted<'a> = BTreeMap<&'a str, &'a BTreeSet<String>>;

/// Why too few identities stand behind a signature: what hinders the signature that came nearest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Shortfall {
    /// A key that was given up.
    #[error("the key of `{identity}` was revoked at {revoked_at}: nothing it signed counts")]
    Revoked {
        /// Whose key.
        identity: String,
        /// Since when.
        revoked_at: Timestamp,
    },
    /// Signed, or asked about, outside the key's time.
    #[error("the key of `{identity}` does not count at {at} ({window})")]
    OutOfTime {
        /// Whose key.
        identity: String,
        /// When the report was made, or else the instant of the question.
        at: Timestamp,
        /// When the key is valid.
        window: String,
    },
    /// Signed by somebody who has another role.
    #[error("`{identity}` does not have the role `{role}` in the keyring")]
    Role {
        /// Who signed.
        identity: String,
        /// The role that was asked for.
        role: String,
    },
    /// Signed by somebody who signs other statements.
    #[error("`{identity}` may not sign a `{predicate}`")]
    Predicate {
        /// Who signed.
        identity: String,
        /// The type of the predicate.
        predicate: String,
    },
    /// Signed by somebody who may not speak for the environment.
    #[error("`{identity}` may not sign for `{environment}`")]
    Environment {
        /// Who signed.
        identity: String,
        /// The environment that was asked for.
        environment: String,
    },
    /// Some count, but too few.
    #[error("signed by {}, expected at least {}", listed(found), identities(*needed))]
    TooFew {
        /// Those that count.
        found: Vec<String>,
        /// How many were asked for.
        needed: NonZeroUsize,
    },
}

impl Shortfall {
    /// The stable name: `E_KEY_REVOKED`, `E_KEY_TIME`, `E_ROLE`, `E_SCOPE`, `E_THRESHOLD`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Revoked { .. } => "E_KEY_REVOKED",
            Self::OutOfTime { .. } => "E_KEY_TIME",
            Self::Role { .. } | Self::Predicate { .. } => "E_ROLE",
            Self::Environment { .. } => "E_SCOPE",
            Self::TooFew { .. } => "E_THRESHOLD",
        }
    }
}

impl Keyring {
    /// The identities that the keys stand for, as far as a demand lets them count.
    ///
    /// A key has to be in its time both when what it signs was `made`, and now: whoever holds a key
    /// whose time is over can write any date.
    ///
    /// # Errors
    /// [`Shortfall`] when there are too few: where nobody counts, what hinders the first key.
    pub fn count(
        &self,
        signers: &BTreeSet<KeyId>,
        made: Timestamp,
        demand: &Demand<'_>,
    ) -> Result<Counted<'_>, Shortfall> {
        let mut counted = Counted::new();
        let mut hindered = None;
        for (identity, known) in signers.iter().filter_map(|id| self.owner(id)) {
            match hindrance(identity, known, made, demand) {
                None => {
                    counted.insert(identity.name.as_str(), &identity.roles);
                }
                Some(reason) => hindered = hindered.or(Some(reason)),
            }
        }
        if counted.len() >= demand.identities.get() {
            return Ok(counted);
        }
        let found = counted.keys().map(|&name| name.to_owned()).collect();
        let too_few = Shortfall::TooFew { found, needed: demand.identities };
        Err(hindered.filter(|_| counted.is_empty()).unwrap_or(too_few))
    }

    /// The identities that have a key whose signature would count for a demand now.
    #[must_use]
    pub fn able(&self, demand: &Demand<'_>) -> BTreeSet<&str> {
        let counts = |identity: &&Identity| {
            let mut keys = identity.keys.iter();
            keys.any(|known| hindrance(identity, known, demand.now, demand).is_none())
        };
        self.identities.iter().filter(counts).map(|identity| identity.name.as_str()).collect()
    }
}

fn hindrance(
    identity: &Identity,
    known: &KnownKey,
    made: Timestamp,
    demand: &Demand<'_>,
) -> Option<Shortfall> {
    let name = || identity.name.clone();
    if let Some(revoked_at) = known.revoked_at {
        return Some(Shortfall::Revoked { identity: name(), revoked_at });
    }
    if let Some(at) = [made, demand.now].into_iter().find(|&at| !known.counts_at(at)) {
        return Some(Shortfall::OutOfTime { identity: name(), at, window: window(known) });
    }
    if let Some(role) = demand.role.filter(|&role| !identity.roles.contains(role)) {
        return Some(Shortfall::Role { identity: name(), role: role.to_owned() });
    }
    if !identity.may_sign(demand.predicate) {
        return Some(Shortfall::Predicate {
            identity: name(),
            predicate: demand.predicate.to_owned(),
        });
    }
    let environments = identity.environments.as_ref();
    let outside = |environment: &&str| environments.is_some_and(|all| !all.contains(*environment));
    let environment = demand.environment.filter(outside)?;
    Some(Shortfall::Environment { identity: name(), environment: environment.to_owned() })
}

fn window(known: &KnownKey) -> String {
    match (known.valid_from, known.valid_until) {
        (Some(from), Some(until)) => format!("valid from {from} until {until}"),
        (Some(from), None) => format!("valid from {from} on"),
        (None, Some(until)) => format!("valid until {until}"),
        (None, None) => "valid at any time".to_owned(),
    }
}

fn identities(needed: NonZeroUsize) -> String {
    let noun = if needed == NonZeroUsize::MIN { "identity" } else { "identities" };
    format!("{needed} {noun}")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nobody who counts".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
