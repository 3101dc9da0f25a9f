//! Population stability index of the values.

use super::columns::{Outcome, Scope};
use super::demand::Demand;
use crate::gate::number::significant;
use crate::gate::{Comparator, Interval, Verdict, decide_warning};
use crate::measure::PsiFacts;
use crate::policy::{Decide, Threshold};

/// `psi_max`, and `psi_warn` where it stands beside it: a PSI that passes the limit and reaches
/// the lower one is a warning.
pub(super) fn values(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.psi_max?;
    let Some(psi) = &scope.drift.psi else {
        return Some(scope.absent("psi_max", limit, None));
    };
    let finding = demand(scope, psi, "psi_max", limit).judge(scope.name, scope.rule.decide);
    let warned = scope.rule.psi_warn.filter(|warn| psi.value >= warn.value);
    Some(match warned {
        Some(_) if finding.decision == Verdict::Passed => warning_of(scope, psi)?,
        _ => Outcome::Judged(Box::new(finding)),
    })
}

/// `psi_warn` without `psi_max`.
pub(super) fn warning(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.psi_warn.filter(|_| scope.rule.psi_max.is_none())?;
    match &scope.drift.psi {
        None => Some(scope.absent("psi_warn", limit, None)),
        Some(psi) => warning_of(scope, psi),
    }
}

fn warning_of(scope: &Scope<'_>, psi: &PsiFacts) -> Option<Outcome> {
    let limit = scope.rule.psi_warn?;
    let mut finding = demand(scope, psi, "psi_warn", limit).judge(scope.name, Decide::Point);
    finding.decision = decide_warning(finding.decision);
    finding.verdict = finding.decision;
    Some(Outcome::Judged(Box::new(finding)))
}

fn demand<'a>(
    scope: &Scope<'a>,
    psi: &'a PsiFacts,
    rule: &'static str,
    limit: Threshold,
) -> Demand<'a> {
    let undecided = psi.lower < limit.value && psi.upper >= limit.value;
    let remark = (undecided && psi.detectable.is_finite())
        .then(|| format!("these n show drift from PSI {} on", significant(psi.detectable)));
    Demand {
        rule,
        metric: &psi.metric_id,
        label: "PSI",
        value: psi.value,
        interval: Some(Interval { lower: psi.lower, upper: psi.upper, alpha: psi.alpha }),
        comparator: Comparator::Below,
        limit,
        counts: scope.values(),
        shown: None,
        doubt: scope.doubt(rule),
        bins: &psi.bins,
        remarks: remark.into_iter().collect(),
    }
}
