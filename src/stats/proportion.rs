//! The change of a share between two samples, and the drift of missing values.

use super::p_value::normal_quantile;
use super::psi::{Psi, psi};
use crate::quantity::Fraction;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// The values in question; at most `whole`.
    pub part: u64,
    /// All values.
    pub whole: u64,
}

/// candidate share − reference share, in `[-1, 1]`, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProportionChange {
    /// The difference of the observed shares.
    pub difference: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// How many values of a column are null, NaN, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// Null.
    pub null: u64,
    /// NaN; 0 for columns that cannot hold it.
    pub nan: u64,
    /// Everything else, infinities included.
    pub present: u64,
}

/// Compares two shares: difference with the hybrid score interval of level 1 − `alpha`
/// (two-sided).
///
/// With Wilson's interval [lᵢ, uᵢ] of each share pᵢ and d = p₂ − p₁:
/// d − √((p₂−l₂)² + (u₁−p₁)²) to d + √((u₂−p₂)² + (p₁−l₁)²). Always inside `[-1, 1]`, and of
/// positive width even at shares of 0 and 1. `None` when a side is empty or `alpha` is 0.
///
/// Source: R. G. Newcombe, Statist. Med. 17 (1998), 873–890, method 10; statsmodels'
/// `confint_proportions_2indep(method="newcomb")`.
///
/// # Panics
/// When a part is larger than its whole.
#[must_use]
pub fn proportion_change(
    reference: Proportion,
    candidate: Proportion,
    alpha: Fraction,
) -> Option<ProportionChange> {
    if reference.whole == 0 || candidate.whole == 0 || alpha.value() <= 0.0 {
        return None;
    }
    let z = -normal_quantile(Fraction::new(alpha.value() / 2.0)?);
    let (p1, p2) = (reference.wilson(z), candidate.wilson(z));
    let difference = exact_difference(reference, candidate);
    Some(ProportionChange {
        difference,
        lower: (difference - p2.down.hypot(p1.up)).max(-1.0),
        upper: (difference + p2.up.hypot(p1.down)).min(1.0),
    })
}

/// PSI over the three bins {null, NaN, present} (`psi_missing`), smoothed as [`psi`] is.
///
/// `None` when a side has no rows.
#[must_use]
pub fn psi_missing(reference: Presence, candidate: Presence) -> Option<Psi> {
    let bins = |side: Presence| [side.null, side.nan, side.present];
    psi(&bins(reference), &bins(candidate))
}

/// The distances from a share down and up to the ends of its Wilson interval.
pub(super) struct Reach {
    pub(super) down: f64,
    pub(super) up: f64,
}

impl Proportion {
    /// Wilson (1927): (p + z²/2n ± z·√(p(1−p)/n + z²/4n²))/(1 + z²/n), less p.
    #[expect(clippy::cast_precision_loss, reason = "counts enter a smooth formula")]
    pub(super) fn wilson(self, z: f64) -> Reach {
        assert!(self.part <= self.whole, "a part within its whole: {self:?}");
        let n = self.whole as f64;
        let (p, q) = (self.part as f64 / n, (self.whole - self.part) as f64 / n);
        let square = z * z / n;
        let root = (square * (p * q + square / 4.0)).sqrt();
        // The centre lies off p by square·(½ − p)/(1 + square), ½ − p = (q − p)/2.
        let pull = square * (q - p) / 2.0;
        Reach {
            down: ((root - pull) / (1.0 + square)).max(0.0),
            up: ((root + pull) / (1.0 + square)).max(0.0),
        }
    }
}

/// The difference of two shares, formed in integers and rounded once.
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
fn exact_difference(reference: Proportion, candidate: Proportion) -> f64 {
    let [r, n, c, m] =
        [reference.part, reference.whole, candidate.part, candidate.whole].map(u128::from);
    let (before, after) = (r * m, c * n);
    let size = before.abs_diff(after) as f64 / (n * m) as f64;
    if after < before { -size } else { size }
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values stand as their source prints them")]
mod tests {
    use super::*;

    fn of(part: u64, whole: u64) -> Proportion {
        Proportion { part, whole }
    }

    fn alpha() -> Fraction {
        Fraction::new(0.05).expect("a share")
    }

    #[test]
    fn the_interval_agrees_with_statsmodels_and_with_newcombes_table() {
        // statsmodels 0.15.0 confint_proportions_2indep(method="newcomb"); the first four rows are
        // cases (a), (b), (d), (h) of Newcombe's table II with the sides exchanged.
        for (reference, candidate, lower, upper) in [
            (of(48, 80), of(56, 70), 0.05243147240236498, 0.33387265403690614),
            (of(3, 10), of(9, 10), 0.1705227239345029, 0.809017973535488),
            (of(0, 29), of(5, 56), -0.038137147903536936, 0.19256001385511165),
            (of(0, 10), of(10, 10), 0.6075093504305241, 1.0),
            (of(123, 100000), of(150, 90000), 9.486311981208852e-05, 0.0007871824146094585),
            (of(1, 3), of(2, 1000000), -0.7923383992002474, -0.06148994466886737),
        ] {
            let got = proportion_change(reference, candidate, alpha()).expect("two samples");
            assert!((got.lower - lower).abs() < 1e-12, "{got:?} vs {lower}");
            assert!((got.upper - upper).abs() < 1e-12, "{got:?} vs {upper}");
        }
        let got = proportion_change(of(48, 80), of(56, 70), alpha()).expect("two samples");
        assert!((got.lower - 0.0524).abs() < 5e-5 && (got.upper - 0.3339).abs() < 5e-5);
    }

    #[test]
    fn shares_of_zero_and_one_still_have_an_interval() {
        let got = proportion_change(of(0, 50), of(0, 60), alpha()).expect("two samples");
        assert!(got.difference == 0.0 && got.lower < 0.0 && got.upper > 0.0);
        let got = proportion_change(of(0, 3), of(3, 3), alpha()).expect("two samples");
        assert!(got.difference == 1.0 && got.upper == 1.0 && got.lower < 1.0);
    }

    #[test]
    fn an_empty_side_has_no_change() {
        assert_eq!(proportion_change(of(0, 0), of(1, 2), alpha()), None);
        assert_eq!(proportion_change(of(1, 2), of(0, 0), alpha()), None);
        let none = Fraction::new(0.0).expect("a share");
        assert_eq!(proportion_change(of(1, 2), of(1, 2), none), None);
    }

    #[test]
    fn missing_values_drift_as_three_bins() {
        let reference = Presence { null: 0, nan: 0, present: 20_000 };
        let candidate = Presence { null: 4_000, nan: 0, present: 16_000 };
        let found = psi_missing(reference, candidate).expect("rows");
        assert_eq!(psi(&[0, 0, 20_000], &[4_000, 0, 16_000]), Some(found));
        let nothing = Presence { null: 0, nan: 0, present: 0 };
        assert_eq!(psi_missing(reference, nothing), None);
    }
}
