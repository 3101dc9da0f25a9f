//! Sums in twice the precision of `f64`: an unevaluated pair high + low, about 106 bits.
//!
//! Sources: T. J. Dekker, Numer. Math. 18 (1971); D. E. Knuth, *TAOCP* 2, §4.2.2. Magnitudes must
//! stay below 2⁹⁹⁰, where splitting a factor would overflow.

/// high + low with |low| ≤ ½ ulp(high).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct DoubleDouble {
    high: f64,
    low: f64,
}

impl DoubleDouble {
    /// The exact value of a count.
    #[expect(clippy::cast_precision_loss, reason = "each half has 32 bits")]
    pub(super) fn from_count(count: u64) -> Self {
        two_sum((count >> 32) as f64 * 4_294_967_296.0, (count & 0xffff_ffff) as f64)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let sum = two_sum(self.high, other.high);
        let rest = two_sum(self.low, other.low);
        let sum = quick_two_sum(sum.high, sum.low + rest.high);
        quick_two_sum(sum.high, sum.low + rest.low)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.plus(Self { high: -other.high, low: -other.low })
    }

    pub(super) fn times(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        quick_two_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }

    pub(super) fn over(self, divisor: Self) -> Self {
        let first = self.high / divisor.high;
        let rest = self.minus(divisor.times(first.into()));
        let second = rest.high / divisor.high;
        let rest = rest.minus(divisor.times(second.into()));
        quick_two_sum(first, second).plus((rest.high / divisor.high).into())
    }

    /// The nearest `f64`.
    pub(super) fn rounded(self) -> f64 {
        self.high + self.low
    }
}

impl From<f64> for DoubleDouble {
    fn from(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }
}

/// a + b exactly.
fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let part = high - a;
    DoubleDouble { high, low: (a - (high - part)) + (b - part) }
}

/// a + b exactly, for |a| ≥ |b|.
fn quick_two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    DoubleDouble { high, low: b - (high - a) }
}

/// a·b exactly.
fn two_product(a: f64, b: f64) -> DoubleDouble {
    let high = a * b;
    let (a1, a2) = halves(a);
    let (b1, b2) = halves(b);
    DoubleDouble { high, low: a2 * b2 - (((high - a1 * b1) - a2 * b1) - a1 * b2) }
}

/// A number as the sum of two of 26 bits each.
fn halves(value: f64) -> (f64, f64) {
    let shifted = value * 134_217_729.0;
    let high = shifted - (shifted - value);
    (high, value - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_what_floats_lose() {
        let sum = [1e16, 1.0, 1e-10, -1e16]
            .into_iter()
            .fold(DoubleDouble::default(), |sum, value| sum.plus(value.into()));
        assert_eq!(sum.rounded(), 1.000_000_000_1);
    }

    #[test]
    fn products_and_quotients_round_once() {
        let third = DoubleDouble::from(1.0).over(3.0.into());
        assert_eq!(third.times(3.0.into()).rounded(), 1.0);
        let count = DoubleDouble::from_count(u64::MAX);
        assert_eq!(count.minus(18_446_744_073_709_551_616.0.into()).rounded(), -1.0);
        let square = DoubleDouble::from(1.0 + f64::EPSILON);
        assert_eq!(
            square.times(square).minus(1.0.into()).rounded(),
            2.0 * f64::EPSILON + f64::EPSILON * f64::EPSILON
        );
    }
}
