//! Whose approvals count.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::{self, Asked, Ground, Void};
use super::examine::{Case, age};
use super::item::Item;
use super::reports::Reason;
use crate::policy::{Quorum, SelfApproval};
use crate::registry::state::Approval;
use crate::signing::Keyring;
use crate::verdict::text;

/// One item for each role that must approve.
///
/// People are counted, not keys; who asked or signed a report does not count unless the policy
/// allows it, and nobody counts in two roles: who has approved in several counts in one where they
/// are needed.
pub(super) fn items(
    case: &Case<'_>,
    asked: Option<&Asked<'_>>,
    reporters: &BTreeSet<String>,
) -> Vec<Item> {
    let quorums = &case.door.approvals;
    let Some(asked) = asked else {
        let nothing = |quorum: &Quorum| {
            Item::missing(demand(quorum), "E_APPROVAL", "nothing was requested yet")
        };
        return quorums.iter().map(nothing).collect();
    };
    let standing: Vec<Voices> =
        quorums.iter().map(|quorum| voices(quorum, case, asked, reporters)).collect();
    let counted = assigned(quorums, &standing);
    let free = case.door.self_approval == SelfApproval::Allow;
    let items = quorums.iter().zip(&standing).enumerate();
    items
        .map(|(role, (quorum, voices))| {
            let names = counted.iter().filter(|&(_, &of)| of == role).map(|(&name, _)| name);
            item(quorum, voices, &names.collect::<Vec<_>>(), free)
        })
        .collect()
}

fn demand(quorum: &Quorum) -> String {
    format!("approval by {}", quorum.role)
}

fn item(quorum: &Quorum, voices: &Voices, names: &[&str], free: bool) -> Item {
    let listed = names.join(", ");
    if names.len() >= quorum.min {
        let remark = if free { " (self-approval is allowed here)" } else { "" };
        return Item::met(demand(quorum), format!("{listed}{remark}"));
    }
    let (code, why) = match &voices.hindered {
        Some((code, why)) => (*code, format!("; {why}")),
        None => ("E_APPROVAL", String::new()),
    };
    let found = if names.is_empty() { "nobody" } else { listed.as_str() };
    Item::missing(demand(quorum), code, format!("{found} of {}{why}", quorum.min))
}

/// Who may count in a role, and why the last that may not does not.
struct Voices {
    people: BTreeSet<String>,
    hindered: Option<Reason>,
}

fn voices(
    quorum: &Quorum,
    case: &Case<'_>,
    asked: &Asked<'_>,
    reporters: &BTreeSet<String>,
) -> Voices {
    let mut voices = Voices { people: BTreeSet::new(), hindered: None };
    let of_role = |approval: &&Approval| approval.role.as_ref() == quorum.role;
    for approval in asked.request.approvals.iter().filter(of_role) {
        for person in &approval.by {
            match hindrance(person, approval, case, asked, reporters) {
                Some(reason) => voices.hindered = Some(reason),
                None => drop(voices.people.insert(person.clone())),
            }
        }
    }
    voices
}

/// People by the one role in which they count, so that as many are filled as can be: a matching,
/// grown seat by seat along augmenting paths.
fn assigned<'v>(quorums: &[Quorum], standing: &'v [Voices]) -> BTreeMap<&'v str, usize> {
    let mut taken = BTreeMap::new();
    for (role, quorum) in quorums.iter().enumerate() {
        for _ in 0..quorum.min {
            if !seat(role, standing, &mut taken, &mut BTreeSet::new()) {
                break;
            }
        }
    }
    taken
}

fn seat<'v>(
    role: usize,
    standing: &'v [Voices],
    taken: &mut BTreeMap<&'v str, usize>,
    asked: &mut BTreeSet<&'v str>,
) -> bool {
    for person in standing.get(role).into_iter().flat_map(|voices| &voices.people) {
        if taken.get(person.as_str()) == Some(&role) || !asked.insert(person) {
            continue;
        }
        let elsewhere = taken.get(person.as_str()).copied();
        if elsewhere.is_none_or(|other| seat(other, standing, taken, asked)) {
            taken.insert(person, role);
            return true;
        }
    }
    false
}

/// Why one more approval by somebody in a role would change nothing at the door as things stand;
/// nothing where it fills a place that is empty.
pub(super) fn spare(
    person: &str,
    role: &str,
    case: &Case<'_>,
    asked: &Asked<'_>,
    reporters: &BTreeSet<String>,
) -> Option<String> {
    let quorums = &case.door.approvals;
    let of_role = quorums.iter().position(|quorum| quorum.role == role)?;
    let mut standing: Vec<Voices> =
        quorums.iter().map(|quorum| voices(quorum, case, asked, reporters)).collect();
    let counted = assigned(quorums, &standing);
    let filled = counted.len();
    let by: Vec<&str> =
        counted.iter().filter(|&(_, &of)| of == of_role).map(|(&name, _)| name).collect();
    let said = if by.len() < quorums.get(of_role)?.min {
        format!(
            "{} counts in another role, and nobody in two: this does once somebody else does there",
            text::name(person)
        )
    } else {
        format!(
            "the door has all that it wants by `{role}` ({}): this counts if one of those lapses",
            text::names(by)
        )
    };
    standing.get_mut(of_role)?.people.insert(person.to_owned());
    (assigned(quorums, &standing).len() == filled).then_some(said)
}

fn hindrance(
    person: &str,
    approval: &Approval,
    case: &Case<'_>,
    asked: &Asked<'_>,
    reporters: &BTreeSet<String>,
) -> Option<Reason> {
    let ground = asked::ground(case);
    withdrawn(person, approval, &ground, case.keyring, asked.void)
        .or_else(|| own_part(person, case, asked, reporters))
}

/// Why somebody's approval, which counted once, counts no more: what was signed, the key, the age, the
/// role.
#[must_use]
pub fn withdrawn(
    person: &str,
    approval: &Approval,
    ground: &Ground<'_>,
    keyring: &Keyring,
    void: &Void,
) -> Option<Reason> {
    if let Some((code, why)) = void.get(&approval.approval) {
        return Some((*code, format!("{person}: {why}")));
    }
    match (age(ground.state, ground.now, approval.step), ground.door) {
        (Err((code, why)), _) => return Some((code, format!("{person}: {why}"))),
        (Ok(age), Some(door)) if age >= door.approval_max_age_seconds => {
            return Some(("E_EXPIRED", format!("{person} approved too long ago")));
        }
        (Ok(_), _) => {}
    }
    let identity = keyring.identities.iter().find(|identity| identity.name == person);
    let holds = identity.is_some_and(|identity| identity.roles.contains(approval.role.as_ref()));
    (!holds).then(|| ("E_ROLE", format!("{person} does not have the role any more")))
}

/// What somebody has done themselves for what they would approve; nothing where the door does not
/// mind.
pub(super) fn own_part(
    person: &str,
    case: &Case<'_>,
    asked: &Asked<'_>,
    reporters: &BTreeSet<String>,
) -> Option<Reason> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(mins: &[usize], people: &[&[&str]]) -> Vec<usize> {
        let quorum = |&min: &usize| Quorum { role: "role".to_owned(), min };
        let quorums: Vec<Quorum> = mins.iter().map(quorum).collect();
        let voices = |names: &&[&str]| Voices {
            people: names.iter().map(|&name| name.to_owned()).collect(),
            hindered: None,
        };
        let standing: Vec<Voices> = people.iter().map(voices).collect();
        let taken = assigned(&quorums, &standing);
        (0..mins.len()).map(|role| taken.values().filter(|&&of| of == role).count()).collect()
    }

    #[test]
    fn nobody_counts_in_two_roles() {
        assert_eq!(counted(&[1, 1], &[&["ann"], &["ann"]]), [1, 0]);
        assert_eq!(counted(&[1, 1], &[&["ann"], &["ann", "ben"]]), [1, 1]);
    }

    #[test]
    fn who_has_approved_in_several_roles_counts_where_they_are_needed() {
        assert_eq!(counted(&[1, 1], &[&["ann", "ben"], &["ann"]]), [1, 1]);
        assert_eq!(counted(&[2, 1, 1], &[&["a", "b", "c"], &["a", "d"], &["a"]]), [2, 1, 1]);
        assert_eq!(counted(&[2, 2], &[&["a", "b", "c"], &["b", "c"]]), [2, 1]);
    }
}
