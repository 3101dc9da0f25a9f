//! The examination itself.

use std::collections::BTreeSet;

use super::asked::{self, Asked};
use super::item::{Checklist, Item};
use super::reports::{Evidence, Reason};
use super::{approvals, gates};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::{DoorRule, DrillRule, Policy};
use crate::registry::Bar;
use crate::registry::event::EnvironmentName;
use crate::registry::ledger::CLOCK_SKEW_SECONDS_MAX;
use crate::registry::passport::Passport;
use crate::registry::state::{Place, State, Step};
use crate::signing::Keyring;
use crate::snapshot::SnapshotId;
use crate::verdict::number::duration;

/// What is examined, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The door.
    pub door: &'a DoorRule,
    /// Its environment.
    pub environment: &'a EnvironmentName,
    /// The policy in force.
    pub policy: &'a Policy,
    /// Its digest.
    pub policy_digest: Sha256Digest,
    /// The keyring in force.
    pub keyring: &'a Keyring,
    /// What the ledger says.
    pub state: &'a State,
    /// The version's passport.
    pub passport: &'a Passport,
    /// What the passports of other versions say.
    pub others: Others<'a>,
    /// The nonce of the request, when there is one.
    pub nonce: Option<&'a str>,
    /// The instant of the question.
    pub now: Timestamp,
}

/// What the passports of other versions say about one that stands before a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others<'a> {
    /// What reports must have compared with.
    pub stable: Stable,
    /// The revocation of the version, or of its files under another name.
    pub bar: Option<Bar<'a>>,
    /// Whether there is a version that one could go back to.
    pub way_back: bool,
    /// Whether one could still go back to the version of the newest drill.
    pub drilled: Drilled<'a>,
}

/// What became of the version of the newest drill, beside holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drilled<'a> {
    /// Nothing that is known.
    Usable,
    /// It was revoked, or its files were.
    Barred(Bar<'a>),
    /// Its passport cannot be read any more.
    Lost,
}

/// The training data of the version that runs where a door's reference comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stable {
    /// No version runs there: the first has nothing to be compared with.
    None,
    /// A version runs there whose passport names no training data.
    Unnamed,
    /// These.
    Data(SnapshotId),
}

/// Holds a version to a door. `reports` are all that were taken up for it, in the order of the
/// ledger. Gives the checklist and the reports that answer its gates.
///
/// A request is granted by the reports that it names, which people have seen; but one that was made
/// since, and that does not open the door, closes it.
#[must_use]
pub fn examine(
    case: &Case<'_>,
    reports: &[Evidence],
    asked: Option<&Asked<'_>>,
) -> (Checklist, BTreeSet<Sha256Digest>) {
    let mut items = vec![registered(case), order(case)];
    items.extend(identity(case));
    let answered = gates::answered(case, reports, asked);
    items.extend(answered.items);
    items.extend(case.door.drill.map(|rule| drill(case, rule)));
    items.push(holds(case));
    if let Some(asked) = asked {
        items.push(asked::request(case, asked));
    }
    items.extend(approvals::items(case, asked, &answered.signers));
    (Checklist { items }, answered.used)
}

fn registered(case: &Case<'_>) -> Item {
    let Passport { model, version, .. } = case.passport;
    let demand = format!("passport of {model}@{version}");
    if case.state.version(model, version).is_none() {
        return Item::missing(demand, "E_STATE", "it was never registered");
    }
    match case.others.bar {
        Some(bar) => Item::missing(demand, "E_REVOKED", format!("it {bar}")),
        None => Item::met(demand, case.passport.artifact.id.to_string()),
    }
}

fn order(case: &Case<'_>) -> Item {
    let Passport { model, version, .. } = case.passport;
    let demand = "the way here";
    if case.door.from.is_empty() {
        return Item::met(demand, "any");
    }
    let mut taken_back = None;
    for from in &case.door.from {
        let place = from.parse().ok().and_then(|name| case.state.place(model, &name));
        let Some(place) = place.filter(|place| place.has_run(version)) else { continue };
        match place.holds.get(&Some(version.clone())) {
            None => return Item::met(demand, format!("it ran in {from}")),
            Some(hold) => taken_back = Some((from, hold.step.seq())),
        }
    }
    if let Some((from, since)) = taken_back {
        let said = format!("it was taken back in {from}, where it is held since event {since}");
        return Item::missing(demand, "E_HOLD", said);
    }
    let said = format!("it never ran in {}", case.door.from.join(" or "));
    Item::missing(demand, "E_ORDER", said)
}

fn identity(case: &Case<'_>) -> Vec<Item> {
    let item = |part: &crate::policy::IdentityPart| {
        let demand = format!("identity: {}", part.as_str());
        if case.passport.names(*part) {
            Item::met(demand, "named")
        } else {
            Item::missing(demand, "E_IDENTITY", "the passport does not name it")
        }
    };
    case.door.identity.iter().map(item).collect()
}

fn drill(case: &Case<'_>, rule: DrillRule) -> Item {
    let demand = "rollback drill";
    let place = case.state.place(&case.passport.model, case.environment);
    let Some(place) = place.filter(|place| place.current.is_some()) else {
        return Item::met(demand, "nothing runs there that could be rolled back");
    };
    if !case.others.way_back {
        let said = match place.former()[..] {
            [] => "no earlier version ran there",
            _ => "no earlier version ran there but those that were taken back or revoked",
        };
        return Item::met(demand, said);
    }
    let Some(last) = place.drills.last() else {
        return Item::missing(demand, "E_DRILL", "there was none");
    };
    let age = match age(case.state, case.now, last.step) {
        Ok(age) => age,
        Err((code, why)) => return Item::missing(demand, code, why),
    };
    let mut said = format!("{} ago, to {}, in {} ms", duration(age), last.to, last.recovery_ms);
    if !last.verified {
        said.push_str(": it failed");
    }
    if let Some(why) = &last.failure {
        said = format!("{said}: {}", crate::verdict::text::phrase(why.as_ref()));
    }
    let held = || Some(place.holds.get(&Some(last.to.clone()))?.step.seq());
    let gone = match case.others.drilled {
        Drilled::Barred(bar) => Some(format!("{} {bar}", last.to)),
        Drilled::Lost => Some(format!("the passport of {} cannot be read", last.to)),
        Drilled::Usable => held().map(|since| format!("{} is held since event {since}", last.to)),
    };
    if let Some(gone) = gone.filter(|_| last.verified) {
        let said = format!("{said}: one could not go back there any more: {gone}");
        return Item::missing(demand, "E_DRILL", said);
    }
    let good =
        last.verified && age < rule.max_age_seconds && last.recovery_ms <= rule.recovery_ms_max;
    if good { Item::met(demand, said) } else { Item::missing(demand, "E_DRILL", said) }
}

fn holds(case: &Case<'_>) -> Item {
    let place = case.state.place(&case.passport.model, case.environment);
    match place.map(Place::holds_in_order).unwrap_or_default().first() {
        None => Item::met("no hold", "none"),
        Some((_, hold)) => {
            let since = hold.step.seq();
            let comment = crate::verdict::text::phrase(hold.comment.as_ref());
            Item::missing("no hold", "E_HOLD", format!("held since event {since}: {comment}"))
        }
    }
}

/// How many seconds ago something happened, by the times that are believed. What bears a time that is
/// yet to come has no age, and does not count until then.
pub(super) fn age(state: &State, now: Timestamp, step: Step) -> Result<u64, Reason> {
    let at = state.believed_time(step);
    let age = now.unix_seconds().saturating_sub(at.unix_seconds());
    if age < -CLOCK_SKEW_SECONDS_MAX {
        let said = format!("event {} bears the time {at}, which is yet to come", step.seq());
        return Err(("E_CLOCK", said));
    }
    Ok(u64::try_from(age).unwrap_or(0))
}
