//! Missing values: how many there are, apart from what the others are.

use super::columns::{Outcome, Scope};
use super::demand::Demand;
use crate::contract::LogicalType;
use crate::gate::number::percent;
use crate::gate::{Comparator, Finding, Interval, Subject, Verdict};
use crate::measure::RateChange;
use crate::policy::Threshold;

/// `missing_psi_max`
pub(super) fn psi(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.missing_psi_max?;
    let Some(psi) = &scope.drift.missing.psi else {
        return Some(without_rows(scope, "missing_psi_max", limit));
    };
    let demand = Demand {
        rule: "missing_psi_max",
        metric: &psi.metric_id,
        label: "missingness PSI",
        value: psi.value,
        interval: Some(Interval { lower: psi.lower, upper: psi.upper, alpha: psi.alpha }),
        comparator: Comparator::Below,
        limit,
        counts: scope.rows(),
        shown: None,
        doubt: scope.doubt("missing_psi_max"),
        bins: &psi.bins,
        remarks: Vec::new(),
    };
    Some(Outcome::Judged(Box::new(demand.judge(scope.name, scope.rule.decide))))
}

/// `null_change_max`
pub(super) fn nulls(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.null_change_max?;
    Some(match scope.drift.missing.nulls {
        Some(change) => rate(scope, &NULLS, change, limit),
        None => without_rows(scope, NULLS.rule, limit),
    })
}

/// `nan_change_max`; without meaning for types that have no NaN.
pub(super) fn nans(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.nan_change_max?;
    let float = matches!(scope.facts.logical_type, LogicalType::Float { .. });
    Some(match scope.drift.missing.nans {
        Some(change) => rate(scope, &NANS, change, limit),
        None if !float => scope.absent(NANS.rule, limit, Some("its type has no NaN")),
        None => without_rows(scope, NANS.rule, limit),
    })
}

/// The names of one kind of missing value.
struct Names {
    rule: &'static str,
    metric: &'static str,
    label: &'static str,
}

const NULLS: Names =
    Names { rule: "null_change_max", metric: "null_rate_change", label: "null rate change" };

const NANS: Names =
    Names { rule: "nan_change_max", metric: "nan_rate_change", label: "NaN rate change" };

/// The size of a change against its limit.
fn rate(scope: &Scope<'_>, names: &Names, change: RateChange, limit: Threshold) -> Outcome {
    let (value, interval) = size_of(change, scope.rule.alpha);
    let demand = Demand {
        rule: names.rule,
        metric: names.metric,
        label: names.label,
        value,
        interval: Some(interval),
        comparator: Comparator::AtMost,
        limit,
        counts: scope.rows(),
        shown: None,
        doubt: scope.doubt(names.rule),
        bins: &[],
        remarks: vec![format!("{} → {}", percent(change.reference), percent(change.candidate))],
    };
    Outcome::Judged(Box::new(demand.judge(scope.name, scope.rule.decide)))
}

/// How far a rate moved, whichever way; the interval of a size that may be none starts at 0.
#[must_use]
pub fn size_of(change: RateChange, alpha: f64) -> (f64, Interval) {
    let (low, high) = (change.lower.abs(), change.upper.abs());
    let lower = if change.lower <= 0.0 && change.upper >= 0.0 { 0.0 } else { low.min(high) };
    // `f64::max` would drop a NaN; the sum keeps it.
    let upper = if (low + high).is_nan() { f64::NAN } else { low.max(high) };
    (change.change.abs(), Interval { lower, upper, alpha })
}

fn without_rows(scope: &Scope<'_>, rule: &'static str, limit: Threshold) -> Outcome {
    let rows = scope.rows();
    let (verdict, sentence) = match (rows.reference, rows.candidate) {
        (_, 0) => (Verdict::Inconclusive, "the candidate has no rows"),
        (0, _) => (Verdict::Inconclusive, "the reference has no rows"),
        _ => (Verdict::Error, "the statistic was not measured"),
    };
    let finding = Finding::new(verdict, Subject::column(scope.name), rule, sentence.to_owned());
    let finding = finding.at(limit.line).counted(rows.reference, rows.candidate);
    Outcome::Judged(Box::new(finding))
}
