//! The population stability index of two binned samples.

/// The population stability index (PSI) over bins, with what each bin adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Psi {
    /// Σ over the bins; ≥ 0, finite.
    pub value: f64,
    /// What each bin adds, in the order of the bins; each ≥ 0.
    pub contributions: Vec<f64>,
    /// Bins without any reference value.
    pub empty_reference: usize,
    /// Bins without any candidate value.
    pub empty_candidate: usize,
}

/// Computes PSI = Σ (qᵢ − pᵢ)·ln(qᵢ/pᵢ) from counts per bin, natural logarithm.
///
/// Jeffreys smoothing: pᵢ = (rᵢ + ½)/(N + B/2) and qᵢ = (cᵢ + ½)/(M + B/2) for counts rᵢ of N
/// reference and cᵢ of M candidate values in B bins, so that an empty bin gives a finite value and
/// the shares still add up to 1. The same for swapped sides, to the bit; 0 for equal shares.
///
/// Both shares are fractions of integers: their difference and their ratio are formed exactly and
/// rounded once, so that the result is good to 10⁻¹⁵ relative even for nearly equal samples.
/// `None` when there is no bin or a side has no values. One bin gives 0.
///
/// Source: the index is J. Lewis, *An Introduction to Credit Scoring* (1994); the divergence is
/// H. Jeffreys, Proc. R. Soc. A 186 (1946). Other tools smooth otherwise, which decides any value
/// above about 1.
///
/// # Panics
/// When the slices differ in length, or a side holds more than 2⁶¹ values.
#[must_use]
pub fn psi(reference: &[u64], candidate: &[u64]) -> Option<Psi> {
    assert_eq!(reference.len(), candidate.len(), "the sides share their bins");
    let (n, m) = (doubled_total(reference)?, doubled_total(candidate)?);
    let bin = |(&r, &c): (&u64, &u64)| contribution((doubled(r), n), (doubled(c), m));
    let contributions: Vec<f64> = reference.iter().zip(candidate).map(bin).collect();
    let empty = |side: &[u64]| side.iter().filter(|&&count| count == 0).count();
    Some(Psi {
        value: contributions.iter().sum(),
        empty_reference: empty(reference),
        empty_candidate: empty(candidate),
        contributions,
    })
}

/// (q − p)·ln(q/p) of two fractions given as (part, whole).
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
fn contribution(reference: (u128, u128), candidate: (u128, u128)) -> f64 {
    let p = reference.0 * candidate.1;
    let q = candidate.0 * reference.1;
    let difference = p.abs_diff(q) as f64;
    let whole = (reference.1 * candidate.1) as f64;
    difference / whole * (difference / p.min(q) as f64).ln_1p()
}

/// 2·count + 1: the smoothed count, doubled.
fn doubled(count: u64) -> u128 {
    2 * u128::from(count) + 1
}

/// 2·total + B; `None` when the total is 0.
fn doubled_total(counts: &[u64]) -> Option<u128> {
    let total: u128 = counts.iter().map(|&count| u128::from(count)).sum();
    assert!(total <= 1 << 61, "a side holds at most 2^61 values, not {total}");
    (total > 0).then(|| counts.iter().map(|&count| doubled(count)).sum())
}

#[cfg(test)]
#[expect(
    clippy::unreadable_literal,
    clippy::excessive_precision,
    reason = "reference values stand as their source prints them"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_index_agrees_with_the_definition_computed_by_mpmath() {
        // mpmath 1.4.1, 50 digits, from the definition in the documentation.
        let cases: &[(&[u64], &[u64], f64)] = &[
            (&[1, 2], &[3, 4], 0.016219449717817788),
            (&[10, 20, 30], &[30, 20, 10], 0.69356190338204114),
            (
                &[100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
                &[90, 110, 95, 105, 100, 100, 99, 101, 80, 120],
                0.010529684332445362,
            ),
            (&[0, 5, 0, 9], &[7, 0, 0, 1], 3.4698784123353691),
            (&[1000000000, 1000000000], &[1000000001, 999999999], 9.99999999e-19),
            (&[123456789012, 1], &[5, 99999999999], 48.75737986456026),
        ];
        for &(reference, candidate, expected) in cases {
            let got = psi(reference, candidate).expect("two samples").value;
            assert!((got / expected - 1.0).abs() < 1e-14, "{got} vs {expected}");
        }
    }

    #[test]
    fn empty_bins_are_counted_and_stay_finite() {
        let found = psi(&[5, 0, 5], &[0, 0, 9]).expect("two samples");
        assert_eq!((found.empty_reference, found.empty_candidate), (1, 2));
        assert!(found.value.is_finite() && found.value > 0.0);
    }

    #[test]
    fn a_side_without_values_has_no_index() {
        assert_eq!(psi(&[], &[]), None);
        assert_eq!(psi(&[0, 0], &[1, 2]), None);
        assert_eq!(psi(&[1, 2], &[0, 0]), None);
        assert_eq!(psi(&[7], &[9]).map(|found| found.value), Some(0.0));
    }

    proptest! {
        #[test]
        fn the_index_is_symmetric_to_the_bit_and_not_negative(
            bins in prop::collection::vec((0_u64..50, 0_u64..5_000_000_000), 2..30),
        ) {
            let (r, c): (Vec<u64>, Vec<u64>) = bins.into_iter().unzip();
            prop_assume!(r.iter().sum::<u64>() > 0 && c.iter().sum::<u64>() > 0);
            let (one, other) = (psi(&r, &c), psi(&c, &r));
            let (one, other) = (one.expect("two samples"), other.expect("two samples"));
            prop_assert_eq!(&one.contributions, &other.contributions);
            prop_assert!(one.contributions.iter().all(|added| *added >= 0.0));
            prop_assert_eq!(psi(&r, &r).map(|same| same.value), Some(0.0));
        }
    }
}
