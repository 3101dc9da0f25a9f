//! Two gates of one name.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{ChangeDirection, Changes};
use crate::checklist::{Criterion, Demand};
use crate::policy::{
    Adjustment, Decide, DriftRule, ExpectationsRule, FreshnessRule, GateKind, GateRule, LimitSense,
    Reaction, SchemaRule, Selector, Severity, Sides, VolumeRule,
};
use crate::verdict::Comparator;
use ChangeDirection::{Looser, NoEffect, Stricter, Unclear};

/// What changed from one gate to its successor.
pub(super) fn gate(subject: &str, before: &GateRule, after: &GateRule, changes: &mut Changes) {
    let direction = if after.severity == Severity::Block { Stricter } else { Looser };
    let severity = format!("{subject}/severity");
    changes.value(
        &severity,
        &before.severity,
        &after.severity,
        direction,
        |severity| match severity {
            Severity::Block => "block".to_owned(),
            Severity::Warn => "warn".to_owned(),
        },
    );
    let owner = |owner: &Option<String>| owner.clone().unwrap_or_else(|| "nobody".to_owned());
    changes.value(&format!("{subject}/owner"), &before.owner, &after.owner, NoEffect, owner);
    if before.message != after.message {
        changes.add(NoEffect, format!("{subject}/message"), "reworded");
    }
    match (&before.kind, &after.kind) {
        (GateKind::Schema(old), GateKind::Schema(new)) => schema(subject, *old, *new, changes),
        (GateKind::Expectations(old), GateKind::Expectations(new)) => {
            expectations(subject, old, new, changes);
        }
        (GateKind::Drift(old), GateKind::Drift(new)) => drift(subject, old, new, changes),
        (GateKind::Volume(old), GateKind::Volume(new)) => volume(subject, *old, *new, changes),
        (GateKind::Freshness(old), GateKind::Freshness(new)) => {
            freshness(subject, old, new, changes);
        }
        (GateKind::Checklist(old), GateKind::Checklist(new)) if old.kind == new.kind => {
            checklist(subject, &*old.criterion, &*new.criterion, changes);
        }
        (old, new) => {
            let what = format!("{} → {}", old.as_str(), new.as_str());
            changes.add(Unclear, format!("{subject}/kind"), what);
        }
    }
}

fn schema(subject: &str, before: SchemaRule, after: SchemaRule, changes: &mut Changes) {
    let mut reaction =
        |key: &str, old: Reaction, new: Reaction| {
            let direction = if rank(new) > rank(old) { Stricter } else { Looser };
            changes.value(&format!("{subject}/{key}"), &old, &new, direction, |reaction| {
                match reaction {
                    Reaction::Allow => "allow".to_owned(),
                    Reaction::Warn => "warn".to_owned(),
                    Reaction::Fail => "fail".to_owned(),
                }
            });
        };
    reaction("missing", before.missing, after.missing);
    reaction("added", before.added, after.added);
    reaction("retyped", before.retyped, after.retyped);
    reaction("nullability", before.nullability, after.nullability);
}

fn rank(reaction: Reaction) -> u8 {
    match reaction {
        Reaction::Allow => 0,
        Reaction::Warn => 1,
        Reaction::Fail => 2,
    }
}

fn expectations(
    subject: &str,
    before: &ExpectationsRule,
    after: &ExpectationsRule,
    changes: &mut Changes,
) {
    selector(&format!("{subject}/columns"), &before.columns, &after.columns, changes);
    let direction = if after.rows { Stricter } else { Looser };
    let rows = format!("{subject}/rows");
    changes.value(&rows, &before.rows, &after.rows, direction, ToString::to_string);
    sides(&format!("{subject}/on"), Some(before.on), Some(after.on), changes);
}

/// Which snapshots count: more of them is stricter.
pub(super) fn sides(
    subject: &str,
    before: Option<Sides>,
    after: Option<Sides>,
    changes: &mut Changes,
) {
    let direction = match (before, after) {
        (Some(Sides::Reference | Sides::Candidate), Some(Sides::Both)) => Stricter,
        (Some(Sides::Both), Some(Sides::Reference | Sides::Candidate)) => Looser,
        _ => Unclear,
    };
    changes.value(subject, &before, &after, direction, |sides| {
        match sides {
            Some(Sides::Reference) => "reference",
            Some(Sides::Candidate) => "candidate",
            Some(Sides::Both) => "both",
            None => "what the gate says",
        }
        .to_owned()
    });
}

fn drift(subject: &str, before: &DriftRule, after: &DriftRule, changes: &mut Changes) {
    selector(&format!("{subject}/columns"), &before.columns, &after.columns, changes);
    for (old, new) in before.limits().zip(after.limits()) {
        let value = |threshold: Option<crate::policy::Threshold>| threshold.map(|at| at.value);
        changes.limit(
            &format!("{subject}/{}", old.key),
            value(old.threshold),
            value(new.threshold),
            old.sense,
            |limit| limit.to_string(),
        );
    }
    let decide = |decide: &Decide| match decide {
        Decide::Interval => "interval".to_owned(),
        Decide::Point => "point".to_owned(),
    };
    let key = |key: &str| format!("{subject}/{key}");
    changes.value(&key("psi.decide"), &before.decide, &after.decide, Unclear, decide);
    changes.value(&key("psi.alpha"), &before.alpha, &after.alpha, Unclear, ToString::to_string);
    changes.value(&key("psi.bins"), &before.bins, &after.bins, Unclear, ToString::to_string);
    let looser = adjusted(after.adjust) > adjusted(before.adjust);
    let direction = if looser { Looser } else { Stricter };
    changes.value(&key("ks.adjust"), &before.adjust, &after.adjust, direction, |adjustment| {
        match adjustment {
            Adjustment::Holm => "holm".to_owned(),
            Adjustment::BenjaminiHochberg => "bh".to_owned(),
            Adjustment::None => "none".to_owned(),
        }
    });
}

/// Order by size of the adjusted p: raw ≤ Benjamini–Hochberg ≤ Holm, for any set of p-values.
fn adjusted(adjustment: Adjustment) -> u8 {
    match adjustment {
        Adjustment::None => 0,
        Adjustment::BenjaminiHochberg => 1,
        Adjustment::Holm => 2,
    }
}

fn volume(subject: &str, before: VolumeRule, after: VolumeRule, changes: &mut Changes) {
    use LimitSense::{Lower, Upper};
    // Counts beyond 2⁵³ would compare as floats do; no snapshot has so many rows.
    #[expect(clippy::cast_precision_loss, reason = "limits on rows lie far below 2^53")]
    let rows = |limit: Option<(crate::quantity::Rows, usize)>| limit.map(|(rows, _)| rows.0 as f64);
    let ratio = |limit: Option<crate::policy::Threshold>| limit.map(|at| at.value);
    let mut limit = |key: &str, old: Option<f64>, new: Option<f64>, sense: LimitSense| {
        changes.limit(&format!("{subject}/{key}"), old, new, sense, |limit| limit.to_string());
    };
    limit("rows.min", rows(before.min), rows(after.min), Lower);
    limit("rows.max", rows(before.max), rows(after.max), Upper);
    limit("ratio.min", ratio(before.ratio_min), ratio(after.ratio_min), Lower);
    limit("ratio.max", ratio(before.ratio_max), ratio(after.ratio_max), Upper);
}

fn freshness(subject: &str, before: &FreshnessRule, after: &FreshnessRule, changes: &mut Changes) {
    let key = |key: &str| format!("{subject}/{key}");
    changes.value(&key("column"), &before.column, &after.column, Unclear, String::clone);
    let mut seconds = |name: &str, old: u64, new: u64| {
        let direction = if new < old { Stricter } else { Looser };
        changes.value(&key(name), &old, &new, direction, |seconds| format!("{seconds} s"));
    };
    seconds("max_age", before.max_age_seconds, after.max_age_seconds);
    seconds("max_future", before.max_future_seconds, after.max_future_seconds);
    let direction = if after.must_advance { Stricter } else { Looser };
    let (old, new) = (&before.must_advance, &after.must_advance);
    changes.value(&key("must_advance"), old, new, direction, ToString::to_string);
}

/// Which columns a gate means: more of them is stricter.
pub(super) fn selector(subject: &str, before: &Selector, after: &Selector, changes: &mut Changes) {
    let direction = if after.everything { Stricter } else { Looser };
    changes.value(subject, &before.everything, &after.everything, direction, |everything| {
        if *everything { "all columns".to_owned() } else { "some columns".to_owned() }
    });
    changes.set(&format!("{subject}.names"), &before.names, &after.names, Stricter);
    changes.set(&format!("{subject}.glob"), &before.globs, &after.globs, Stricter);
    changes.set(&format!("{subject}.tag"), &before.tags, &after.tags, Stricter);
    changes.set(&format!("{subject}.type"), &before.types, &after.types, Stricter);
    let (nothing, except) = (Selector::default(), format!("{subject}.except"));
    let old = before.except.as_deref().unwrap_or(&nothing);
    let new = after.except.as_deref().unwrap_or(&nothing);
    if old != &nothing || new != &nothing {
        let mut inner = Changes::default();
        selector(&except, old, new, &mut inner);
        for change in inner.list {
            changes.add(change.direction.opposite(), change.subject, change.what);
        }
    }
}

/// Limits that moved, came or went; of all else, that it changed.
fn checklist(subject: &str, before: &dyn Criterion, after: &dyn Criterion, changes: &mut Changes) {
    let (old, new) = (before.demands(), after.demands());
    let rules: BTreeSet<&str> = old.iter().chain(&new).map(|demand| &*demand.rule).collect();
    for rule in rules {
        let of = |demands: &[Demand]| -> Vec<Demand> {
            demands.iter().filter(|demand| demand.rule == rule).cloned().collect()
        };
        demand(&format!("{subject}/{rule}"), &of(&old), &of(&new), changes);
    }
    let (old, new) = (terms(before), terms(after));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let said = |value: Option<&String>| value.map_or("nothing".to_owned(), String::clone);
        let subject = format!("{subject}/{key}");
        changes.value(&subject, &old.get(key), &new.get(key), Unclear, |value| said(*value));
    }
}

/// The limits of one name: a number that is held the same way is a limit that moved.
fn demand(subject: &str, before: &[Demand], after: &[Demand], changes: &mut Changes) {
    let (old, new) = (before.first(), after.first());
    let alone = before.len() <= 1 && after.len() <= 1;
    let alike = match (old, new) {
        (Some(old), Some(new)) => (old.comparator, old.decide) == (new.comparator, new.decide),
        _ => true,
    };
    let number = |demand: Option<&Demand>| demand.map(Demand::number);
    match (number(old), number(new)) {
        (Some(Some(_)) | None, Some(Some(_)) | None) if alone && alike => {
            let upper = new.or(old).is_some_and(|demand| {
                matches!(demand.comparator, Comparator::Below | Comparator::AtMost)
            });
            let sense = if upper { LimitSense::Upper } else { LimitSense::Lower };
            let (old, new) = (number(old).flatten(), number(new).flatten());
            changes.limit(subject, old, new, sense, |limit| limit.to_string());
        }
        _ => {
            let direction = match (old, new) {
                (Some(_), None) => Looser,
                (None, Some(_)) => Stricter,
                _ => Unclear,
            };
            changes.value(subject, &said(before), &said(after), direction, String::clone);
        }
    }
}

fn said(demands: &[Demand]) -> String {
    let said = |demand: &Demand| {
        let (how, limit) = (demand.comparator, &demand.threshold);
        format!("{how:?} {limit:?}{}", demand.decide.map_or(String::new(), |by| format!(" {by:?}")))
    };
    let all: Vec<String> = demands.iter().map(said).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

/// What else a gate says, by its names; what comes more than once, all of it.
fn terms(criterion: &dyn Criterion) -> BTreeMap<String, String> {
    let mut terms: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in criterion.terms() {
        terms.entry(key).and_modify(|all| *all = format!("{all}; {value}")).or_insert(value);
    }
    terms
}
