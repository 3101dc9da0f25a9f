//! An amount exactly as it was typed.

use std::fmt;

use arrow_buffer::i256;

/// A decimal number: `digits` × 10^`exponent`, and the nearest `f64`.
///
/// Whole numbers, decimals and times are altered with the exact digits, so that `1.1` means
/// eleven tenths; floats with the `f64`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    digits: i128,
    exponent: i32,
    value: f64,
}

impl Number {
    /// Reads `3`, `-0.5`, `+1e3`; `None` for anything else, infinities and NaN, more than 38
    /// digits, or an exponent beyond those of `f64`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self {
            digits: format!("{whole}{fraction}").parse().ok()?,
            exponent: exponent.checked_sub(places)?,
            value,
        })
    }

    /// The shortest decimal number that reads back as `value`; `None` for infinities and NaN.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        Self::parse(&format!("{value:e}"))
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn value(self) -> f64 {
        self.value
    }

    /// The number times 10^`power` as a ratio of whole numbers; `None` when one of them does
    /// not fit 256 bits.
    pub(super) fn ratio(self, power: i32) -> Option<Ratio> {
        let power = self.exponent.checked_add(power)?;
        let factor = i256::from_i128(10).checked_pow(power.unsigned_abs())?;
        let digits = i256::from_i128(self.digits);
        if power < 0 {
            return Some(Ratio { numerator: digits, denominator: factor });
        }
        Some(Ratio { numerator: digits.checked_mul(factor)?, denominator: i256::ONE })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.value)
    }
}

/// A ratio of whole numbers; the denominator is positive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ratio {
    numerator: i256,
    denominator: i256,
}

impl Ratio {
    /// The ratio times `value`, rounded to the nearest whole number, halves away from zero;
    /// `None` when it does not fit 256 bits.
    pub(super) fn of(self, value: i256) -> Option<i256> {
        let product = value.checked_mul(self.numerator)?;
        if self.denominator == i256::ONE {
            return Some(product);
        }
        let (quotient, rest) = product.checked_div_rem(self.denominator)?;
        let rest = rest.checked_abs()?;
        if rest < self.denominator.checked_sub(rest)? {
            return Some(quotient);
        }
        quotient.checked_add(product.signum())
    }

    /// The ratio times `numerator` ÷ `denominator`, which is positive; `None` when a part does
    /// not fit 256 bits.
    pub(super) fn times(self, numerator: i64, denominator: i64) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_mul(i256::from_i128(numerator.into()))?,
            denominator: self.denominator.checked_mul(i256::from_i128(denominator.into()))?,
        })
    }

    /// The ratio as a whole number, if it is one.
    pub(super) fn whole(self) -> Option<i256> {
        let (quotient, rest) = self.numerator.checked_div_rem(self.denominator)?;
        (rest == i256::ZERO).then_some(quotient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(text: &str, value: i128) -> Option<i128> {
        let ratio = Number::parse(text)?.ratio(0)?;
        ratio.of(i256::from_i128(value))?.to_i128()
    }

    #[test]
    fn halves_round_away_from_zero_and_decimals_are_exact() {
        assert_eq!(times("0.5", 5), Some(3));
        assert_eq!(times("0.5", -5), Some(-3));
        assert_eq!(times("-0.5", 5), Some(-3));
        assert_eq!(times("0.49", 1), Some(0));
        // 1.7 as f64 is below seventeen tenths, which would give 25.
        assert_eq!(times("1.7", 15), Some(26));
        assert_eq!(times("1.1", 10i128.pow(30)), Some(11 * 10i128.pow(29)));
        assert_eq!(times("2e3", 7), Some(14_000));
    }

    #[test]
    fn only_finite_decimal_numbers_are_read() {
        for text in ["", "-", ".", "x", "1_000", "NaN", "inf", "1e999", "1.2.3", "0x10"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        for (text, value) in [("+3", 3.0), ("-0.25", -0.25), (".5", 0.5), ("1E-2", 0.01)] {
            assert_eq!(Number::parse(text).map(Number::value), Some(value));
        }
    }

    #[test]
    fn a_float_becomes_its_shortest_decimal() {
        let number = Number::from_f64(0.1).unwrap();
        assert_eq!(number, Number::parse("1e-1").unwrap());
        assert_eq!(Number::from_f64(f64::INFINITY), None);
        assert_eq!(Number::from_f64(f64::MAX).unwrap().value(), f64::MAX);
    }

    #[test]
    fn a_number_that_is_not_whole_says_so() {
        let whole = |text: &str, power| Number::parse(text).unwrap().ratio(power).unwrap();
        assert_eq!(whole("3.25", 2).whole(), Some(i256::from_i128(325)));
        assert!(whole("3.25", 1).whole().is_none());
        assert_eq!(whole("1000", -3).whole(), Some(i256::ONE));
        assert!(Number::parse("1e300").unwrap().ratio(0).is_none());
    }
}
