//! Sums over pairs of a positive and a negative row, in integers.

use super::area::Area;
use super::stretch::Tie;

/// What the area under the ROC curve and its variance are made of.
///
/// A positive row has the placement v = 2·(negatives below it) + (negatives tied with it), a
/// negative one w = 2·(positives above it) + (positives tied with it). Up to 2³³ rows nothing
/// here overflows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RankSums {
    /// Positive rows.
    pub positives: u64,
    /// Negative rows.
    pub negatives: u64,
    /// Σ v over positives, which is Σ w over negatives: twice the Mann–Whitney U.
    pub doubled_u: u128,
    /// Σ v² over positives.
    pub positive_squares: u128,
    /// Σ w² over negatives.
    pub negative_squares: u128,
}

impl RankSums {
    /// The sums of rows that share one score.
    #[must_use]
    pub fn of_tie(tie: Tie) -> Self {
        let (p, n) = (u128::from(tie.positives), u128::from(tie.negatives));
        Self {
            positives: tie.positives,
            negatives: tie.negatives,
            doubled_u: p * n,
            positive_squares: p * n * n,
            negative_squares: n * p * p,
        }
    }

    /// The sums of these rows and of rows that all score higher. Joining is associative.
    #[must_use]
    pub fn below(self, upper: Self) -> Self {
        let lower = self;
        // Every upper positive stands above all lower negatives, and so the other way round.
        let more_v = 2 * u128::from(lower.negatives);
        let more_w = 2 * u128::from(upper.positives);
        let (positives, negatives) = (u128::from(upper.positives), u128::from(lower.negatives));
        Self {
            positives: lower.positives + upper.positives,
            negatives: lower.negatives + upper.negatives,
            doubled_u: lower.doubled_u + upper.doubled_u + more_v * positives,
            positive_squares: lower.positive_squares
                + upper.positive_squares
                + 2 * more_v * upper.doubled_u
                + more_v * more_v * positives,
            negative_squares: lower.negative_squares
                + upper.negative_squares
                + 2 * more_w * lower.doubled_u
                + more_w * more_w * negatives,
        }
    }

    /// The area under the ROC curve, the share of pairs in which the positive row scores higher
    /// (ties one half), with `DeLong`'s variance; `None` when a class has no rows.
    ///
    /// The variance is S₁₀/P + S₀₁/N with the sample variances of the placements, each formed in
    /// integers and divided once; a class of one row adds nothing, for it has no sample variance.
    ///
    /// Source: E. R. `DeLong`, D. M. `DeLong` and D. L. Clarke-Pearson, Biometrics 44 (1988);
    /// X. Sun and W. Xu, IEEE Signal Processing Letters 21 (2014), for the ranks.
    #[must_use]
    pub fn area(&self) -> Option<Area> {
        if self.positives == 0 || self.negatives == 0 {
            return None;
        }
        let (p, n) = (u128::from(self.positives), u128::from(self.negatives));
        let of_positives = share_of_variance(p, n, self.positive_squares, self.doubled_u);
        let of_negatives = share_of_variance(n, p, self.negative_squares, self.doubled_u);
        Some(Area {
            value: quotient(self.doubled_u, 2 * p * n),
            variance: of_positives + of_negatives,
        })
    }
}

/// (k·Σv² − (Σv)²) / (k²·(k−1)·(2m)²): the part of the variance that k rows bring whose
/// placements run to 2m.
fn share_of_variance(k: u128, m: u128, squares: u128, sum: u128) -> f64 {
    if k < 2 {
        return 0.0;
    }
    let spread = k.checked_mul(squares).zip(sum.checked_mul(sum));
    let spread = match spread {
        Some((square_sum, sum_square)) => rounded(square_sum.saturating_sub(sum_square)),
        // More than 10¹⁹ pairs: a float of what is left has digits enough.
        None => (rounded(k) * rounded(squares) - rounded(sum) * rounded(sum)).max(0.0),
    };
    spread / rounded(k * k * (k - 1)) / rounded(4 * m * m)
}

fn quotient(numerator: u128, denominator: u128) -> f64 {
    rounded(numerator) / rounded(denominator)
}

#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
pub(super) fn rounded(integer: u128) -> f64 {
    integer as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition: every pair looked at, every placement kept.
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn naive(positives: &[u64], negatives: &[u64]) -> (f64, f64) {
        let psi = |positive: u64, negative: u64| match positive.cmp(&negative) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let (p, n) = (positives.len() as f64, negatives.len() as f64);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let v: Vec<f64> = positives
            .iter()
            .map(|&x| negatives.iter().map(|&y| psi(x, y)).sum::<f64>() / n)
            .collect();
        let w: Vec<f64> = negatives
            .iter()
            .map(|&y| positives.iter().map(|&x| psi(x, y)).sum::<f64>() / p)
            .collect();
        let variance = |values: &[f64]| {
            let centre = mean(values);
            let squares: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
            if values.len() < 2 { 0.0 } else { squares / (values.len() as f64 - 1.0) }
        };
        (mean(&v), variance(&v) / p + variance(&w) / n)
    }

    pub(super) fn sums_of(positives: &[u64], negatives: &[u64]) -> RankSums {
        let mut keys: Vec<u64> = positives.iter().chain(negatives).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let count = |keys: &[u64], key: u64| keys.iter().filter(|&&k| k == key).count() as u64;
        keys.into_iter()
            .map(|key| Tie { positives: count(positives, key), negatives: count(negatives, key) })
            .map(RankSums::of_tie)
            .fold(RankSums::default(), RankSums::below)
    }

    proptest! {
        #[test]
        fn area_and_variance_are_those_of_the_definition(
            positives in prop::collection::vec(0u64..20, 1..40),
            negatives in prop::collection::vec(0u64..20, 1..40),
        ) {
            let area = sums_of(&positives, &negatives).area().expect("both classes");
            let (value, variance) = naive(&positives, &negatives);
            prop_assert!((area.value - value).abs() < 1e-14);
            prop_assert!((area.variance - variance).abs() < 1e-14, "{} {}", area.variance, variance);
        }

        #[test]
        fn joining_is_associative(
            ties in prop::collection::vec((0u64..9, 0u64..9), 3..30), cut in 1usize..20,
        ) {
            let of = |ties: &[(u64, u64)]| {
                let each = ties.iter().map(|&(positives, negatives)| Tie { positives, negatives });
                each.map(RankSums::of_tie).fold(RankSums::default(), RankSums::below)
            };
            let (first, second) = ties.split_at(cut.min(ties.len()));
            prop_assert_eq!(of(first).below(of(second)), of(&ties));
        }
    }

    #[test]
    fn a_missing_class_has_no_area() {
        assert_eq!(sums_of(&[1, 2], &[]).area(), None);
        assert_eq!(sums_of(&[], &[1]).area(), None);
        assert_eq!(sums_of(&[2], &[1]).area(), Some(Area { value: 1.0, variance: 0.0 }));
        assert_eq!(sums_of(&[1], &[1]).area().map(|area| area.value), Some(0.5));
    }

    #[test]
    fn eight_billion_rows_do_not_overflow() {
        let half = Tie { positives: 1 << 32, negatives: 1 << 32 };
        let area = RankSums::of_tie(half).below(RankSums::default()).area().expect("both classes");
        assert_eq!(area, Area { value: 0.5, variance: 0.0 });
        let lower = RankSums::of_tie(Tie { positives: 0, negatives: 1 << 32 });
        let upper = RankSums::of_tie(Tie { positives: 1 << 32, negatives: 0 });
        assert_eq!(lower.below(upper).area().map(|area| area.value), Some(1.0));
    }
}
