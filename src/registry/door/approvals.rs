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
/// are needed. Of more than the door wants the earlier count.
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
    let heard = heard(case, asked, reporters);
    let counted = assigned(quorums, &heard.voices);
    let free = case.door.self_approval == SelfApproval::Allow;
    let item = |(role, quorum)| {
        let names = counted.iter().filter(|&(_, &of)| of == role).map(|(&name, _)| name);
        item(quorum, heard.hindered.get(&role), &names.collect::<Vec<_>>(), free)
    };
    quorums.iter().enumerate().map(item).collect()
}

fn demand(quorum: &Quorum) -> String {
    format!("approval by {}", quorum.role)
}

fn item(quorum: &Quorum, hindered: Option<&Reason>, names: &[&str], free: bool) -> Item {
    let listed = names.join(", ");
    if names.len() >= quorum.min {
        let remark = if free { " (self-approval is allowed here)" } else { "" };
        return Item::met(demand(quorum), format!("{listed}{remark}"));
    }
    let (code, why) = match hindered {
        Some((code, why)) => (*code, format!("; {why}")),
        None => ("E_APPROVAL", String::new()),
    };
    let found = if names.is_empty() { "nobody" } else { listed.as_str() };
    Item::missing(demand(quorum), code, format!("{found} of {}{why}", quorum.min))
}

/// What was said about a request.
struct Heard {
    /// What may count: in the order of the ledger, who spoke, and of which quorum.
    voices: Vec<(String, usize)>,
    /// Why the last that may not count does not, by quorum.
    hindered: BTreeMap<usize, Reason>,
}

fn heard(case: &Case<'_>, asked: &Asked<'_>, reporters: &BTreeSet<String>) -> Heard {
    let mut heard = Heard { voices: Vec::new(), hindered: BTreeMap::new() };
    for approval in &asked.request.approvals {
        let named = |quorum: &Quorum| approval.role.as_ref() == quorum.role;
        let Some(role) = case.door.approvals.iter().position(named) else { continue };
        for person in &approval.by {
            match hindrance(person, approval, case, asked, reporters) {
                Some(reason) => drop(heard.hindered.insert(role, reason)),
                None => heard.voices.push((person.clone(), role)),
            }
        }
    }
    heard
}

/// People by the one role in which they count, so that as many places are filled as can be, and whoever
/// counts is displaced by nobody who spoke later: a matching that grows voice by voice along augmenting
/// paths. A voice by which it does not grow changes nothing.
fn assigned<'v>(quorums: &[Quorum], voices: &'v [(String, usize)]) -> BTreeMap<&'v str, usize> {
    let places = quorums.iter().map(|quorum| quorum.min).fold(0, usize::saturating_add);
    let mut taken = BTreeMap::new();
    for (last, (speaker, _)) in voices.iter().enumerate() {
        if taken.len() >= places {
            break;
        }
        let so_far = voices.get(..=last).unwrap_or_default();
        let mut seated = |person: &'v str| {
            !taken.contains_key(person)
                && seat(person, quorums, so_far, &mut taken, &mut BTreeSet::new())
        };
        // Whoever counts already can leave their place to somebody who spoke before.
        if !seated(speaker) {
            so_far.iter().any(|(person, _)| seated(person));
        }
    }
    taken
}

/// Gives somebody a place, by moving others to places where they count as well.
fn seat<'v>(
    person: &'v str,
    quorums: &[Quorum],
    voices: &'v [(String, usize)],
    taken: &mut BTreeMap<&'v str, usize>,
    tried: &mut BTreeSet<usize>,
) -> bool {
    for (_, role) in voices.iter().filter(|(name, _)| name == person) {
        if !tried.insert(*role) {
            continue;
        }
        let there: Vec<&str> =
            taken.iter().filter(|&(_, of)| of == role).map(|(&name, _)| name).collect();
        let free = quorums.get(*role).is_some_and(|quorum| there.len() < quorum.min);
        if free || there.into_iter().any(|other| seat(other, quorums, voices, taken, tried)) {
            taken.insert(person, *role);
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
    let mut voices = heard(case, asked, reporters).voices;
    let counted = assigned(quorums, &voices);
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
    voices.push((person.to_owned(), of_role));
    (assigned(quorums, &voices).len() == filled).then_some(said)
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

    fn counted(mins: &[usize], voices: &[(&str, usize)]) -> Vec<Vec<String>> {
        let quorum = |&min: &usize| Quorum { role: "role".to_owned(), min };
        let quorums: Vec<Quorum> = mins.iter().map(quorum).collect();
        let voices: Vec<(String, usize)> =
            voices.iter().map(|&(name, role)| (name.to_owned(), role)).collect();
        let taken = assigned(&quorums, &voices);
        let of_role = |role| taken.iter().filter(move |&(_, &of)| of == role);
        let names = |role| of_role(role).map(|(&name, _)| name.to_owned()).collect();
        (0..mins.len()).map(names).collect()
    }

    #[test]
    fn nobody_counts_in_two_roles() {
        assert_eq!(counted(&[1, 1], &[("ann", 0), ("ann", 1)]), [vec!["ann"], vec![]]);
        let three = [("ann", 0), ("ann", 1), ("ben", 1)];
        assert_eq!(counted(&[1, 1], &three), [["ann"], ["ben"]]);
    }

    #[test]
    fn who_has_approved_in_several_roles_counts_where_they_are_needed() {
        let moved = [("ann", 0), ("ben", 0), ("ann", 1)];
        assert_eq!(counted(&[1, 1], &moved), [["ben"], ["ann"]]);
        let chain = [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("d", 1), ("a", 2)];
        assert_eq!(counted(&[2, 1, 1], &chain), [vec!["b", "c"], vec!["d"], vec!["a"]]);
        let few = [("a", 0), ("b", 0), ("c", 0), ("b", 1), ("c", 1)];
        assert_eq!(counted(&[2, 2], &few).concat().len(), 3);
    }

    #[test]
    fn of_more_than_are_wanted_the_earlier_count() {
        assert_eq!(counted(&[1], &[("zoe", 0), ("ann", 0)]), [["zoe"]]);
        // What fills no place that was empty displaces nobody who counts.
        let spare = [("a", 0), ("b", 0), ("c", 1), ("a", 1)];
        assert_eq!(counted(&[1, 1], &spare), [["a"], ["c"]]);
    }
}
