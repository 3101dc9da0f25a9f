//! Decisions against labels: four masses and what follows from them.

use super::proportion::Proportion;
use crate::quantity::Fraction;

/// Rows, or their weight, by label and decision.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Confusion {
    /// Positive, decided positive.
    pub true_positives: f64,
    /// Negative, decided positive.
    pub false_positives: f64,
    /// Positive, decided negative.
    pub false_negatives: f64,
    /// Negative, decided negative.
    pub true_negatives: f64,
}

impl Confusion {
    /// Adds a row.
    pub fn add(&mut self, label: bool, decision: bool, weight: f64) {
        *match (label, decision) {
            (true, true) => &mut self.true_positives,
            (false, true) => &mut self.false_positives,
            (true, false) => &mut self.false_negatives,
            (false, false) => &mut self.true_negatives,
        } += weight;
    }

    /// Both together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
            true_negatives: self.true_negatives + other.true_negatives,
        }
    }

    /// tp/(tp + fp); `None` when nothing was decided positive (scikit-learn: 0 and a warning).
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// tp/(tp + fn), the true positive rate; `None` without positive labels.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// fp/(fp + tn); `None` without negative labels.
    #[must_use]
    pub fn false_positive_rate(&self) -> Option<f64> {
        ratio(self.false_positives, self.false_positives + self.true_negatives)
    }

    /// 2tp/(2tp + fp + fn); `None` without positive labels and decisions.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        let found = 2.0 * self.true_positives;
        ratio(found, found + self.false_positives + self.false_negatives)
    }

    /// (tp + tn)/all; `None` without rows.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        let wrong = self.false_positives + self.false_negatives;
        let right = self.true_positives + self.true_negatives;
        ratio(right, right + wrong)
    }

    /// The mean of recall and 1 − false positive rate; `None` unless both classes have labels.
    #[must_use]
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let specificity = ratio(self.true_negatives, self.false_positives + self.true_negatives)?;
        Some(f64::midpoint(self.recall()?, specificity))
    }

    /// The share decided positive; `None` without rows.
    #[must_use]
    pub fn selection_rate(&self) -> Option<f64> {
        let selected = self.true_positives + self.false_positives;
        ratio(selected, selected + self.false_negatives + self.true_negatives)
    }
}

/// What the true share may be: Wilson's score interval, each bound of error rate `alpha`; `None`
/// of nothing, or when `alpha` is 0.
///
/// Source: E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927); SciPy's
/// `proportion_ci(method="wilson")` at 1 − 2·alpha.
///
/// # Panics
/// When the part is larger than the whole.
#[must_use]
pub fn share_bounds(share: Proportion, alpha: Fraction) -> Option<(f64, f64)> {
    use crate::stats::p_value::normal_quantile;
    if alpha.value() <= 0.0 {
        return None;
    }
    let value = Fraction::of(share.part, share.whole)?.value();
    let reach = share.wilson(-normal_quantile(alpha));
    Some(((value - reach.down).max(0.0), (value + reach.up).min(1.0)))
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_follow_from_four_masses() {
        let found = Confusion {
            true_positives: 1811.0,
            false_positives: 492.0,
            false_negatives: 2035.0,
            true_negatives: 11943.0,
        };
        // scikit-learn 1.9.1 on the UCI Adult test rows.
        let close = |found: Option<f64>, expected: f64| {
            assert!((found.expect("a rate") - expected).abs() < 1e-15, "{found:?} {expected}");
        };
        close(found.f1(), 0.589_038_868_108_635_6);
        close(found.precision(), 0.786_365_610_073_816_8);
        close(found.recall(), 0.470_878_835_153_406_1);
        close(found.accuracy(), 0.844_788_403_660_708_8);
        close(found.balanced_accuracy(), 0.715_656_546_647_873_1);
    }

    #[test]
    fn a_rate_of_nothing_is_no_number() {
        let nothing = Confusion::default();
        assert_eq!(nothing.accuracy(), None);
        let mut negative = Confusion::default();
        negative.add(false, false, 1.0);
        assert_eq!((negative.precision(), negative.recall(), negative.f1()), (None, None, None));
        assert_eq!((negative.balanced_accuracy(), negative.accuracy()), (None, Some(1.0)));
    }

    #[test]
    fn bounds_of_a_share_agree_with_scipy() {
        // SciPy 1.17.1, binomtest(part, whole).proportion_ci(0.95, "wilson").
        let alpha = Fraction::new(0.025).expect("a share");
        for (part, whole, lower, upper) in [
            (48, 80, 0.490_454_650_051_604, 0.700_381_724_041_290_7),
            (0, 10, 0.0, 0.277_532_799_862_889_26),
            (10, 10, 0.722_467_200_137_110_9, 1.0),
            (3, 7, 0.158_219_855_251_469_7, 0.749_541_635_472_342_8),
        ] {
            let found = share_bounds(Proportion { part, whole }, alpha).expect("bounds");
            let off = (found.0 - lower).abs().max((found.1 - upper).abs());
            assert!(off < 1e-14, "{part} of {whole}: {found:?}");
        }
        assert_eq!(share_bounds(Proportion { part: 0, whole: 0 }, alpha), None);
    }
}
