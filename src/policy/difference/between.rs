//! Two policies as wholes.

use std::collections::BTreeMap;

use super::change::{Change, ChangeDirection, Changes};
use super::columns::{columns, rows};
use super::gates::gate;
use crate::contract::WideningRule;
use crate::policy::{LimitSense, Policy, Waiver};

/// What `after` changes against `before`, in the order of the document: whole, columns, rows,
/// gates, waivers; within each in the order of `before`, then what `after` adds. Empty for
/// policies that demand the same.
#[must_use]
pub fn differences(before: &Policy, after: &Policy) -> Vec<Change> {
    let mut changes = Changes::default();
    whole(before, after, &mut changes);
    columns(&before.columns, &after.columns, &mut changes);
    rows(&before.rows, &after.rows, &mut changes);
    gates(before, after, &mut changes);
    waivers(&before.waivers, &after.waivers, &mut changes);
    changes.list
}

fn whole(before: &Policy, after: &Policy, changes: &mut Changes) {
    use ChangeDirection::{Looser, Neutral, Stricter};
    changes.value("name", &before.name, &after.name, Neutral, String::clone);
    if before.description != after.description {
        changes.add(Neutral, "description", "reworded");
    }
    let seconds = |validity: Option<u64>| validity.and_then(|s| u32::try_from(s).ok());
    changes.limit(
        "valid_for",
        seconds(before.valid_for_seconds).map(f64::from),
        seconds(after.valid_for_seconds).map(f64::from),
        LimitSense::Upper,
        |seconds| format!("{seconds} s"),
    );
    changes.set(
        "snapshot.ignore",
        &before.ignored_files,
        &after.ignored_files,
        Looser,
    );
    let direction = if after.widening == WideningRule::Allowed {
        Looser
    } else {
        Stricter
    };
    changes.value(
        "snapshot.widening",
        &before.widening,
        &after.widening,
        direction,
        |rule| match rule {
            WideningRule::Allowed => "allowed".to_owned(),
            WideningRule::Refused => "refused".to_owned(),
        },
    );
}

fn gates(before: &Policy, after: &Policy, changes: &mut Changes) {
    for old in &before.gates {
        let subject = format!("gates/{}", old.name);
        match after.gates.iter().find(|new| new.name == old.name) {
            Some(new) => gate(&subject, old, new, changes),
            None => changes.add(ChangeDirection::Looser, subject, "removed"),
        }
    }
    for new in &after.gates {
        if !before.gates.iter().any(|old| old.name == new.name) {
            changes.add(
                ChangeDirection::Stricter,
                format!("gates/{}", new.name),
                "added",
            );
        }
    }
}

fn waivers(before: &[Waiver], after: &[Waiver], changes: &mut Changes) {
    use ChangeDirection::{Looser, Neutral, Stricter};
    let subject = |waiver: &Waiver| match &waiver.column {
        Some(column) => format!("waivers/{}/{column}", waiver.gate),
        None => format!("waivers/{}", waiver.gate),
    };
    let by_subject = |waivers: &'_ [Waiver]| -> BTreeMap<String, usize> {
        waivers
            .iter()
            .enumerate()
            .map(|(at, waiver)| (subject(waiver), at))
            .collect()
    };
    let (old_places, new_places) = (by_subject(before), by_subject(after));
    for old in before {
        let subject = subject(old);
        let Some(new) = new_places.get(&subject).map(|&at| &after[at]) else {
            changes.add(Stricter, subject, "removed");
            continue;
        };
        let direction = if new.expires > old.expires {
            Looser
        } else {
            Stricter
        };
        let expires = format!("{subject}/expires");
        changes.value(
            &expires,
            &old.expires,
            &new.expires,
            direction,
            ToString::to_string,
        );
        changes.value(
            &format!("{subject}/owner"),
            &old.owner,
            &new.owner,
            Neutral,
            String::clone,
        );
        if old.reason != new.reason {
            changes.add(Neutral, format!("{subject}/reason"), "reworded");
        }
    }
    for new in after {
        let subject = subject(new);
        if !old_places.contains_key(&subject) {
            changes.add(Looser, subject, format!("added until {}", new.expires));
        }
    }
}
