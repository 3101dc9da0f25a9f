//! How values of a type become order keys, and how keys are read and written as text.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Bound, LogicalType, TimeUnit};
use crate::stats::order_key;

/// The meaning of the 64-bit order keys of one column.
///
/// Columns of one domain can be compared key by key; a reference and a candidate of different
/// domains cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyDomain {
    /// 0 and 1.
    Boolean,
    /// Signed integers.
    Signed,
    /// Unsigned integers.
    Unsigned,
    /// All floats, as `f64`.
    Float,
    /// The unscaled integer; values beyond 64 bits have no key.
    Decimal {
        /// Digits behind the point.
        scale: i8,
    },
    /// Days since 1970-01-01.
    Date,
    /// Steps since midnight.
    Time(TimeUnit),
    /// Steps since 1970-01-01T00:00:00, in UTC when `zoned`.
    Timestamp {
        /// What one step counts.
        unit: TimeUnit,
        /// Whether values are instants.
        zoned: bool,
    },
    /// Steps of a length of time.
    Duration(TimeUnit),
}

/// The keys from `low` to `high`, both inside; empty when `low > high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRange {
    /// Smallest key inside.
    pub low: u64,
    /// Largest key inside.
    pub high: u64,
}

impl KeyRange {
    /// Whether the key lies inside.
    #[inline]
    #[must_use]
    pub fn contains(self, key: u64) -> bool {
        self.low <= key && key <= self.high
    }
}

/// A bound that is no value of the column's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {expected}")]
pub struct BoundError {
    /// What was written.
    pub text: String,
    /// What the column holds, with an example.
    pub expected: &'static str,
}

/// Which end of a range a bound closes: it decides where a value between two keys rounds to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

impl KeyDomain {
    /// The domain of a type; `None` for text, bytes, nested and other types without an order key.
    #[must_use]
    pub fn of(logical_type: &LogicalType) -> Option<Self> {
        Some(match logical_type {
            LogicalType::Boolean => Self::Boolean,
            LogicalType::Integer { signed: false, .. } => Self::Unsigned,
            LogicalType::Integer { .. } => Self::Signed,
            LogicalType::Float { .. } => Self::Float,
            LogicalType::Decimal { scale, .. } => Self::Decimal { scale: *scale },
            LogicalType::Date => Self::Date,
            LogicalType::Time { unit } => Self::Time(*unit),
            LogicalType::Timestamp { unit, zone } => {
                Self::Timestamp { unit: *unit, zoned: zone.is_some() }
            }
            LogicalType::Duration { unit } => Self::Duration(*unit),
            LogicalType::String
            | LogicalType::Binary
            | LogicalType::FixedBinary { .. }
            | LogicalType::List(_)
            | LogicalType::Other(_) => return None,
        })
    }

    /// The keys that lie within the bounds; a bound between two values rounds inwards.
    ///
    /// # Errors
    /// [`BoundError`] when a bound's text is no value of this domain.
    pub fn range(&self, min: Option<&Bound>, max: Option<&Bound>) -> Result<KeyRange, BoundError> {
        let low = min.map_or(Ok(0), |bound| self.bound_key(bound, End::Low))?;
        let high = max.map_or(Ok(u64::MAX), |bound| self.bound_key(bound, End::High))?;
        Ok(KeyRange { low, high })
    }

    /// The key of a value written as text; `None` when it lies between two values of the domain.
    ///
    /// # Errors
    /// [`BoundError`] when the text is no value of this kind at all.
    pub fn parse(&self, text: &str) -> Result<Option<u64>, BoundError> {
        let bound = Bound { text: text.to_owned(), inclusive: true };
        let low = self.bound_key(&bound, End::Low)?;
        let high = self.bound_key(&bound, End::High)?;
        Ok((low == high).then_some(low))
    }

    /// The number behind a key, for measures that need distances. Temporal values count steps
    /// of their unit; integers beyond 2⁵³ round.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "documented: distances are floats")]
    pub fn number(&self, key: u64) -> f64 {
        match self {
            Self::Float => order_key::to_f64(key),
            Self::Boolean | Self::Unsigned => key as f64,
            Self::Decimal { scale } => {
                order_key::to_i64(key) as f64 / 10f64.powi(i32::from(*scale))
            }
            _ => order_key::to_i64(key) as f64,
        }
    }

    /// The value behind a key as a person writes it.
    #[must_use]
    pub fn text(&self, key: u64) -> String {
        let steps = order_key::to_i64(key);
        match self {
            Self::Boolean => (key != 0).to_string(),
            Self::Unsigned => key.to_string(),
            Self::Signed => steps.to_string(),
            Self::Float => Number(order_key::to_f64(key)).to_string(),
            Self::Decimal { scale } => decimal_text(steps, *scale),
            Self::Date => date(steps).map_or_else(|| format!("day {steps}"), |day| day.to_string()),
            Self::Time(unit) => instant(steps, *unit)
                .map_or_else(|| format!("{steps} {unit}"), |at| at.time().to_string()),
            Self::Timestamp { unit, zoned } => instant(steps, *unit).map_or_else(
                || format!("{steps} {unit}"),
                |at| at.format("%Y-%m-%dT%H:%M:%S%.f").to_string() + if *zoned { "Z" } else { "" },
            ),
            Self::Duration(unit) => format!("{steps} {unit}"),
        }
    }

    fn bound_key(&self, bound: &Bound, end: End) -> Result<u64, BoundError> {
        let text = bound.text.trim();
        let refuse = |expected| BoundError { text: bound.text.clone(), expected };
        let (numerator, denominator) = match self {
            Self::Float => {
                let value: f64 = text.parse().map_err(|_| refuse("number such as `0.5`"))?;
                if value.is_nan() {
                    return Err(refuse("number such as `0.5`"));
                }
                return Ok(step(order_key::from_f64(value), bound.inclusive, end));
            }
            Self::Boolean => {
                let value: bool = text.parse().map_err(|_| refuse("`true` or `false`"))?;
                return Ok(step(u64::from(value), bound.inclusive, end));
            }
            Self::Unsigned | Self::Signed => {
                decimal_parts(text, 0).ok_or_else(|| refuse("number such as `100`"))?
            }
            Self::Decimal { scale } => {
                decimal_parts(text, *scale).ok_or_else(|| refuse("number such as `9.99`"))?
            }
            Self::Date => {
                let day = text.parse::<NaiveDate>();
                (days(day.map_err(|_| refuse("date such as `2026-01-31`"))?), 1)
            }
            Self::Time(unit) => {
                let time = text.parse::<NaiveTime>();
                let time = time.map_err(|_| refuse("time of day such as `08:30:00`"))?;
                (nanoseconds(NaiveDate::default().and_time(time)), per_step(*unit))
            }
            Self::Timestamp { unit, .. } => {
                let at = parse_instant(text)
                    .ok_or_else(|| refuse("timestamp such as `2026-01-31T08:30:00Z`"))?;
                (nanoseconds(at), per_step(*unit))
            }
            Self::Duration(_) => {
                decimal_parts(text, 0).ok_or_else(|| refuse("whole number of steps"))?
            }
        };
        Ok(self.integer_bound(numerator, denominator, bound.inclusive, end))
    }

    /// The first key inside a bound at `numerator / denominator`, clamped to the domain.
    fn integer_bound(&self, numerator: i128, denominator: i128, inclusive: bool, end: End) -> u64 {
        let floor = numerator.div_euclid(denominator);
        let exact = numerator.rem_euclid(denominator) == 0;
        let inside = match end {
            End::Low if exact && inclusive => floor,
            End::Low => floor + 1,
            End::High if exact && !inclusive => floor - 1,
            End::High => floor,
        };
        if *self == Self::Unsigned {
            return u64::try_from(inside.clamp(0, i128::from(u64::MAX))).unwrap_or(u64::MAX);
        }
        let clamped = inside.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        order_key::from_i64(i64::try_from(clamped).unwrap_or(i64::MAX))
    }
}

/// Moves an exclusive bound one key inwards.
fn step(key: u64, inclusive: bool, end: End) -> u64 {
    match (inclusive, end) {
        (true, _) => key,
        (false, End::Low) => key.saturating_add(1),
        (false, End::High) => key.saturating_sub(1),
    }
}

/// `text` × 10^scale as a fraction; `None` when it is no decimal number of fewer than 38 digits.
fn decimal_parts(text: &str, scale: i8) -> Option<(i128, i128)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.trim_start_matches(['+', '-']).is_empty() && fraction.is_empty() {
        return None;
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let power = exponent.checked_sub(places)?.checked_add(i32::from(scale))?;
    let factor = 10i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 { Some((digits.checked_mul(factor)?, 1)) } else { Some((digits, factor)) }
}

fn decimal_text(unscaled: i64, scale: i8) -> String {
    let Ok(places) = usize::try_from(scale) else {
        return format!("{unscaled}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    if places == 0 {
        return unscaled.to_string();
    }
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{}{whole}.{fraction}", if unscaled < 0 { "-" } else { "" })
}

fn date(days: i64) -> Option<NaiveDate> {
    let epoch = NaiveDate::default();
    let distance = Days::new(days.unsigned_abs());
    if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
}

fn days(day: NaiveDate) -> i128 {
    i128::from(day.signed_duration_since(NaiveDate::default()).num_days())
}

fn per_step(unit: TimeUnit) -> i128 {
    1_000_000_000 / i128::from(unit.per_second())
}

fn nanoseconds(at: NaiveDateTime) -> i128 {
    let utc = at.and_utc();
    i128::from(utc.timestamp()) * 1_000_000_000 + i128::from(utc.timestamp_subsec_nanos())
}

fn instant(steps: i64, unit: TimeUnit) -> Option<NaiveDateTime> {
    let seconds = steps.div_euclid(unit.per_second());
    let nanos = i128::from(steps.rem_euclid(unit.per_second())) * per_step(unit);
    let since = TimeDelta::new(seconds, u32::try_from(nanos).ok()?)?;
    NaiveDateTime::default().checked_add_signed(since)
}

/// RFC 3339, the same without an offset (taken as UTC), or a date alone (midnight).
fn parse_instant(text: &str) -> Option<NaiveDateTime> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.naive_utc());
    }
    let spaced = text.replacen(' ', "T", 1);
    spaced
        .parse::<NaiveDateTime>()
        .ok()
        .or_else(|| text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::default())))
}

/// A float as people read it: shortest digits that read back, exponents only far from 1.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if magnitude == 0.0 || magnitude.is_infinite() || (1e-5..1e16).contains(&magnitude) {
            write!(formatter, "{}", self.0)
        } else {
            write!(formatter, "{:e}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str, inclusive: bool) -> Bound {
        Bound { text: text.to_owned(), inclusive }
    }

    fn accepts(domain: &KeyDomain, min: &str, max: &str, inclusive: bool, value: &str) -> bool {
        let (min, max) = (bound(min, inclusive), bound(max, inclusive));
        let range = domain.range(Some(&min), Some(&max)).unwrap();
        range.contains(domain.parse(value).unwrap().unwrap())
    }

    #[test]
    fn bounds_are_inside_only_when_inclusive() {
        for domain in [KeyDomain::Signed, KeyDomain::Unsigned, KeyDomain::Float] {
            assert!(accepts(&domain, "0", "10", true, "10"));
            assert!(!accepts(&domain, "0", "10", false, "10"));
            assert!(!accepts(&domain, "0", "10", false, "0"));
            assert!(accepts(&domain, "0", "10", false, "9"));
        }
    }

    #[test]
    fn a_fractional_bound_on_integers_rounds_inwards() {
        let range =
            KeyDomain::Signed.range(Some(&bound("-0.5", true)), Some(&bound("2.5", true))).unwrap();
        assert_eq!(range.low, order_key::from_i64(0));
        assert_eq!(range.high, order_key::from_i64(2));
    }

    #[test]
    fn integers_beyond_the_floats_stay_apart() {
        let domain = KeyDomain::Signed;
        let big = domain.parse("9007199254740993").unwrap().unwrap();
        assert_eq!(domain.text(big), "9007199254740993");
        assert_eq!(KeyDomain::Unsigned.text(u64::MAX), "18446744073709551615");
    }

    #[test]
    fn decimals_are_exact() {
        let domain = KeyDomain::Decimal { scale: 2 };
        assert_eq!(domain.text(domain.parse("-0.07").unwrap().unwrap()), "-0.07");
        assert_eq!(domain.parse("0.071").unwrap(), None, "between two values");
        assert_eq!(domain.parse("1e1").unwrap(), Some(order_key::from_i64(1000)));
    }

    #[test]
    fn dates_and_timestamps_are_read_and_written_as_rfc_3339() {
        let day = KeyDomain::Date.parse("2013-07-01").unwrap().unwrap();
        assert_eq!(KeyDomain::Date.text(day), "2013-07-01");
        let domain = KeyDomain::Timestamp { unit: TimeUnit::Microsecond, zoned: true };
        let at = domain.parse("2013-01-01T05:00:00-05:00").unwrap().unwrap();
        assert_eq!(domain.text(at), "2013-01-01T10:00:00Z");
        assert_eq!(domain.parse("2013-01-01"), domain.parse("2013-01-01T00:00:00Z"));
    }

    #[test]
    fn extreme_timestamps_are_written_without_overflow() {
        let domain = KeyDomain::Timestamp { unit: TimeUnit::Second, zoned: false };
        assert_eq!(domain.text(order_key::from_i64(i64::MAX)), "9223372036854775807 s");
        assert_eq!(KeyDomain::Date.text(order_key::from_i64(i64::MIN)), "day -9223372036854775808");
    }

    #[test]
    fn words_are_no_numbers() {
        for text in ["", "-", "ten", "1.2.3", "1e", "NaN", "1_000"] {
            assert!(KeyDomain::Signed.parse(text).is_err(), "{text}");
            assert!(KeyDomain::Float.parse(text).is_err(), "{text}");
        }
    }
}
