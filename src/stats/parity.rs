//! How far apart groups lie in a rate: the largest difference, the smallest ratio, and what the
//! true ones may be.
//!
//! A demand "all groups lie within δ of each other" is one demand on every pair, so the bound that
//! lets it pass is the widest of all pairs, each at the full error rate (an intersection–union
//! test: R. L. Berger, Technometrics 24 (1982)). The bound that fails it picks the worst of many
//! pairs, and is taken at the error rate divided among them (Bonferroni).

use super::p_value::normal_quantile;
use super::proportion::Proportion;
use crate::quantity::Fraction;

/// The spread of a rate over groups, as fairlearn's `difference` and `ratio` between groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Largest less smallest rate, in `[0, 1]`.
    pub difference: f64,
    /// Smallest over largest rate, in `[0, 1]`; `None` when every rate is 0.
    pub ratio: Option<f64>,
    /// The first group with the smallest rate.
    pub lowest: usize,
    /// The first group with the largest rate.
    pub highest: usize,
    /// What the true difference may be.
    pub difference_bounds: (f64, f64),
    /// What the true ratio may be.
    pub ratio_bounds: (f64, f64),
}

impl Spread {
    /// The worse of two spreads over the same groups, both formed with `families` 2, as fairlearn's
    /// equalized odds take the worse of true and false positive rates.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let (first, second) = (self.difference_bounds, other.difference_bounds);
        let (one, two) = (self.ratio_bounds, other.ratio_bounds);
        let leading = if other.difference > self.difference { other } else { self };
        Self {
            ratio: self.ratio.zip(other.ratio).map(|(one, two)| one.min(two)),
            difference_bounds: (first.0.max(second.0), first.1.max(second.1)),
            ratio_bounds: (one.0.min(two.0), one.1.min(two.1)),
            ..leading
        }
    }
}

/// The spread of shares, one per group, each bound of error rate `alpha`; `families` says among how
/// many spreads the worst will be picked. `None` with fewer than two groups, a group of no rows, or
/// an `alpha` of 0.
///
/// Differences have Newcombe's hybrid score interval (see
/// [`proportion_change`](crate::stats::proportion_change)), ratios the MOVER-R interval from the
/// same Wilson limits (A. Donner and G. Y. Zou, Stat. Methods Med. Res. 21 (2012)).
#[must_use]
pub fn spread(shares: &[Proportion], alpha: Fraction, families: u32) -> Option<Spread> {
    let groups = u32::try_from(shares.len()).ok().filter(|&groups| groups >= 2)?;
    if alpha.value() <= 0.0 || shares.iter().any(|share| share.whole == 0) {
        return None;
    }
    let pairs = f64::from(groups) * f64::from(groups - 1) * f64::from(families.max(1));
    let each = limits(shares, alpha);
    let worst = limits(shares, Fraction::new(alpha.value() / pairs)?);
    let (lowest, highest) = extremes(shares);
    let difference = difference(shares[lowest], shares[highest]);
    let ratio = ratio(shares[lowest], shares[highest]);
    let mut differences = (0.0f64, difference);
    let mut ratios = (ratio.unwrap_or(1.0), 1.0f64);
    for one in 0..shares.len() {
        for other in (0..shares.len()).filter(|&other| other != one) {
            differences.1 = differences.1.max(each[one].above(&each[other]).1);
            differences.0 = differences.0.max(worst[one].above(&worst[other]).0);
            ratios.0 = ratios.0.min(each[one].over(&each[other]).0);
            ratios.1 = ratios.1.min(worst[one].over(&worst[other]).1);
        }
    }
    Some(Spread {
        difference,
        ratio,
        lowest,
        highest,
        difference_bounds: (differences.0.min(difference), differences.1.min(1.0)),
        ratio_bounds: (ratios.0, ratios.1.max(ratio.unwrap_or(0.0))),
    })
}

/// A share and its Wilson limits.
struct Limits {
    share: f64,
    lower: f64,
    upper: f64,
}

fn limits(shares: &[Proportion], alpha: Fraction) -> Vec<Limits> {
    let z = -normal_quantile(alpha);
    let of = |share: &Proportion| {
        let reach = share.wilson(z);
        let value = Fraction::of(share.part, share.whole).map_or(0.0, Fraction::value);
        let (lower, upper) = ((value - reach.down).max(0.0), (value + reach.up).min(1.0));
        Limits { share: value, lower, upper }
    };
    shares.iter().map(of).collect()
}

impl Limits {
    /// The bounds of this share less another.
    fn above(&self, other: &Self) -> (f64, f64) {
        let difference = self.share - other.share;
        let down = (self.share - self.lower).hypot(other.upper - other.share);
        let up = (self.upper - self.share).hypot(other.share - other.lower);
        (difference - down, difference + up)
    }

    /// The bounds of this share over another, from 0 to +∞.
    fn over(&self, other: &Self) -> (f64, f64) {
        let product = self.share * other.share;
        let root = |own: f64, others: f64| {
            let spread = own * (2.0 * self.share - own) * others * (2.0 * other.share - others);
            (product * product - spread).max(0.0).sqrt()
        };
        // The smaller root, with the difference of two like numbers taken out of it.
        let low = self.lower * (2.0 * self.share - self.lower);
        let below = product + root(self.lower, other.upper);
        let lower = if low <= 0.0 || below <= 0.0 { 0.0 } else { low / below };
        let high = other.lower * (2.0 * other.share - other.lower);
        let upper = if high <= 0.0 {
            f64::INFINITY
        } else {
            (product + root(self.upper, other.lower)) / high
        };
        (lower, upper)
    }
}

/// The first groups with the smallest and the largest share, compared exactly.
fn extremes(shares: &[Proportion]) -> (usize, usize) {
    let is_less = |one: Proportion, other: Proportion| {
        u128::from(one.part) * u128::from(other.whole)
            < u128::from(other.part) * u128::from(one.whole)
    };
    let (mut lowest, mut highest) = (0, 0);
    for (group, &share) in shares.iter().enumerate() {
        if is_less(share, shares[lowest]) {
            lowest = group;
        }
        if is_less(shares[highest], share) {
            highest = group;
        }
    }
    (lowest, highest)
}

/// highest − lowest, formed in integers and divided once.
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
fn difference(lowest: Proportion, highest: Proportion) -> f64 {
    let [a, n, b, m] = [lowest.part, lowest.whole, highest.part, highest.whole].map(u128::from);
    (b * n - a * m) as f64 / (n * m) as f64
}

/// lowest / highest, formed in integers and divided once.
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
fn ratio(lowest: Proportion, highest: Proportion) -> Option<f64> {
    let [a, n, b, m] = [lowest.part, lowest.whole, highest.part, highest.whole].map(u128::from);
    (b > 0).then(|| (a * m) as f64 / (b * n) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::proportion_change;

    fn of(part: u64, whole: u64) -> Proportion {
        Proportion { part, whole }
    }

    fn alpha() -> Fraction {
        Fraction::new(0.05).expect("a share")
    }

    #[test]
    fn two_groups_have_newcombes_interval() {
        let (one, other) = (of(428, 5_421), of(1_875, 10_860));
        let found = spread(&[one, other], alpha(), 1).expect("two groups");
        // fairlearn 0.15.0 on the UCI Adult test rows.
        assert!((found.difference - 0.093_699_710_864_542_54).abs() < 1e-15);
        assert!((found.ratio.expect("a ratio") - 0.457_291_274_672_569_64).abs() < 1e-15);
        assert_eq!((found.lowest, found.highest), (0, 1));
        let two_sided = Fraction::new(0.1).expect("a share");
        let change = proportion_change(one, other, two_sided).expect("two samples");
        assert!((found.difference_bounds.1 - change.upper).abs() < 1e-15);
        assert!(found.difference_bounds.0 < change.lower, "two pairs share the error rate");
        assert!(found.ratio_bounds.0 < 0.457 && found.ratio_bounds.1 > 0.458);
    }

    #[test]
    fn a_rate_of_zero_has_a_ratio_of_zero_and_room_above() {
        let found = spread(&[of(0, 19), of(11, 25)], alpha(), 1).expect("two groups");
        assert_eq!((found.ratio, found.ratio_bounds.0), (Some(0.0), 0.0));
        assert!(found.ratio_bounds.1 > 0.2 && found.ratio_bounds.1 < 1.0, "{found:?}");
        let none = spread(&[of(0, 19), of(0, 25)], alpha(), 1).expect("two groups");
        assert_eq!((none.ratio, none.difference), (None, 0.0));
        assert!(none.difference_bounds.1 > 0.05, "{none:?}");
    }

    #[test]
    fn one_group_or_an_empty_one_has_no_spread() {
        assert_eq!(spread(&[of(1, 2)], alpha(), 1), None);
        assert_eq!(spread(&[of(1, 2), of(0, 0)], alpha(), 1), None);
    }

    proptest! {
        /// A bound of the ratio is the number that, as a factor, brings the bound of the difference
        /// to 0: what MOVER-R solves for.
        #[test]
        fn a_ratio_at_its_bound_leaves_no_difference(
            (a, n) in (1u64..80, 80u64..300), (b, m) in (1u64..80, 80u64..300),
        ) {
            let both = limits(&[of(a, n), of(b, m)], alpha());
            let (one, other) = (&both[0], &both[1]);
            let (lower, upper) = one.over(other);
            let at = |ratio: f64, own: f64, others: f64| {
                let reach = (one.share - own).hypot(ratio * (others - other.share));
                (one.share - ratio * other.share).abs() - reach
            };
            prop_assert!(at(lower, one.lower, other.upper).abs() < 1e-12);
            prop_assert!(at(upper, one.upper, other.lower).abs() < 1e-10 * upper);
        }

        #[test]
        fn bounds_hold_the_value_and_grow_with_caution(
            groups in prop::collection::vec((0u64..50, 50u64..400), 2..8),
        ) {
            let shares: Vec<Proportion> = groups.iter().map(|&(p, n)| of(p, n)).collect();
            let found = spread(&shares, alpha(), 1).expect("groups");
            let cautious = Fraction::new(0.005).expect("a share");
            let wider = spread(&shares, cautious, 1).expect("groups");
            let (lower, upper) = found.difference_bounds;
            prop_assert!((0.0..=found.difference).contains(&lower) && upper >= found.difference);
            prop_assert!(wider.difference_bounds.0 <= lower && wider.difference_bounds.1 >= upper);
            if let Some(ratio) = found.ratio {
                let (lower, upper) = found.ratio_bounds;
                prop_assert!(lower <= ratio && ratio <= upper && upper <= 1.0);
                prop_assert!(wider.ratio_bounds.0 <= lower && wider.ratio_bounds.1 >= upper);
            }
        }
    }
}
