//! What ends the holds that keep a version from where it is to run, and who may end them.

use super::who_may::people;
use crate::clock::Timestamp;
use crate::registry::door::Case;
use crate::registry::event::{EVENT_TYPE, EnvironmentName, ModelName, VersionName};
use crate::registry::{EventBody, Replayed};

/// The command that releases a hold, as it is typed, and who may give it.
pub(in crate::cli) fn release(
    replayed: &Replayed,
    model: &ModelName,
    environment: &EnvironmentName,
    version: Option<&VersionName>,
    now: Timestamp,
) -> String {
    let command = command(replayed, model, environment, version);
    format!("`{command}` ends the hold; {}", who(replayed, environment, now))
}

/// The command that releases a hold, as it is typed.
pub(in crate::cli) fn command(
    replayed: &Replayed,
    model: &ModelName,
    environment: &EnvironmentName,
    version: Option<&VersionName>,
) -> String {
    let roles = replayed.releasing_roles(environment);
    let role = match roles.first() {
        Some(only) if roles.len() == 1 => only,
        _ => "ROLE",
    };
    let about = version.map_or(String::new(), |version| format!(" --version {version}"));
    format!(
        "driftgate hold release --model {model} --env {environment}{about} --role {role} \
         --comment WHY --key KEY"
    )
}

/// Who may release holds in an environment.
fn who(replayed: &Replayed, environment: &EnvironmentName, now: Timestamp) -> String {
    let roles = replayed.releasing_roles(environment);
    people(replayed.keyring(), EVENT_TYPE, Some(environment), &roles, now)
}

/// What ends the holds that close a door to a version: those of its environment, or else one on the
/// version where it has to come from.
pub(in crate::cli) fn of_door(replayed: &Replayed, case: &Case<'_>) -> Option<String> {
    let (model, version) = (&case.passport.model, &case.passport.version);
    if let Some(here) = of_place(replayed, model, case.environment, case.now) {
        return Some(here);
    }
    let about = Some(version.clone());
    case.door.from.iter().find_map(|from| {
        let from: EnvironmentName = from.parse().ok()?;
        replayed.state().place(model, &from)?.holds.get(&about)?;
        Some(release(replayed, model, &from, Some(version), case.now))
    })
}

/// What ends the holds against which somebody writes an event.
pub(in crate::cli) fn against(
    body: &EventBody,
    replayed: &Replayed,
    now: Timestamp,
) -> Option<String> {
    match body {
        EventBody::Promoted { model, environment, .. } => {
            of_place(replayed, model, environment, now)
        }
        EventBody::RolledBack { model, environment, to_version, .. }
        | EventBody::Drilled { model, environment, to_version, .. } => {
            Some(release(replayed, model, environment, Some(to_version), now))
        }
        _ => None,
    }
}

/// What ends the holds of an environment, all of which have to end, in the order in which they were
/// placed.
fn of_place(
    replayed: &Replayed,
    model: &ModelName,
    environment: &EnvironmentName,
    now: Timestamp,
) -> Option<String> {
    let holds = replayed.state().place(model, environment)?.holds_in_order();
    if let [(about, _)] = holds[..] {
        return Some(release(replayed, model, environment, about, now));
    }
    let command = |(about, _): &(_, _)| command(replayed, model, environment, *about);
    let commands: Vec<String> =
        holds.iter().map(command).map(|command| format!("`{command}`")).collect();
    let all = match commands.len() {
        0 => return None,
        2 => "both holds".to_owned(),
        more => format!("all {more} holds"),
    };
    let who = who(replayed, environment, now);
    Some(format!("{all} have to end: {}; {who}", commands.join(", ")))
}
