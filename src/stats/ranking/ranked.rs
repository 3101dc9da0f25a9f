//! Rows in the order of their scores: for weights, and for what needs to know the rows.

use std::ops::Range;

use super::area::Area;
use crate::stats::double_double::DoubleDouble;

/// Rows from the lowest score up, ties together.
#[derive(Debug, Clone)]
pub struct Ranked {
    order: Vec<u32>,
    /// Where each tie ends in the order.
    ends: Vec<usize>,
}

impl Ranked {
    /// Ranks rows by their order keys.
    ///
    /// # Panics
    /// With more than 2³² rows.
    #[must_use]
    pub fn of(keys: &[u64]) -> Self {
        let rows = u32::try_from(keys.len()).expect("fewer than 2^32 rows are ranked");
        let mut pairs: Vec<(u64, u32)> = keys.iter().copied().zip(0..rows).collect();
        pairs.sort_unstable();
        let ends = pairs.chunk_by(|a, b| a.0 == b.0).scan(0, |end, tie| {
            *end += tie.len();
            Some(*end)
        });
        let ends = ends.collect();
        Self { order: pairs.into_iter().map(|(_, row)| row).collect(), ends }
    }

    /// Of each row how many rows of the other class it stands rightly to, doubled, ties counting
    /// one: a positive row to negatives below, a negative row to positives above.
    #[must_use]
    pub fn placements(&self, positive: &[bool]) -> Vec<u64> {
        let positives = positive.iter().filter(|&&positive| positive).count() as u64;
        let mut placements = vec![0u64; positive.len()];
        let (mut below, mut passed) = (0, 0);
        for tie in self.ties() {
            let tied = self.rows(&tie).filter(|&row| positive[row]).count() as u64;
            let others = tie.len() as u64 - tied;
            let (v, w) = (2 * below + others, 2 * (positives - passed - tied) + tied);
            for row in self.rows(&tie) {
                placements[row] = if positive[row] { v } else { w };
            }
            below += others;
            passed += tied;
        }
        placements
    }

    /// The area under the ROC curve of weighted rows: the weight of the pairs in which the
    /// positive row scores higher (ties one half) over the weight of all pairs, each pair weighing
    /// the product of its rows. `None` when a class weighs nothing.
    ///
    /// Weights must be finite and not negative. Equals scikit-learn's `roc_auc_score` with
    /// `sample_weight`.
    #[must_use]
    pub fn area(&self, positive: &[bool], weights: &[f64]) -> Option<Influenced> {
        let (all_positive, all_negative) = totals(positive, weights)?;
        // Of each tie the negative weight below and in it, and the positive weight above and in it.
        let mut sum = DoubleDouble::default();
        let mut influences = vec![0.0; positive.len()];
        let (mut below, mut passed) = (DoubleDouble::default(), DoubleDouble::default());
        let half = DoubleDouble::from(0.5);
        for tie in self.ties() {
            let (tied, others) = self.weigh(&tie, positive, weights);
            let v = below.plus(others.times(half));
            let w = all_positive.minus(passed).minus(tied.times(half));
            sum = sum.plus(tied.times(v));
            for row in self.rows(&tie) {
                influences[row] = if positive[row] {
                    v.over(all_negative).rounded()
                } else {
                    w.over(all_positive).rounded()
                };
            }
            below = below.plus(others);
            passed = passed.plus(tied);
        }
        let value = sum.over(all_positive).over(all_negative).rounded();
        let (of_positive, of_negative) = (all_positive.rounded(), all_negative.rounded());
        for ((influence, &positive), &weight) in influences.iter_mut().zip(positive).zip(weights) {
            let whole = if positive { of_positive } else { of_negative };
            *influence = weight * (*influence - value) / whole;
        }
        Some(Influenced { value, influences })
    }

    /// Average precision of weighted rows, Σ (Rₖ − Rₖ₋₁)·Pₖ over distinct scores from the highest
    /// down; `None` when the positive rows weigh nothing. Equals scikit-learn's
    /// `average_precision_score`.
    #[must_use]
    pub fn average_precision(&self, positive: &[bool], weights: &[f64]) -> Option<Influenced> {
        let (all_positive, all_negative) = masses(positive, weights);
        if all_positive.rounded() <= 0.0 {
            return None;
        }
        let (mut sum, whole) = (DoubleDouble::default(), all_positive.rounded());
        let mut influences = vec![0.0; positive.len()];
        let (mut from_positive, mut from_negative) = (0.0, 0.0);
        let mut passed = (DoubleDouble::default(), DoubleDouble::default());
        for tie in self.ties() {
            let (tied, others) = self.weigh(&tie, positive, weights);
            // Weight at this score and above.
            let found = all_positive.minus(passed.0).rounded();
            let selected = all_positive.plus(all_negative).minus(passed.0.plus(passed.1)).rounded();
            passed = (passed.0.plus(tied), passed.1.plus(others));
            if selected <= 0.0 {
                continue;
            }
            let precision = found / selected;
            sum = sum.plus(tied.times(precision.into()));
            from_positive += tied.rounded() * (selected - found) / (selected * selected);
            from_negative -= tied.rounded() * found / (selected * selected);
            for row in self.rows(&tie) {
                influences[row] =
                    if positive[row] { precision + from_positive } else { from_negative };
            }
        }
        let value = sum.over(all_positive).rounded();
        for ((influence, &positive), &weight) in influences.iter_mut().zip(positive).zip(weights) {
            let own = if positive { value } else { 0.0 };
            *influence = weight * (*influence - own) / whole;
        }
        Some(Influenced { value, influences })
    }

    fn ties(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends.iter().copied()).map(|(start, end)| start..end)
    }

    fn rows(&self, tie: &Range<usize>) -> impl Iterator<Item = usize> {
        self.order[tie.clone()].iter().map(|&row| row as usize)
    }

    /// The weight of positive and of negative rows in a tie.
    fn weigh(
        &self,
        tie: &Range<usize>,
        positive: &[bool],
        weights: &[f64],
    ) -> (DoubleDouble, DoubleDouble) {
        let mut masses = (DoubleDouble::default(), DoubleDouble::default());
        for row in self.rows(tie) {
            let mass = if positive[row] { &mut masses.0 } else { &mut masses.1 };
            *mass = mass.plus(weights[row].into());
        }
        masses
    }
}

/// A statistic and how far each row, were it there once more, would move it.
#[derive(Debug, Clone, PartialEq)]
pub struct Influenced {
    /// The statistic.
    pub value: f64,
    /// Its derivative by the multiplicity of each row; they add up to 0.
    pub influences: Vec<f64>,
}

impl Influenced {
    /// With the variance that the influences imply, Σ dᵢ² (the infinitesimal jackknife: L. Jaeckel,
    /// Bell Laboratories memorandum 72-1215-11, 1972; B. Efron, *The Jackknife*, 1982, ch. 6): what
    /// resampling rows would give, without resampling.
    #[must_use]
    pub fn area(&self) -> Area {
        let variance = self.influences.iter().map(|d| d * d).sum();
        Area { value: self.value, variance }
    }

    /// The difference to another model's on the same rows, with the variance of the difference.
    ///
    /// # Panics
    /// When the other was computed on another number of rows.
    #[must_use]
    pub fn less(&self, other: &Self) -> Area {
        assert_eq!(self.influences.len(), other.influences.len(), "the same rows");
        let pairs = self.influences.iter().zip(&other.influences);
        let variance = pairs.map(|(d, e)| (d - e) * (d - e)).sum();
        Area { value: self.value - other.value, variance }
    }
}

/// The weight of each class; `None` when one has none.
fn totals(positive: &[bool], weights: &[f64]) -> Option<(DoubleDouble, DoubleDouble)> {
    let (positives, negatives) = masses(positive, weights);
    (positives.rounded() > 0.0 && negatives.rounded() > 0.0).then_some((positives, negatives))
}

fn masses(positive: &[bool], weights: &[f64]) -> (DoubleDouble, DoubleDouble) {
    let mut masses = (DoubleDouble::default(), DoubleDouble::default());
    for (&positive, &weight) in positive.iter().zip(weights) {
        let mass = if positive { &mut masses.0 } else { &mut masses.1 };
        *mass = mass.plus(weight.into());
    }
    masses
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every pair looked at.
    fn naive_area(rows: &[(u64, bool, f64)]) -> f64 {
        let (mut right, mut all) = (0.0, 0.0);
        for &(key, _, weight) in rows.iter().filter(|row| row.1) {
            for &(other, _, other_weight) in rows.iter().filter(|row| !row.1) {
                let pair = weight * other_weight;
                all += pair;
                right += pair
                    * match key.cmp(&other) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
            }
        }
        right / all
    }

    /// The precision at every distinct score, by counting all rows again.
    fn naive_average_precision(rows: &[(u64, bool, f64)]) -> f64 {
        let mut keys: Vec<u64> = rows.iter().map(|row| row.0).collect();
        keys.sort_unstable();
        keys.dedup();
        let weight = |wanted: &dyn Fn(&(u64, bool, f64)) -> bool| {
            rows.iter().filter(|row| wanted(row)).map(|row| row.2).sum::<f64>()
        };
        let all = weight(&|row| row.1);
        let at = |key: u64| {
            let found = weight(&|row| row.1 && row.0 >= key);
            let here = weight(&|row| row.1 && row.0 == key);
            let selected = weight(&|row| row.0 >= key);
            if here > 0.0 { here / all * found / selected } else { 0.0 }
        };
        keys.into_iter().map(at).sum()
    }

    fn columns(rows: &[(u64, bool, f64)]) -> (Vec<u64>, Vec<bool>, Vec<f64>) {
        (
            rows.iter().map(|row| row.0).collect(),
            rows.iter().map(|row| row.1).collect(),
            rows.iter().map(|row| row.2).collect(),
        )
    }

    fn any_rows() -> impl Strategy<Value = Vec<(u64, bool, f64)>> {
        let row = (0u64..12, any::<bool>(), (1u32..40).prop_map(|w| f64::from(w) / 8.0));
        prop::collection::vec(row, 4..60).prop_filter("both classes", |rows| {
            rows.iter().any(|r| r.1) && rows.iter().any(|r| !r.1)
        })
    }

    proptest! {
        #[test]
        fn weighted_statistics_are_those_of_the_definitions(rows in any_rows()) {
            let (keys, positive, weights) = columns(&rows);
            let ranked = Ranked::of(&keys);
            let area = ranked.area(&positive, &weights).expect("both classes");
            prop_assert!((area.value - naive_area(&rows)).abs() < 1e-14);
            let precision = ranked.average_precision(&positive, &weights).expect("positives");
            prop_assert!((precision.value - naive_average_precision(&rows)).abs() < 1e-14);
        }

        /// Each influence is the derivative by the row's weight, and they cancel.
        #[test]
        fn influences_are_derivatives(rows in any_rows(), row in any::<prop::sample::Index>()) {
            let (keys, positive, weights) = columns(&rows);
            let (ranked, row) = (Ranked::of(&keys), row.index(rows.len()));
            let moved = |by: f64| {
                let mut weights = weights.clone();
                weights[row] *= 1.0 + by;
                (
                    ranked.area(&positive, &weights).expect("both classes").value,
                    ranked.average_precision(&positive, &weights).expect("positives").value,
                )
            };
            let (up, down) = (moved(1e-5), moved(-1e-5));
            let area = ranked.area(&positive, &weights).expect("both classes");
            let precision = ranked.average_precision(&positive, &weights).expect("positives");
            for (found, slope) in [
                (&area, (up.0 - down.0) / 2e-5), (&precision, (up.1 - down.1) / 2e-5),
            ] {
                prop_assert!((found.influences[row] - slope).abs() < 1e-8);
                prop_assert!(found.influences.iter().sum::<f64>().abs() < 1e-12);
            }
        }

        #[test]
        fn with_equal_weights_the_variance_is_delongs_but_for_the_divisor(rows in any_rows()) {
            let (keys, positive, _) = columns(&rows);
            let weights = vec![1.0; rows.len()];
            let ranked = Ranked::of(&keys);
            let placements = ranked.placements(&positive);
            let positives = positive.iter().filter(|&&positive| positive).count() as f64;
            let negatives = positive.len() as f64 - positives;
            let area = ranked.area(&positive, &weights).expect("both classes");
            let mut expected = 0.0;
            for (&placement, &positive) in placements.iter().zip(&positive) {
                let (own, others) =
                    if positive { (positives, negatives) } else { (negatives, positives) };
                expected += ((placement as f64 / (2.0 * others) - area.value) / own).powi(2);
            }
            prop_assert!((area.area().variance - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn rows_without_weight_count_for_nothing() {
        let ranked = Ranked::of(&[1, 2, 3, 4]);
        let positive = [false, true, false, true];
        let area = ranked.area(&positive, &[1.0, 1.0, 0.0, 1.0]).expect("both classes");
        assert_eq!((area.value, area.influences[2]), (1.0, 0.0));
        assert_eq!(ranked.area(&positive, &[0.0, 1.0, 0.0, 1.0]), None);
        assert_eq!(ranked.average_precision(&positive, &[1.0, 0.0, 1.0, 0.0]), None);
    }
}
