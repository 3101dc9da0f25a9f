//! Who may act at a door, by the policy in force.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::EventFault;
use crate::policy::Policy;
use crate::registry::event::{EnvironmentName, EventBody, RoleName};
use crate::registry::state::Request;
use crate::signing::KeyId;

/// The roles that the policy in force wants of those who move versions, reject requests and release
/// holds. As long as no policy is in force nobody is asked.
///
/// A command asks the same before it signs anything. It is asked here too because whoever holds a
/// key can write an event without the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Doors(Option<BTreeMap<String, Roles>>);

#[derive(Debug, Clone)]
struct Roles {
    /// The role of those who promote, roll back and drill; any when absent.
    movers: Option<String>,
    /// The roles of those who have a say: they release holds and reject requests. Any when there is
    /// none.
    voices: BTreeSet<String>,
}

/// A key that signed an event, whose it is, and the roles that the keyring in force gives them.
pub(super) type Hand<'a> = (KeyId, &'a str, &'a BTreeSet<String>);

impl Roles {
    fn with_a_say(&self) -> impl Iterator<Item = &str> {
        self.movers.iter().chain(&self.voices).map(String::as_str)
    }
}

impl Doors {
    pub(super) fn of(policy: &Policy) -> Self {
        let roles = |door: &crate::policy::DoorRule| Roles {
            movers: door.promoted_by.clone(),
            voices: door.voices().into_iter().map(str::to_owned).collect(),
        };
        let doors = policy.doors.iter().map(|door| (door.environment.clone(), roles(door)));
        Self(Some(doors.collect()))
    }

    /// Whether those who signed may do what the event says; `asked` is the request that it rejects.
    ///
    /// # Errors
    /// [`EventFault::Door`], [`EventFault::NoDoor`]
    pub(super) fn confirm(
        &self,
        body: &EventBody,
        asked: Option<&Request>,
        hands: &[Hand<'_>],
    ) -> Result<(), EventFault> {
        let Some(doors) = &self.0 else { return Ok(()) };
        if let EventBody::Revoked { model, version, role, .. } = body {
            // It closes every door and every way back, so somebody has to have a say at one.
            let say: BTreeSet<&str> = doors.values().flat_map(Roles::with_a_say).collect();
            if say.is_empty() || say.contains(role.as_ref()) {
                return Ok(());
            }
            return Err(refused(format!("revoke `{model}@{version}` as `{role}`"), hands, say));
        }
        let environment = body.environment().or(asked.map(|asked| &asked.environment));
        let Some(environment) = environment else { return Ok(()) };
        let roles = doors.get(environment.as_ref());
        match body {
            EventBody::Promoted { .. }
            | EventBody::RolledBack { .. }
            | EventBody::Drilled { .. } => {
                let deed = deed(body, environment);
                let roles = roles.ok_or_else(|| {
                    let environment = environment.clone();
                    EventFault::NoDoor { environment, deed: deed.clone() }
                })?;
                match &roles.movers {
                    Some(role) if !hands.iter().any(|(_, _, roles)| roles.contains(role)) => {
                        Err(refused(deed, hands, [role.as_str()]))
                    }
                    _ => Ok(()),
                }
            }
            EventBody::HoldReleased { role, .. } => {
                let deed = format!("release a hold in `{environment}` as `{role}`");
                has_a_say(roles, role, deed, hands)
            }
            EventBody::Rejected { role, .. } => {
                // Whoever asked may take it back.
                let own =
                    |(_, name, _): &Hand<'_>| asked.is_some_and(|asked| asked.by.contains(*name));
                if hands.iter().any(own) {
                    return Ok(());
                }
                let deed = format!("reject a request for `{environment}` as `{role}`");
                has_a_say(roles, role, deed, hands)
            }
            _ => Ok(()),
        }
    }
}

/// Whether a role is one of those that have a say at a door.
fn has_a_say(
    roles: Option<&Roles>,
    role: &RoleName,
    deed: String,
    hands: &[Hand<'_>],
) -> Result<(), EventFault> {
    match roles {
        Some(Roles { voices, .. }) if !voices.is_empty() && !voices.contains(role.as_ref()) => {
            Err(refused(deed, hands, voices.iter().map(String::as_str)))
        }
        _ => Ok(()),
    }
}

fn deed(body: &EventBody, environment: &EnvironmentName) -> String {
    match body {
        EventBody::RolledBack { .. } => format!("roll back in `{environment}`"),
        EventBody::Drilled { .. } => format!("drill in `{environment}`"),
        _ => format!("promote to `{environment}`"),
    }
}

fn refused<'r>(
    deed: String,
    hands: &[Hand<'_>],
    wanted: impl IntoIterator<Item = &'r str>,
) -> EventFault {
    let wanted: Vec<String> = wanted.into_iter().map(|role| format!("`{role}`")).collect();
    let by: Vec<String> =
        hands.iter().map(|(key, name, _)| format!("`{name}` (key {key})")).collect();
    EventFault::Door { deed, by: by.join(", "), wanted: wanted.join(" or ") }
}
