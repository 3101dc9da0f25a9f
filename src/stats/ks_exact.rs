//! The exact two-sample law: the share of lattice paths that leave a band around the diagonal.
//!
//! Under the null hypothesis every interleaving of n and m values is equally likely: a uniform
//! lattice path from (0, 0) to (n, m). D ≥ h/(n·m) says that the path visits a point (i, j) with
//! |i·m − j·n| ≥ h.
//!
//! Source: J. L. Hodges, *The Significance Probability of the Smirnov Two-Sample Test*, Arkiv för
//! Matematik 3 (1958), 469–486.

use std::f64::consts::LN_2;

use super::ks::KsDistance;
use crate::quantity::PValue;

/// P(D ≥ `distance`) by counting paths; `None` where it is below 10⁻⁵⁹⁰ and the sides differ in
/// size.
///
/// Relative error below 10⁻¹¹ (all terms are positive). Equal sides take O(n) steps by the
/// reflection series, others O(n·m·min(1, 2D)): 40 ms at worst for sides of 10 000. Where
/// the limiting law, which lies above the exact one in the far tail, says that p is too small, no
/// path is counted.
#[expect(clippy::cast_precision_loss, reason = "sizes up to 10 000")]
pub(super) fn exact_sf(distance: &KsDistance) -> Option<PValue> {
    if distance.numerator == 0 {
        return Some(PValue::ONE);
    }
    let (n, m) = (distance.reference.get(), distance.candidate.get());
    if n == m {
        return Some(square_sf(n, distance.numerator));
    }
    let ln_limit = LN_2 - 2.0 * distance.d().powi(2) / (1.0 / n as f64 + 1.0 / m as f64);
    if ln_limit < LN_SMALLEST {
        return None;
    }
    band_sf(n.min(m), n.max(m), distance.numerator)
}

/// Equal sides: P = 2·[C(2n,n−h) − C(2n,n−2h) + …]/C(2n,n) with D = h/n.
///
/// Evaluated as 2·A₀·(1 − A₁·(1 − A₂·…)), Aₖ being the product of
/// (n−kh−j)/(n+kh+j+1) over 0 ≤ j < h; A₀, which
/// can be tiny, as a logarithm.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "n is at most 10 000 and the numerator n·h"
)]
fn square_sf(n: u64, numerator: u128) -> PValue {
    let h = (numerator / u128::from(n)) as u64;
    let ratio = |j: u64| (n - j) as f64 / (n + j + 1) as f64;
    let mut bracket = 1.0;
    for k in (1..=n / h).rev() {
        let factor: f64 =
            (k * h..(k + 1) * h).map(|j| if j < n { ratio(j) } else { 0.0 }).product();
        bracket = 1.0 - factor * bracket;
    }
    let ln_first: f64 = (0..h).map(|j| ratio(j).ln()).sum();
    PValue::from_ln(LN_2 + ln_first + bracket.ln())
}

/// Unequal sides: q(i, j) = share of the paths to (i, j) that have left the band is 1 outside it,
/// and inside the mean of its two predecessors, weighted i and j: a path to (i, j) comes from
/// (i−1, j) with probability i/(i+j).
///
/// Walks the antidiagonals i + j = s: their cells do not depend on each other. The outside value
/// is 10²⁹⁰ in place of 1, which makes room for p down to 10⁻⁵⁹⁰.
fn band_sf(n: u64, m: u64, numerator: u128) -> Option<PValue> {
    let band = Band::new(n, m, numerator);
    // Cell i stands at i + 1: both ends of a diagonal have a neighbour outside the band.
    let width = band.n as usize + 3;
    let weights: Vec<f64> = (0..=band.n).map(f64::from).collect();
    let (mut cells, mut next) = (vec![0.0; width], vec![0.0; width]);
    (cells[0], cells[2]) = (OUTSIDE, OUTSIDE);
    for s in 1..=band.n + band.m {
        let Some((low, high)) = band.inside(s) else {
            return Some(PValue::ONE);
        };
        let total = f64::from(s);
        let inverse = total.recip();
        let neighbours = cells[low..=high + 1].windows(2);
        for ((cell, weight), pair) in
            next[low + 1..=high + 1].iter_mut().zip(&weights[low..=high]).zip(neighbours)
        {
            let mean = (weight * pair[0] + (total - weight) * pair[1]) * inverse;
            // Subnormal numbers are slow and add nothing.
            *cell = if mean < NEGLIGIBLE { 0.0 } else { mean };
        }
        (next[low], next[high + 2]) = (OUTSIDE, OUTSIDE);
        std::mem::swap(&mut cells, &mut next);
    }
    let end = cells[band.n as usize + 1];
    (end > 0.0).then(|| PValue::from_ln(end.ln() - OUTSIDE.ln()))
}

/// The cells inside the band: |i·m − j·n| < h.
struct Band {
    n: u32,
    m: u32,
    h: i64,
}

impl Band {
    fn new(n: u64, m: u64, numerator: u128) -> Self {
        let narrow = |size: u64| u32::try_from(size).expect("a side of at most 10 000");
        let h = i64::try_from(numerator).expect("at most n·m");
        Self { n: narrow(n), m: narrow(m), h }
    }

    /// First and last i inside the band on the antidiagonal i + j = s: |i·(n+m) − s·n| < h.
    /// `None` when there is none, which happens when h is too small for any path.
    fn inside(&self, s: u32) -> Option<(usize, usize)> {
        let (n, m, s) = (i64::from(self.n), i64::from(self.m), i64::from(s));
        let low = ((s * n - self.h).div_euclid(n + m) + 1).max(s - m).max(0);
        let high = ((s * n + self.h - 1).div_euclid(n + m)).min(n).min(s);
        (low <= high).then(|| {
            let index = |i: i64| usize::try_from(i).expect("an index of a cell");
            (index(low), index(high))
        })
    }
}

/// ln 10⁻⁵⁹⁰.
const LN_SMALLEST: f64 = -1358.5;
const OUTSIDE: f64 = 1e290;
const NEGLIGIBLE: f64 = 1e-300;

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    /// (n, m, numerator, p): SciPy 1.17.1 `_attempt_exact_2kssamp`, the path of
    /// `ks_2samp(method="exact")`.
    #[rustfmt::skip]
    #[expect(clippy::unreadable_literal, reason = "vectors are kept as SciPy prints them")]
    const EXACT: &[(u64, u64, u128, f64)] = &[
        (1, 1, 1, 1.0),
        (1, 2, 1, 1.0),
        (1, 2, 2, 0.6666666666666666),
        (2, 3, 2, 1.0),
        (2, 3, 4, 0.6),
        (2, 3, 5, 0.2),
        (2, 3, 6, 0.2),
        (5, 7, 8, 0.98989898989899),
        (5, 7, 15, 0.5454545454545454),
        (5, 7, 20, 0.23737373737373738),
        (5, 7, 28, 0.030303030303030304),
        (5, 7, 35, 0.0025252525252525255),
        (10, 10, 20, 0.9944575548290717),
        (10, 10, 30, 0.7869297884777761),
        (10, 10, 40, 0.41752365281777043),
        (10, 10, 60, 0.05244755244755244),
        (10, 10, 90, 0.00021650176448938054),
        (10, 10, 100, 1.0825088224469026e-05),
        (12, 18, 30, 0.9969691961422412),
        (12, 18, 60, 0.5805125199112416),
        (12, 18, 78, 0.26189373791993537),
        (12, 18, 108, 0.04171431924292337),
        (12, 18, 156, 0.00044939936047014073),
        (12, 18, 216, 2.312319837767641e-08),
        (50, 51, 180, 0.9975165208098595),
        (50, 51, 368, 0.6085157641109394),
        (50, 51, 494, 0.23747973111554255),
        (50, 51, 689, 0.03554389882033051),
        (50, 51, 989, 0.0005520893996938569),
        (50, 51, 1569, 1.6316563735461498e-09),
        (50, 51, 2453, 1.0109886081846701e-27),
        (50, 51, 2550, 1.0009788199848223e-29),
        (100, 100, 500, 0.9996892272702655),
        (100, 100, 1000, 0.7020569828664881),
        (100, 100, 1400, 0.2819416298082479),
        (100, 100, 1900, 0.05390207893129876),
        (100, 100, 2800, 0.0007377026282063397),
        (100, 100, 4400, 4.414205948474835e-09),
        (100, 100, 6800, 2.6207113475674983e-22),
        (100, 100, 10000, 2.2087606931995054e-59),
        (100, 300, 1500, 0.9900270766928165),
        (100, 300, 2500, 0.6603995246220851),
        (100, 300, 3400, 0.28021852273210723),
        (100, 300, 4700, 0.04757855611755617),
        (100, 300, 6800, 0.0007948758802955496),
        (100, 300, 10700, 6.137773830757404e-09),
        (100, 300, 16700, 6.186329789569952e-22),
        (100, 300, 28900, 5.0958207805837804e-82),
        (100, 300, 30000, 8.921184402908388e-97),
        (256, 1000, 8000, 0.9843201511930444),
        (256, 1000, 12992, 0.6477960805664871),
        (256, 1000, 17464, 0.2838178049403943),
        (256, 1000, 24352, 0.04634510516798386),
        (256, 1000, 34960, 0.0008818993133482755),
        (256, 1000, 55432, 7.2859749579633796e-09),
        (256, 1000, 86688, 2.8236529332730695e-21),
        (256, 1000, 149408, 2.0291223515884138e-65),
        (256, 1000, 235880, 2.4275217974422994e-196),
        (256, 1000, 256000, 1.0797864495759755e-274),
        (1000, 1000, 16000, 0.9995502785541052),
        (1000, 1000, 32000, 0.6854967337920594),
        (1000, 1000, 44000, 0.28779764348473313),
        (1000, 1000, 61000, 0.04839715079181246),
        (1000, 1000, 87000, 0.0010264669536591562),
        (1000, 1000, 138000, 1.0187003665032852e-08),
        (1000, 1000, 216000, 7.7335939682735e-21),
        (1000, 1000, 373000, 2.661665844969578e-62),
        (1000, 1000, 588000, 1.2731334052701707e-160),
        (1000, 1000, 759000, 9.967157593572164e-283),
        (999, 1001, 15819, 0.9993538348867343),
        (999, 1001, 32401, 0.6528840883966104),
        (999, 1001, 43556, 0.28635039546356894),
        (999, 1001, 60736, 0.04714725106407322),
        (999, 1001, 87183, 0.0008993438577094713),
        (999, 1001, 138253, 7.83850996553596e-09),
        (999, 1001, 216205, 5.036633623529951e-21),
        (999, 1001, 372623, 2.6643275108144813e-62),
        (999, 1001, 588286, 3.304313995810452e-161),
        (999, 1001, 759170, 1.366185832403941e-283),
        (3, 10000, 8660, 0.912927270816033),
        (3, 10000, 12551, 0.5441396100933235),
        (3, 10000, 16872, 0.20444610904027813),
        (3, 10000, 23527, 0.02011533562581691),
        (3, 10000, 30000, 1.1992802998920408e-11),
        (5000, 10000, 355000, 0.9959157129879311),
        (5000, 10000, 625000, 0.673313154479572),
        (5000, 10000, 845000, 0.2958512882424699),
        (5000, 10000, 1175000, 0.050094880612809346),
        (5000, 10000, 1690000, 0.0009764644293472557),
        (5000, 10000, 2675000, 1.0123050919541019e-08),
        (5000, 10000, 4185000, 9.688711508031287e-21),
        (5000, 10000, 7215000, 6.101074133032828e-61),
        (5000, 10000, 11390000, 4.652010446336676e-152),
        (5000, 10000, 14700000, 1.425979469670571e-254),
        (9999, 10000, 499975, 0.9995595577945912),
        (9999, 10000, 1024531, 0.664379813921028),
        (9999, 10000, 1377256, 0.2940173448536372),
        (9999, 10000, 1920502, 0.04915894094328133),
        (9999, 10000, 2756767, 0.0009586587713774236),
        (9999, 10000, 4371609, 9.67651949590951e-09),
        (9999, 10000, 6836508, 8.643307659235665e-21),
        (9999, 10000, 11782505, 6.96814341554741e-61),
        (9999, 10000, 18601855, 1.2366076280720218e-151),
        (9999, 10000, 24005270, 2.3433000300815494e-253),
        (9999, 10000, 26074005, 2.2499654569018669e-299),
        (10000, 10000, 500000, 0.9996338825993926),
        (10000, 10000, 1020000, 0.6756592612416861),
        (10000, 10000, 1380000, 0.2968514903604106),
        (10000, 10000, 1920000, 0.05012122567386552),
        (10000, 10000, 2760000, 0.0009828645572326894),
        (10000, 10000, 4370000, 1.0118707138716922e-08),
        (10000, 10000, 6840000, 9.277840740986801e-21),
        (10000, 10000, 11780000, 7.898598294661517e-61),
        (10000, 10000, 18600000, 1.5191739902604722e-151),
        (10000, 10000, 24010000, 3.0836952626418683e-253),
        (10000, 10000, 26080000, 3.0243973617517797e-299),
        (7001, 8009, 335064, 0.9992175870095714),
        (7001, 8009, 664664, 0.664069313685247),
        (7001, 8009, 893495, 0.2948436145773012),
        (7001, 8009, 1245925, 0.04902049085317355),
        (7001, 8009, 1788451, 0.0009713671064169347),
        (7001, 8009, 2836079, 9.49472080707298e-09),
        (7001, 8009, 4435182, 8.902854596454007e-21),
        (7001, 8009, 7643896, 5.7909406200298275e-61),
        (7001, 8009, 12067946, 5.5215204289648415e-152),
        (7001, 8009, 15573409, 3.812814918775364e-254),
        (7001, 8009, 16915501, 1.7520385082245982e-300),
    ];

    /// (n, m, numerator, ln p): the same count of paths in integers of any size.
    const EXACT_RATIONAL: &[(u64, u64, u128, f64)] = &[
        (700, 800, 504_000, -738.401_291_020_92),
        (700, 800, 560_000, -1_031.811_474_760_434_5),
        (900, 800, 432_000, -326.158_654_661_294_63),
        (7, 9, 20, -0.337_381_741_004_053_4),
        (30, 20, 1, 0.0),
        (5, 6, 2, 0.0),
    ];

    fn sf(n: u64, m: u64, numerator: u128) -> Option<PValue> {
        let size = |size| NonZeroU64::new(size).expect("a sample");
        exact_sf(&KsDistance { numerator, reference: size(n), candidate: size(m) })
    }

    #[test]
    fn the_share_of_paths_agrees_with_scipy() {
        for &(n, m, numerator, p) in EXACT {
            let got = sf(n, m, numerator).expect("above 1e-590").value();
            assert!((got / p - 1.0).abs() < 1e-10, "{n} {m} {numerator}: {got} vs {p}");
        }
    }

    #[test]
    fn the_share_of_paths_agrees_with_integer_counting_below_the_smallest_float() {
        for &(n, m, numerator, ln) in EXACT_RATIONAL {
            let got = sf(n, m, numerator).expect("above 1e-590").ln();
            assert!((got - ln).abs() < 1e-11, "{n} {m} {numerator}: {got} vs {ln}");
        }
    }

    #[test]
    fn disjoint_samples_leave_two_paths() {
        // 2/C(2n, n) with n = 10 000: mpmath 1.4.1, log(2/binomial(20000, 10000)).
        let got = sf(10_000, 10_000, 100_000_000).expect("equal sides always count").ln();
        assert!((got / -13_857.072_916_389_435 - 1.0).abs() < 1e-12, "{got}");
        assert_eq!(sf(9_000, 10_000, 90_000_000), None);
    }
}
