//! A report held to the policy it says it was made under.

use std::borrow::Cow;

use super::whole::column_of;
use super::{Disagreement, Figure};
use crate::checklist::{Criterion, Demand};
use crate::clock::Timestamp;
use crate::gate::{Comparator, Holding, Interval, NAN_RATE, NULL_RATE, Quantity, Verdict};
use crate::policy::{
    Decide, DriftLimit, DriftRule, ExpectationRule, FreshnessRule, GateKind, GateRule, LimitReach,
    Policy, Promise, Reaction, SchemaRule, VolumeRule,
};
use crate::report::text::Cutter;
use crate::report::{
    CheckDemand, CheckGroup, CheckResult, ColumnSummary, DecideDocument, GateSummary, Predicate,
    QuantityDocument, SeverityDocument,
};

/// Holds a report to its policy: name and end of validity, the same gates in the same order with
/// the same severity and owner, every limit with its line, what a schema difference does, the waivers, that no limit on
/// the snapshot is left out and no demand of a drift gate on a column it judged. Gives the number
/// of limits compared.
///
/// Which columns a selector means depends on the schemas, which a report does not hold: a column
/// that a drift gate leaves out altogether, a promise that an expectations gate leaves out, and a
/// schema difference that is not told are not noticed here.
///
/// # Errors
/// [`Disagreement`]: the first thing that is not as the policy has it.
pub fn agree_with_policy(predicate: &Predicate, policy: &Policy) -> Result<u64, Disagreement> {
    let name = kept(&policy.name);
    if predicate.policy.name != name {
        return Err(Disagreement::of(Figure::PolicyName, &predicate.policy.name, name));
    }
    let expires = expires_at(predicate, policy);
    if predicate.expires_at != expires {
        let word = |end: Option<String>| end.unwrap_or("never".to_owned());
        let recorded = word(predicate.expires_at.clone());
        return Err(Disagreement::of(Figure::Validity, recorded, word(expires)));
    }
    // Of a report on some gates, those that it says were selected.
    let policy = &match &predicate.selected[..] {
        [] => Cow::Borrowed(policy),
        names => {
            let unknown = |found| Disagreement::of(Figure::Gates, found, "gates of the policy");
            Cow::Owned(policy.selecting(names).map_err(unknown)?)
        }
    };
    let names = |gates: &mut dyn Iterator<Item = String>| gates.collect::<Vec<_>>().join(", ");
    let recorded = names(&mut predicate.gates.iter().map(|gate| gate.name.clone()));
    let expected = names(&mut policy.gates.iter().map(|rule| kept(&rule.name)));
    if predicate.gates.len() != policy.gates.len() || recorded != expected {
        return Err(Disagreement::of(Figure::Gates, recorded, expected));
    }
    let mut limits = 0;
    for (gate, rule) in predicate.gates.iter().zip(&policy.gates) {
        let in_gate = |disagreement: Disagreement| disagreement.in_gate(&gate.name);
        terms(gate, rule).map_err(in_gate)?;
        for group in &gate.checks {
            let column = group.results.first().and_then(column_of);
            let at =
                |disagreement: Disagreement| in_gate(disagreement.at(&group.demand.rule, column));
            limits += u64::from(demanded(group, &rule.kind, policy).map_err(at)?);
        }
        nothing_left_out(gate, &rule.kind, &predicate.columns).map_err(in_gate)?;
    }
    waivers(predicate, policy)?;
    Ok(limits)
}

/// When a report made under the policy ends.
fn expires_at(predicate: &Predicate, policy: &Policy) -> Option<String> {
    let made = Timestamp::parse_rfc3339(&predicate.evaluated_at)?.unix_seconds();
    let seconds = i64::try_from(policy.valid_for_seconds?).ok()?;
    Timestamp::from_unix_seconds(made.checked_add(seconds)?).map(|end| end.to_string())
}

/// Words of the policy as a report keeps them.
fn kept(words: &str) -> String {
    Cutter::default().words(words)
}

fn terms(gate: &GateSummary, rule: &GateRule) -> Result<(), Disagreement> {
    let severity = SeverityDocument::of(rule.severity);
    let owner = rule.owner.as_deref().map(kept);
    if gate.severity == severity && gate.owner == owner && gate.kind == rule.kind.as_str() {
        return Ok(());
    }
    let said = |kind: &str, severity: SeverityDocument, owner: &Option<String>| {
        format!("{kind}, {severity:?}, {}", owner.as_deref().unwrap_or("nobody")).to_lowercase()
    };
    let recorded = said(&gate.kind, gate.severity, &gate.owner);
    let expected = said(rule.kind.as_str(), severity, &owner);
    Err(Disagreement::of(Figure::GateTerms, recorded, expected))
}

/// Holds a demand to its rule; says whether there was a limit to compare.
fn demanded(group: &CheckGroup, kind: &GateKind, policy: &Policy) -> Result<bool, Disagreement> {
    let demand = &group.demand;
    match kind {
        GateKind::Schema(rule) => reaction(demand, *rule).map(|()| false),
        _ if demand.threshold.is_none() => Ok(false),
        GateKind::Expectations(_) => tolerated(group, policy).map(|()| true),
        GateKind::Drift(rule) => drift(group, rule).map(|()| true),
        GateKind::Volume(rule) => limit(demand, volume(*rule, &demand.rule)).map(|()| true),
        GateKind::Freshness(rule) if demand.rule == "must_advance" => {
            let expected = if rule.must_advance { "must_advance" } else { "no such demand" };
            held(demand.line == rule.line as u64 && rule.must_advance, demand, expected)?;
            Ok(false)
        }
        GateKind::Freshness(rule) => limit(demand, freshness(rule, &demand.rule)).map(|()| true),
        GateKind::Checklist(rule) => checklist(demand, &*rule.criterion).map(|()| true),
    }
}

/// A demand that the policy makes, decided as it says.
fn checklist(demand: &CheckDemand, criterion: &dyn Criterion) -> Result<(), Disagreement> {
    let demands = criterion.demands();
    let Some(wanted) = demands.iter().find(|wanted| wanted.rule == demand.rule) else {
        return held(false, demand, "no such demand");
    };
    let limits = demands.iter().filter(|wanted| wanted.rule == demand.rule);
    let limit = |wanted: &Demand| match &wanted.threshold {
        Quantity::Count(count) => QuantityDocument::Count(*count),
        Quantity::Real(real) => QuantityDocument::Real(*real),
        Quantity::Text(text) => QuantityDocument::Text(kept(text)),
    };
    let same = |wanted: &Demand| {
        let decided = wanted.decide.map(|(decide, _)| DecideDocument::of(decide));
        let real = matches!(wanted.threshold, Quantity::Real(_));
        demand.threshold.as_ref() == Some(&limit(wanted))
            && demand.comparator == Some(wanted.comparator)
            && demand.line == wanted.line as u64
            && (!real
                || demand.decided_by
                    == decided.filter(|_| demand.alpha.is_some()).or(Some(DecideDocument::Point)))
            && demand.alpha.is_none_or(|alpha| wanted.decide.is_some_and(|(_, own)| own == alpha))
    };
    let expected = said(Some(&limit(wanted)), wanted.line as u64);
    held(limits.clone().any(same), demand, &expected)
}

/// A limit and the line it stands on.
type Limit = Option<(QuantityDocument, usize)>;

fn limit(demand: &CheckDemand, expected: Limit) -> Result<(), Disagreement> {
    let Some((value, line)) = expected else {
        return held(false, demand, "no such limit");
    };
    let same = demand.threshold.as_ref() == Some(&value) && demand.line == line as u64;
    held(same, demand, &said(Some(&value), line as u64))
}

fn held(holds: bool, demand: &CheckDemand, expected: &str) -> Result<(), Disagreement> {
    if holds {
        return Ok(());
    }
    let recorded = said(demand.threshold.as_ref(), demand.line);
    Err(Disagreement::of(Figure::Limit, recorded, expected))
}

fn said(value: Option<&QuantityDocument>, line: u64) -> String {
    let value = match value {
        None => "nothing".to_owned(),
        Some(QuantityDocument::Count(count)) => count.to_string(),
        Some(QuantityDocument::Real(real)) => real.to_string(),
        Some(QuantityDocument::Text(text)) => text.clone(),
    };
    format!("{value} on line {line}")
}

fn reaction(demand: &CheckDemand, rule: SchemaRule) -> Result<(), Disagreement> {
    let reaction = match demand.rule.as_str() {
        "missing" => rule.missing,
        "added" => rule.added,
        "retyped" => rule.retyped,
        "nullability" => rule.nullability,
        "widened" => Reaction::Allow,
        _ => return Ok(()),
    };
    let expected = match reaction {
        Reaction::Allow => Verdict::Passed,
        Reaction::Warn => Verdict::Warned,
        Reaction::Fail => Verdict::Failed,
    };
    if demand.decision == expected {
        return Ok(());
    }
    Err(Disagreement::of(Figure::Decision, demand.decision, expected))
}

/// A promise of that line tolerates that share, of what is missing if it is about that.
fn tolerated(group: &CheckGroup, policy: &Policy) -> Result<(), Disagreement> {
    let demand = &group.demand;
    let of_column = |rule: &ExpectationRule| {
        let (share, metric) = match rule.promise {
            Promise::NullRate(share) => (share, Some(NULL_RATE)),
            Promise::NanRate(share) => (share, Some(NAN_RATE)),
            _ => (rule.tolerated, None),
        };
        (rule.line as u64, share.value(), metric)
    };
    let of_columns = policy.columns.iter().flat_map(|column| &column.expectations).map(of_column);
    let of_rows = policy.rows.iter().map(|rule| (rule.line as u64, rule.tolerated.value(), None));
    let promises: Vec<_> =
        of_columns.chain(of_rows).filter(|&(line, ..)| line == demand.line).collect();
    let Some(&(_, first, _)) = promises.first() else {
        return held(false, demand, "a line that holds a promise");
    };
    // What could not be checked has no statistic.
    let checked = group.results.iter().any(|result| matches!(result, CheckResult::Broken { .. }));
    let kept = |&(_, share, metric): &(u64, f64, Option<&str>)| {
        demand.threshold == Some(QuantityDocument::Real(share))
            && (!checked || demand.metric.as_deref() == metric)
    };
    let expected = said(Some(&QuantityDocument::Real(first)), demand.line);
    held(promises.iter().any(kept), demand, &expected)
}

fn volume(rule: VolumeRule, name: &str) -> Limit {
    let rows = match name {
        "min" => rule.min,
        "max" => rule.max,
        _ => None,
    };
    let ratio = match name {
        "ratio_min" => rule.ratio_min,
        "ratio_max" => rule.ratio_max,
        _ => None,
    };
    let rows = rows.map(|(rows, line)| (QuantityDocument::Count(rows.0), line));
    rows.or(ratio.map(|limit| (QuantityDocument::Real(limit.value), limit.line)))
}

fn freshness(rule: &FreshnessRule, name: &str) -> Limit {
    let seconds = match name {
        "max_age" => rule.max_age_seconds,
        "max_future" => rule.max_future_seconds,
        _ => return None,
    };
    Some((QuantityDocument::Count(seconds), rule.line))
}

fn drift(group: &CheckGroup, rule: &DriftRule) -> Result<(), Disagreement> {
    let demand = &group.demand;
    let expected = rule.limits().find(|limit| limit.rule == demand.rule);
    let expected = expected.and_then(|limit| limit.threshold);
    limit(demand, expected.map(|limit| (QuantityDocument::Real(limit.value), limit.line)))?;
    let Some(alpha) = demand.alpha else { return Ok(()) };
    if alpha.to_bits() != rule.alpha.to_bits() {
        return Err(Disagreement::of(Figure::Alpha, alpha, rule.alpha));
    }
    let by_interval = rule.decide == Decide::Interval && demand.rule != "psi_warn";
    let expected = if by_interval { DecideDocument::Interval } else { DecideDocument::Point };
    if demand.decided_by != Some(expected) {
        let word = |decide| format!("decided by {decide:?}").to_lowercase();
        let recorded = demand.decided_by.map_or("not decided".to_owned(), word);
        return Err(Disagreement::of(Figure::Form, recorded, word(expected)));
    }
    group.results.iter().try_for_each(|result| one_psi_limit(demand, result, rule))
}

/// Of `psi_max` and `psi_warn` side by side a report carries one: the lower when a PSI that
/// passes the higher reaches it.
fn one_psi_limit(
    demand: &CheckDemand,
    result: &CheckResult,
    rule: &DriftRule,
) -> Result<(), Disagreement> {
    let (Some(max), Some(warn)) = (rule.psi_max, rule.psi_warn) else { return Ok(()) };
    let CheckResult::Estimate(_, Some(value), Some(lower), Some(upper)) = result else {
        return Ok(());
    };
    let interval = Interval { lower: *lower, upper: *upper, alpha: rule.alpha };
    let passes = || {
        let (comparator, limit, decide) = (Comparator::Below, max.value, rule.decide);
        let interval = Some(interval);
        let holding =
            Holding { value: *value, interval, comparator, limit, decide, doubtful: false };
        holding.decide() == Verdict::Passed
    };
    let right = match demand.rule.as_str() {
        "psi_warn" => passes() && *value >= warn.value,
        "psi_max" => demand.decision != Verdict::Passed || *value < warn.value,
        _ => true,
    };
    let other = if demand.rule == "psi_warn" { "psi_max" } else { "psi_warn" };
    if right { Ok(()) } else { Err(Disagreement::of(Figure::Limit, &demand.rule, other)) }
}

/// Every limit on the snapshot is there, and of a column that a drift gate judged, every demand
/// that has meaning for it.
fn nothing_left_out(
    gate: &GateSummary,
    kind: &GateKind,
    columns: &[ColumnSummary],
) -> Result<(), Disagreement> {
    let of_snapshot: &[&str] = match kind {
        GateKind::Drift(rule) => return no_demand_left_out(gate, rule, columns),
        GateKind::Volume(_) => &["min", "max", "ratio_min", "ratio_max"],
        GateKind::Freshness(_) => &["max_age"],
        GateKind::Checklist(rule) => return no_answer_left_out(gate, &*rule.criterion),
        GateKind::Schema(_) | GateKind::Expectations(_) => &[],
    };
    let set = |name: &&&str| match kind {
        GateKind::Volume(rule) => volume(*rule, name).is_some(),
        _ => true,
    };
    let there = |name: &str| gate.checks.iter().any(|group| group.demand.rule == name);
    match of_snapshot.iter().filter(set).find(|name| !there(name)) {
        Some(name) => Err(Disagreement::of(Figure::Limit, "absent", name)),
        None => Ok(()),
    }
}

fn no_answer_left_out(gate: &GateSummary, criterion: &dyn Criterion) -> Result<(), Disagreement> {
    let demands = criterion.demands();
    let answered = |rule: &str| gate.checks.iter().any(|group| group.demand.rule == rule);
    match demands.iter().find(|demand| !answered(&demand.rule)) {
        Some(demand) => Err(Disagreement::of(Figure::Limit, "absent", &demand.rule)),
        None => Ok(()),
    }
}

fn no_demand_left_out(
    gate: &GateSummary,
    rule: &DriftRule,
    columns: &[ColumnSummary],
) -> Result<(), Disagreement> {
    let has = |name: &str, demand: &str| {
        gate.checks.iter().any(|group| {
            group.demand.rule == demand
                && group.results.iter().any(|result| column_of(result) == Some(name))
        })
    };
    for column in columns {
        let name = column.name.as_str();
        if !rule.limits().any(|limit| has(name, limit.rule)) {
            continue;
        }
        let stands = |limit: &DriftLimit| match limit.rule {
            "psi_max" => has(name, "psi_max") || has(name, "psi_warn"),
            demand => has(name, demand),
        };
        let mut wanted = rule.limits().filter(|limit| reaches(limit, rule, column));
        if let Some(limit) = wanted.find(|limit| !stands(limit)) {
            let wrong = Disagreement::of(Figure::Limit, "absent", limit.key);
            return Err(wrong.at(limit.rule, Some(name)));
        }
    }
    Ok(())
}

/// Whether a limit is set and surely has meaning for a column.
fn reaches(limit: &DriftLimit, rule: &DriftRule, column: &ColumnSummary) -> bool {
    let ordered = matches!(column.kind.as_str(), "numeric" | "low-cardinality" | "temporal");
    let meaningful = match (limit.rule, limit.reach) {
        ("new_categories_max" | "vanished_categories_max" | "nan_change_max", _) => false,
        ("psi_warn", _) => rule.psi_max.is_none(),
        (_, LimitReach::Ordered) => ordered,
        (_, LimitReach::All) => true,
    };
    limit.threshold.is_some() && meaningful
}

fn waivers(predicate: &Predicate, policy: &Policy) -> Result<(), Disagreement> {
    let mut cutter = Cutter::default();
    let recorded = predicate.waivers.iter().map(|waiver| {
        let column = waiver.column.clone().unwrap_or_default();
        let words = [&waiver.gate, &column, &waiver.owner, &waiver.reason, &waiver.expires];
        (words.map(String::clone), waiver.line)
    });
    let expected = policy.waivers.iter().map(|waiver| {
        let column = cutter.cut_if(waiver.column.as_ref()).unwrap_or_default();
        let [gate, owner, reason] =
            [&waiver.gate, &waiver.owner, &waiver.reason].map(|words| cutter.words(words));
        ([gate, column, owner, reason, waiver.expires.to_string()], waiver.line as u64)
    });
    let (recorded, expected): (Vec<_>, Vec<_>) = (recorded.collect(), expected.collect());
    if recorded == expected {
        return Ok(());
    }
    let differing = recorded.iter().zip(&expected).position(|(ours, theirs)| ours != theirs);
    let at = differing.unwrap_or(recorded.len().min(expected.len()));
    let word = |waivers: &[([String; 5], u64)]| {
        waivers.get(at).map_or("none".to_owned(), |(words, line)| {
            format!("{} (line {line})", words.join(", "))
        })
    };
    Err(Disagreement::of(Figure::Waivers, word(&recorded), word(&expected)))
}
