//! Loader's two functions, which keep factorials and powers of large numbers accurate.
//!
//! `ln n!` near n = 10⁶ is about 1.3·10⁷: a difference of such numbers keeps nine digits at best.
//! Written as a Stirling error and a deviance, the same probabilities keep fourteen.
//!
//! Source: C. Loader, *Fast and Accurate Computation of Binomial Probabilities* (2000).

use std::f64::consts::TAU;

/// ln(2π).
pub(super) const LN_TAU: f64 = 1.837_877_066_409_345_5;

/// δ(n) = ln n! − [n·ln n − n + ½·ln(2πn)] for real n > 0, with n! = Γ(n+1).
///
/// Absolute error below 10⁻¹⁴. Below 16 the recurrence δ(n) = δ(n+1) + (n+½)·ln(1+1/n) − 1 leads
/// up to the range of the asymptotic series (coefficients B₂ⱼ / (2j(2j−1))).
pub(super) fn stirling_error(n: f64) -> f64 {
    let mut at = n;
    let mut lead = 0.0;
    while at < 16.0 {
        lead += (at + 0.5) * at.recip().ln_1p() - 1.0;
        at += 1.0;
    }
    let squared = at * at;
    let series = SERIES.iter().rev().fold(0.0, |sum, c| sum / squared + c);
    lead + series / at
}

/// D(x, m) = x·ln(x/m) + m − x with m = x + `difference`, for x > 0 and m ≥ 0; +∞ at m = 0.
///
/// The difference is the argument so that a caller who knows it exactly loses nothing.
pub(super) fn deviance(x: f64, difference: f64) -> f64 {
    x * excess_over_logarithm(difference / x)
}

/// ln of the Poisson probability of `count` (real, ≥ 0) at `mean` > 0: x·ln m − m − ln Γ(x+1).
pub(super) fn ln_poisson(count: f64, mean: f64) -> f64 {
    if count == 0.0 {
        return -mean;
    }
    -stirling_error(count) - deviance(count, mean - count) - 0.5 * (TAU * count).ln()
}

/// t − ln(1 + t) for t ≥ −1, without cancellation near 0.
///
/// With v = t/(2+t): ln(1+t) = 2·(v + v³/3 + v⁵/5 + …) and t − 2v = t·v.
fn excess_over_logarithm(t: f64) -> f64 {
    if !(-0.3..=0.4).contains(&t) {
        return t - t.ln_1p();
    }
    let v = t / (2.0 + t);
    let squared = v * v;
    // |v| ≤ 0.18: 14 terms leave less than 10⁻²⁰ of the sum.
    let tail = (1..=14).rev().fold(0.0, |sum, j| sum * squared + f64::from(2 * j + 1).recip());
    t * v - 2.0 * v * squared * tail
}

const SERIES: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];
