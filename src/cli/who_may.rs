//! Who could do what somebody is refused: people of the keyring in force, and nobody else.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::failure::Failure;
use super::held;
use crate::clock::Timestamp;
use crate::registry::event::EnvironmentName;
use crate::registry::ledger::EventFault;
use crate::registry::state::Transition;
use crate::registry::{EventBody, RegistryError, Replayed};
use crate::signing::Keyring;
use crate::signing::keyring::Demand;
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
    let asked = match body {
        EventBody::Rejected { request, .. } => replayed.state().request(*request),
        _ => None,
    };
    let environment = body.environment().or(asked.map(|asked| &asked.environment));
    let wanted = replayed.wanted_roles(body);
    let claimed = body.claimed_role().map(AsRef::as_ref);
    let claimed = claimed.filter(|role| wanted.is_empty() || wanted.contains(role));
    let roles = claimed.map_or(wanted, |role| [role].into());
    Some(people(replayed.keyring(), body.signed_as(), environment, &roles, now))
}
