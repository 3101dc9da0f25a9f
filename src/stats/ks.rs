//! The two-sample Kolmogorov-Smirnov distance over counted values, exact, and its p-value.

use std::num::NonZeroU64;

use super::kolmogorov::kolmogorov_sf;
use super::ks_exact::exact_sf;
use crate::quantity::PValue;

/// The two-sample distance D = sup |F₁ − F₂| of two empirical distribution functions as an
/// exact fraction.
///
/// D = `numerator` / (`reference`·`candidate`), the numerator being max |c₁·m − c₂·n| over the
/// cumulative counts c₁ and c₂ of the n reference and m candidate values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KsDistance {
    /// max |c₁·m − c₂·n|.
    pub numerator: u128,
    /// n, the reference values; never 0.
    pub reference: NonZeroU64,
    /// m, the candidate values; never 0.
    pub candidate: NonZeroU64,
}

/// Where two cumulative distributions are farthest apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KsResult {
    /// The distance.
    pub distance: KsDistance,
    /// The smallest key at which the distance is reached; the smallest key of all when D = 0.
    pub at: u64,
    /// The side whose cumulative share is larger there; `None` when D = 0.
    pub ahead: Option<Side>,
}

/// One of the two compared samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The reference has more of its values at or below the key: the candidate lies higher.
    Reference,
    /// The candidate has more of its values at or below the key: the candidate lies lower.
    Candidate,
}

/// A two-sided p-value and how it was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KsPValue {
    /// P(D ≥ observed) when both samples come from one continuous law.
    pub p: PValue,
    /// The method.
    pub method: KsMethod,
}

/// How a two-sample p-value was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KsMethod {
    /// Counting of lattice paths (Hodges 1958).
    Exact,
    /// The one-sample law at the rounded effective size n·m/(n+m).
    AsymptoticKstwo,
}

impl KsMethod {
    /// The name used in reports: `exact` or `asymptotic_kstwo`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AsymptoticKstwo => "asymptotic_kstwo",
        }
    }
}

impl KsDistance {
    /// D as a number in `[0, 1]`, divided once (both operands rounded to `f64` first when they
    /// exceed 2⁵³).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one place where the fraction is rounded")]
    pub fn d(&self) -> f64 {
        let whole = u128::from(self.reference.get()) * u128::from(self.candidate.get());
        self.numerator as f64 / whole as f64
    }

    /// The two-sided p-value, as SciPy 1.17's `ks_2samp(method="auto")` has it.
    ///
    /// Exact when neither side has more than 10 000 values; else `kstwo.sf(D, N)` with
    /// N = n·m/(n+m) rounded half to even (at least 1, where SciPy would divide by 0). For tied
    /// values p is conservative (too large): both laws are those of continuous data.
    ///
    /// Differences to SciPy: the result is a logarithm and goes on below 10⁻³⁰⁸; where exact
    /// counting of unequal sides would fall below 10⁻⁵⁹⁰, the method is `AsymptoticKstwo`.
    #[must_use]
    pub fn p_value(&self) -> KsPValue {
        let (n, m) = (self.reference.get(), self.candidate.get());
        if n.max(m) <= EXACT_SIZE_MAX
            && let Some(p) = exact_sf(self)
        {
            return KsPValue { p, method: KsMethod::Exact };
        }
        let p = kolmogorov_sf(effective_size(n, m), self.d());
        KsPValue { p, method: KsMethod::AsymptoticKstwo }
    }
}

/// Finds the distance of two samples given as `(key, count)` pairs with strictly rising keys.
///
/// Keys are compared as they are; equal keys are ties and are counted on both sides before the
/// distributions are compared. `None` when a side has no values.
///
/// # Panics
/// When a side's counts add up to more than `u64::MAX`.
#[must_use]
pub fn ks_distance(reference: &[(u64, u64)], candidate: &[(u64, u64)]) -> Option<KsResult> {
    let n = total(reference)?;
    let m = total(candidate)?;
    let (mut left, mut right) = (reference, candidate);
    let (mut below_reference, mut below_candidate) = (0_u64, 0_u64);
    let mut best = (0_u128, u64::MAX, None);
    while let Some(key) = smallest_key(left, right) {
        below_reference += take(&mut left, key);
        below_candidate += take(&mut right, key);
        let ours = u128::from(below_reference) * u128::from(m.get());
        let theirs = u128::from(below_candidate) * u128::from(n.get());
        let gap = ours.abs_diff(theirs);
        if gap > best.0 {
            let ahead = if ours > theirs { Side::Reference } else { Side::Candidate };
            best = (gap, key, Some(ahead));
        } else if best.0 == 0 {
            best.1 = best.1.min(key);
        }
    }
    let (numerator, at, ahead) = best;
    let distance = KsDistance { numerator, reference: n, candidate: m };
    Some(KsResult { distance, at, ahead })
}

fn total(pairs: &[(u64, u64)]) -> Option<NonZeroU64> {
    let sum = pairs.iter().try_fold(0_u64, |sum, &(_, count)| sum.checked_add(count));
    NonZeroU64::new(sum.expect("fewer than 2^64 values"))
}

fn smallest_key(left: &[(u64, u64)], right: &[(u64, u64)]) -> Option<u64> {
    match (left.first(), right.first()) {
        (Some(l), Some(r)) => Some(l.0.min(r.0)),
        (Some(one), None) | (None, Some(one)) => Some(one.0),
        (None, None) => None,
    }
}

/// Takes the head off `pairs` if it holds `key`, and returns its count.
fn take(pairs: &mut &[(u64, u64)], key: u64) -> u64 {
    match pairs.split_first() {
        Some((&(head, count), rest)) if head == key => {
            debug_assert!(rest.first().is_none_or(|next| next.0 > head), "keys rise strictly");
            *pairs = rest;
            count
        }
        _ => 0,
    }
}

/// n·m/(n+m) in floating point as `NumPy` computes it, rounded half to even.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the size is at most half the smaller side"
)]
fn effective_size(n: u64, m: u64) -> NonZeroU64 {
    let (larger, smaller) = (n.max(m) as f64, n.min(m) as f64);
    let size = (larger * smaller / (larger + smaller)).round_ties_even();
    NonZeroU64::new(size as u64).unwrap_or(NonZeroU64::MIN)
}

/// The largest side for which p is exact, as in SciPy's `method="auto"`.
const EXACT_SIZE_MAX: u64 = 10_000;

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values stand as their source prints them")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(n: u64) -> NonZeroU64 {
        NonZeroU64::new(n).expect("a sample")
    }

    /// Sorts, then compares the counts at or below every value seen: no floats, no merging.
    fn naive(reference: &[u64], candidate: &[u64]) -> (u128, u64) {
        let (mut r, mut c) = (reference.to_vec(), candidate.to_vec());
        r.sort_unstable();
        c.sort_unstable();
        let mut all = [reference, candidate].concat();
        all.sort_unstable();
        let mut best = (0, all[0]);
        for &key in &all {
            let ours = r.partition_point(|&x| x <= key) * c.len();
            let theirs = c.partition_point(|&x| x <= key) * r.len();
            if ours.abs_diff(theirs) as u128 > best.0 {
                best = (ours.abs_diff(theirs) as u128, key);
            }
        }
        best
    }

    fn pairs(values: &[u64]) -> Vec<(u64, u64)> {
        let mut counts = std::collections::BTreeMap::new();
        for &value in values {
            *counts.entry(value).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    fn samples() -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
        let sample = || {
            prop_oneof![
                prop::collection::vec(0_u64..6, 1..60),
                prop::collection::vec(any::<u64>(), 1..60),
                prop::collection::vec(prop_oneof![Just(0), Just(u64::MAX), 5_u64..200], 1..60),
            ]
        };
        (sample(), sample())
    }

    proptest! {
        #[test]
        fn the_distance_of_pairs_is_that_of_sorted_values((r, c) in samples()) {
            let found = ks_distance(&pairs(&r), &pairs(&c)).expect("two samples");
            prop_assert_eq!((found.distance.numerator, found.at), naive(&r, &c));
        }

        #[test]
        fn swapping_the_sides_keeps_the_distance_and_p((r, c) in samples()) {
            let one = ks_distance(&pairs(&r), &pairs(&c)).expect("two samples");
            let other = ks_distance(&pairs(&c), &pairs(&r)).expect("two samples");
            prop_assert_eq!(one.distance.numerator, other.distance.numerator);
            prop_assert_eq!(one.at, other.at);
            prop_assert_eq!(one.distance.p_value(), other.distance.p_value());
        }

        #[test]
        fn the_distance_survives_a_rising_map_and_repetition((r, c) in samples()) {
            let one = ks_distance(&pairs(&r), &pairs(&c)).expect("two samples");
            let ranks: std::collections::BTreeMap<u64, u64> =
                [r.clone(), c.clone()].concat().into_iter().map(|key| (key, 0)).collect();
            let ranks: std::collections::BTreeMap<u64, u64> =
                ranks.into_keys().zip((0..).map(|rank| rank * rank)).collect();
            let mapped = |values: &[u64]| -> Vec<(u64, u64)> {
                pairs(values).into_iter().map(|(key, count)| (ranks[&key], 3 * count)).collect()
            };
            let other = ks_distance(&mapped(&r), &mapped(&c)).expect("two samples");
            prop_assert_eq!(one.distance.numerator * 9, other.distance.numerator);
            prop_assert_eq!(ranks[&one.at], other.at);
            prop_assert_eq!(one.ahead, other.ahead);
        }
    }

    #[test]
    fn identical_samples_have_distance_zero_and_p_one() {
        let found = ks_distance(&[(3, 2), (9, 1)], &[(3, 4), (9, 2)]).expect("two samples");
        assert_eq!((found.distance.numerator, found.at, found.ahead), (0, 3, None));
        let p = found.distance.p_value();
        assert_eq!((p.p, p.method.name()), (PValue::ONE, "exact"));
    }

    #[test]
    fn disjoint_samples_have_distance_one_where_the_lower_ends() {
        let found = ks_distance(&[(1, 2), (2, 3)], &[(7, 4)]).expect("two samples");
        assert_eq!((found.distance.d(), found.at, found.ahead), (1.0, 2, Some(Side::Reference)));
        let found = ks_distance(&[(7, 4)], &[(1, 2), (2, 3)]).expect("two samples");
        assert_eq!((found.distance.d(), found.ahead), (1.0, Some(Side::Candidate)));
    }

    #[test]
    fn an_empty_side_has_no_distance() {
        assert_eq!(ks_distance(&[], &[(1, 1)]), None);
        assert_eq!(ks_distance(&[(1, 1)], &[(1, 0)]), None);
    }

    #[test]
    fn p_agrees_with_scipy_on_both_sides_of_the_exact_limit() {
        // SciPy 1.17.1: exact 5000 v 10000; kstwo.sf(d, round(n·m/(n+m))).
        for (n, m, numerator, p, method) in [
            (5000, 10000, 1500000, 0.004922151540279541, "exact"),
            (10001, 10000, 2000200, 0.03613941395325637, "asymptotic_kstwo"),
            (10001, 20, 80008, 0.0021189221820357984, "asymptotic_kstwo"),
            (50000, 70001, 23100330, 0.15680226347444526, "asymptotic_kstwo"),
            (400000, 300000, 1200000000, 2.5567558197726745e-15, "asymptotic_kstwo"),
            (5000000, 5000000, 47500000000, 2.8937731407486436e-08, "asymptotic_kstwo"),
            (100000, 30, 1860000, 1.1988936930356922e-11, "asymptotic_kstwo"),
        ] {
            let distance = KsDistance { numerator, reference: size(n), candidate: size(m) };
            let got = distance.p_value();
            assert_eq!(got.method.name(), method);
            assert!((got.p.value() / p - 1.0).abs() < 1e-8, "{n} {m}: {} vs {p}", got.p.value());
        }
    }

    #[test]
    fn the_effective_size_rounds_half_to_even() {
        assert_eq!(effective_size(5, 5).get(), 2);
        assert_eq!(effective_size(7, 7).get(), 4);
        assert_eq!(effective_size(1, 1).get(), 1);
        assert_eq!(effective_size(2_000_000_000_000, 2_000_000_000_000).get(), 1_000_000_000_000);
    }
}
