//! One check of a drift gate, decided again.

use super::check::{Outcome, Rest};
use super::column::{Bins, Columns, Counted};
use super::{Disagreement, Figure};
use crate::gate::{Holding, Interval, Verdict, decide_warning, size_of};
use crate::measure::{PsiFacts, ks_bounds};
use crate::policy::Decide;
use crate::report::{CheckDemand, CheckResult, DecideDocument, QuantityDocument};

/// # Errors
/// [`Disagreement`] when a number does not follow from the signed counts.
pub(super) fn decide<'a>(
    demand: &'a CheckDemand,
    result: &'a CheckResult,
    columns: &mut Columns<'a>,
) -> Result<Outcome, Disagreement> {
    let (Some(decided_by), Some(comparator), Some(QuantityDocument::Real(limit))) =
        (demand.decided_by, demand.comparator, &demand.threshold)
    else {
        return Ok(Outcome::without_number());
    };
    let (column, value, ends) = match result {
        CheckResult::Estimate(Some(column), value, lower, upper) => {
            (column, *value, Some((lower, upper)))
        }
        CheckResult::Value(Some(column), Some(QuantityDocument::Real(value))) => {
            (column, Some(*value), None)
        }
        CheckResult::Value(Some(column), None) => (column, None, None),
        _ => return Err(Disagreement::of(Figure::Form, "no number of a column", "a number")),
    };
    let alpha = error_rate(demand.alpha, ends.is_some())?;
    let number = |number: Option<f64>| number.unwrap_or(f64::NAN);
    let interval =
        ends.map(|(lower, upper)| Interval { lower: number(*lower), upper: number(*upper), alpha });
    let found = Found { value: number(value), interval };
    let Some(counted) = columns.counted(column, alpha)? else {
        return Ok(Outcome::anything());
    };
    let rest = found.hold_to(counted, &demand.rule)?;
    let holding = Holding {
        value: found.value,
        interval,
        comparator,
        limit: *limit,
        decide: match decided_by {
            DecideDocument::Interval => Decide::Interval,
            DecideDocument::Point => Decide::Point,
        },
        doubtful: counted.evidence.doubt(&demand.rule).is_some(),
    };
    let decision = holding.decide();
    let decision = if demand.rule == "psi_warn" { decide_warning(decision) } else { decision };
    let rests_on_bins = matches!(demand.rule.as_str(), "psi_max" | "psi_warn" | "chi_square_p_min");
    if rests_on_bins && counted.bins == Bins::Omitted {
        // Sparse bins would be a doubt, and only the details have them.
        return Ok(Outcome { allowed: vec![decision, Verdict::Inconclusive], rest: Rest::Words });
    }
    Ok(Outcome { allowed: vec![decision], rest })
}

/// The error rate of an interval; where there is none, any will do.
fn error_rate(alpha: Option<f64>, interval: bool) -> Result<f64, Disagreement> {
    match alpha {
        Some(alpha) if interval && alpha > 0.0 && alpha < 0.5 => Ok(alpha),
        None if !interval => Ok(0.05),
        Some(alpha) => Err(Disagreement::of(Figure::Alpha, alpha, "between 0 and 0.5")),
        None => Err(Disagreement::of(Figure::Alpha, "absent", "between 0 and 0.5")),
    }
}

/// A recorded number with its interval.
struct Found {
    value: f64,
    interval: Option<Interval>,
}

impl Found {
    /// Holds the number to what follows from counts; says how far that reaches.
    fn hold_to(&self, counted: &Counted, rule: &str) -> Result<Rest, Disagreement> {
        let facts = &counted.facts;
        let alpha = self.interval.map_or(0.0, |interval| interval.alpha);
        let estimate = |psi: &PsiFacts| {
            (psi.value, Some(Interval { lower: psi.lower, upper: psi.upper, alpha }))
        };
        let size = |change| {
            let (value, interval) = size_of(change, alpha);
            (value, Some(interval))
        };
        let plain = |value: f64| (value, None);
        let change = facts.categories.as_ref();
        let expected = match rule {
            "psi_max" | "psi_warn" => facts.psi.as_ref().map(estimate),
            "missing_psi_max" => facts.missing.psi.as_ref().map(estimate),
            "null_change_max" => facts.missing.nulls.map(size),
            "nan_change_max" => facts.missing.nans.map(size),
            "js_distance_max" => facts.js_distance_log2.map(plain),
            "hellinger_max" => facts.hellinger.map(plain),
            "total_variation_max" => facts.total_variation.map(plain),
            "l_infinity_max" => facts.l_infinity.map(plain),
            "cramers_v_max" => facts.chi_square.map(|test| plain(test.cramers_v)),
            "new_categories_max" => change.map(|change| plain(change.new_share)),
            "vanished_categories_max" => change.map(|change| plain(change.vanished_share)),
            "ks_d_max" => return self.hold_to_band(counted),
            _ => return Ok(Rest::Numbers),
        };
        let over_missing = matches!(rule, "missing_psi_max" | "null_change_max" | "nan_change_max");
        if !over_missing && counted.bins == Bins::Omitted {
            return Ok(Rest::Numbers);
        }
        let Some((value, interval)) =
            expected.filter(|_| over_missing || counted.bins == Bins::Counted)
        else {
            let expected = "no number: nothing to count";
            return Err(Disagreement::of(Figure::Observed, self.value, expected));
        };
        near(Figure::Observed, self.value, value, VALUE_TOLERANCE)?;
        self.hold_ends(interval)?;
        Ok(Rest::Counts)
    }

    /// A KS distance needs the values; the band around it, only how many there are.
    fn hold_to_band(&self, counted: &Counted) -> Result<Rest, Disagreement> {
        let Some(Interval { alpha, .. }) = self.interval else {
            return Err(Disagreement::of(Figure::Form, "no interval", "an interval"));
        };
        let values = counted.evidence.values;
        let ends = ks_bounds(self.value, [values.reference, values.candidate], alpha);
        self.hold_ends(ends.map(|(lower, upper)| Interval { lower, upper, alpha }))?;
        Ok(Rest::Numbers)
    }

    fn hold_ends(&self, expected: Option<Interval>) -> Result<(), Disagreement> {
        match (self.interval, expected) {
            (None, None) => Ok(()),
            (Some(found), Some(expected)) => {
                near(Figure::Lower, found.lower, expected.lower, BOUND_TOLERANCE)?;
                near(Figure::Upper, found.upper, expected.upper, BOUND_TOLERANCE)
            }
            (found, expected) => {
                let word = |interval: Option<Interval>| {
                    if interval.is_some() { "an interval" } else { "no interval" }
                };
                Err(Disagreement::of(Figure::Form, word(found), word(expected)))
            }
        }
    }
}

/// Whether two numbers are the same up to the last digits, in which mathematical libraries differ.
fn near(figure: Figure, recorded: f64, expected: f64, tolerance: f64) -> Result<(), Disagreement> {
    let apart = (recorded - expected).abs();
    if apart <= tolerance * recorded.abs().max(expected.abs()) || apart <= ABSOLUTE_TOLERANCE {
        return Ok(());
    }
    Err(Disagreement::of(figure, recorded, expected))
}

/// Statistics are good to 10⁻¹⁴ relative on any machine.
const VALUE_TOLERANCE: f64 = 1e-12;

/// Bounds are found by iteration, to 10⁻¹⁰ relative.
const BOUND_TOLERANCE: f64 = 1e-9;

/// Differences of shares cancel down to here.
const ABSOLUTE_TOLERANCE: f64 = 1e-15;
