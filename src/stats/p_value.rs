//! Tail probabilities of the common laws as [`PValue`], and the only door to `statrs`.

use statrs::function::erf::erfc_inv;

use super::incomplete_gamma::GammaPoint;
use crate::quantity::{Fraction, PValue};

/// Survival function of χ² with `dof` degrees of freedom at `x`, kept as a logarithm.
///
/// ln sf = ln Q(dof/2, x/2), accurate to 10⁻¹² relative in p down to p ≈ 10⁻²⁰ and to 2·10⁻¹⁴
/// relative in ln p below. p = 1 for x ≤ 0; p = 0 for x = +∞; with no degrees of freedom the law
/// sits at 0 and p = 1. (`statrs` and SciPy return 0 below 10⁻³⁰⁸.)
///
/// # Panics
/// When `x` is NaN.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "degrees of freedom are far below 2^53")]
pub fn chi_square_sf(x: f64, dof: u64) -> PValue {
    assert!(!x.is_nan(), "a chi-square statistic cannot be NaN");
    if dof == 0 {
        return PValue::ONE;
    }
    PValue::from_ln(GammaPoint { a: dof as f64 / 2.0, x: x / 2.0 }.ln_upper())
}

/// Φ(z), the standard normal distribution function; 0 and 1 at ∓∞, NaN for NaN.
///
/// Φ(−|z|) = ½·Q(½, z²/2), to 10⁻¹² relative down to 10⁻³⁰⁰ (`erfc` of `statrs` 0.19 is good to
/// 5·10⁻¹¹ there).
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    let point = GammaPoint { a: 0.5, x: z * z / 2.0 };
    if z < 0.0 { 0.5 * point.upper() } else { 0.5 + 0.5 * point.lower() }
}

/// Φ⁻¹(p), the standard normal quantile; −∞ at 0 and +∞ at 1.
#[must_use]
pub fn normal_quantile(p: Fraction) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p.value())
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values stand as their source prints them")]
mod tests {
    use super::*;

    /// mpmath 1.4.1, 60 digits: log(gammainc(k/2, x/2, inf, regularized=True)).
    const LN_CHI_SQUARE_SF: &[(f64, u64, f64)] = &[
        (0.01, 1, -0.08300741217032802),
        (0.3, 1, -0.5380556507217004),
        (0.9, 1, -1.0706614450589023),
        (1.0, 1, -1.1478744644493182),
        (1.1, 1, -1.2232708043310132),
        (1.5, 1, -1.511080734357216),
        (2.0, 1, -1.8496055099332482),
        (5.0, 1, -3.675082326631189),
        (20.0, 1, -11.768564260156875),
        (300.0, 1, -153.08098859174723),
        (3002.0, 1, -1505.2296411930477),
        (0.02, 2, -0.01),
        (0.6, 2, -0.3),
        (1.8, 2, -0.9),
        (2.0, 2, -1.0),
        (2.2, 2, -1.1),
        (3.0, 2, -1.5),
        (4.0, 2, -2.0),
        (10.0, 2, -5.0),
        (40.0, 2, -20.0),
        (600.0, 2, -300.0),
        (3004.0, 2, -1502.0),
        (0.03, 3, -0.0013705439476249743),
        (0.9, 3, -0.19185347063723715),
        (2.7, 3, -0.8204641073589259),
        (3.0, 3, -0.9374500796081553),
        (3.3, 3, -1.05658020976642),
        (4.5, 3, -1.5498006609184667),
        (6.0, 3, -2.1927426105195527),
        (15.0, 3, -6.310761702193758),
        (60.0, 3, -28.162350388904997),
        (900.0, 3, -446.823484705809),
        (3006.0, 3, -1499.2212760653335),
        (0.09, 9, -1.6018421046929556e-08),
        (2.7, 9, -0.02530507987787688),
        (8.1, 9, -0.6460709858633559),
        (9.0, 9, -0.827194846055822),
        (9.9, 9, -1.0254324393794036),
        (13.5, 9, -1.9571826602963789),
        (18.0, 9, -3.347461198748937),
        (45.0, 9, -13.89600192262648),
        (180.0, 9, -76.66519428142207),
        (2700.0, 9, -1327.2236329892135),
        (3018.0, 9, -1485.8342073964661),
        (0.1, 10, -2.4979513391263908e-09),
        (3.0, 10, -0.018750635779926784),
        (9.0, 10, -0.6309171161569292),
        (10.0, 10, -0.819860077614913),
        (11.0, 10, -1.0285695616741681),
        (15.0, 10, -2.024484857918011),
        (20.0, 10, -3.5317838094597787),
        (50.0, 10, -15.136360524035101),
        (200.0, 10, -84.71697591169848),
        (3000.0, 10, -1473.9225038383356),
        (3020.0, 10, -1483.895943350958),
        (0.57, 57, -1.3491225452097763e-46),
        (17.1, 57, -6.03606932810809e-08),
        (51.3, 57, -0.37419788320868863),
        (57.0, 57, -0.7442595481617647),
        (62.7, 57, -1.2683740524370775),
        (85.5, 57, -4.753647344860413),
        (114.0, 57, -11.404469365370943),
        (285.0, 57, -72.12489603978551),
        (1140.0, 57, -461.66482171130997),
        (17100.0, 57, -8367.23957520106),
        (3114.0, 57, -1421.0621738394861),
        (9.99, 999, -0.0),
        (299.7, 999, -1.1997063461557298e-111),
        (899.1, 999, -0.01080847950403155),
        (999.0, 999, -0.7051187993637079),
        (1098.9, 999, -4.223022238346678),
        (1498.5, 999, -50.56465510535591),
        (1998.0, 999, -157.30286492297958),
        (4995.0, 999, -1199.498591227656),
        (19980.0, 999, -8001.102188399852),
        (299700.0, 999, -146511.18701336632),
        (4998.0, 999, -1200.6994311888755),
        (100.0, 10000, -0.0),
        (3000.0, 10000, -0.0),
        (9000.0, 10000, -1.2697731705205228e-13),
        (10000.0, 10000, -0.6969155399835636),
        (11000.0, 10000, -26.345008644630425),
        (15000.0, 10000, -477.16006097039474),
        (20000.0, 10000, -1539.442048676369),
        (50000.0, 10000, -11959.374346479559),
        (200000.0, 10000, -80029.46063408493),
        (3000000.0, 10000, -1466491.9656227592),
        (23000.0, 10000, -2340.894573430686),
    ];

    /// SciPy 1.17.1 `norm.ppf`.
    const NORMAL_QUANTILES: &[(f64, f64)] = &[
        (1e-300, -37.0470962993612),
        (1e-20, -9.262340089798409),
        (1e-10, -6.361340902404056),
        (0.001, -3.090232306167813),
        (0.05, -1.6448536269514729),
        (0.2, -0.8416212335729142),
        (0.5, 0.0),
        (0.8, 0.8416212335729143),
        (0.95, 1.6448536269514722),
        (0.975, 1.959963984540054),
        (0.999999, 4.753424308817087),
    ];

    #[test]
    fn the_chi_square_tail_agrees_with_mpmath_far_below_the_smallest_float() {
        for &(x, dof, ln) in LN_CHI_SQUARE_SF {
            let got = chi_square_sf(x, dof).ln();
            // An error in ln p is a relative error in p.
            let tolerance = 1e-12_f64.max(ln.abs() * 2e-14) * ln.abs().min(1.0);
            assert!((got - ln).abs() <= tolerance, "x={x} dof={dof}: {got} vs {ln}");
        }
    }

    #[test]
    fn the_chi_square_tail_is_one_at_zero_and_nothing_at_infinity() {
        assert_eq!(chi_square_sf(0.0, 3), PValue::ONE);
        assert_eq!(chi_square_sf(-1.0, 3), PValue::ONE);
        assert_eq!(chi_square_sf(5.0, 0), PValue::ONE);
        assert_eq!(chi_square_sf(f64::INFINITY, 3).ln(), f64::NEG_INFINITY);
    }

    #[test]
    fn the_normal_quantile_agrees_with_scipy_and_inverts_the_distribution() {
        for &(p, z) in NORMAL_QUANTILES {
            let p = Fraction::new(p).expect("a share");
            let got = normal_quantile(p);
            assert!((got - z).abs() <= 1e-13 * z.abs().max(1.0), "{got} vs {z}");
            // Φ magnifies an error in z by about z² ≤ 1400.
            assert!(
                (normal_cdf(got) / p.value() - 1.0).abs() <= 1e-12,
                "{got}: {}",
                normal_cdf(got) / p.value() - 1.0
            );
        }
    }
}
