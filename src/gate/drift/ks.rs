//! The Kolmogorov–Smirnov distance and its p-value.

use super::columns::{Outcome, Scope};
use super::demand::Demand;
use crate::gate::number::{p_value as p_text, significant};
use crate::gate::{Comparator, Interval, text};
use crate::measure::KsFacts;
use crate::policy::{Adjustment, Decide};

const METRIC: &str = "ks_two_sample";

/// `ks_d_max`
pub(super) fn distance(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.ks_d_max?;
    let Some(ks) = &scope.drift.ks else {
        return Some(scope.absent("ks_d_max", limit, scope.unordered()));
    };
    let demand = Demand {
        rule: "ks_d_max",
        metric: METRIC,
        label: "KS D",
        value: ks.d,
        interval: Some(Interval { lower: ks.lower, upper: ks.upper, alpha: scope.rule.alpha }),
        comparator: Comparator::Below,
        limit,
        counts: scope.values(),
        shown: None,
        doubt: scope.doubt("ks_d_max"),
        bins: &[],
        remarks: vec![place(ks)],
    };
    Some(Outcome::Judged(Box::new(demand.judge(scope.name, scope.rule.decide))))
}

/// `ks_p_min`, on the adjusted p.
pub(super) fn p_value(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.ks_p_min?;
    let Some(ks) = &scope.drift.ks else {
        return Some(scope.absent("ks_p_min", limit, scope.unordered()));
    };
    let p = scope.adjusted.ks(scope.name).unwrap_or(ks.p);
    let mut remarks = vec![raw(scope.rule.adjust, ks.p)];
    remarks.push(format!("D {} {}", significant(ks.d), place(ks)));
    if ks.ties {
        remarks.push("p is conservative: values repeat".to_owned());
    }
    let demand = Demand {
        rule: "ks_p_min",
        metric: METRIC,
        label: "KS p",
        value: p.value(),
        interval: None,
        comparator: Comparator::Above,
        limit,
        counts: scope.values(),
        shown: Some(p_text(p)),
        doubt: scope.doubt("ks_p_min"),
        bins: &[],
        remarks,
    };
    Some(Outcome::Judged(Box::new(demand.judge(scope.name, Decide::Point))))
}

/// Where the distance is reached, and which side has more mass up to there.
fn place(ks: &KsFacts) -> String {
    let more = if ks.candidate_above { "more" } else { "less" };
    format!("at {}, the candidate has {more} at or below", text::name(&ks.at))
}

/// The p before adjustment, or that there was none.
pub(super) fn raw(adjust: Adjustment, p: crate::quantity::PValue) -> String {
    let p = p_text(p);
    match adjust {
        Adjustment::Holm => format!("Holm-adjusted from {p}"),
        Adjustment::BenjaminiHochberg => format!("Benjamini-Hochberg-adjusted from {p}"),
        Adjustment::None => format!("not adjusted, p {p}"),
    }
}
