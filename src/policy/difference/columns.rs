//! What is said of columns and rows, before and after.
//!
//! A column rule has no name: it is known by its selector. Promises of one rule are known by
//! what they are about (`range`, `one_of`, …) and paired in order.

use super::change::{ChangeDirection, Changes};
use super::gates::sides;
use crate::contract::Bound;
use crate::policy::compile::{percent, words};
use crate::policy::{
    ColumnKind, ColumnRule, ExpectationRule, LimitSense, Promise, RowPromise, RowRule, Selector,
};
use ChangeDirection::{Looser, NoEffect, Stricter, Unclear};

/// What changed in `columns`.
///
/// `tagged` is the direction of a tag that a column gets.
pub(super) fn columns(
    before: &[ColumnRule],
    after: &[ColumnRule],
    tagged: ChangeDirection,
    changes: &mut Changes,
) {
    let key = |rule: &ColumnRule| selector_words(&rule.selector);
    let (olds, news): (Vec<String>, Vec<String>) =
        (before.iter().map(key).collect(), after.iter().map(key).collect());
    for (old, new, subject) in pairs(&olds, &news) {
        let subject = format!("columns/{subject}");
        match (old.map(|at| &before[at]), new.map(|at| &after[at])) {
            (Some(old), Some(new)) => column(&subject, old, new, tagged, changes),
            (Some(old), None) => changes.add(weight(old, tagged).opposite(), subject, "removed"),
            (None, Some(new)) => changes.add(weight(new, tagged), subject, "added"),
            (None, None) => {}
        }
    }
}

/// What changed in `rows`.
pub(super) fn rows(before: &[RowRule], after: &[RowRule], changes: &mut Changes) {
    let key = |rule: &RowRule| match &rule.promise {
        RowPromise::Unique(columns) => format!("unique [{}]", columns.join(", ")),
        RowPromise::Compare { left, comparison, right } => {
            format!("{left} {} {right}", comparison.symbol())
        }
    };
    let (olds, news): (Vec<String>, Vec<String>) =
        (before.iter().map(key).collect(), after.iter().map(key).collect());
    for (old, new, subject) in pairs(&olds, &news) {
        let subject = format!("rows/{subject}");
        match (old.map(|at| &before[at]), new.map(|at| &after[at])) {
            (Some(old), Some(new)) => {
                tolerance(&subject, old.tolerated.value(), new.tolerated.value(), changes);
                sides(&format!("{subject}/on"), old.on, new.on, changes);
            }
            (Some(_), None) => changes.add(Looser, subject, "removed"),
            (None, Some(_)) => changes.add(Stricter, subject, "added"),
            (None, None) => {}
        }
    }
}

/// Pairs equal keys in order: first those of `before` with their partners, then what `after`
/// adds.
fn pairs<'a>(
    before: &'a [String],
    after: &'a [String],
) -> Vec<(Option<usize>, Option<usize>, &'a str)> {
    let mut free: Vec<bool> = vec![true; after.len()];
    let mut pairs = Vec::with_capacity(before.len());
    for (old, key) in before.iter().enumerate() {
        let partner = (0..after.len()).find(|&new| free[new] && after[new] == *key);
        if let Some(new) = partner {
            free[new] = false;
        }
        pairs.push((Some(old), partner, key.as_str()));
    }
    let added = after.iter().enumerate().filter(|(new, _)| free[*new]);
    pairs.extend(added.map(|(new, key)| (None, Some(new), key.as_str())));
    pairs
}

/// What adding a rule does: promises bring more under the gates, and tags do where no gate leaves
/// columns out by them; `identifier` takes out; another kind measures otherwise.
fn weight(rule: &ColumnRule, tagged: ChangeDirection) -> ChangeDirection {
    let identifier = rule.kind == Some(ColumnKind::Identifier);
    match (rule.kind, rule.tags.is_empty(), rule.expectations.is_empty()) {
        (None, true, true) => NoEffect,
        (None, true, false) => Stricter,
        (None, false, _) => tagged,
        (Some(_), true, true) if identifier => Looser,
        (Some(_), ..) => Unclear,
    }
}

fn column(
    subject: &str,
    before: &ColumnRule,
    after: &ColumnRule,
    tagged: ChangeDirection,
    changes: &mut Changes,
) {
    changes.set(&format!("{subject}/tags"), &before.tags, &after.tags, tagged);
    let identifier = Some(ColumnKind::Identifier);
    let direction = match (before.kind == identifier, after.kind == identifier) {
        (false, true) => Looser,
        (true, false) => Stricter,
        _ => Unclear,
    };
    changes.value(&format!("{subject}/kind"), &before.kind, &after.kind, direction, |kind| {
        match kind {
            Some(ColumnKind::Numeric) => "numeric",
            Some(ColumnKind::Categorical) => "categorical",
            Some(ColumnKind::Identifier) => "identifier",
            None => "the type's own",
        }
        .to_owned()
    });
    let key = |rule: &ExpectationRule| family(&rule.promise).to_owned();
    let (olds, news): (Vec<String>, Vec<String>) = (
        before.expectations.iter().map(key).collect(),
        after.expectations.iter().map(key).collect(),
    );
    for (old, new, family) in pairs(&olds, &news) {
        let subject = format!("{subject}/{family}");
        let rule = |rules: &'_ [ExpectationRule], at: Option<usize>| at.map(|at| rules[at].clone());
        match (rule(&before.expectations, old), rule(&after.expectations, new)) {
            (Some(old), Some(new)) => expectation(&subject, &old, &new, changes),
            (Some(old), None) => {
                changes.add(Looser, subject, format!("removed {}", words(&old.promise)));
            }
            (None, Some(new)) => {
                changes.add(Stricter, subject, format!("added {}", words(&new.promise)));
            }
            (None, None) => {}
        }
    }
}

fn expectation(
    subject: &str,
    before: &ExpectationRule,
    after: &ExpectationRule,
    changes: &mut Changes,
) {
    let (old, new) = (words(&before.promise), words(&after.promise));
    if !same(&before.promise, &after.promise) {
        let direction = direction(&before.promise, &after.promise);
        changes.add(direction, subject, format!("{old} → {new}"));
    }
    tolerance(subject, before.tolerated.value(), after.tolerated.value(), changes);
    sides(&format!("{subject}/on"), before.on, after.on, changes);
}

fn tolerance(subject: &str, before: f64, after: f64, changes: &mut Changes) {
    let subject = format!("{subject}/tolerate");
    changes.limit(&subject, Some(before), Some(after), LimitSense::Upper, percent);
}

fn family(promise: &Promise) -> &'static str {
    match promise {
        Promise::Range { .. } => "range",
        Promise::NullRate(_) => "nulls",
        Promise::NanRate(_) => "nans",
        Promise::OneOf(_) => "one_of",
        Promise::Matches(_) => "matches",
        Promise::Length(_) => "length",
        Promise::Unique => "unique",
        Promise::Monotonic(_) => "monotonic",
    }
}

fn same(before: &Promise, after: &Promise) -> bool {
    match (before, after) {
        (Promise::OneOf(old), Promise::OneOf(new)) => {
            old.iter().all(|value| new.contains(value))
                && new.iter().all(|value| old.contains(value))
        }
        _ => words(before) == words(after),
    }
}

/// Whether a promise that changed holds more or fewer values than before.
fn direction(before: &Promise, after: &Promise) -> ChangeDirection {
    let by = |stricter: bool, looser: bool| match (stricter, looser) {
        (true, false) => Stricter,
        (false, true) => Looser,
        _ => Unclear,
    };
    match (before, after) {
        (Promise::NullRate(old), Promise::NullRate(new))
        | (Promise::NanRate(old), Promise::NanRate(new)) => by(new < old, new > old),
        (Promise::Length(old), Promise::Length(new)) => {
            by(new.min > old.min || new.max < old.max, new.min < old.min || new.max > old.max)
        }
        (Promise::OneOf(old), Promise::OneOf(new)) => by(
            old.iter().any(|value| !new.contains(value)),
            new.iter().any(|value| !old.contains(value)),
        ),
        (Promise::Range { min, max }, Promise::Range { min: new_min, max: new_max }) => {
            let low = end(min.as_ref(), new_min.as_ref(), 1.0);
            let high = end(max.as_ref(), new_max.as_ref(), -1.0);
            match (low, high) {
                (Some(low), Some(high)) => {
                    by(low == Stricter || high == Stricter, low == Looser || high == Looser)
                }
                _ => Unclear,
            }
        }
        _ => Unclear,
    }
}

/// How one end of a range moved; `inwards` is the sign of a move that lets less in. `None` when
/// the ends are no numbers and differ.
fn end(before: Option<&Bound>, after: Option<&Bound>, inwards: f64) -> Option<ChangeDirection> {
    let (before, after) = match (before, after) {
        (None, None) => return Some(NoEffect),
        (None, Some(_)) => return Some(Stricter),
        (Some(_), None) => return Some(Looser),
        (Some(before), Some(after)) => (before, after),
    };
    let step = if before.text == after.text {
        0.0
    } else {
        after.text.parse::<f64>().ok()? - before.text.parse::<f64>().ok()?
    };
    Some(match (step * inwards, before.inclusive, after.inclusive) {
        (moved, ..) if moved > 0.0 => Stricter,
        (moved, ..) if moved < 0.0 => Looser,
        (_, true, false) => Stricter,
        (_, false, true) => Looser,
        _ => NoEffect,
    })
}

/// A selector in words: what a column rule is known by.
fn selector_words(selector: &Selector) -> String {
    let mut parts: Vec<String> = Vec::new();
    if selector.everything {
        parts.push("*".to_owned());
    }
    parts.extend(selector.names.iter().chain(&selector.globs).cloned());
    parts.extend(selector.tags.iter().map(|tag| format!("tag {tag}")));
    parts.extend(selector.types.iter().map(|name| format!("type {name}")));
    let words = parts.join(", ");
    match &selector.except {
        Some(except) => format!("{words} except {}", selector_words(except)),
        None => words,
    }
}
