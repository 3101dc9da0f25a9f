//! An estimate with the variance that its influences imply, and what it may truly be.

use crate::quantity::Fraction;
use crate::stats::p_value::normal_quantile;

/// An area under a curve, or a difference of two, with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The estimate.
    pub value: f64,
    /// Its variance; 0 where every placement is the same.
    pub variance: f64,
}

impl Area {
    /// value ± z·√variance, each bound of error rate `alpha`; `None` when `alpha` is 0.
    #[must_use]
    pub fn bounds(&self, alpha: Fraction) -> Option<(f64, f64)> {
        if alpha.value() <= 0.0 {
            return None;
        }
        let reach = -normal_quantile(alpha) * self.variance.sqrt();
        Some((self.value - reach, self.value + reach))
    }

    /// As [`Self::bounds`], inside `[0, 1]`. Where no variance was seen because the estimate is 0
    /// or 1, the bound on the other side is the share that `alpha` leaves to the smaller class
    /// of `smaller` rows: 1 − alpha^(1/m) or its complement (Clopper and Pearson 1934 for m of m),
    /// so that ten flawless rows are not certainty.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts enter a smooth formula")]
    pub fn unit_bounds(&self, alpha: Fraction, smaller: u64) -> Option<(f64, f64)> {
        let (lower, upper) = self.bounds(alpha)?;
        let (mut lower, mut upper) = (lower.max(0.0), upper.min(1.0));
        if self.variance <= 0.0 && smaller > 0 {
            let flawless = alpha.value().powf((smaller as f64).recip());
            if self.value >= 1.0 {
                lower = flawless;
            } else if self.value <= 0.0 {
                upper = 1.0 - flawless;
            }
        }
        Some((lower, upper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flawless_score_on_few_rows_is_not_certainty() {
        let alpha = Fraction::new(0.05).expect("a share");
        let (lower, upper) =
            Area { value: 1.0, variance: 0.0 }.unit_bounds(alpha, 10).expect("bounds");
        assert!((lower - 0.741_134_449_106_948_2).abs() < 1e-12 && upper == 1.0, "{lower}");
        let (lower, upper) =
            Area { value: 0.0, variance: 0.0 }.unit_bounds(alpha, 10).expect("bounds");
        assert!((upper - 0.258_865_550_893_051_8).abs() < 1e-12 && lower == 0.0, "{upper}");
    }

    #[test]
    fn bounds_are_so_many_deviations_away() {
        let alpha = Fraction::new(0.05).expect("a share");
        let (lower, upper) = Area { value: 0.5, variance: 0.01 }.bounds(alpha).expect("bounds");
        assert!((lower - 0.335_514_637_304_852_7).abs() < 1e-12, "{lower}");
        assert!((upper - 0.664_485_362_695_147_3).abs() < 1e-12, "{upper}");
    }
}
