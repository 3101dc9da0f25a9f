//! Scores read as probabilities: how surprised, how far off, how honest.

/// −ln of the probability given to what happened, as scikit-learn's `log_loss` takes it: the
/// probability of either class is held to [ε, 1 − ε], ε = 2⁻⁵², so that a certain mistake costs
/// 36.04 and not infinity. `score` must lie in `[0, 1]`.
#[must_use]
pub fn log_loss(label: bool, score: f64) -> f64 {
    let given = if label { score } else { 1.0 - score };
    -given.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

/// (score − label)², the row's part of the Brier score of a binary outcome.
#[must_use]
pub fn squared_error(label: bool, score: f64) -> f64 {
    let off = score - f64::from(u8::from(label));
    off * off
}

/// Equal bins of `[0, 1]` for the calibration error: bin k of K holds scores in (k/K, (k+1)/K],
/// the first one 0 as well, as in Guo et al. (ICML 2017) and scikit-learn's `calibration_curve`.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationBins {
    /// The upper ends of all bins but the last, each k/K rounded once.
    edges: Vec<f64>,
}

impl CalibrationBins {
    /// So many bins, at least one.
    #[must_use]
    pub fn new(bins: u16) -> Self {
        let bins = bins.max(1);
        Self { edges: (1..bins).map(|k| f64::from(k) / f64::from(bins)).collect() }
    }

    /// Number of bins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edges.len() + 1
    }

    /// Never true: there is a bin.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The bin of a score in `[0, 1]`.
    #[must_use]
    pub fn bin(&self, score: f64) -> usize {
        self.edges.partition_point(|&edge| edge < score)
    }
}

/// What one bin holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CalibrationBin {
    /// Σ w.
    pub weight: f64,
    /// Σ w·score.
    pub scores: f64,
    /// Σ w over positive labels.
    pub positives: f64,
}

/// The expected calibration error: Σ |Σ w·score − Σ w·label| over bins, by the weight of all;
/// `None` when nothing weighs anything.
///
/// In each bin that is its share of weight times |mean score − share of positives|.
#[must_use]
pub fn calibration_error(bins: &[CalibrationBin]) -> Option<f64> {
    let whole: f64 = bins.iter().map(|bin| bin.weight).sum();
    let off: f64 = bins.iter().map(|bin| (bin.scores - bin.positives).abs()).sum();
    (whole > 0.0).then(|| off / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certain_mistake_is_dear_but_finite() {
        assert_eq!(log_loss(true, 0.0), -f64::EPSILON.ln());
        assert_eq!(log_loss(false, 1.0), -f64::EPSILON.ln());
        assert!((log_loss(true, 1.0) / f64::EPSILON - 1.0).abs() < 1e-15);
        assert!((log_loss(false, 0.25) - 0.287_682_072_451_780_9).abs() < 1e-15);
    }

    #[test]
    fn bins_are_closed_on_the_right_and_the_first_holds_zero() {
        let bins = CalibrationBins::new(10);
        let found = [0.0, 0.1, 0.1 + 1e-16, 0.2, 0.95, 1.0].map(|score| bins.bin(score));
        assert_eq!((found, bins.len()), ([0, 0, 1, 1, 9, 9], 10));
        assert_eq!(CalibrationBins::new(0).bin(0.7), 0);
    }

    #[test]
    fn an_honest_bin_adds_nothing() {
        let honest = CalibrationBin { weight: 10.0, scores: 3.0, positives: 3.0 };
        let boastful = CalibrationBin { weight: 10.0, scores: 9.0, positives: 5.0 };
        assert_eq!(calibration_error(&[honest, boastful]), Some(0.2));
        assert_eq!(calibration_error(&[CalibrationBin::default()]), None);
    }
}
