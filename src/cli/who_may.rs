//! Who could do what somebody is refused: people of the keyring in force, and nobody else.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::held;
use crate::clock::Timestamp;
use crate::policy::DoorRule;
use crate::registry::event::{EVENT_TYPE, EnvironmentName};
use crate::registry::ledger::EventFault;
use crate::registry::state::Transition;
use crate::registry::{EventBody, RegistryError, Replayed};
use crate::signing::keyring::Demand;
use crate::signing::{KeyId, Keyring};
use crate::verdict::text;

/// Those whose signature on an event counts in an environment, by the roles of which one is wanted: by
/// role where there are any.
pub(in crate::cli) fn people(
    keyring: &Keyring,
    predicate: &str,
    environment: Option<&EnvironmentName>,
    roles: &BTreeSet<&str>,
    now: Timestamp,
) -> String {
    let environment = environment.map(AsRef::as_ref);
    let able = |role: Option<&str>| {
        let identities = NonZeroUsize::MIN;
        let found = keyring.able(&Demand { now, predicate, environment, role, identities });
        (!found.is_empty()).then(|| text::names(found))
    };
    let by_role =
        roles.iter().filter_map(|&role| Some(format!("{} as `{role}`", able(Some(role))?)));
    let found: Vec<String> =
        if roles.is_empty() { able(None).into_iter().collect() } else { by_role.collect() };
    if found.is_empty() {
        return "by the keyring in force nobody may".to_owned();
    }
    format!("by the keyring in force may: {}", found.join("; "))
}

/// Whose key it is, where its signature counts for what is demanded.
///
/// # Errors
/// The code that the ledger has for it, and why.
pub(in crate::cli) fn counted<'k>(
    keyring: &'k Keyring,
    key: KeyId,
    demand: &Demand<'_>,
) -> Result<&'k str, String> {
    let Some(name) = keyring.owner_name(&key) else {
        return Err(format!("E_KEY: the keyring in force knows no key {key}"));
    };
    match keyring.count(&[key].into(), demand.now, demand) {
        Ok(_) => Ok(name),
        Err(shortfall) => Err(format!("{}: {shortfall}", shortfall.code())),
    }
}

/// That whoever has a key may move versions in an environment: by the role that its door wants, any
/// where it wants none, and for that environment.
///
/// # Errors
/// [`Failure`] with the code that the ledger has for it, and who may.
pub(in crate::cli) fn confirm_mover(
    keyring: &Keyring,
    door: Option<&DoorRule>,
    environment: &EnvironmentName,
    key: KeyId,
    now: Timestamp,
) -> Result<(), Failure> {
    let role = door.and_then(|door| door.promoted_by.as_deref());
    let demand = Demand {
        now,
        predicate: EVENT_TYPE,
        environment: Some(environment.as_ref()),
        role,
        identities: NonZeroUsize::MIN,
    };
    let Err(why) = counted(keyring, key, &demand) else { return Ok(()) };
    let roles = role.into_iter().collect();
    let who = people(keyring, EVENT_TYPE, Some(environment), &roles, now);
    Err(Failure::new(ExitCode::Refused, why).hint(who))
}

/// Why the registry refuses an event, for people: where it is for who they are, with those whose
/// signature on the same event it would take.
pub(in crate::cli) fn refused(
    error: RegistryError,
    body: &EventBody,
    replayed: &Replayed,
    now: Timestamp,
) -> Failure {
    let hint = match &error {
        RegistryError::Refused { fault } => hint(fault, body, replayed, now),
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.more_hint(&hint),
        None => failure,
    }
}

fn hint(
    fault: &EventFault,
    body: &EventBody,
    replayed: &Replayed,
    now: Timestamp,
) -> Option<String> {
    if let EventFault::Transition(Transition::Held { .. }) = fault {
        return held::against(body, replayed, now);
    }
    if !matches!(fault.code(), "E_ROLE" | "E_SCOPE" | "E_KEY") {
        return None;
    }
    let environment = body.environment().or_else(|| spoken_of(body, replayed));
    let wanted = replayed.wanted_roles(body);
    let claimed = body.claimed_role().map(AsRef::as_ref);
    let claimed = claimed.filter(|role| wanted.is_empty() || wanted.contains(role));
    let roles = claimed.map_or(wanted, |role| [role].into());
    Some(people(replayed.keyring(), body.signed_as(), environment, &roles, now))
}

/// The environment of the request or the event that an event is about.
fn spoken_of<'r>(body: &EventBody, replayed: &'r Replayed) -> Option<&'r EnvironmentName> {
    match body {
        EventBody::Approved { request, .. } | EventBody::Rejected { request, .. } => {
            Some(&replayed.state().request(*request)?.environment)
        }
        EventBody::ActionDone { event, .. } | EventBody::Incident { event, .. } => {
            replayed.event(event.seq)?.body.environment()
        }
        _ => None,
    }
}
