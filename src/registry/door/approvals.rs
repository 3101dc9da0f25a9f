//! Whose approvals count.

use std::collections::BTreeSet;

use super::examine::{Asked, Case};
use super::item::Item;
use crate::policy::{Quorum, SelfApproval};
use crate::registry::state::Approval;

/// One item for each role that must approve.
///
/// People are counted, not keys; who asked or signed a report does not count unless the policy
/// allows it, and nobody counts in two roles.
pub(super) fn items(
    case: &Case<'_>,
    asked: Option<&Asked<'_>>,
    reporters: &BTreeSet<String>,
) -> Vec<Item> {
    let mut taken = BTreeSet::new();
    case.door
        .approvals
        .iter()
        .map(|quorum| item(quorum, case, asked, reporters, &mut taken))
        .collect()
}

fn item(
    quorum: &Quorum,
    case: &Case<'_>,
    asked: Option<&Asked<'_>>,
    reporters: &BTreeSet<String>,
    taken: &mut BTreeSet<String>,
) -> Item {
    let Quorum { role, min } = quorum;
    let demand = format!("approval by {role}");
    let Some(asked) = asked else {
        return Item::missing(demand, "E_APPROVAL", "nothing was requested yet");
    };
    let mut counted = BTreeSet::new();
    let mut hindered = None;
    let of_role = |approval: &&Approval| approval.role.as_ref() == role;
    for approval in asked.request.approvals.iter().filter(of_role) {
        for person in &approval.by {
            match hindrance(person, approval, case, asked, reporters) {
                Some(reason) => hindered = Some(reason),
                None if taken.contains(person) => {}
                None => {
                    counted.insert(person.clone());
                }
            }
        }
    }
    let names = counted.iter().cloned().collect::<Vec<_>>().join(", ");
    if counted.len() >= *min {
        taken.extend(counted);
        let free = case.door.self_approval == SelfApproval::Allow;
        let remark = if free { " (self-approval is allowed here)" } else { "" };
        return Item::met(demand, format!("{names}{remark}"));
    }
    let (code, why) = hindered.unwrap_or(("E_APPROVAL", String::new()));
    let found = if names.is_empty() { "nobody".to_owned() } else { names };
    let why = if why.is_empty() { why } else { format!("; {why}") };
    Item::missing(demand, code, format!("{found} of {min}{why}"))
}

fn hindrance(
    person: &str,
    approval: &Approval,
    case: &Case<'_>,
    asked: &Asked<'_>,
    reporters: &BTreeSet<String>,
) -> Option<(&'static str, String)> {
    let age = case.now.unix_seconds().saturating_sub(approval.step.at.unix_seconds());
    if u64::try_from(age).is_ok_and(|age| age >= case.door.approval_max_age_seconds) {
        return Some(("E_EXPIRED", format!("{person} approved too long ago")));
    }
    let holds = |name: &str| {
        let identity = case.keyring.identities.iter().find(|identity| identity.name == name);
        identity.is_some_and(|identity| identity.roles.contains(approval.role.as_ref()))
    };
    if !holds(person) {
        return Some(("E_ROLE", format!("{person} does not have the role any more")));
    }
    if case.door.self_approval == SelfApproval::Allow {
        return None;
    }
    if asked.request.by.contains(person) {
        return Some(("E_SELF_APPROVAL", format!("{person} asked for it")));
    }
    if reporters.contains(person) {
        return Some(("E_SELF_APPROVAL", format!("{person} signed a report it rests on")));
    }
    None
}
