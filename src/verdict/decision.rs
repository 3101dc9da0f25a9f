//! What numbers decide, wherever they come from: a measurement just made, or a signed report that
//! is read again.

use super::{Broken, Comparator, Decide, Interval, Verdict};
use crate::quantity::Fraction;

/// A statistic held against a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Holding {
    /// What was found.
    pub value: f64,
    /// What the true value may be.
    pub interval: Option<Interval>,
    /// How the value must stand to the limit.
    pub comparator: Comparator,
    /// The limit.
    pub limit: f64,
    /// Whether the interval decides, where there is one, or the value alone.
    pub decide: Decide,
    /// Whether there is too little evidence to decide anything.
    pub doubtful: bool,
}

impl Holding {
    /// The decision.
    ///
    /// A number that is not finite, or an interval whose ends are swapped, is an error; then doubt
    /// is inconclusive; then all of the interval must meet the demand, and the value with it, to
    /// pass, and all of it must lie beyond the limit to fail.
    #[must_use]
    pub fn decide(&self) -> Verdict {
        let (lower, upper) = match (self.decide, self.interval) {
            (Decide::Interval, Some(interval)) => (interval.lower, interval.upper),
            _ => (self.value, self.value),
        };
        let usable = [self.value, self.limit, lower, upper].iter().all(|n| n.is_finite());
        if !usable || lower > upper {
            return Verdict::Error;
        }
        if self.doubtful {
            return Verdict::Inconclusive;
        }
        let met = |value| self.comparator.holds(value, self.limit);
        // Whether the limit itself is no longer a possible value.
        let outside = lower > self.limit || upper < self.limit;
        match (met(lower) && met(upper), met(self.value)) {
            (true, true) => Verdict::Passed,
            (false, false) if !met(lower) && !met(upper) && outside => Verdict::Failed,
            (false, false) if lower == upper => Verdict::Failed,
            _ => Verdict::Inconclusive,
        }
    }
}

/// What a rule that only warns (`psi_warn`) makes of a decision.
#[must_use]
pub fn decide_warning(decision: Verdict) -> Verdict {
    if decision == Verdict::Failed { Verdict::Warned } else { decision }
}

/// Rows that break a promise, held against the share of them that is tolerated.
///
/// More violations than rows are an error. No rows, or a promise about values that met none
/// (`valueless`: nulls break no promise, and so prove none), is inconclusive unless it is broken.
#[must_use]
pub fn decide_broken(broken: Broken, tolerated: f64, values: Values) -> Verdict {
    match share_of(broken) {
        None => Verdict::Error,
        Some(share) if share.value() > tolerated || tolerated.is_nan() => Verdict::Failed,
        Some(_) if broken.rows == 0 || values == Values::None => Verdict::Inconclusive,
        Some(_) => Verdict::Passed,
    }
}

/// Whether a promise about values met any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// At least one, or the promise is not about values.
    Some,
    /// None: all of them are null.
    None,
}

/// The share of rows that break a promise: 0 of no rows, `None` when more break it than there are.
#[must_use]
pub fn share_of(broken: Broken) -> Option<Fraction> {
    let Broken { violations, rows } = broken;
    if violations > rows {
        return None;
    }
    Fraction::of(violations, rows).or_else(|| Fraction::new(0.0))
}

/// A limit on the candidate's rows that is `met` or not: an empty candidate never passes.
#[must_use]
pub fn decide_rows(met: bool, candidate_rows: u64) -> Verdict {
    match (met, candidate_rows) {
        (false, _) => Verdict::Failed,
        (true, 0) => Verdict::Inconclusive,
        (true, _) => Verdict::Passed,
    }
}
