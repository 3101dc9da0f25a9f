//! Two policies as wholes.

use std::collections::BTreeMap;

use super::change::{Change, ChangeDirection, Changes};
use super::columns::{columns, rows};
use super::doors::doors;
use super::gates::gate;
use crate::contract::WideningRule;
use crate::policy::{GateKind, LimitSense, Policy, Selector, Waiver};

/// What `after` changes against `before`, in the order of the document: whole, columns, rows,
/// gates, waivers, environments; within each in the order of `before`, then what `after` adds. Empty for
/// policies that demand the same.
#[must_use]
pub fn differences(before: &Policy, after: &Policy) -> Vec<Change> {
    let mut changes = Changes::default();
    whole(before, after, &mut changes);
    let tagged = tagged([before, after]);
    columns(&before.columns, &after.columns, tagged, &mut changes);
    rows(&before.rows, &after.rows, &mut changes);
    gates(before, after, &mut changes);
    waivers(&before.waivers, &after.waivers, &mut changes);
    doors(&before.doors, &after.doors, &mut changes);
    changes.list
}

/// What a further tag of a column does: it brings the column under more gates, unless one of them
/// leaves columns out by tags.
fn tagged(policies: [&Policy; 2]) -> ChangeDirection {
    let gates = policies.into_iter().flat_map(|policy| &policy.gates);
    let mut selectors = gates.filter_map(|gate| match &gate.kind {
        GateKind::Drift(rule) => Some(&rule.columns),
        GateKind::Expectations(rule) => Some(&rule.columns),
        _ => None,
    });
    let excepts = |selector: &Selector| {
        let mut except = selector.except.as_deref();
        while let Some(inner) = except {
            if !inner.tags.is_empty() {
                return true;
            }
            except = inner.except.as_deref();
        }
        false
    };
    if selectors.any(excepts) { ChangeDirection::Unclear } else { ChangeDirection::Stricter }
}

fn whole(before: &Policy, after: &Policy, changes: &mut Changes) {
    use ChangeDirection::{Looser, NoEffect, Stricter};
    changes.value("name", &before.name, &after.name, NoEffect, String::clone);
    if before.description != after.description {
        changes.add(NoEffect, "description", "reworded");
    }
    let seconds = |validity: Option<u64>| validity.and_then(|s| u32::try_from(s).ok());
    changes.limit(
        "valid_for",
        seconds(before.valid_for_seconds).map(f64::from),
        seconds(after.valid_for_seconds).map(f64::from),
        LimitSense::Upper,
        |seconds| format!("{seconds} s"),
    );
    changes.set("snapshot.ignore", &before.ignored_files, &after.ignored_files, Looser);
    let direction = if after.widening == WideningRule::Allowed { Looser } else { Stricter };
    changes.value("snapshot.widening", &before.widening, &after.widening, direction, |rule| {
        match rule {
            WideningRule::Allowed => "allowed".to_owned(),
            WideningRule::Refused => "refused".to_owned(),
        }
    });
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
            changes.add(ChangeDirection::Stricter, format!("gates/{}", new.name), "added");
        }
    }
}

fn waivers(before: &[Waiver], after: &[Waiver], changes: &mut Changes) {
    use ChangeDirection::{Looser, NoEffect, Stricter};
    let subject = |waiver: &Waiver| match &waiver.column {
        Some(column) => format!("waivers/{}/{column}", waiver.gate),
        None => format!("waivers/{}", waiver.gate),
    };
    let by_subject = |waivers: &'_ [Waiver]| -> BTreeMap<String, usize> {
        waivers.iter().enumerate().map(|(at, waiver)| (subject(waiver), at)).collect()
    };
    let (old_places, new_places) = (by_subject(before), by_subject(after));
    for old in before {
        let subject = subject(old);
        let Some(new) = new_places.get(&subject).map(|&at| &after[at]) else {
            changes.add(Stricter, subject, "removed");
            continue;
        };
        let direction = if new.expires > old.expires { Looser } else { Stricter };
        let expires = format!("{subject}/expires");
        changes.value(&expires, &old.expires, &new.expires, direction, ToString::to_string);
        changes.value(&format!("{subject}/owner"), &old.owner, &new.owner, NoEffect, String::clone);
        if old.reason != new.reason {
            changes.add(NoEffect, format!("{subject}/reason"), "reworded");
        }
    }
    for new in after {
        let subject = subject(new);
        if !old_places.contains_key(&subject) {
            changes.add(Looser, subject, format!("added until {}", new.expires));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::parse;

    const BEFORE: &str = r"
version: 1
name: t
valid_for: 7d
columns:
  - match: age
    tags: [critical]
    expect:
      - range: {min: 0, max: 120}
      - nulls: {max: 1%}
      - one_of: [1, 2]
      - length: {min: 2, max: 4}
rows:
  - unique: [a, b]
gates:
  - {name: schema, kind: schema}
  - name: drift
    kind: drift
    columns: {tag: critical, except: {names: month}}
    psi: {max: 0.2, warn: 0.1}
    ks: {p_min: 0.01}
  - {name: fresh, kind: freshness, column: at, max_age: 8d}
  - {name: volume, kind: volume, rows: {min: 10}}
  - {name: valid, kind: expectations}
waivers:
  - {gate: drift, column: a, owner: o, reason: r, expires: 2027-01-31}
";

    const DOORS: &str = r"environments:
  staging: {requires: [schema, drift], max_age: 7d}
  prod: {from: staging, approvals: [{role: lead}, {role: risk, min: 2}], promoted_by: release}
";

    /// As [`check_in`] for the policy without environments.
    fn check(from: &str, to: &str, expected: &[&str]) {
        check_in(BEFORE, from, to, expected);
    }

    /// Compares the policy with itself after replacing `from` by `to`, both ways.
    fn check_in(whole: &str, from: &str, to: &str, expected: &[&str]) {
        assert!(whole.contains(from), "{from}");
        let before = parse("before", whole.as_bytes()).unwrap();
        let text = whole.replacen(from, to, 1);
        let after = parse("after", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let forth = differences(&before, &after);
        let said: Vec<String> = forth.iter().map(ToString::to_string).collect();
        assert_eq!(said, expected);
        let sorted = |mut directions: Vec<ChangeDirection>| {
            directions.sort_unstable();
            directions
        };
        let forth = forth.iter().map(|change| change.direction).collect();
        let back = differences(&after, &before);
        let back = back.iter().map(|change| change.direction.opposite()).collect();
        assert_eq!(sorted(forth), sorted(back), "the way back is the opposite");
    }

    #[test]
    fn a_door_that_opens_more_easily_is_told() {
        let whole = format!("{BEFORE}{DOORS}");
        let check = |from, to, expected: &str| check_in(&whole, from, to, &[expected]);
        let release = "environments/prod/holds released by";
        check_in(
            &whole,
            ", promoted_by: release",
            "",
            &[
                "looser: environments/prod/promoted_by: release → anybody",
                &format!("stricter: {release}: removed release"),
            ],
        );
        check_in(
            &whole,
            "promoted_by: release",
            "promoted_by: lead",
            &[
                "unclear: environments/prod/promoted_by: release → lead",
                &format!("stricter: {release}: removed release"),
            ],
        );
        let staging = "looser: environments/staging/requires: removed schema";
        check("requires: [schema, drift]", "requires: [drift]", staging);
        check("risk, min: 2", "risk, min: 1", "looser: environments/prod/approvals/risk: 2 → 1");
        check("from: staging, ", "", "looser: environments/prod/from: anywhere");
        let age = "stricter: environments/staging/max_age: 604800 → 86400";
        check("drift], max_age: 7d", "drift], max_age: 1d", age);
    }

    #[test]
    fn comments_order_of_keys_and_spelling_are_no_change() {
        check("max: 1%", "max: 0.01", &[]);
        check("valid_for: 7d", "valid_for: 1w # a week", &[]);
        check("{name: schema, kind: schema}", "{kind: schema, name: schema, added: warn}", &[]);
        check("\nversion", "\n\n\nversion", &[]);
    }

    #[test]
    fn a_limit_that_moves_is_stricter_or_looser() {
        check("{max: 0.2,", "{max: 0.3,", &["looser: gates/drift/psi.max: 0.2 → 0.3"]);
        check(", warn: 0.1", "", &["looser: gates/drift/psi.warn: 0.1 → no limit"]);
        check("p_min: 0.01", "p_min: 0.05", &["stricter: gates/drift/ks.p_min: 0.01 → 0.05"]);
        check("{min: 10}", "{min: 5}", &["looser: gates/volume/rows.min: 10 → 5"]);
        check("8d", "7d", &["stricter: gates/fresh/max_age: 691200 s → 604800 s"]);
        check("valid_for: 7d\n", "", &["looser: valid_for: 604800 s → no limit"]);
    }

    #[test]
    fn a_promise_that_holds_more_values_is_looser() {
        check(
            "max: 120",
            "max: 130",
            &["looser: columns/age/range: range [0, 120] → range [0, 130]"],
        );
        check(
            "min: 0, ",
            "above: 0, ",
            &["stricter: columns/age/range: range [0, 120] → range (0, 120]"],
        );
        check(
            "{min: 0, max: 120}",
            "{min: -1, max: 100}",
            &["unclear: columns/age/range: range [0, 120] → range [-1, 100]"],
        );
        check("[1, 2]", "[1, 2, 3]", &["looser: columns/age/one_of: one of 1, 2 → one of 1, 2, 3"]);
        check(
            "max: 1%",
            "max: 0.5%",
            &["stricter: columns/age/nulls: nulls at most 1% → nulls at most 0.5%"],
        );
        check(
            "- one_of: [1, 2]\n",
            "- one_of: [1, 2]\n        tolerate: 1%\n",
            &["looser: columns/age/one_of/tolerate: 0% → 1%"],
        );
    }

    #[test]
    fn gates_rules_and_waivers_that_come_and_go_are_said() {
        check("  - {name: schema, kind: schema}\n", "", &["looser: gates/schema: removed"]);
        check("rows:\n  - unique: [a, b]\n", "", &["looser: rows/unique [a, b]: removed"]);
        check(
            "column: a,",
            "column: b,",
            &[
                "stricter: waivers/drift/a: removed",
                "looser: waivers/drift/b: added until 2027-01-31T23:59:59Z",
            ],
        );
        check(
            "2027-01-31",
            "2027-02-28",
            &["looser: waivers/drift/a/expires: 2027-01-31T23:59:59Z → 2027-02-28T23:59:59Z"],
        );
        check(
            "kind: schema}",
            "kind: schema, severity: warn}",
            &["looser: gates/schema/severity: block → warn"],
        );
    }

    #[test]
    fn what_cannot_be_told_is_unclear_and_words_have_no_effect() {
        let gates = r"
  - {name: sec, kind: security, reports: [{trivy: a.json}, {sarif: b.sarif}]}
  - {name: same, kind: parity, reference: a.json, candidate: b.json, ignore: [cpu.model]}
waivers:
";
        let whole = BEFORE.replacen("\nwaivers:\n", gates, 1);
        let check = |from, to, expected: &str| check_in(&whole, from, to, &[expected]);
        let dropped = "unclear: gates/sec/reports.sarif: b.sarif → nothing";
        check(", {sarif: b.sarif}", "", dropped);
        let all = "unclear: gates/same/ignore of a.json → b.json: cpu.model → *";
        check("ignore: [cpu.model]", "ignore: ['*']", all);
        check(
            "kind: schema}",
            "kind: schema, message: m}",
            "no effect: gates/schema/message: reworded",
        );
        check("reason: r,", "reason: s,", "no effect: waivers/drift/a/reason: reworded");
        check("column: at,", "column: day,", "unclear: gates/fresh/column: at → day");
    }

    #[test]
    fn a_tag_by_which_a_gate_leaves_columns_out_is_unclear() {
        let whole = BEFORE.replacen("except: {names: month}", "except: {tag: noisy}", 1);
        let noisy = "unclear: columns/age/tags: added noisy";
        check_in(&whole, "tags: [critical]", "tags: [critical, noisy]", &[noisy]);
        check(
            "tags: [critical]",
            "tags: [critical, noisy]",
            &["stricter: columns/age/tags: added noisy"],
        );
    }

    #[test]
    fn more_columns_under_a_gate_is_stricter_and_more_exceptions_looser() {
        check(
            "names: month",
            "names: [month, day]",
            &["looser: gates/drift/columns.except.names: added day"],
        );
        check(
            "tag: critical,",
            "tag: [critical, label],",
            &["stricter: gates/drift/columns.tag: added label"],
        );
        check(
            ", except: {names: month}",
            "",
            &["stricter: gates/drift/columns.except.names: removed month"],
        );
    }
}
