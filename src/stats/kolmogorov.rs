//! The law of Kolmogorov's two-sided distance Dₙ = sup |Fₙ − F| for a finite sample.

use std::f64::consts::{LN_2, PI, TAU};
use std::num::NonZeroU64;

use super::deviance::{LN_TAU, stirling_error};
use super::kolmogorov_matrix::matrix_cdf;
use super::smirnov::{smirnov_sf, smirnov_sf_large_n};
use crate::quantity::PValue;

/// Survival function P(Dₙ ≥ d) of the two-sided one-sample distance of `n` observations.
///
/// The method is chosen by n and n·d² as in R. Simard and P. L'Ecuyer, *Computing the Two-Sided
/// Kolmogorov-Smirnov Distribution*, J. Stat. Software 39(11), 2011, with the switching points of
/// SciPy 1.17's `kstwo.sf`, so that both give the same number (to 10⁻⁹ relative) wherever SciPy's
/// is above 10⁻³⁰⁰:
///
/// - n·d ≤ 1 and n·d ≥ n − 1: closed forms of Ruben and Gambino (1982);
/// - d ≥ ½, or n ≤ 140 with n·d² > 4, or n > 140 with n·d² ≥ 2.2: twice the one-sided tail, which
///   is exact for d ≥ ½ and else too large by a relative 2·10⁻⁶ at most;
/// - n ≤ 140, or n·d^1.5 ≤ 1.4 with n ≤ 100 000: the exact matrix of Durbin (SciPy computes part
///   of this by the recursion of Pomeranz, which gives the same probability);
/// - else the asymptotic series of Pelz and Good (1976), whose error is below 10⁻⁵ at n = 140 and
///   falls like n⁻².
///
/// Differences to SciPy: the result is a logarithm and goes on below 10⁻³⁰⁸, where SciPy gives 0;
/// n may be 2³¹ and above, where SciPy gives NaN. For n > 10⁶ SciPy replaces the one-sided sum by
/// an asymptotic form, up to 5 % too large at p = 10⁻³⁰⁰; we do the same while n·d² < 370 and sum
/// exactly beyond. p = 1 for d ≤ 1/(2n) and p = 0 for d ≥ 1.
///
/// # Panics
/// When `d` is NaN.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "the law is smooth in n")]
pub fn kolmogorov_sf(n: NonZeroU64, d: f64) -> PValue {
    assert!(!d.is_nan(), "a distance cannot be NaN");
    let whole = n.get();
    let n = whole as f64;
    let nd = n * d;
    let ndd = nd * d;
    if nd <= 0.5 {
        PValue::ONE
    } else if d >= 1.0 {
        PValue::from_ln(f64::NEG_INFINITY)
    } else if nd <= 1.0 {
        complement(ruben_gambino_cdf(n, nd))
    } else if nd >= n - 1.0 {
        PValue::from_ln(LN_2 + n * (-d).ln_1p())
    } else if d >= 0.5 || ndd >= if whole <= SMALL_N { 4.0 } else { 2.2 } {
        twice_one_sided(whole, d, ndd)
    } else if whole > SMALL_N && ndd < CERTAIN_BELOW {
        PValue::ONE
    } else if whole <= SMALL_N || (whole <= MATRIX_N && nd * d.sqrt() <= 1.4) {
        complement(matrix_cdf(whole, d))
    } else {
        complement(pelz_good_cdf(n, ndd.sqrt()))
    }
}

fn complement(cdf: f64) -> PValue {
    PValue::from_ln((-cdf.clamp(0.0, 1.0)).ln_1p())
}

fn twice_one_sided(n: u64, d: f64, ndd: f64) -> PValue {
    let one_sided =
        if n > ONE_SIDED_N && ndd < 370.0 { smirnov_sf_large_n(n, d) } else { smirnov_sf(n, d) };
    PValue::from_ln(LN_2 + one_sided.ln())
}

/// P(Dₙ < d) = n!·((2nd−1)/n)ⁿ for ½ < nd ≤ 1.
fn ruben_gambino_cdf(n: f64, nd: f64) -> f64 {
    (stirling_error(n) + 0.5 * (LN_TAU + n.ln()) - n + n * (2.0 * nd - 1.0).ln()).exp()
}

/// P(Dₙ < z/√n) ≈ K₀ + K₁/√n + K₂/n + K₃/n^1.5, each a theta series in e^{−π²/(8z²)}.
///
/// Source: W. Pelz and I. J. Good, J. R. Statist. Soc. B 38 (1976), eq. 6.
fn pelz_good_cdf(n: f64, z: f64) -> f64 {
    let (z2, z4, z6) = (z * z, z.powi(4), z.powi(6));
    let (mut k0, mut k1, mut k2, mut k3) = (0.0, 0.0, 0.0, 0.0);
    for k in 1..=SERIES_TERMS {
        let odd = PI * (f64::from(k) - 0.5);
        // (π(k−½))², so that π²(2k−1)²/8 = s/2.
        let s = odd * odd;
        let weight = (-s / (2.0 * z2)).exp();
        k0 += weight;
        k1 += weight * (s - z2);
        k2 += weight * (6.0 * z6 + 2.0 * z4 + s * (2.0 * z4 - 5.0 * z2) + s * s * (1.0 - 2.0 * z2));
        k3 += weight
            * (-30.0 * z6 - 90.0 * z4 * z4
                + s * (135.0 * z4 - 96.0 * z6)
                + s * s * (212.0 * z4 - 60.0 * z2)
                + s * s * s * (5.0 - 30.0 * z2));
    }
    let (mut k2_even, mut k3_even) = (0.0, 0.0);
    for k in 1..=SERIES_TERMS {
        let even = PI * f64::from(k);
        let s = even * even;
        let weight = s * (-s / (2.0 * z2)).exp();
        k2_even += weight;
        k3_even += weight * (3.0 * z2 - s);
    }
    let k0 = k0 / z;
    let k1 = k1 / (6.0 * z4);
    let k2 = k2 / (72.0 * z6 * z) - k2_even / (36.0 * z2 * z);
    let k3 = k3 / (6480.0 * z6 * z4) + k3_even / (216.0 * z6);
    let root = n.sqrt();
    TAU.sqrt() * (k0 + k1 / root + k2 / n + k3 / (n * root))
}

/// The largest n for which the exact laws are always used.
const SMALL_N: u64 = 140;
/// The largest n for the matrix.
const MATRIX_N: u64 = 100_000;
/// The largest n for which the one-sided sum is used in place of its asymptotic form.
const ONE_SIDED_N: u64 = 1_000_000;
/// For n > 140 and n·d² below this, P(Dₙ < d) < 10⁻¹⁶: the survival function rounds to 1.
const CERTAIN_BELOW: f64 = 0.03;
/// At z² ≤ 2.2 the tenth term is below 10⁻⁸⁰ of the first.
const SERIES_TERMS: u32 = 10;

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values stand as their source prints them")]
mod tests {
    use super::super::kolmogorov_vectors::KSTWO;
    use super::*;

    fn sf(n: u64, d: f64) -> PValue {
        kolmogorov_sf(NonZeroU64::new(n).expect("a sample"), d)
    }

    #[test]
    fn the_law_agrees_with_scipy_over_the_whole_plane() {
        let mut worst = (0.0, 0, 0.0);
        for &(n, points) in KSTWO {
            for &(d, expected) in points {
                let error = (sf(n, d).value() / expected - 1.0).abs();
                if error > worst.0 {
                    worst = (error, n, d);
                }
            }
        }
        assert!(worst.0 < 1e-9, "relative error {} at n={} d={}", worst.0, worst.1, worst.2);
    }

    #[test]
    fn the_tail_goes_on_below_the_smallest_float() {
        // mpmath 1.4.1: ln(2 Σ C(n,v) d (d+v/n)^(v-1) (1-d-v/n)^(n-v)), 40 digits.
        for (n, d, ln) in [
            (150, 0.499, -79.03938160444197),
            (5000, 0.5, -2661.026295047046),
            (5000, 0.3, -918.3931508101984),
            (5000, 0.9, -11510.236968961433),
            (3000, 0.75, -4018.6214314229665),
            (2000, 0.4999, -1063.6764798100091),
            (20000, 0.35, -5042.425571385808),
        ] {
            let got = sf(n, d).ln();
            assert!((got / ln - 1.0).abs() < 1e-12, "n={n} d={d}: {got} vs {ln}");
        }
    }

    #[test]
    fn the_tail_falls_as_the_distance_grows_for_samples_of_any_size() {
        for n in [1, 7, 140, 141, 5000, 1_000_001, 3_000_000_000, 1_000_000_000_000] {
            let mut last = PValue::ONE;
            for step in 0..=400 {
                let d = f64::from(step) / 400.0;
                let p = sf(n, d);
                assert!(p.ln() <= last.ln() + 1e-6, "n={n} d={d}: {} after {}", p.ln(), last.ln());
                last = p;
            }
            assert_eq!(last.ln(), f64::NEG_INFINITY);
        }
    }

    #[test]
    fn a_distance_of_zero_is_certain_and_one_is_impossible() {
        assert_eq!(sf(1, 0.0), PValue::ONE);
        assert_eq!(sf(1, -1.0), PValue::ONE);
        assert_eq!(sf(1, 0.5), PValue::ONE);
        assert!((sf(1, 0.75).value() - 0.5).abs() < 1e-15);
        assert_eq!(sf(1_000, f64::INFINITY).ln(), f64::NEG_INFINITY);
    }
}
