//! What the commands of promotion need of a registry: passports, evidence, requests.

use super::exit_code::ExitCode;
use super::failure::Failure;
pub(in crate::cli) use super::in_force::InForce;
use super::promotion_args::ModelVersion;
use super::registry_access::Access;
use super::registry_failure::unregistered;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::DoorRule;
use crate::registry::door::{Case, Drilled, Evidence, Others, Void};
use crate::registry::event::{EnvironmentName, ModelName, VersionName};
use crate::registry::hearing::{self, Unheard};
use crate::registry::state::{Request, RequestState};
use crate::registry::{Bar, Passport, RegistryError, Replayed};

/// The bytes of an object.
pub(in crate::cli) fn object(access: &Access, digest: Sha256Digest) -> Result<Vec<u8>, Failure> {
    Ok(access.registry.objects().get(digest).map_err(RegistryError::from)?)
}

/// The passport that counts of a version.
///
/// # Errors
/// [`Failure`] when the version was never registered.
pub(in crate::cli) fn passport(
    access: &Access,
    model: &ModelName,
    version: &VersionName,
) -> Result<(Passport, Sha256Digest), Failure> {
    Ok(hearing::passport(access.registry.objects(), access.replayed.state(), model, version)?)
}

/// That some version of a model was registered.
///
/// # Errors
/// [`Failure`] with the models that there are.
pub(in crate::cli) fn confirm_model(access: &Access, model: &ModelName) -> Result<(), Failure> {
    let models = access.replayed.state().models().iter();
    let known = models.filter(|(_, known)| !known.versions.is_empty());
    let known: Vec<&str> = known.map(|(name, _)| name.as_ref()).collect();
    if known.contains(&model.as_ref()) {
        return Ok(());
    }
    let failure = unregistered(&format!("no version of `{model}` was ever registered"));
    Err(failure.hint(match &known[..] {
        [] => "`driftgate passport new` registers one".to_owned(),
        _ => format!("the models are: {}; `driftgate passport new` adds one", known.join(", ")),
    }))
}

/// That the ledger has heard of a model, where only one is to be told of: a hold may be placed on what
/// was never registered.
///
/// # Errors
/// [`Failure`] with the models that there are.
pub(in crate::cli) fn confirm_heard_of(
    access: &Access,
    model: Option<&ModelName>,
) -> Result<(), Failure> {
    let known = access.replayed.state().models();
    match model {
        Some(model) if !known.contains_key(model) => confirm_model(access, model),
        _ => Ok(()),
    }
}

impl From<Unheard> for Failure {
    fn from(error: Unheard) -> Self {
        match error {
            Unheard::Object(error) => RegistryError::from(error).into(),
            Unheard::Revoked { ref source, .. } => {
                let code = match **source {
                    Unheard::Object(ref source) if source.is_storage() => ExitCode::Unreadable,
                    _ => ExitCode::Refused,
                };
                Self::new(code, format!("{}: {error}", error.code()))
                    .hint("put its passport back among the objects: `driftgate audit` names it")
            }
            Unheard::Unregistered { .. } => unregistered(&error),
            Unheard::NoDocument { .. } => {
                Self::new(ExitCode::Refused, format!("{}: {error}", error.code()))
            }
        }
    }
}

/// What the passports of other versions say about one that stands before a door now.
///
/// # Errors
/// [`Failure`] when one of them cannot be read.
pub(in crate::cli) fn others<'a>(
    access: &'a Access,
    passport: &Passport,
    environment: &EnvironmentName,
    door: &DoorRule,
) -> Result<Others<'a>, Failure> {
    let (objects, state) = (access.registry.objects(), access.replayed.state());
    let mut others = hearing::others(objects, state, passport, environment, door)?;
    let drilled = hearing::drilled(state, &passport.model, environment);
    if let Some(to) = drilled.filter(|_| door.drill.is_some())
        && hearing::passport(objects, state, &passport.model, to).is_err()
    {
        others.drilled = Drilled::Lost;
    }
    Ok(others)
}

/// What stands against it that a version runs, by what was revoked.
///
/// # Errors
/// [`Failure`] when its passport or that of a revoked version cannot be read.
pub(in crate::cli) fn bar<'a>(
    access: &'a Access,
    model: &ModelName,
    version: &VersionName,
) -> Result<Option<Bar<'a>>, Failure> {
    Ok(hearing::bar(access.registry.objects(), access.replayed.state(), model, version)?)
}

/// The reports that were taken up for a version, in the order of the ledger.
///
/// # Errors
/// [`Failure`] when one cannot be read.
pub(in crate::cli) fn evidence(
    access: &Access,
    of: &ModelVersion,
) -> Result<Vec<Evidence>, Failure> {
    let (objects, state) = (access.registry.objects(), access.replayed.state());
    Ok(hearing::evidence(objects, state, &of.model, &of.version)?)
}

/// What stands before a door.
pub(in crate::cli) struct Examined<'a> {
    pub(in crate::cli) in_force: &'a InForce,
    pub(in crate::cli) door: &'a DoorRule,
    pub(in crate::cli) environment: &'a EnvironmentName,
    pub(in crate::cli) passport: &'a Passport,
    pub(in crate::cli) others: Others<'a>,
    pub(in crate::cli) nonce: Option<&'a str>,
    pub(in crate::cli) now: Timestamp,
}

impl<'a> Examined<'a> {
    /// The case, by what the ledger says.
    pub(in crate::cli) fn case(&self, replayed: &'a Replayed) -> Case<'a> {
        Case {
            door: self.door,
            environment: self.environment,
            policy: &self.in_force.policy,
            policy_digest: self.in_force.digest,
            keyring: replayed.keyring(),
            state: replayed.state(),
            passport: self.passport,
            others: self.others,
            nonce: self.nonce,
            now: self.now,
        }
    }
}

/// The one request whose digest begins so.
///
/// # Errors
/// [`Failure`] when there is none, or several.
pub(in crate::cli) fn request<'a>(
    replayed: &'a Replayed,
    digits: &str,
) -> Result<(Sha256Digest, &'a Request), Failure> {
    let wanted = digits.strip_prefix("sha256:").unwrap_or(digits);
    let fits = |digest: &Sha256Digest| digest.to_string().starts_with(wanted);
    let requests = replayed.state().requests();
    let found: Vec<_> = requests.iter().filter(|(digest, _)| fits(digest)).collect();
    match (&found[..], wanted.len() >= REQUEST_DIGITS_MIN) {
        ([(digest, request)], true) => Ok((**digest, request)),
        (_, false) => {
            let message = format!("give at least {REQUEST_DIGITS_MIN} digits of the request");
            Err(Failure::new(ExitCode::Usage, message))
        }
        ([], _) => Err(Failure::new(ExitCode::Usage, format!("there is no request `{digits}`"))
            .hint("`driftgate status` lists those that are open")),
        _ => Err(Failure::new(ExitCode::Usage, format!("`{digits}` fits several requests"))
            .hint("give more of its digits")),
    }
}

/// The approvals of a request whose signed word is not what the ledger says it is, or whose signer
/// does not count for it any more.
///
/// # Errors
/// [`Failure`] when one cannot be read.
pub(in crate::cli) fn void(
    access: &Access,
    digest: Sha256Digest,
    asked: &Request,
    now: Timestamp,
) -> Result<Void, Failure> {
    let (objects, replayed) = (access.registry.objects(), &access.replayed);
    Ok(hearing::void(objects, replayed.state(), replayed.keyring(), digest, asked, now)?)
}

/// That a request still waits for an answer.
///
/// # Errors
/// [`Failure`] that says what became of it, and by whom.
pub(in crate::cli) fn confirm_open(replayed: &Replayed, request: &Request) -> Result<(), Failure> {
    let (word, step) = match request.state {
        RequestState::Open => return Ok(()),
        RequestState::Rejected(step) => ("rejected", step),
        RequestState::Promoted(step) => ("promoted", step),
    };
    let by = replayed.event(step.seq()).map(|event| names(&event.by)).unwrap_or_default();
    let message = format!("E_CONFLICT: the request was {word} by {by} in event {}", step.seq());
    let failure = Failure::new(ExitCode::Refused, message);
    let finished = replayed.state().is_finished(step.seq());
    Err(if finished { failure } else { failure.hint(UNFINISHED) })
}

/// Names for people.
pub(in crate::cli) fn names(by: &std::collections::BTreeSet<String>) -> String {
    let names = by.iter().map(|name| crate::verdict::text::name(name));
    names.collect::<Vec<_>>().join(", ")
}

/// What to do next about an event that stands, when not all that it asks for outside is done.
pub(in crate::cli) const UNFINISHED: &str =
    "`driftgate reconcile` does what is still to be done outside";

/// Digits by which people tell requests apart.
const REQUEST_DIGITS_MIN: usize = 8;
