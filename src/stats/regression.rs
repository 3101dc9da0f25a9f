//! Predicted numbers against true ones.

use super::double_double::DoubleDouble;

/// Sums over rows, in their order, in twice the precision of a double.
#[derive(Debug, Clone, Copy, Default)]
pub struct ErrorSums {
    weight: DoubleDouble,
    errors: DoubleDouble,
    squares: DoubleDouble,
    shares: DoubleDouble,
    targets: DoubleDouble,
    spread: DoubleDouble,
    zero_targets: u64,
}

/// One row: what was true, what was predicted, what it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    /// The true number.
    pub target: f64,
    /// The predicted one.
    pub prediction: f64,
    /// Its weight.
    pub weight: f64,
}

impl ErrorSums {
    /// Sums over rows of finite numbers, in order; a second pass takes squares about the mean.
    #[must_use]
    pub fn of(rows: impl Iterator<Item = Predicted> + Clone) -> Self {
        let mut sums = Self::default();
        for row in rows.clone() {
            sums.add(row);
        }
        if sums.weight.rounded() > 0.0 {
            let mean = sums.targets.over(sums.weight);
            for row in rows {
                let off = DoubleDouble::from(row.target).minus(mean);
                sums.spread = sums.spread.plus(off.times(off).times(row.weight.into()));
            }
        }
        sums
    }

    fn add(&mut self, row: Predicted) {
        let weight = DoubleDouble::from(row.weight);
        let error = DoubleDouble::from(row.target).minus(row.prediction.into());
        let size = if error.rounded() < 0.0 { DoubleDouble::default().minus(error) } else { error };
        self.weight = self.weight.plus(weight);
        self.errors = self.errors.plus(size.times(weight));
        self.squares = self.squares.plus(error.times(error).times(weight));
        self.targets = self.targets.plus(weight.times(row.target.into()));
        if row.target == 0.0 {
            self.zero_targets += 1;
        } else {
            let share = size.over(row.target.abs().into());
            self.shares = self.shares.plus(share.times(weight));
        }
    }

    /// √(Σ w·e² / Σ w); `None` when nothing weighs anything.
    #[must_use]
    pub fn rmse(&self) -> Option<f64> {
        self.mean(self.squares).map(f64::sqrt)
    }

    /// Σ w·|e| / Σ w; `None` when nothing weighs anything.
    #[must_use]
    pub fn mae(&self) -> Option<f64> {
        self.mean(self.errors)
    }

    /// 1 − Σ w·e² / Σ w·(y − ȳ)²; `None` when all targets are the same (scikit-learn says 1 or 0
    /// there, which is a choice and no measurement).
    #[must_use]
    pub fn r2(&self) -> Option<f64> {
        (self.spread.rounded() > 0.0)
            .then(|| DoubleDouble::from(1.0).minus(self.squares.over(self.spread)).rounded())
    }

    /// Σ w·|e/y| / Σ w; `None` when a target is 0 ([`Self::zero_targets`] says how many), where
    /// scikit-learn divides by 2⁻⁵² instead.
    #[must_use]
    pub fn mape(&self) -> Option<f64> {
        if self.zero_targets > 0 { None } else { self.mean(self.shares) }
    }

    /// Rows whose target is 0.
    #[must_use]
    pub fn zero_targets(&self) -> u64 {
        self.zero_targets
    }

    /// Σ w·y / Σ w; `None` when nothing weighs anything.
    #[must_use]
    pub fn target_mean(&self) -> Option<f64> {
        self.mean(self.targets)
    }

    fn mean(&self, sum: DoubleDouble) -> Option<f64> {
        (self.weight.rounded() > 0.0).then(|| sum.over(self.weight).rounded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &[(f64, f64)]) -> ErrorSums {
        let rows = rows.iter();
        ErrorSums::of(rows.map(|&(target, prediction)| Predicted {
            target,
            prediction,
            weight: 1.0,
        }))
    }

    #[test]
    fn errors_are_those_of_the_definitions() {
        let found = sums(&[(3.0, 2.5), (-0.5, 0.0), (2.0, 2.0), (7.0, 8.0)]);
        // scikit-learn 1.9.1.
        assert_eq!(found.rmse(), Some(0.612_372_435_695_794_5));
        assert_eq!(found.mae(), Some(0.5));
        assert_eq!(found.r2(), Some(0.948_608_137_044_967_8));
        assert_eq!(found.mape(), Some(0.327_380_952_380_952_4));
    }

    #[test]
    fn a_zero_target_has_no_relative_error() {
        let found = sums(&[(0.0, 0.1), (1.0, 1.0)]);
        assert_eq!((found.mape(), found.zero_targets(), found.mae()), (None, 1, Some(0.05)));
    }

    #[test]
    fn equal_targets_explain_nothing() {
        assert_eq!(sums(&[(2.0, 1.0), (2.0, 3.0)]).r2(), None);
        assert_eq!(sums(&[]).rmse(), None);
    }

    #[test]
    fn large_numbers_with_small_errors_lose_no_digits() {
        let found = sums(&[(1e15, 1e15 + 1.0), (1e15 + 2.0, 1e15 + 3.0)]);
        assert_eq!((found.rmse(), found.r2()), (Some(1.0), Some(0.0)));
    }
}
