//! Mean and standard deviation of counted values.

use super::double_double::DoubleDouble;

/// Mean and standard deviation of all values of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Σ c·v / Σ c.
    pub mean: f64,
    /// √(Σ c·(v − mean)² / Σ c), the population σ (divisor n, as `NumPy`'s `std`).
    pub sigma: f64,
}

/// Computes the moments of `(value, count)` pairs of finite values; the order of the pairs is the
/// order of summation, so that the same pairs give the same bits.
///
/// Sums are kept in 106 bits after scaling by a power of two that brings the largest magnitude
/// near 1: the mean is good to an ulp of itself (and to 10⁻³⁰ of the largest magnitude when
/// values cancel), σ to a few ulps even where it is 10⁻¹² of the mean, and neither
/// overflows on the way. σ is +∞ only beyond `f64::MAX`, which no finite values reach.
/// `None` when there are no values.
///
/// # Panics
/// When a value is not finite: NaN and infinities are counted apart and left out by the caller.
#[must_use]
pub fn moments(pairs: &[(f64, u64)]) -> Option<Moments> {
    let largest = pairs.iter().fold(0.0_f64, |largest, &(value, _)| {
        assert!(value.is_finite(), "moments are of finite values, not {value}");
        largest.max(value.abs())
    });
    let scale = exponent(largest);
    let n: u128 = pairs.iter().map(|&(_, count)| u128::from(count)).sum();
    let n = DoubleDouble::from_count(u64::try_from(n).expect("fewer than 2^64 values"));
    if n == DoubleDouble::default() {
        return None;
    }
    let weighted = |part: &dyn Fn(DoubleDouble) -> DoubleDouble| {
        let sum = pairs.iter().fold(DoubleDouble::default(), |sum, &(value, count)| {
            let scaled = DoubleDouble::from(times_power_of_two(value, -scale));
            sum.plus(part(scaled).times(DoubleDouble::from_count(count)))
        });
        sum.over(n)
    };
    let mean = weighted(&|value| value);
    let variance = weighted(&|value| {
        let deviation = value.minus(mean);
        deviation.times(deviation)
    });
    Some(Moments {
        mean: times_power_of_two(mean.rounded(), scale),
        sigma: times_power_of_two(variance.rounded().sqrt(), scale),
    })
}

/// e with 2ᵉ ≤ |value| < 2ᵉ⁺¹; 0 for 0.
fn exponent(value: f64) -> i32 {
    const BIAS: i32 = 1023;
    let raw = |value: f64| i32::try_from((value.to_bits() >> 52) & 0x7ff).expect("11 bits");
    if value == 0.0 {
        0
    } else if value.is_normal() {
        raw(value) - BIAS
    } else {
        raw(value * 18_014_398_509_481_984.0) - BIAS - 54
    }
}

/// value·2ᵉ, in two steps because 2ᵉ alone may not be a normal number.
fn times_power_of_two(value: f64, e: i32) -> f64 {
    let first = e / 2;
    value * 2.0_f64.powi(first) * 2.0_f64.powi(e - first)
}

#[cfg(test)]
#[expect(
    clippy::unreadable_literal,
    clippy::excessive_precision,
    reason = "reference values stand as their source prints them"
)]
mod tests {
    use super::*;

    #[test]
    fn moments_agree_with_exact_rational_arithmetic() {
        // Python's fractions and mpmath 1.4.1 (50 digits): (pairs, mean, σ).
        #[expect(clippy::type_complexity, reason = "a table of vectors")]
        let cases: &[(&[(f64, u64)], f64, f64)] = &[
            (&[(1.0, 1), (2.0, 2), (4.0, 3)], 2.8333333333333333, 1.2133516482134197),
            (
                &[(1000000000000000.0, 3), (1000000000000000.1, 2), (1000000000000002.0, 7)],
                1.0000000000000012e+15,
                0.96217526989629078,
            ),
            (
                &[(-1e+300, 2), (1e-300, 5), (1.5e+300, 1)],
                -6.2500000000000003e+298,
                7.261843774138907e+299,
            ),
            (&[(-1e+16, 1), (1.0, 1), (1e+16, 1)], 0.33333333333333333, 8.1649658092772603e+15),
            (
                &[(0.1, 1000000000000), (0.2, 3000000000000), (0.30000000000000004, 7)],
                0.17500000000021876,
                0.043301270189499785,
            ),
            (&[(1e-310, 3), (3e-310, 1)], 1.4999999999999954e-310, 8.66025403784436e-311),
            (
                &[(123456.789, 9223372036854775808), (123456.79, 4611686018427387904)],
                123456.78933333333,
                4.7140451574219046e-4,
            ),
        ];
        for &(pairs, mean, sigma) in cases {
            let got = moments(pairs).expect("values");
            assert!((got.mean - mean).abs() <= mean.abs() * 3e-16, "{got:?} vs {mean}");
            assert!((got.sigma - sigma).abs() <= sigma * 1e-15, "{got:?} vs {sigma}");
        }
    }

    #[test]
    fn a_constant_column_has_its_value_as_mean_and_no_spread() {
        let got = moments(&[(0.1, 1_000_003)]).expect("values");
        assert_eq!((got.mean, got.sigma), (0.1, 0.0));
        assert_eq!(moments(&[(-0.0, 2)]).map(|got| got.mean), Some(0.0));
    }

    #[test]
    fn extreme_magnitudes_do_not_overflow() {
        let got = moments(&[(-f64::MAX, 5), (f64::MAX, 5)]).expect("values");
        assert_eq!((got.mean, got.sigma), (0.0, f64::MAX));
        let got = moments(&[(5e-324, 1), (1.5e-323, 1)]).expect("values");
        assert_eq!((got.mean, got.sigma), (1e-323, 5e-324));
    }

    #[test]
    fn no_values_have_no_moments() {
        assert_eq!(moments(&[]), None);
        assert_eq!(moments(&[(1.0, 0)]), None);
    }
}
