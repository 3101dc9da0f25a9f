//! The regularised incomplete gamma functions P and Q, with logarithms for the far tail.
//!
//! Sources: DLMF §8.7.1 (series), §8.9.2 (continued fraction, evaluated after Lentz); the factor
//! xᵃe⁻ˣ/Γ(a+1) after Loader (see `deviance`), so that large `a` keep their digits.

use super::deviance::ln_poisson;

/// A point of the incomplete gamma functions: shape `a` > 0 and position `x` ≥ 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct GammaPoint {
    pub(super) a: f64,
    pub(super) x: f64,
}

impl GammaPoint {
    /// P(a, x), the share below x. 0 at x = 0, 1 at x = ∞.
    pub(super) fn lower(self) -> f64 {
        if self.x <= 0.0 {
            0.0
        } else if self.is_left_of_the_bulk() {
            (self.ln_density_factor() + self.series().ln()).exp().min(1.0)
        } else {
            -self.ln_upper().exp_m1()
        }
    }

    /// Q(a, x) = 1 − P(a, x), the share above x.
    pub(super) fn upper(self) -> f64 {
        self.ln_upper().exp()
    }

    /// ln Q(a, x), finite far below the smallest `f64`; −∞ at x = ∞.
    pub(super) fn ln_upper(self) -> f64 {
        if self.x <= 0.0 {
            0.0
        } else if self.x == f64::INFINITY {
            f64::NEG_INFINITY
        } else if self.is_left_of_the_bulk() {
            (-self.lower()).ln_1p()
        } else {
            self.ln_density_factor() + (self.a * self.continued_fraction()).ln()
        }
    }

    /// ln(xᵃe⁻ˣ/Γ(a+1)).
    pub(super) fn ln_density_factor(self) -> f64 {
        ln_poisson(self.a, self.x)
    }

    fn is_left_of_the_bulk(self) -> bool {
        self.x < self.a + 1.0
    }

    /// Σ xⁿ / ((a+1)…(a+n)); about 9·√a terms at x ≈ a.
    fn series(self) -> f64 {
        let (mut term, mut sum, mut shape) = (1.0, 1.0, self.a);
        while term > sum * EPSILON {
            shape += 1.0;
            term *= self.x / shape;
            sum += term;
        }
        sum
    }

    /// h in Q = xᵃe⁻ˣ/Γ(a) · h.
    #[expect(clippy::many_single_char_names, reason = "the names of Lentz's method in DLMF §3.10")]
    fn continued_fraction(self) -> f64 {
        let mut b = self.x + 1.0 - self.a;
        let mut c = f64::MAX;
        let mut d = b.recip();
        let mut h = d;
        let mut i = 0.0;
        loop {
            i += 1.0;
            let numerator = -i * (i - self.a);
            b += 2.0;
            d = (numerator * d + b).recip();
            c = b + numerator / c;
            let factor = d * c;
            h *= factor;
            if (factor - 1.0).abs() <= EPSILON || i > ITERATIONS_MAX {
                return h;
            }
        }
    }
}

const EPSILON: f64 = f64::EPSILON;
/// Beyond any a < 10¹¹ (about √a steps are needed); guards against a cycle in the last bit.
const ITERATIONS_MAX: f64 = 3e6;
