//! Two models on the same rows.

use super::area::Area;
use super::rank_sums::rounded;

/// The difference of two areas under the ROC curve on the same rows, first less second, with
/// `DeLong`'s variance; `None` when a class has no rows.
///
/// `first` and `second` are [placements](super::Ranked::placements), row by row. The variance of
/// a difference of correlated areas, S₁₁ + S₂₂ − 2·S₁₂, is the variance of the differences of
/// placements, so that it is formed in integers and divided once per class.
///
/// Source: `DeLong`, `DeLong` and Clarke-Pearson, Biometrics 44 (1988), eq. 5.
///
/// # Panics
/// When the slices differ in length.
#[must_use]
pub fn paired_areas(first: &[u64], second: &[u64], positive: &[bool]) -> Option<Area> {
    assert!(first.len() == second.len() && first.len() == positive.len(), "the same rows");
    let (mut of_positives, mut of_negatives) = (Differences::default(), Differences::default());
    for ((&first, &second), &positive) in first.iter().zip(second).zip(positive) {
        let class = if positive { &mut of_positives } else { &mut of_negatives };
        class.add(i128::from(first) - i128::from(second));
    }
    let (p, n) = (of_positives.rows, of_negatives.rows);
    if p == 0 || n == 0 {
        return None;
    }
    let (pairs, difference) = (rounded(2 * p * n), of_positives.sum);
    let size = rounded(difference.unsigned_abs()) / pairs;
    Some(Area {
        value: if difference < 0 { -size } else { size },
        variance: of_positives.variance_of_mean(n) + of_negatives.variance_of_mean(p),
    })
}

#[derive(Default)]
struct Differences {
    rows: u128,
    sum: i128,
    squares: u128,
}

impl Differences {
    fn add(&mut self, difference: i128) {
        self.rows += 1;
        self.sum += difference;
        self.squares += difference.unsigned_abs() * difference.unsigned_abs();
    }

    /// (k·Σd² − (Σd)²) / (k²·(k−1)·(2m)²); up to 2³² rows nothing overflows.
    fn variance_of_mean(&self, m: u128) -> f64 {
        let k = self.rows;
        if k < 2 {
            return 0.0;
        }
        let sum = self.sum.unsigned_abs();
        let spread = (k * self.squares).saturating_sub(sum * sum);
        rounded(spread) / rounded(k * k * (k - 1)) / rounded(4 * m * m)
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;
    use crate::stats::ranking::Ranked;

    /// The covariance matrix of two areas as `DeLong` writes it, all pairs looked at.
    fn naive(rows: &[(u64, u64, bool)]) -> (f64, f64) {
        let psi = |x: u64, y: u64| match x.cmp(&y) {
            Ordering::Greater => 1.0,
            Ordering::Equal => 0.5,
            Ordering::Less => 0.0,
        };
        let positives: Vec<_> = rows.iter().filter(|row| row.2).collect();
        let negatives: Vec<_> = rows.iter().filter(|row| !row.2).collect();
        let (p, n) = (positives.len() as f64, negatives.len() as f64);
        let structural = |score: &dyn Fn(&(u64, u64, bool)) -> u64| {
            let v10: Vec<f64> = positives
                .iter()
                .map(|x| negatives.iter().map(|y| psi(score(x), score(y))).sum::<f64>() / n)
                .collect();
            let v01: Vec<f64> = negatives
                .iter()
                .map(|y| positives.iter().map(|x| psi(score(x), score(y))).sum::<f64>() / p)
                .collect();
            (v10, v01)
        };
        let covariance = |a: &[f64], b: &[f64]| {
            let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
            let (ma, mb) = (mean(a), mean(b));
            let sum: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
            if a.len() < 2 { 0.0 } else { sum / (a.len() as f64 - 1.0) }
        };
        let (a10, a01) = structural(&|row| row.0);
        let (b10, b01) = structural(&|row| row.1);
        let s = |x10: &[f64], x01: &[f64], y10: &[f64], y01: &[f64]| {
            covariance(x10, y10) / p + covariance(x01, y01) / n
        };
        let variance =
            s(&a10, &a01, &a10, &a01) + s(&b10, &b01, &b10, &b01) - 2.0 * s(&a10, &a01, &b10, &b01);
        let area = |v: &[f64]| v.iter().sum::<f64>() / p;
        (area(&a10) - area(&b10), variance)
    }

    proptest! {
        #[test]
        fn the_difference_has_delongs_variance(
            rows in prop::collection::vec((0u64..15, 0u64..15, any::<bool>()), 1..70),
        ) {
            let first: Vec<u64> = rows.iter().map(|row| row.0).collect();
            let second: Vec<u64> = rows.iter().map(|row| row.1).collect();
            let positive: Vec<bool> = rows.iter().map(|row| row.2).collect();
            let placements = |keys: &[u64]| Ranked::of(keys).placements(&positive);
            let found = paired_areas(&placements(&first), &placements(&second), &positive);
            let both = positive.contains(&true) && positive.contains(&false);
            prop_assert_eq!(found.is_some(), both);
            if let Some(found) = found {
                let (value, variance) = naive(&rows);
                prop_assert!((found.value - value).abs() < 1e-14);
                prop_assert!((found.variance - variance).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn a_model_differs_from_itself_by_nothing() {
        let positive = [true, false, true, false];
        let placements = Ranked::of(&[4, 3, 2, 1]).placements(&positive);
        let found = paired_areas(&placements, &placements, &positive);
        assert_eq!(found, Some(Area { value: 0.0, variance: 0.0 }));
    }
}
