//! What is read from the store to examine a door.

use std::num::NonZeroUsize;

use super::approval::{APPROVAL_TYPE, Approval as SignedApproval, Decision};
use super::bars::{Bar, Bars};
use super::door::{Drilled, Evidence, Others, Stable, Void};
use super::event::{EnvironmentName, ModelName, VersionName};
use super::objects::{ObjectError, Objects};
use super::passport::Passport;
use super::state::{Approval, Request, State};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::DoorRule;
use crate::signing::keyring::Demand;
use crate::signing::{Keyring, verify};

/// Why a door cannot be examined.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// An object cannot be had.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// An object is not what the ledger says it is.
    #[error("the {what} `{digest}`: {reason}")]
    NoDocument {
        /// `passport`, `policy`, `keyring`, `request`.
        what: &'static str,
        /// The object.
        digest: Sha256Digest,
        /// The fault.
        reason: String,
    },
    /// What a revoked version is made of cannot be told.
    #[error(
        "whether it has the files of `{model}@{version}`, which was revoked, cannot be told: {source}"
    )]
    Revoked {
        /// The model.
        model: ModelName,
        /// The version.
        version: VersionName,
        /// Why its passport cannot be read.
        source: Box<Unheard>,
    },
    /// There is no such version.
    #[error("`{model}@{version}` was never registered")]
    Unregistered {
        /// The model.
        model: ModelName,
        /// The version.
        version: VersionName,
    },
}

impl Unheard {
    /// The stable name: `E_STORAGE` not readable · `E_OBJECT` evidence · `E_STATE` never registered.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Object(error) if error.is_storage() => "E_STORAGE",
            Self::Object(_) | Self::NoDocument { .. } => "E_OBJECT",
            Self::Revoked { source, .. } => source.code(),
            Self::Unregistered { .. } => "E_STATE",
        }
    }
}

/// The passport of a version, and its digest.
///
/// # Errors
/// [`Unheard`]
pub fn passport(
    objects: &Objects,
    state: &State,
    model: &ModelName,
    version: &VersionName,
) -> Result<(Passport, Sha256Digest), Unheard> {
    let unregistered = || Unheard::Unregistered { model: model.clone(), version: version.clone() };
    let digest = state.version(model, version).ok_or_else(unregistered)?.passport;
    let passport = Passport::read(&objects.get(digest)?).map_err(|error| {
        let reason = error.to_string();
        Unheard::NoDocument { what: "passport", digest, reason }
    })?;
    Ok((passport, digest))
}

/// What the passports of other versions say about one that stands before a door. That the passport of
/// the version of the newest drill cannot be read says nothing here: what was decided before it was lost
/// stands.
///
/// # Errors
/// [`Unheard`] when one of them cannot be read.
pub fn others<'s>(
    objects: &Objects,
    state: &'s State,
    passport: &Passport,
    environment: &EnvironmentName,
    door: &DoorRule,
) -> Result<Others<'s>, Unheard> {
    let bars = Bars::of(objects, state)?;
    // Each former version takes reading; only a drill asks for one.
    let asked = door.drill.is_some();
    let way_back = asked && !bars.ways_back(objects, &passport.model, environment).is_empty();
    let stable = stable(objects, state, &passport.model, door)?;
    let drilled = drilled(state, &passport.model, environment).filter(|_| asked);
    let known = drilled.and_then(|to| self::passport(objects, state, &passport.model, to).ok());
    let drilled = known.and_then(|(known, _)| bars.against(&known));
    let drilled = drilled.map_or(Drilled::Usable, Drilled::Barred);
    Ok(Others { stable, bar: bars.against(passport), way_back, drilled })
}

/// The version to which the newest drill in an environment led.
#[must_use]
pub fn drilled<'s>(
    state: &'s State,
    model: &ModelName,
    environment: &EnvironmentName,
) -> Option<&'s VersionName> {
    Some(&state.place(model, environment)?.drills.last()?.to)
}

/// What stands against it that a version runs, by what was revoked.
///
/// # Errors
/// [`Unheard`] when its passport or that of a revoked version cannot be read.
pub fn bar<'s>(
    objects: &Objects,
    state: &'s State,
    model: &ModelName,
    version: &VersionName,
) -> Result<Option<Bar<'s>>, Unheard> {
    let (passport, _) = passport(objects, state, model, version)?;
    Ok(Bars::of(objects, state)?.against(&passport))
}

/// The training data of the version that runs where a door's reference comes from.
fn stable(
    objects: &Objects,
    state: &State,
    model: &ModelName,
    door: &DoorRule,
) -> Result<Stable, Unheard> {
    let Ok(environment) = door.reference.parse::<EnvironmentName>() else {
        return Ok(Stable::None);
    };
    let Some(version) = state.current(model, &environment) else {
        return Ok(Stable::None);
    };
    let (passport, _) = passport(objects, state, model, version)?;
    Ok(passport.training().map_or(Stable::Unnamed, Stable::Data))
}

/// The reports that were taken up for a version, in the order of the ledger.
///
/// # Errors
/// [`Unheard`] when one cannot be read.
pub fn evidence(
    objects: &Objects,
    state: &State,
    model: &ModelName,
    version: &VersionName,
) -> Result<Vec<Evidence>, Unheard> {
    let known = state.version(model, version);
    let reports = known.into_iter().flat_map(|version| &version.reports);
    reports
        .map(|report| {
            let digest = report.report;
            Ok(Evidence { digest, envelope: objects.get(digest)? })
        })
        .collect()
}

/// The approvals of a request whose signed word is not what the ledger says it is, or whose signer
/// does not count for it at that instant.
///
/// # Errors
/// [`Unheard`] when one cannot be read.
pub fn void(
    objects: &Objects,
    state: &State,
    keyring: &Keyring,
    digest: Sha256Digest,
    asked: &Request,
    now: Timestamp,
) -> Result<Void, Unheard> {
    let mut void = Void::new();
    for known in &asked.approvals {
        let envelope = objects.get(known.approval)?;
        if let Err(why) = confirm_approval(&envelope, state, keyring, digest, asked, known, now) {
            void.insert(known.approval, why);
        }
    }
    Ok(void)
}

fn confirm_approval(
    envelope: &[u8],
    state: &State,
    keyring: &Keyring,
    digest: Sha256Digest,
    asked: &Request,
    known: &Approval,
    now: Timestamp,
) -> Result<(), (&'static str, String)> {
    const CODE: &str = "E_APPROVAL";
    let payload = verify(envelope, &keyring.keys(), NonZeroUsize::MIN)
        .map_err(|refusal| (refusal.code(), refusal.to_string()))?;
    let approval = SignedApproval::read(&payload).map_err(|error| (CODE, error.to_string()))?;
    let demand = Demand {
        now,
        predicate: APPROVAL_TYPE,
        environment: Some(asked.environment.as_ref()),
        role: Some(known.role.as_ref()),
        identities: NonZeroUsize::MIN,
    };
    let counted = keyring
        .count(payload.signers(), approval.at, &demand)
        .map_err(|shortfall| (shortfall.code(), shortfall.to_string()))?;
    let same = approval.request == digest
        && Some(approval.registry) == state.registry()
        && approval.decision == Decision::Approved
        && approval.role == known.role
        && known.by.iter().all(|person| counted.contains_key(person.as_str()));
    if same { Ok(()) } else { Err((CODE, "it says something else than the ledger".to_owned())) }
}
