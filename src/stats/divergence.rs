//! Distances between two distributions over the same categories, from counts.

/// Distances between the shares pₖ = rₖ/N and qₖ = cₖ/M, without smoothing; each in `[0, 1]`, 0
/// for equal shares, symmetric in the sides, and unchanged by categories empty on both.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Divergence {
    /// √(½ Σ [p·log₂(p/m) + q·log₂(q/m)]), m = (p+q)/2 (Endres and Schindelin, IEEE Trans. Inf.
    /// Theory 49, 2003). SciPy's `jensenshannon(p, q, base=2)`.
    pub js_distance_log2: f64,
    /// √(1 − Σ √(p·q)), computed as √(½ Σ (√p − √q)²) (Hellinger 1909).
    pub hellinger: f64,
    /// ½ Σ |p − q|.
    pub total_variation: f64,
    /// max |p − q|.
    pub l_infinity: f64,
}

/// Computes the distances of two samples counted over the same categories.
///
/// Differences of shares are formed exactly in integers and rounded once, so that nearly equal
/// shares keep their digits. `None` when a side has no values.
///
/// # Panics
/// When the slices differ in length, or a side holds more than 2⁶³ values.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
pub fn divergence(reference: &[u64], candidate: &[u64]) -> Option<Divergence> {
    assert_eq!(reference.len(), candidate.len(), "the sides share their categories");
    let (n, m) = (total(reference), total(candidate));
    if n == 0 || m == 0 {
        return None;
    }
    let whole = (n * m) as f64;
    let mut sums = Divergence::default();
    let mut gaps = 0_u128;
    let mut largest = 0_u128;
    for (&r, &c) in reference.iter().zip(candidate) {
        let (p, q) = (u128::from(r) * m, u128::from(c) * n);
        let gap = p.abs_diff(q);
        if gap == 0 {
            continue;
        }
        gaps += gap;
        largest = largest.max(gap);
        let [p, q, gap] = [p, q, gap].map(|part| part as f64 / whole);
        sums.js_distance_log2 += jensen_shannon_part(p + q, gap);
        sums.hellinger += (gap / (p.sqrt() + q.sqrt())).powi(2);
    }
    Some(Divergence {
        js_distance_log2: (sums.js_distance_log2 / std::f64::consts::LN_2).sqrt().min(1.0),
        hellinger: (sums.hellinger / 2.0).sqrt().min(1.0),
        total_variation: gaps as f64 / whole / 2.0,
        l_infinity: largest as f64 / whole,
    })
}

/// ½·[p·ln(p/m) + q·ln(q/m)] with m = (p+q)/2 and t = |p−q|/(p+q):
/// ½·m·[(1+t)·ln(1+t) + (1−t)·ln(1−t)] = m·Σ_{k≥1} t²ᵏ/(2k(2k−1)).
fn jensen_shannon_part(sum: f64, gap: f64) -> f64 {
    let t = gap / sum;
    let square = t * t;
    let bracket = if t < 0.25 {
        // 13 terms leave less than 10⁻¹⁶ of the sum; the closed form cancels for small t.
        (1..=13).rev().fold(0.0, |tail, k| square * (tail + 1.0 / f64::from(2 * k * (2 * k - 1))))
    } else if t < 1.0 {
        0.5 * ((1.0 + t) * t.ln_1p() + (1.0 - t) * (-t).ln_1p())
    } else {
        std::f64::consts::LN_2
    };
    sum / 2.0 * bracket
}

fn total(counts: &[u64]) -> u128 {
    let total = counts.iter().map(|&count| u128::from(count)).sum();
    assert!(total <= 1 << 63, "a side holds at most 2^63 values, not {total}");
    total
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
    fn the_distances_agree_with_mpmath() {
        // mpmath 1.4.1, 50 digits, from the definitions: (counts, JS, Hellinger, TV, L∞).
        let cases: &[(&[u64], &[u64], [f64; 4])] = &[
            (
                &[10, 20, 30],
                &[6, 25, 40],
                [
                    0.1068764460194761,
                    0.089345323507017282,
                    0.08215962441314554,
                    0.08215962441314554,
                ],
            ),
            (
                &[100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
                &[90, 110, 95, 105, 100, 100, 99, 101, 80, 120],
                [0.043765315781427267, 0.036450017110450493, 0.036, 0.02],
            ),
            (
                &[1000, 5],
                &[900, 90],
                [
                    0.18769443666667085,
                    0.1662684428723889,
                    0.085933966530981456,
                    0.085933966530981456,
                ],
            ),
            (
                &[500000, 300000, 200001],
                &[400000, 350000, 250001],
                [0.086094258278145337, 0.071711647983766897, 0.0999999000001, 0.0999999000001],
            ),
            (
                &[1000000000, 1000000000],
                &[1000000001, 999999999],
                [4.2466090014400952e-10, 3.5355339059327376e-10, 5.0e-10, 5.0e-10],
            ),
            (&[5, 0, 3, 2], &[4, 4, 0, 2], [0.59499224622914207, 0.59395825147904298, 0.4, 0.4]),
            (
                &[7, 1, 1],
                &[1, 1, 7],
                [
                    0.63696192581165484,
                    0.54858377035486353,
                    0.66666666666666667,
                    0.66666666666666667,
                ],
            ),
        ];
        for &(reference, candidate, expected) in cases {
            let got = divergence(reference, candidate).expect("two samples");
            let all = [got.js_distance_log2, got.hellinger, got.total_variation, got.l_infinity];
            for (got, expected) in all.into_iter().zip(expected) {
                assert!((got / expected - 1.0).abs() < 1e-14, "{got} vs {expected}");
            }
        }
    }

    #[test]
    fn disjoint_samples_are_one_apart_and_empty_ones_undefined() {
        let got = divergence(&[3, 0], &[0, 9]).expect("two samples");
        let one = Divergence {
            js_distance_log2: 1.0,
            hellinger: 1.0,
            total_variation: 1.0,
            l_infinity: 1.0,
        };
        assert_eq!(got, one);
        assert_eq!(divergence(&[0], &[1]), None);
        assert_eq!(divergence(&[], &[]), None);
    }

    proptest! {
        #[test]
        fn distances_are_symmetric_and_bounded(
            bins in prop::collection::vec((0_u64..50, 0_u64..5_000_000_000), 1..30),
        ) {
            let (r, c): (Vec<u64>, Vec<u64>) = bins.into_iter().unzip();
            prop_assume!(r.iter().sum::<u64>() > 0 && c.iter().sum::<u64>() > 0);
            let got = divergence(&r, &c).expect("two samples");
            prop_assert_eq!(got, divergence(&c, &r).expect("two samples"));
            prop_assert_eq!(divergence(&r, &r), Some(Divergence::default()));
            prop_assert!(got.l_infinity <= got.total_variation * (2.0 + 1e-12));
            prop_assert!((0.0..=1.0).contains(&got.total_variation));
            prop_assert!(got.hellinger.powi(2) <= got.total_variation * (1.0 + 1e-12));
        }
    }
}
