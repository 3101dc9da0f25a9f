//! The one-sided Smirnov law, and the Smirnov band around a two-sample distance.

use super::deviance::{LN_TAU, deviance, stirling_error};
use crate::quantity::{Fraction, PValue};

/// Half-width of the band D ± c(α)·√((n+m)/(n·m)), c(α) = √(−ln(α/2)/2), around the two-sample
/// distance D of samples of sizes n and m.
///
/// The band covers the distance of the two distributions with probability at least about 1 − α
/// (Smirnov 1948; Knuth, *TAOCP* 2, §3.3.1 eq. 15). `None` when a side is empty or `alpha` is 0.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "sizes enter a square root")]
pub fn smirnov_band(alpha: Fraction, sizes: [u64; 2]) -> Option<f64> {
    let [n, m] = sizes;
    if n == 0 || m == 0 || alpha.value() <= 0.0 {
        return None;
    }
    let c = (-(alpha.value() / 2.0).ln() / 2.0).sqrt();
    Some(c * (1.0 / n as f64 + 1.0 / m as f64).sqrt())
}

/// Survival function of the one-sided distance D⁺ of `n` ≥ 1 observations from their law:
/// P(D⁺ₙ ≥ d) = Σ_{v=0}^{⌊n(1−d)⌋} C(n,v)·d·(d+v/n)^{v−1}·(1−d−v/n)^{n−v}, for 0 < d < 1.
///
/// Source: Birnbaum and Tingey, Ann. Math. Statist. 22 (1951), eq. 3.0. Each term is a binomial
/// probability times nd/(nd+v), taken as a logarithm after Loader; accurate to 10⁻¹¹ relative
/// while p > 10⁻³⁰⁰, for every n up to 10¹² and beyond.
///
/// The terms are a smooth bump in v. Where the bump is wide its sum is taken at every s-th v and
/// multiplied by s: for a smooth bump whose ends vanish the error falls like
/// exp(−2π²(width/s)²), far below the last bit at the 64 points per width used here.
pub(super) fn smirnov_sf(n: u64, d: f64) -> PValue {
    if d <= 0.0 {
        return PValue::ONE;
    }
    if d >= 1.0 {
        return PValue::from_ln(f64::NEG_INFINITY);
    }
    let terms = Terms::new(n, d);
    let at_zero = terms.n * (-d).ln_1p();
    if terms.last < 1.0 {
        return PValue::from_ln(at_zero);
    }
    let mode = terms.mode();
    let peak = terms.ln_term(mode).max(at_zero);
    let step = terms.step(mode);
    let mut sum = 0.0;
    for (start, stride) in [(mode, step), (mode - step, -step)] {
        let mut v = start;
        while v >= 1.0 && v <= terms.last {
            let below_peak = terms.ln_term(v) - peak;
            sum += below_peak.exp();
            if below_peak < LN_NEGLIGIBLE {
                break;
            }
            v += stride;
        }
    }
    PValue::from_ln(peak + (sum * step + (at_zero - peak).exp()).ln())
}

/// What SciPy 1.17 uses in place of the sum for n > 10⁶: exp(−(6nd+1)²/(18n)).
///
/// Source: P. van Mulbregt, arXiv:1802.06966, §2. Its relative error is about 4nd⁴/9.
#[expect(clippy::cast_precision_loss, reason = "the law is smooth in n")]
pub(super) fn smirnov_sf_large_n(n: u64, d: f64) -> PValue {
    let n = n as f64;
    PValue::from_ln(-(6.0 * n * d + 1.0).powi(2) / (18.0 * n))
}

/// The terms of the sum: n, n·d and the last index ⌊n(1−d)⌋.
struct Terms {
    n: f64,
    nd: f64,
    last: f64,
    stirling_n: f64,
}

impl Terms {
    #[expect(clippy::cast_precision_loss, reason = "the law is smooth in n")]
    fn new(n: u64, d: f64) -> Self {
        let n = n as f64;
        let nd = n * d;
        Self { n, nd, last: (n - nd).floor(), stirling_n: stirling_error(n) }
    }

    /// ln of the term at 1 ≤ v ≤ `last`; −∞ where n(1−d) = v.
    fn ln_term(&self, v: f64) -> f64 {
        let Self { n, nd, stirling_n, .. } = *self;
        let rest = n - v;
        let binomial = stirling_n
            - stirling_error(v)
            - stirling_error(rest)
            - deviance(v, nd)
            - deviance(rest, -nd)
            - 0.5 * (LN_TAU + (v / n * rest).ln());
        binomial - (v / nd).ln_1p()
    }

    /// The index where the terms are largest, up to the slowly varying factors: bisection on the
    /// slope of −D(v, v+nd) − D(n−v, n−v−nd), which falls as v grows.
    fn mode(&self) -> f64 {
        let Self { n, nd, .. } = *self;
        let slope = |v: f64| {
            let rest = n - v;
            let (up, down) = (nd / v, nd / rest);
            up.ln_1p() - up / (1.0 + up) - (-down).ln_1p() - down / (1.0 - down)
        };
        let (mut low, mut high) = (1.0, self.last);
        while low < high {
            let middle = f64::midpoint(low, high).floor();
            if slope(middle + 0.5) > 0.0 {
                low = middle + 1.0;
            } else {
                high = middle;
            }
        }
        low
    }

    /// 1, or a 64th of the bump's width where that is many terms. The width is 1/√κ, κ being the
    /// curvature of D(v, v+nd) + D(n−v, n−v−nd) at the mode; about √n/(4d) for small d.
    fn step(&self, mode: f64) -> f64 {
        let rest = self.n - mode;
        let curvature = (self.nd / (mode + self.nd)).powi(2) / mode
            + (self.nd / (rest - self.nd)).powi(2) / rest;
        (curvature.sqrt().recip() / 64.0).floor().max(1.0)
    }
}

/// Terms below e⁻⁴⁶ ≈ 10⁻²⁰ of the peak end the sum.
const LN_NEGLIGIBLE: f64 = -46.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strided_sum_equals_the_sum_of_every_term() {
        for (n, d) in
            [(4096, 0.024), (20_000, 0.011), (100_000, 0.0047), (100_000, 0.02), (50_000, 0.3)]
        {
            let terms = Terms::new(n, d);
            let mode = terms.mode();
            assert!(terms.step(mode) > 1.0 || d > 0.1);
            let peak = terms.ln_term(mode);
            let mut every = (terms.n * (-d).ln_1p() - peak).exp();
            let mut v = 1.0;
            while v <= terms.last {
                every += (terms.ln_term(v) - peak).exp();
                v += 1.0;
            }
            let ln = peak + every.ln();
            let difference = smirnov_sf(n, d).ln() - ln;
            assert!(difference.abs() < 1e-13_f64.max(-ln * 1e-15), "n={n} d={d}: {difference}");
        }
    }

    #[test]
    fn the_band_is_the_smirnov_quantile_over_the_root_of_the_sizes() {
        let alpha = Fraction::new(0.05).expect("a share");
        let c = (-(0.025_f64).ln() / 2.0).sqrt();
        let band = smirnov_band(alpha, [1000, 4000]).expect("two samples");
        assert!((band - c * (5000.0 / 4.0e6_f64).sqrt()).abs() < 1e-16);
        assert_eq!(smirnov_band(alpha, [0, 4000]), None);
        assert_eq!(smirnov_band(Fraction::of(0, 1).expect("zero"), [1, 1]), None);
    }
}
