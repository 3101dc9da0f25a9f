//! The doors of two policies.

use super::change::{ChangeDirection, Changes};
use crate::policy::{ActionRule, DoorRule, IdentityPart, LimitSense, SelfApproval};
use ChangeDirection::{Looser, Stricter, Unclear};

/// What changed of the doors. An environment that is gone can no longer be entered, but anybody may
/// release what is held there.
pub(super) fn doors(before: &[DoorRule], after: &[DoorRule], changes: &mut Changes) {
    for old in before {
        let subject = format!("environments/{}", old.environment);
        match after.iter().find(|new| new.environment == old.environment) {
            Some(new) => door(&subject, old, new, changes),
            None => changes.add(Unclear, subject, "removed"),
        }
    }
    for new in after {
        if !before.iter().any(|old| old.environment == new.environment) {
            changes.add(Looser, format!("environments/{}", new.environment), "added");
        }
    }
}

fn door(subject: &str, before: &DoorRule, after: &DoorRule, changes: &mut Changes) {
    let key = |key: &str| format!("{subject}/{key}");
    // Without an environment to come from, every version may come; each further one lets in more.
    match (before.from.is_empty(), after.from.is_empty()) {
        (true, false) => changes.add(Stricter, key("from"), after.from.join(", ")),
        (false, true) => changes.add(Looser, key("from"), "anywhere"),
        _ => changes.set(&key("from"), &before.from, &after.from, Looser),
    }
    changes.set(&key("requires"), &before.requires, &after.requires, Stricter);
    let parts = |parts: &[IdentityPart]| -> Vec<String> {
        parts.iter().map(|part| part.as_str().to_owned()).collect()
    };
    changes.set(&key("identity"), &parts(&before.identity), &parts(&after.identity), Stricter);
    let most = |name: &str, old: Option<u64>, new: Option<u64>, changes: &mut Changes| {
        let number = |value: Option<u64>| value.and_then(|s| u32::try_from(s).ok()).map(f64::from);
        let (old, new) = (number(old), number(new));
        changes.limit(&key(name), old, new, LimitSense::Upper, |value| value.to_string());
    };
    most("max_age", before.max_age_seconds, after.max_age_seconds, changes);
    let (old, new) = (before.approval_max_age_seconds, after.approval_max_age_seconds);
    most("approval_max_age", Some(old), Some(new), changes);
    let (old, new) = (before.request_valid_for_seconds, after.request_valid_for_seconds);
    most("request_valid_for", Some(old), Some(new), changes);
    let drill = |door: &DoorRule| door.drill.map(|drill| drill.max_age_seconds);
    most("rollback_drill.max_age", drill(before), drill(after), changes);
    let drill = |door: &DoorRule| door.drill.map(|drill| drill.recovery_ms_max);
    most("rollback_drill.max_recovery", drill(before), drill(after), changes);
    let text = String::clone;
    changes.value(&key("reference"), &before.reference, &after.reference, Unclear, text);
    role(&key("reports_by"), before.reports_by.as_ref(), after.reports_by.as_ref(), changes);
    role(&key("promoted_by"), before.promoted_by.as_ref(), after.promoted_by.as_ref(), changes);
    approvals(&key("approvals"), before, after, changes);
    releasers(&key("holds released by"), before, after, changes);
    let direction = if after.self_approval == SelfApproval::Deny { Stricter } else { Looser };
    let (old, new) = (&before.self_approval, &after.self_approval);
    changes.value(&key("self_approval"), old, new, direction, |rule| match rule {
        SelfApproval::Deny => "deny".to_owned(),
        SelfApproval::Allow => "allow".to_owned(),
    });
    let actions = |actions: &[ActionRule]| -> Vec<String> {
        actions.iter().map(|action| format!("{}: {}", action.name, action.action)).collect()
    };
    changes.set(&key("actions"), &actions(&before.actions), &actions(&after.actions), Unclear);
    let (old, new) = (actions(&before.incidents), actions(&after.incidents));
    changes.set(&key("incidents"), &old, &new, Unclear);
}

/// A role that is demanded of whoever signs.
fn role(subject: &str, before: Option<&String>, after: Option<&String>, changes: &mut Changes) {
    let direction = match (before, after) {
        (None, Some(_)) => Stricter,
        (Some(_), None) => Looser,
        _ => Unclear,
    };
    let said = |role: Option<&String>| role.map_or("anybody".to_owned(), String::clone);
    changes.value(subject, &before, &after, direction, |role| said(*role));
}

fn approvals(subject: &str, before: &DoorRule, after: &DoorRule, changes: &mut Changes) {
    let of = |door: &DoorRule, role: &str| {
        door.approvals.iter().filter(|quorum| quorum.role == role).map(|quorum| quorum.min).sum()
    };
    let mut roles: Vec<&str> =
        before.approvals.iter().chain(&after.approvals).map(|quorum| &*quorum.role).collect();
    roles.sort_unstable();
    roles.dedup();
    for role in roles {
        let (old, new): (usize, usize) = (of(before, role), of(after, role));
        let direction = if new > old { Stricter } else { Looser };
        changes.value(&format!("{subject}/{role}"), &old, &new, direction, ToString::to_string);
    }
}

/// Who has a say there may release holds: one role more is looser, and so is none, which is anybody.
fn releasers(subject: &str, before: &DoorRule, after: &DoorRule, changes: &mut Changes) {
    let of =
        |door: &DoorRule| -> Vec<String> { door.voices().into_iter().map(str::to_owned).collect() };
    let (old, new) = (of(before), of(after));
    match (old.is_empty(), new.is_empty()) {
        (true, false) => changes.add(Stricter, subject, format!("anybody → {}", new.join(", "))),
        (false, true) => changes.add(Looser, subject, format!("{} → anybody", old.join(", "))),
        _ => changes.set(subject, &old, &new, Looser),
    }
}
