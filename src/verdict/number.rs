//! Numbers as people read them. Programs read the exact ones in the report's JSON.

use super::{Interval, Pair};
use crate::quantity::{Bytes, PValue};

/// A statistic and the limit it is held against, with as many decimals as it takes to see which
/// is larger: at least three, at most ten.
#[must_use]
pub fn against(value: f64, limit: f64) -> (String, String) {
    let decimals = (decimals_of(limit).max(DECIMALS_MIN)..DECIMALS_MAX)
        .find(|&decimals| value == limit || fixed(value, decimals) != fixed(limit, decimals))
        .unwrap_or(DECIMALS_MAX);
    (fixed(value, decimals), fixed(limit, decimals))
}

/// `90% 0.30–0.33`, with decimals enough to see both ends apart and the limit outside of them
/// where it is outside.
#[must_use]
pub fn interval(interval: Interval, limit: f64) -> String {
    let Interval { lower, upper, alpha } = interval;
    let apart = |a: f64, b: f64, decimals| a == b || fixed(a, decimals) != fixed(b, decimals);
    let decimals = (2..DECIMALS_MAX)
        .find(|&decimals| {
            apart(lower, upper, decimals)
                && apart(lower, limit, decimals)
                && apart(upper, limit, decimals)
        })
        .unwrap_or(DECIMALS_MAX);
    let dash = if lower < 0.0 || upper < 0.0 { " to " } else { "–" };
    let confidence = trimmed(fixed(100.0 * (1.0 - 2.0 * alpha), 2));
    format!("{confidence}% {}{dash}{}", fixed(lower, decimals), fixed(upper, decimals))
}

/// A value with three significant digits: `0.0123`, `12.3`, `1.2e-7`.
#[must_use]
pub fn significant(value: f64) -> String {
    let magnitude = value.abs();
    if !value.is_finite() || value == 0.0 {
        return fixed(value, 0);
    }
    if !(1e-4..1e6).contains(&magnitude) {
        return format!("{value:.1e}");
    }
    let (mut decimals, mut scaled) = (2, magnitude);
    while scaled < 1.0 {
        decimals += 1;
        scaled *= 10.0;
    }
    while scaled >= 10.0 && decimals > 0 {
        decimals -= 1;
        scaled /= 10.0;
    }
    fixed(value, decimals)
}

/// A count: exact with separators below 10,000, else `12.3K`, `1.2M`, `3.4B`.
#[must_use]
pub fn count(count: u64) -> String {
    match unit_of(count) {
        None => exact(count),
        Some(unit) => in_unit(count, unit),
    }
}

/// Two counts in the larger one's unit, so that they can be compared: `1.2M vs 0.9M`.
#[must_use]
pub fn pair(pair: Pair) -> String {
    let (larger, smaller) =
        (pair.reference.max(pair.candidate), pair.reference.min(pair.candidate));
    let side = |value: u64| match unit_of(larger) {
        Some(unit) if value == larger || smaller >= unit.0 / 10 => in_unit(value, unit),
        _ => count(value),
    };
    format!("{} vs {}", side(pair.reference), side(pair.candidate))
}

/// A count in full: `1,234,567`.
#[must_use]
pub fn exact(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What is counted, as many as there are: `row` of one, else `rows`.
#[must_use]
pub fn noun(count: u64, one: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}

/// A count in full with what is counted: `1 row`, `1,234 rows`.
#[must_use]
pub fn counted(count: u64, one: &str) -> String {
    format!("{} {}", exact(count), noun(count, one))
}

/// A size in decimal units: `812 B`, `45.1 MB`.
#[must_use]
pub fn bytes(Bytes(bytes): Bytes) -> String {
    let units =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let unit = units.into_iter().find(|&(unit, _)| bytes >= unit);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(unit, name)| {
            let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        },
    )
}

/// A share as per cent: `4.1%`, `0.13%`, `<0.001%`; `0%` and `100%` only when exactly so.
#[must_use]
pub fn percent(share: f64) -> String {
    let value = 100.0 * share;
    let magnitude = value.abs();
    if value == 0.0 || magnitude == 100.0 || !value.is_finite() {
        return format!("{}%", fixed(value, 0));
    }
    if magnitude < 0.001 {
        return "<0.001%".to_owned();
    }
    let decimals = match magnitude {
        small if small < 0.01 => 3,
        small if small < 1.0 => 2,
        _ => 1,
    };
    let text = fixed(value, decimals);
    if text == "100.0" { ">99.9%".to_owned() } else { format!("{text}%") }
}

/// A limit on a share as it was written: every digit, no padding.
#[must_use]
pub fn percent_limit(share: f64) -> String {
    format!("{}%", trimmed(fixed(100.0 * share, 10)))
}

/// A p-value; below the smallest float as a power of ten, never as 0.
#[must_use]
pub fn p_value(p: PValue) -> String {
    let log10 = p.log10();
    if log10 == f64::NEG_INFINITY {
        return "0".to_owned();
    }
    if log10 > -3.0 {
        return significant(p.value());
    }
    let exponent = log10.floor();
    let mantissa = format!("{:.1}", 10f64.powf(log10 - exponent));
    if mantissa == "10.0" {
        format!("1.0e{}", exponent + 1.0)
    } else {
        format!("{mantissa}e{exponent}")
    }
}

/// A length of time in the two largest units that are not zero: `3 d 4 h`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let parts = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut said: Vec<String> = Vec::new();
    for (length, unit) in parts {
        let (whole, rest) = (left / length, left % length);
        if whole > 0 {
            said.push(format!("{} {unit}", exact(whole)));
        }
        left = rest;
        if said.len() == 2 {
            break;
        }
    }
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
}

/// Decimals a statistic is shown with at least.
const DECIMALS_MIN: usize = 3;

/// Decimals beyond which two numbers may look alike.
const DECIMALS_MAX: usize = 10;

/// Counts from here on are shown in a unit.
const UNIT_FROM: u64 = 10_000;

/// What one step of a unit counts, and its letter.
type Unit = (u64, char);

fn unit_of(count: u64) -> Option<Unit> {
    match count {
        0..UNIT_FROM => None,
        UNIT_FROM..1_000_000 => Some((1_000, 'K')),
        1_000_000..1_000_000_000 => Some((1_000_000, 'M')),
        _ => Some((1_000_000_000, 'B')),
    }
}

/// Tenths of a unit, rounded half up; `1.2M`, `158K` from a hundred units on.
fn in_unit(count: u64, (unit, letter): Unit) -> String {
    let tenths = (u128::from(count) * 10 + u128::from(unit) / 2) / u128::from(unit);
    if tenths >= 1000 {
        let whole = (u128::from(count) + u128::from(unit) / 2) / u128::from(unit);
        return format!("{whole}{letter}");
    }
    format!("{}.{}{letter}", tenths / 10, tenths % 10)
}

fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    format!("{:.decimals$}", value + 0.0)
}

/// Decimals of a limit as people write it.
fn decimals_of(limit: f64) -> usize {
    if !limit.is_finite() || limit.abs() >= 1e15 {
        return 0;
    }
    let text = limit.to_string();
    text.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(DECIMALS_MAX - 1))
}

fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short_and_pairs_share_a_unit() {
        assert_eq!(count(9_999), "9,999");
        assert_eq!(count(166_158), "166K");
        assert_eq!(count(1_234_567), "1.2M");
        assert_eq!(count(u64::MAX), "18446744074B");
        assert_eq!(pair(Pair { reference: 1_200_000, candidate: 900_000 }), "1.2M vs 0.9M");
        assert_eq!(pair(Pair { reference: 20_000, candidate: 6 }), "20.0K vs 6");
        assert_eq!(pair(Pair { reference: 450, candidate: 380 }), "450 vs 380");
    }

    #[test]
    fn one_is_counted_as_one() {
        let told: Vec<String> = [0, 1, 2, 12_345].map(|rows| counted(rows, "row")).into();
        assert_eq!(told, ["0 rows", "1 row", "2 rows", "12,345 rows"]);
    }

    #[test]
    fn a_value_and_its_limit_look_as_different_as_they_are() {
        let shown = |value, limit| against(value, limit);
        assert_eq!(shown(0.3141, 0.2), ("0.314".into(), "0.200".into()));
        assert_eq!(shown(0.20004, 0.2), ("0.20004".into(), "0.20000".into()));
        assert_eq!(shown(0.2, 0.2), ("0.200".into(), "0.200".into()));
        assert_eq!(shown(0.00001, 0.00002), ("0.00001".into(), "0.00002".into()));
        assert_eq!(shown(f64::NAN, 0.2).0, "NaN");
    }

    #[test]
    fn an_interval_shows_on_which_side_of_the_limit_it_lies() {
        let of = |lower, upper| Interval { lower, upper, alpha: 0.05 };
        assert_eq!(interval(of(0.3012, 0.3288), 0.2), "90% 0.30–0.33");
        assert_eq!(interval(of(0.1981, 0.1999), 0.2), "90% 0.1981–0.1999");
        assert_eq!(interval(of(-0.02, 0.01), 0.05), "90% -0.02 to 0.01");
        assert_eq!(interval(of(0.0, 0.0), 0.2), "90% 0.00–0.00");
    }

    #[test]
    fn shares_are_never_rounded_to_all_or_nothing() {
        assert_eq!(percent(0.119), "11.9%");
        assert_eq!(percent(0.0013), "0.13%");
        assert_eq!(percent(1e-9), "<0.001%");
        assert_eq!(percent(0.99999), ">99.9%");
        assert_eq!((percent(0.0), percent(1.0)), ("0%".into(), "100%".into()));
        assert_eq!(percent_limit(0.0005), "0.05%");
        assert_eq!(percent_limit(0.07), "7%");
    }

    #[test]
    fn a_p_value_below_the_smallest_float_is_still_a_number() {
        assert_eq!(p_value(PValue::from_ln(-2000.0)), "2.6e-869");
        assert_eq!(p_value(PValue::from_ln(0.05f64.ln())), "0.0500");
        assert_eq!(p_value(PValue::ONE), "1.00");
        assert_eq!(p_value(PValue::from_ln(9.99e-10f64.ln())), "1.0e-9");
    }

    #[test]
    fn three_digits_are_significant() {
        let shown: Vec<String> = [0.012_345, 1.0, 12.345, 12_345.6, 1.2e-7].map(significant).into();
        assert_eq!(shown, ["0.0123", "1.00", "12.3", "12346", "1.2e-7"]);
    }

    #[test]
    fn a_duration_has_two_units_at_most() {
        assert_eq!(duration(3 * 86_400 + 4 * 3_600 + 59), "3 d 4 h");
        assert_eq!(duration(0), "0 s");
    }
}
