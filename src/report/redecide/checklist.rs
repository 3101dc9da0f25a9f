//! A check of the checklist, decided again from its number and its limit.

use super::check::{Outcome, Rest, unlike};
use super::{Disagreement, Figure};
use crate::report::{CheckDemand, CheckResult, DecideDocument, QuantityDocument};
use crate::verdict::{Comparator, Decide, Holding, Interval, Verdict};

/// What one answer can only have come to. Too little behind a number makes it inconclusive, which
/// the number does not show: that is always allowed, and opens nothing.
///
/// # Errors
/// [`Disagreement`] when the check has no form of the checklist.
pub(super) fn decide(demand: &CheckDemand, result: &CheckResult) -> Result<Outcome, Disagreement> {
    let Some((comparator, limit)) = demand.comparator.zip(demand.threshold.as_ref()) else {
        return match result {
            CheckResult::Value(_, None) => Ok(Outcome::without_number()),
            _ => Err(unlike("a number with its limit")),
        };
    };
    let decision = match (result, limit) {
        (CheckResult::Estimate(_, Some(value), lower, upper), QuantityDocument::Real(limit)) => {
            let interval = interval(*lower, *upper, demand.alpha)?;
            real(*value, Some(interval), comparator, *limit, demand.decided_by)
        }
        (
            CheckResult::Value(_, Some(QuantityDocument::Real(value))),
            QuantityDocument::Real(limit),
        ) => real(*value, None, comparator, *limit, demand.decided_by),
        (
            CheckResult::Value(_, Some(QuantityDocument::Count(count))),
            QuantityDocument::Count(limit),
        ) => told(comparator.holds(*count, *limit)),
        (
            CheckResult::Value(_, Some(QuantityDocument::Text(text))),
            QuantityDocument::Text(wanted),
        ) if comparator == Comparator::Equal => told(text == wanted),
        (CheckResult::Value(_, None) | CheckResult::Estimate(_, None, ..), _) => {
            return Ok(Outcome::without_number());
        }
        _ => return Err(unlike("a number and a limit of the same kind")),
    };
    let mut outcome = Outcome::told(decision, Rest::Numbers);
    outcome.allowed.push(Verdict::Inconclusive);
    Ok(outcome)
}

fn told(met: bool) -> Verdict {
    if met { Verdict::Passed } else { Verdict::Failed }
}

fn real(
    value: f64,
    interval: Option<Interval>,
    comparator: Comparator,
    limit: f64,
    decided_by: Option<DecideDocument>,
) -> Verdict {
    let decide = match decided_by {
        Some(DecideDocument::Interval) => Decide::Interval,
        Some(DecideDocument::Point) | None => Decide::Point,
    };
    Holding { value, interval, comparator, limit, decide, doubtful: false }.decide()
}

fn interval(
    lower: Option<f64>,
    upper: Option<f64>,
    alpha: Option<f64>,
) -> Result<Interval, Disagreement> {
    let missing = |figure| Disagreement::of(figure, "absent", "an end of the interval");
    let lower = lower.ok_or_else(|| missing(Figure::Lower))?;
    let upper = upper.ok_or_else(|| missing(Figure::Upper))?;
    let alpha = alpha.ok_or_else(|| missing(Figure::Alpha))?;
    Ok(Interval { lower, upper, alpha })
}
