//! Order keys: values as unsigned 64-bit integers whose order is the values' order.
//!
//! A kernel that counts, compares and sorts keys serves every fixed-width type, and integers
//! never pass through a float. The float map is the usual one (flip all bits of negatives, the
//! sign bit of the rest), after `-0.0` has become `+0.0`.

use super::simd::widest;

const SIGN: u64 = 1 << 63;

/// The key of a float; `-0.0` and `+0.0` share one. NaN has no place in the order: callers count
/// it apart and never ask for its key.
#[inline]
#[must_use]
pub fn from_f64(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The float of a key made by [`from_f64`].
#[inline]
#[must_use]
pub fn to_f64(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

/// The key of a signed integer.
#[inline]
#[must_use]
pub fn from_i64(value: i64) -> u64 {
    value.cast_unsigned() ^ SIGN
}

/// The signed integer of a key made by [`from_i64`].
#[inline]
#[must_use]
pub fn to_i64(key: u64) -> i64 {
    (key ^ SIGN).cast_signed()
}

/// The smallest and largest key; `None` without keys.
#[must_use]
pub fn extremes(keys: &[u64]) -> Option<(u64, u64)> {
    if keys.is_empty() {
        return None;
    }
    Some(widest(
        #[inline(always)]
        || {
            let wider = |(low, high): (u64, u64), &key: &u64| (low.min(key), high.max(key));
            keys.iter().fold((u64::MAX, 0), wider)
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_values_do_from_end_to_end() {
        let floats = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -f64::MIN_POSITIVE,
            -5e-324,
            0.0,
            5e-324,
            1.5,
            f64::MAX,
            f64::INFINITY,
        ];
        assert!(floats.map(from_f64).is_sorted_by(|a, b| a < b));
        assert_eq!(floats.map(|value| to_f64(from_f64(value))), floats);
        let integers = [i64::MIN, -1, 0, 1, (1 << 53) + 1, i64::MAX];
        assert!(integers.map(from_i64).is_sorted_by(|a, b| a < b));
        assert_eq!(integers.map(|value| to_i64(from_i64(value))), integers);
    }

    #[test]
    fn both_zeros_are_one_value() {
        assert_eq!(from_f64(-0.0), from_f64(0.0));
        assert!(to_f64(from_f64(-0.0)).is_sign_positive());
    }
}
