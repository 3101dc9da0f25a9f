//! What is legal in a policy but unwise.

use std::collections::BTreeSet;
use std::fmt;

use super::{
    DriftLimit, DriftRule, GateKind, GateRule, LimitSense, Policy, Promise, Reaction, Selector,
    Severity,
};
use crate::clock::Timestamp;
use crate::yaml::quoted;

/// Something in a policy that its author should look at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Line, from 1; absent when it is about the policy as a whole.
    pub line: Option<usize>,
    /// What stands there and what follows from it.
    pub message: String,
    /// What would be better.
    pub hint: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        write!(formatter, "{}; {}", self.message, self.hint)
    }
}

/// Longest time a waiver should stand, in days: half a year of weekly retraining.
const WAIVER_DAYS_MAX: i64 = 180;
/// A PSI above this is seen only when hardly a row keeps its bin.
const PSI_USEFUL_MAX: f64 = 5.0;

/// Remarks on a policy as of `now`, in the order of their lines, those about the whole first.
/// An empty list means nothing was found, not that the policy is wise.
#[must_use]
pub fn lint(policy: &Policy, now: Timestamp) -> Vec<Remark> {
    let mut remarks = Vec::new();
    whole(policy, &mut remarks);
    unused(policy, &mut remarks);
    for gate in &policy.gates {
        match &gate.kind {
            GateKind::Drift(rule) => drift(gate, rule, &mut remarks),
            GateKind::Schema(rule) if [rule.missing, rule.retyped].contains(&Reaction::Allow) => {
                remarks.push(Remark {
                    line: Some(gate.line),
                    message: "columns may vanish or change their type unseen".to_owned(),
                    hint: "let `missing` and `retyped` at least warn".to_owned(),
                });
            }
            _ => {}
        }
    }
    waivers(policy, now, &mut remarks);
    remarks.sort_by_key(|remark| remark.line);
    remarks
}

fn whole(policy: &Policy, remarks: &mut Vec<Remark>) {
    let mut note = |message: &str, hint: &str| {
        remarks.push(Remark { line: None, message: message.to_owned(), hint: hint.to_owned() });
    };
    let looks_at_schema = policy.gates.iter().any(|gate| matches!(gate.kind, GateKind::Schema(_)));
    if policy.is_about_snapshots() && !looks_at_schema {
        note("no gate looks at the schema", "add one with `kind: schema`");
    }
    if policy.gates.iter().all(|gate| gate.severity == Severity::Warn) {
        note("no gate blocks: this policy can never stop anything", "let one have `block`");
    }
    let expectations = policy.columns.iter().any(|rule| !rule.expectations.is_empty());
    let checked = policy.gates.iter().any(|gate| matches!(gate.kind, GateKind::Expectations(_)));
    if (expectations || !policy.rows.is_empty()) && !checked {
        note(
            "what is expected of columns and rows is checked by no gate",
            "add one with `kind: expectations`",
        );
    }
}

/// Rules and tags that nothing comes of.
fn unused(policy: &Policy, remarks: &mut Vec<Remark>) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for rule in &policy.columns {
        collect_tags(&rule.selector, &mut used);
    }
    for gate in &policy.gates {
        match &gate.kind {
            GateKind::Drift(rule) => collect_tags(&rule.columns, &mut used),
            GateKind::Expectations(rule) => collect_tags(&rule.columns, &mut used),
            GateKind::Schema(_)
            | GateKind::Volume(_)
            | GateKind::Freshness(_)
            | GateKind::Checklist(_) => {}
        }
    }
    let mut told = BTreeSet::new();
    for rule in &policy.columns {
        let line = Some(rule.selector.line);
        for tag in &rule.tags {
            if !used.contains(tag.as_str()) && told.insert(tag) {
                remarks.push(Remark {
                    line,
                    message: format!("tag {} is used by no gate", quoted(tag)),
                    hint: format!("select by `{{tag: {tag}}}`, or remove it"),
                });
            }
        }
        if rule.tags.is_empty() && rule.kind.is_none() && rule.expectations.is_empty() {
            remarks.push(Remark {
                line,
                message: "the rule says nothing of its columns".to_owned(),
                hint: "add `tags`, `kind` or `expect`, or remove it".to_owned(),
            });
        }
        for expectation in &rule.expectations {
            let never_breaks = expectation.tolerated.value() >= 1.0
                || matches!(&expectation.promise, Promise::NullRate(max) | Promise::NanRate(max)
                    if max.value() >= 1.0);
            if never_breaks {
                remarks.push(Remark {
                    line: Some(expectation.line),
                    message: "every row may break this expectation".to_owned(),
                    hint: "tolerate less, or remove it".to_owned(),
                });
            }
        }
    }
}

fn collect_tags<'a>(selector: &'a Selector, used: &mut BTreeSet<&'a str>) {
    let mut next = Some(selector);
    while let Some(selector) = next {
        used.extend(selector.tags.iter().map(String::as_str));
        next = selector.except.as_deref();
    }
}

fn drift(gate: &GateRule, rule: &DriftRule, remarks: &mut Vec<Remark>) {
    let mut note = |line: usize, message: String, hint: &str| {
        remarks.push(Remark { line: Some(line), message, hint: hint.to_owned() });
    };
    let set = || rule.limits().filter_map(|limit| limit.threshold.map(|at| (limit, at)));
    if set().all(|(limit, _)| limit.sense == LimitSense::Lower) {
        note(
            gate.line,
            format!(
                "gate {} decides by p alone, and at many rows every change is significant",
                quoted(&gate.name)
            ),
            "set an effect size: `psi: {max: 0.2}` or `ks: {d_max: 0.1}`",
        );
    }
    for (limit, threshold) in set() {
        if let Some((what, hint)) = useless(limit, threshold.value) {
            note(threshold.line, format!("`{}: {}` {what}", limit.key, threshold.value), hint);
        }
    }
    if rule.columns.everything && rule.columns.except.is_none() {
        note(
            rule.columns.line,
            format!(
                "gate {} measures drift of every column: identifiers and calendar columns \
                     always drift",
                quoted(&gate.name)
            ),
            "select the model's features, by a tag for instance",
        );
    }
}

/// What is wrong with a limit that no data, or hardly any, falls on the other side of.
fn useless(limit: DriftLimit, value: f64) -> Option<(&'static str, &'static str)> {
    let differ = "two samples always differ a little";
    match (limit.sense, limit.key) {
        (LimitSense::Lower, _) if value == 0.0 => Some(("can never fail", "0.01 is customary")),
        (LimitSense::Lower, _) if value >= 0.5 => {
            Some(("fails on most unchanged data", "0.01 is customary"))
        }
        (LimitSense::Lower, _) => None,
        (LimitSense::Upper, "psi.warn") if value == 0.0 => Some(("always warns", differ)),
        (LimitSense::Upper, "psi.max" | "psi.warn" | "missing.psi_max") => match value {
            0.0 => Some(("can never pass", differ)),
            _ if value > PSI_USEFUL_MAX => {
                Some(("can hardly ever fail", "0.1 and 0.2 are the customary marks"))
            }
            _ => None,
        },
        // No change at all of missing values or categories is a demand that data can meet.
        (LimitSense::Upper, key) => {
            let share = key.starts_with("missing") || key.starts_with("categories");
            match value {
                0.0 if !share => Some(("can never pass", differ)),
                1.0 if key != "wasserstein_scaled.max" => {
                    Some(("can never fail", "1 is the largest value there is"))
                }
                _ => None,
            }
        }
    }
}

fn waivers(policy: &Policy, now: Timestamp, remarks: &mut Vec<Remark>) {
    for waiver in &policy.waivers {
        let days = (waiver.expires.unix_seconds() - now.unix_seconds()).div_euclid(86_400);
        let line = Some(waiver.line);
        let gate = quoted(&waiver.gate);
        if waiver.expires <= now {
            remarks.push(Remark {
                line,
                message: format!("the waiver of {gate} expired at {}", waiver.expires),
                hint: "remove it, or let its owner renew it".to_owned(),
            });
        } else if days > WAIVER_DAYS_MAX {
            remarks.push(Remark {
                line,
                message: format!("the waiver of {gate} stands for another {days} days"),
                hint: format!("let it expire within {WAIVER_DAYS_MAX} days, or change the gate"),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::parse;

    const SOUND: &str = r"
version: 1
name: t
columns:
  - match: age
    tags: [critical]
    expect:
      - nulls: {max: 1%}
gates:
  - {name: schema, kind: schema}
  - {name: valid, kind: expectations}
  - {name: drift, kind: drift, columns: {tag: critical}, psi: {max: 0.2}}
waivers:
  - {gate: drift, owner: o, reason: r, expires: 2027-01-31}
";

    /// The remarks on a sound policy after replacing `from` by `to`.
    fn check(from: &str, to: &str, expected: &[&str]) {
        assert!(SOUND.contains(from), "{from}");
        let text = SOUND.replacen(from, to, 1);
        let policy = parse("p", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let now = Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
        let messages: Vec<String> = lint(&policy, now).into_iter().map(|it| it.message).collect();
        assert_eq!(messages, expected);
    }

    #[test]
    fn a_sound_policy_has_no_remarks() {
        check("", "", &[]);
    }

    #[test]
    fn limits_that_cannot_pass_or_fail_are_remarked() {
        check("psi: {max: 0.2}", "psi: {max: 0}", &["`psi.max: 0` can never pass"]);
        check("psi: {max: 0.2}", "psi: {max: 7}", &["`psi.max: 7` can hardly ever fail"]);
        let distance = "hellinger: {max: 1}";
        check("psi: {max: 0.2}", distance, &["`hellinger.max: 1` can never fail"]);
        check("max: 1%", "max: 100%", &["every row may break this expectation"]);
    }

    #[test]
    fn a_gate_on_p_alone_is_remarked() {
        let said = "gate `drift` decides by p alone, and at many rows every change is significant";
        check("psi: {max: 0.2}", "ks: {p_min: 0.01}", &[said]);
    }

    #[test]
    fn gates_that_are_missing_or_mean_everything_are_remarked() {
        let schema = "  - {name: schema, kind: schema}\n";
        check(schema, "", &["no gate looks at the schema"]);
        let valid = "  - {name: valid, kind: expectations}\n";
        check(valid, "", &["what is expected of columns and rows is checked by no gate"]);
        let everything = "gate `drift` measures drift of every column: identifiers and calendar \
                          columns always drift";
        check("{tag: critical}", "\"*\"", &["tag `critical` is used by no gate", everything]);
    }

    #[test]
    fn a_policy_without_a_gate_on_data_needs_no_schema() {
        let policy =
            "version: 1\nname: t\ngates:\n  - {name: tests, kind: tests, junit: [\"*.xml\"]}\n";
        let policy = parse("p", policy.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let now = Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
        assert_eq!(lint(&policy, now), []);
    }

    #[test]
    fn waivers_that_expired_or_stand_too_long_are_remarked() {
        let expired = "the waiver of `drift` expired at 2026-11-22T23:59:59Z";
        check("2027-01-31", "2026-11-22", &[expired]);
        let days = "the waiver of `drift` stands for another 434 days";
        check("2027-01-31", "2028-01-31", &[days]);
    }
}
