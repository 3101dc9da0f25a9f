//! Who could do what somebody is refused: people of the keyring in force, and nobody else.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::held;
use super::in_force::{InForce, put_back};
use super::promotion::names;
use super::registry_failure::governors;
use crate::clock::Timestamp;
use crate::policy::DoorRule;
use crate::registry::event::{EVENT_TYPE, EnvironmentName, GOVERNANCE_TYPE};
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
    match able(keyring, predicate, environment, roles, now) {
        Some(found) => format!("by the keyring in force may: {found}"),
        None => "by the keyring in force nobody may".to_owned(),
    }
}

/// The same people, without a word about them; none when there are none.
fn able(
    keyring: &Keyring,
    predicate: &str,
    environment: Option<&EnvironmentName>,
    roles: &BTreeSet<&str>,
    now: Timestamp,
) -> Option<String> {
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
    (!found.is_empty()).then(|| found.join("; "))
}

/// Those who may move versions into environments, each named: who does outside what is due there. None
/// where nobody may anywhere.
pub(in crate::cli) fn movers<'e>(
    keyring: &Keyring,
    in_force: &InForce,
    environments: impl IntoIterator<Item = &'e EnvironmentName>,
    now: Timestamp,
) -> Option<String> {
    let known = environments.into_iter().filter_map(|environment| {
        let door = in_force.known_door(environment)?;
        let roles = door.promoted_by.as_deref().into_iter().collect();
        Some((environment, able(keyring, EVENT_TYPE, Some(environment), &roles, now)))
    });
    let known: Vec<_> = known.collect();
    let anybody = known.iter().any(|(_, able)| able.is_some());
    let named = known.iter().map(|(environment, able)| {
        format!("{} in `{environment}`", able.as_deref().unwrap_or("nobody"))
    });
    let named: Vec<String> = named.collect();
    anybody.then(|| format!("by the keyring in force may: {}", named.join("; ")))
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
        return Err(stranger(key));
    };
    match keyring.count(&[key].into(), demand.now, demand) {
        Ok(_) => Ok(name),
        Err(shortfall) => Err(format!("{}: {shortfall}", shortfall.code())),
    }
}

/// That a key is nobody's, in whatever way that was found out.
fn stranger(key: KeyId) -> String {
    format!("E_KEY: the keyring in force knows no key {key}")
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

/// That whoever has a key may change keyring and policy, and approve such changes.
///
/// # Errors
/// [`Failure`] with the code that the ledger has for it, and who may.
pub(in crate::cli) fn confirm_governor(
    keyring: &Keyring,
    key: KeyId,
    now: Timestamp,
) -> Result<(), Failure> {
    let demand = Demand {
        now,
        predicate: GOVERNANCE_TYPE,
        environment: None,
        role: None,
        identities: NonZeroUsize::MIN,
    };
    let Err(why) = counted(keyring, key, &demand) else { return Ok(()) };
    let who = people(keyring, GOVERNANCE_TYPE, None, &BTreeSet::new(), now);
    Err(Failure::new(ExitCode::Refused, why).hint(governors()).more_hint(&who))
}

/// Why the registry refuses an event by whoever has a key, for people: where it is for who they are, with
/// those whose signature on the same event it would take.
pub(in crate::cli) fn refused(
    error: RegistryError,
    body: &EventBody,
    key: KeyId,
    replayed: &Replayed,
    now: Timestamp,
) -> Failure {
    let RegistryError::Refused { fault } = &error else { return Failure::from(error) };
    let hint = hint(fault, body, replayed, now);
    let failure = match fault.code() {
        "E_KEY" => Failure::new(ExitCode::Refused, stranger(key)),
        _ => Failure::from(error),
    };
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
    let environment = replayed.state().environment_of(body);
    let of_people = match fault {
        // Of a keyring that takes back what was signed: nobody else may put it in force either.
        EventFault::Unmade { .. } => false,
        EventFault::NoDoor { .. } => true,
        _ => {
            matches!(fault.code(), "E_ROLE" | "E_SCOPE" | "E_KEY" | "E_KEY_REVOKED" | "E_KEY_TIME")
        }
    };
    if !of_people {
        return None;
    }
    if let Some(gone) = environment.filter(|environment| replayed.lacks_door(environment)) {
        return Some(without_door(gone, body, replayed));
    }
    let wanted = replayed.wanted_roles(body);
    let claimed = body.claimed_role().map(AsRef::as_ref);
    let claimed = claimed.filter(|role| wanted.is_empty() || wanted.contains(role));
    let roles = claimed.map_or(wanted, |role| [role].into());
    Some(people(replayed.keyring(), body.signed_as(), environment, &roles, now))
}

/// What is to be done where the policy in force has no door, so that nobody has a say there but who
/// asked for what is rejected.
fn without_door(environment: &EnvironmentName, body: &EventBody, replayed: &Replayed) -> String {
    let first = put_back(environment);
    let EventBody::Rejected { request, .. } = body else { return first };
    let Some(asked) = replayed.state().request(*request) else { return first };
    format!("{first}; before that only who asked may reject it: {}", names(&asked.by))
}
