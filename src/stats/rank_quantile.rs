//! Quantiles as values of the sample, with the ranks between which the true ones lie.

use super::p_value::normal_quantile;
use crate::quantity::Fraction;

/// A quantile and its bounds, as order keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankQuantile {
    /// The smallest value with at least the share `p` of all values at or below it.
    pub value: u64,
    /// The value at the lower rank; `None` below the smallest.
    pub lower: Option<u64>,
    /// The value at the upper rank; `None` above the largest: the sample is too small to tell.
    pub upper: Option<u64>,
}

/// The quantile `p` of keys in any order, which are moved about: the inverse of the empirical
/// distribution (type 1 of R. J. Hyndman and Y. Fan, Amer. Statist. 50 (1996); `NumPy`'s
/// `inverted_cdf`), rank ⌈p·n⌉.
///
/// Bounds are order statistics, whatever the distribution: ranks ⌊n·p − z·√(n·p·(1−p))⌋ and
/// ⌈n·p + z·√(n·p·(1−p))⌉ + 1 (W. J. Conover, *Practical Nonparametric Statistics*, 1999, §3.2).
/// `None` without keys.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ranks of at most 2^53 values, held to their range"
)]
pub fn rank_quantile(keys: &mut [u64], p: Fraction, alpha: Fraction) -> Option<RankQuantile> {
    if keys.is_empty() {
        return None;
    }
    let (n, p) = (keys.len() as f64, p.value());
    // `⌈p·n⌉` of p = 0.07 and n = 100 is 7, though the product is a little more.
    let product = p * n;
    let nearest = product.round();
    let whole = (product - nearest).abs() <= f64::EPSILON * 4.0 * product;
    let rank = if whole { nearest } else { product.ceil() }.clamp(1.0, n);
    let reach = -normal_quantile(alpha) * (n * p * (1.0 - p)).sqrt();
    let (low, high) = ((product - reach).floor(), (product + reach).ceil() + 1.0);
    let mut at = |rank: f64| {
        let index = rank as usize;
        (1.0..=n).contains(&rank).then(|| *keys.select_nth_unstable(index - 1).1)
    };
    let (lower, upper) = if reach.is_finite() { (at(low), at(high)) } else { (None, None) };
    Some(RankQuantile { value: at(rank)?, lower, upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(value: f64) -> Fraction {
        Fraction::new(value).expect("a share")
    }

    #[test]
    fn ranks_are_those_of_numpys_inverted_cdf() {
        let of = |n: u64, p: f64| {
            let mut keys: Vec<u64> = (1..=n).rev().collect();
            rank_quantile(&mut keys, share(p), share(0.05)).expect("keys").value
        };
        for (n, p, rank) in [
            (100, 0.95, 95),
            (100, 0.07, 7),
            (10, 0.95, 10),
            (3, 0.5, 2),
            (1, 0.5, 1),
            (4, 0.5, 2),
            (1000, 0.999, 999),
            (7, 0.0, 1),
            (7, 1.0, 7),
            (16_281, 0.95, 15_467),
        ] {
            assert_eq!(of(n, p), rank, "{n} {p}");
        }
    }

    #[test]
    fn a_tail_needs_a_sample_that_reaches_into_it() {
        let of = |n: u64| {
            let mut keys: Vec<u64> = (1..=n).collect();
            rank_quantile(&mut keys, share(0.99), share(0.05)).expect("keys")
        };
        assert_eq!(of(100).upper, None);
        let found = of(10_000);
        // 9,900 ± 1.645·9.95.
        assert_eq!((found.lower, found.value, found.upper), (Some(9_883), 9_900, Some(9_918)));
        assert_eq!(rank_quantile(&mut [], share(0.5), share(0.05)), None);
    }
}
