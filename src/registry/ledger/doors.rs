//! Who may act at a door, by the policy in force.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::EventFault;
use crate::policy::Policy;
use crate::registry::event::{EnvironmentName, EventBody};
use crate::registry::state::{Request, State};
use crate::signing::KeyId;

/// The roles that the policy in force wants of those who move versions, tell what was done outside about
/// that, reject requests and release holds. As long as no policy is in force nobody is asked.
///
/// A command asks the same before it signs anything. It is asked here too because whoever holds a
/// key can write an event without the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Doors(Option<BTreeMap<String, Roles>>);

#[derive(Debug, Clone)]
struct Roles {
    /// The role of those who promote, roll back, drill, and tell what was done outside; any when absent.
    movers: Option<String>,
    /// The roles of those who have a say: they release holds and reject requests. Any when there is
    /// none.
    voices: BTreeSet<String>,
}

/// A key that signed an event, whose it is, and the roles that the keyring in force gives them.
pub(super) type Hand<'a> = (KeyId, &'a str, &'a BTreeSet<String>);

/// What an event is about, by the events before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'s> {
    /// The request that it rejects.
    asked: Option<&'s Request>,
    /// The environment for which whoever signs it speaks.
    pub(super) environment: Option<&'s EnvironmentName>,
}

impl<'s> About<'s> {
    pub(super) fn of(body: &'s EventBody, state: &'s State) -> Self {
        let asked = match body {
            EventBody::Rejected { request, .. } => state.request(*request),
            _ => None,
        };
        let environment = match body {
            // Whether it counts there is asked at the door.
            EventBody::Approved { .. } => None,
            _ => state.environment_of(body),
        };
        Self { asked, environment }
    }
}

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

    /// The roles of those who release holds and reject requests in an environment; empty when anybody
    /// may.
    pub(super) fn voices(&self, environment: &EnvironmentName) -> BTreeSet<&str> {
        let roles = self.0.as_ref().and_then(|doors| doors.get(environment.as_ref()));
        roles.into_iter().flat_map(|roles| &roles.voices).map(String::as_str).collect()
    }

    /// Whether a policy is in force and knows no such environment.
    pub(super) fn lack(&self, environment: &EnvironmentName) -> bool {
        self.0.as_ref().is_some_and(|doors| !doors.contains_key(environment.as_ref()))
    }

    /// The roles of which one is wanted of whoever signs an event; empty when none is.
    pub(super) fn wanted(&self, body: &EventBody, about: About<'_>) -> BTreeSet<&str> {
        let Some(doors) = &self.0 else { return BTreeSet::new() };
        let environment = about.environment;
        let roles = environment.and_then(|environment| doors.get(environment.as_ref()));
        match body {
            // It closes every door and every way back, so somebody has to have a say at one.
            EventBody::Revoked { .. } => doors.values().flat_map(Roles::with_a_say).collect(),
            EventBody::Promoted { .. }
            | EventBody::RolledBack { .. }
            | EventBody::Drilled { .. }
            | EventBody::ActionDone { .. }
            | EventBody::Incident { .. } => {
                roles.and_then(|roles| roles.movers.as_deref()).into_iter().collect()
            }
            EventBody::HoldReleased { .. } | EventBody::Rejected { .. } => {
                environment.map(|environment| self.voices(environment)).unwrap_or_default()
            }
            _ => BTreeSet::new(),
        }
    }

    /// Whether those who signed may do what the event says.
    ///
    /// # Errors
    /// [`EventFault::Door`], [`EventFault::NoDoor`]
    pub(super) fn confirm(
        &self,
        body: &EventBody,
        about: About<'_>,
        hands: &[Hand<'_>],
    ) -> Result<(), EventFault> {
        let Some(deed) = deed(body, about) else { return Ok(()) };
        // Whoever asked may take it back.
        let own =
            |(_, name, _): &Hand<'_>| about.asked.is_some_and(|asked| asked.by.contains(*name));
        let own = hands.iter().any(own);
        // Where the policy knows no such environment nobody has a say.
        let at_door = about.environment.filter(|_| !own);
        if let Some(environment) = at_door.filter(|environment| self.lack(environment)) {
            return Err(EventFault::NoDoor { environment: environment.clone(), deed });
        }
        let wanted = self.wanted(body, about);
        let has = match body.claimed_role() {
            Some(role) => wanted.contains(role.as_ref()),
            None => wanted.iter().any(|&role| hands.iter().any(|(_, _, all)| all.contains(role))),
        };
        if wanted.is_empty() || has || own {
            return Ok(());
        }
        Err(refused(deed, hands, wanted))
    }
}

/// What an event does for which the policy in force can want a role.
fn deed(body: &EventBody, about: About<'_>) -> Option<String> {
    Some(match body {
        EventBody::Promoted { environment, .. } => format!("promote to `{environment}`"),
        EventBody::RolledBack { environment, .. } => format!("roll back in `{environment}`"),
        EventBody::Drilled { environment, .. } => format!("drill in `{environment}`"),
        EventBody::HoldReleased { environment, role, .. } => {
            format!("release a hold in `{environment}` as `{role}`")
        }
        EventBody::Rejected { role, .. } => {
            format!("reject a request for `{}` as `{role}`", about.environment?)
        }
        EventBody::ActionDone { action, .. } | EventBody::Incident { action, .. } => {
            format!("tell what came of `{action}` in `{}`", about.environment?)
        }
        EventBody::Revoked { model, version, role, .. } => {
            format!("revoke `{model}@{version}` as `{role}`")
        }
        _ => return None,
    })
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
