//! Distances over the PSI's bins, Wasserstein-1, and the χ² test: decided by their value.

use super::columns::{Outcome, Scope};
use super::demand::Demand;
use super::ks::raw;
use crate::gate::number::{exact, p_value};
use crate::gate::{Comparator, Finding, Quantity, Subject, Verdict};
use crate::measure::PsiBin;
use crate::policy::{Decide, Threshold};

/// `js_distance_max`
pub(super) fn jensen_shannon(scope: &Scope<'_>) -> Option<Outcome> {
    let names = Names {
        rule: "js_distance_max",
        metric: "js_distance_log2",
        label: "Jensen-Shannon distance",
    };
    Some(binned(scope, &names, scope.rule.js_distance_max?, scope.drift.js_distance_log2))
}

/// `hellinger_max`
pub(super) fn hellinger(scope: &Scope<'_>) -> Option<Outcome> {
    let names = Names { rule: "hellinger_max", metric: "hellinger", label: "Hellinger distance" };
    Some(binned(scope, &names, scope.rule.hellinger_max?, scope.drift.hellinger))
}

/// `total_variation_max`
pub(super) fn total_variation(scope: &Scope<'_>) -> Option<Outcome> {
    let names =
        Names { rule: "total_variation_max", metric: "total_variation", label: "total variation" };
    Some(binned(scope, &names, scope.rule.total_variation_max?, scope.drift.total_variation))
}

/// `l_infinity_max`
pub(super) fn l_infinity(scope: &Scope<'_>) -> Option<Outcome> {
    let names =
        Names { rule: "l_infinity_max", metric: "l_infinity", label: "largest change of a share" };
    Some(binned(scope, &names, scope.rule.l_infinity_max?, scope.drift.l_infinity))
}

/// `cramers_v_max`
pub(super) fn cramers_v(scope: &Scope<'_>) -> Option<Outcome> {
    let names =
        Names { rule: "cramers_v_max", metric: "chi_square_two_sample", label: "Cramér's V" };
    let value = scope.drift.chi_square.map(|test| test.cramers_v);
    Some(binned(scope, &names, scope.rule.cramers_v_max?, value))
}

/// `wasserstein_scaled_max`. Against a constant reference any move is infinitely many σ: it
/// fails, and no move passes.
pub(super) fn wasserstein(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.wasserstein_scaled_max?;
    let rule = "wasserstein_scaled_max";
    let metric = "wasserstein_1";
    let scaled = match (scope.drift.wasserstein_scaled, scope.drift.wasserstein) {
        (Some(scaled), _) => scaled,
        (None, Some(0.0)) => 0.0,
        (None, Some(moved)) if moved > 0.0 && scope.doubt(rule).is_none() => {
            let sentence = format!("moved by {moved} from a reference that is constant");
            let finding =
                Finding::new(Verdict::Failed, Subject::column(scope.name), rule, sentence);
            let mut finding =
                finding.limited(Comparator::Below, limit).observed(Quantity::Real(f64::INFINITY));
            finding.metric = Some(metric.to_owned());
            return Some(Outcome::Judged(Box::new(finding)));
        }
        _ => return Some(scope.absent(rule, limit, scope.unordered())),
    };
    let demand = Demand {
        rule,
        metric,
        label: "Wasserstein-1 ÷ σ",
        value: scaled,
        interval: None,
        comparator: Comparator::Below,
        limit,
        counts: scope.values(),
        shown: None,
        doubt: scope.doubt(rule),
        bins: &[],
        remarks: Vec::new(),
    };
    Some(Outcome::Judged(Box::new(demand.judge(scope.name, Decide::Point))))
}

/// `chi_square_p_min`, on the adjusted p.
pub(super) fn chi_square_p(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.chi_square_p_min?;
    let rule = "chi_square_p_min";
    let Some(test) = scope.drift.chi_square else {
        return Some(scope.absent(rule, limit, None));
    };
    let p = scope.adjusted.chi_square(scope.name).unwrap_or(test.p);
    let demand = Demand {
        rule,
        metric: "chi_square_two_sample",
        label: "χ² p",
        value: p.value(),
        interval: None,
        comparator: Comparator::Above,
        limit,
        counts: scope.values(),
        shown: Some(p_value(p)),
        doubt: scope.doubt(rule),
        bins: bins(scope),
        remarks: vec![
            raw(scope.rule.adjust, test.p),
            format!("{} degrees of freedom", exact(test.degrees)),
        ],
    };
    Some(Outcome::Judged(Box::new(demand.judge(scope.name, Decide::Point))))
}

struct Names {
    rule: &'static str,
    metric: &'static str,
    label: &'static str,
}

fn binned(scope: &Scope<'_>, names: &Names, limit: Threshold, value: Option<f64>) -> Outcome {
    let Some(value) = value else {
        return scope.absent(names.rule, limit, None);
    };
    let demand = Demand {
        rule: names.rule,
        metric: names.metric,
        label: names.label,
        value,
        interval: None,
        comparator: Comparator::Below,
        limit,
        counts: scope.values(),
        shown: None,
        doubt: scope.doubt(names.rule),
        bins: bins(scope),
        remarks: Vec::new(),
    };
    Outcome::Judged(Box::new(demand.judge(scope.name, Decide::Point)))
}

fn bins<'a>(scope: &Scope<'a>) -> &'a [PsiBin] {
    scope.drift.psi.as_ref().map_or(&[], |psi| &psi.bins)
}
