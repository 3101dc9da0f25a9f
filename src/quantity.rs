//! Numbers that must not be mixed up, each its own type.

use serde::{Deserialize, Serialize};

/// A count of rows.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Rows(pub u64);

/// A count of bytes.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// A share of a whole, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Fraction(f64);

impl Fraction {
    /// Nothing of it.
    pub const ZERO: Self = Self(0.0);

    /// The share `part / whole`; `None` when the whole is empty.
    ///
    /// # Panics
    /// When `part` is larger than `whole`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share is a float by nature")]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        assert!(part <= whole, "a part of {part} in a whole of {whole}");
        (whole > 0).then(|| Self(part as f64 / whole as f64))
    }

    /// A share given as a number; `None` outside `[0, 1]` and for NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The share as a number in `[0, 1]`.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// A probability kept as its natural logarithm, so that tails far below `f64::MIN_POSITIVE`
/// stay comparable and printable.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct PValue {
    ln: f64,
}

impl PValue {
    /// Certainty: p = 1.
    pub const ONE: Self = Self { ln: 0.0 };

    /// From ln p. Values above 0 (rounding) count as p = 1; −∞ is p = 0.
    ///
    /// # Panics
    /// When `ln` is NaN.
    #[must_use]
    pub fn from_ln(ln: f64) -> Self {
        assert!(!ln.is_nan(), "a p-value cannot be NaN");
        Self { ln: ln.min(0.0) }
    }

    /// The probability; 0 when below the smallest `f64`.
    #[must_use]
    pub fn value(self) -> f64 {
        self.ln.exp()
    }

    /// Natural logarithm of the probability.
    #[must_use]
    pub fn ln(self) -> f64 {
        self.ln
    }

    /// Decimal logarithm of the probability.
    #[must_use]
    pub fn log10(self) -> f64 {
        self.ln / std::f64::consts::LN_10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(Fraction::of(0, 0), None);
        assert_eq!(Fraction::of(1, 4).map(Fraction::value), Some(0.25));
        assert_eq!(Fraction::new(f64::NAN), None);
    }

    #[test]
    fn a_p_value_below_the_smallest_float_keeps_its_logarithm() {
        let p = PValue::from_ln(-2000.0);
        assert_eq!(p.value(), 0.0);
        assert!((p.log10() + 868.588_963_806_503_7).abs() < 1e-9);
    }
}
