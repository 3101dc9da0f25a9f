//! The two-sample χ² test of homogeneity over categories.

use super::p_value::chi_square_sf;
use crate::quantity::PValue;

/// What the test of homogeneity found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquare {
    /// Σ (observed − expected)²/expected over both sides; ≥ 0.
    pub statistic: f64,
    /// Categories seen on either side, less one; at least 1.
    pub dof: u64,
    /// P(χ²(dof) ≥ statistic).
    pub p: PValue,
    /// Cramér's V = √(statistic/(N+M)): 0 for equal shares, 1 for disjoint categories.
    pub cramers_v: f64,
}

/// Tests whether N reference and M candidate counts over the same categories come from one law.
///
/// With rₖ and cₖ the counts, the statistic is Σ (rₖ·M − cₖ·N)²/(N·M·(rₖ+cₖ)), which for two
/// samples is the usual Σ (O−E)²/E; no continuity correction. Categories empty on both sides are
/// left out. `None` when a side is empty or fewer than two categories remain.
///
/// Agrees with SciPy's `chi2_contingency(correction=False)` and `contingency.association`, which
/// refuse empty columns. The law is asymptotic: expected counts below 5 make p rough.
///
/// Source: K. Pearson (1911), *On the probability that two independent distributions of frequency
/// are really samples from the same population*, Biometrika 8.
///
/// # Panics
/// When the slices differ in length, or a side holds more than 2⁶³ values.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact integers are rounded once")]
pub fn chi_square(reference: &[u64], candidate: &[u64]) -> Option<ChiSquare> {
    assert_eq!(reference.len(), candidate.len(), "the sides share their categories");
    let (n, m) = (total(reference), total(candidate));
    let seen = || reference.iter().zip(candidate).filter(|&(&r, &c)| r > 0 || c > 0);
    let categories = seen().count() as u64;
    if n == 0 || m == 0 || categories < 2 {
        return None;
    }
    let (n_float, m_float) = (n as f64, m as f64);
    let added = |(&r, &c): (&u64, &u64)| {
        let (r, c) = (u128::from(r), u128::from(c));
        let gap = (r * m).abs_diff(c * n) as f64;
        gap / n_float * (gap / m_float) / (r + c) as f64
    };
    let statistic: f64 = seen().map(added).sum();
    Some(ChiSquare {
        statistic,
        dof: categories - 1,
        p: chi_square_sf(statistic, categories - 1),
        cramers_v: (statistic / (n_float + m_float)).sqrt().min(1.0),
    })
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
    use super::*;

    #[test]
    fn the_test_agrees_with_scipy() {
        // SciPy 1.17.1 chi2_contingency(correction=False), contingency.association("cramer"), and
        // mpmath 1.4.1 for ln p at the same statistic: (counts, statistic, dof, ln p, V).
        #[expect(clippy::type_complexity, reason = "a table of vectors")]
        let cases: &[(&[u64], &[u64], f64, u64, f64, f64)] = &[
            (
                &[10, 20, 30],
                &[6, 25, 40],
                2.0750940830166182,
                2,
                -1.0375470415083091,
                0.12585870191391258,
            ),
            (
                &[100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
                &[90, 110, 95, 105, 100, 100, 99, 101, 80, 120],
                5.3030669037917743,
                9,
                -0.21427119357052006,
                0.051493042752355266,
            ),
            (
                &[1000, 5],
                &[900, 90],
                81.207598371777476,
                1,
                -43.040051176820358,
                0.20175619716286981,
            ),
            (
                &[500000, 300000, 200001],
                &[400000, 350000, 250001],
                20512.795821572227,
                2,
                -10256.397910786114,
                0.10127382511981296,
            ),
            (
                &[3, 0, 7],
                &[0, 4, 9],
                6.9774038461538462,
                2,
                -3.4887019230769231,
                0.55078615143754714,
            ),
        ];
        for &(reference, candidate, statistic, dof, ln_p, v) in cases {
            let got = chi_square(reference, candidate).expect("a test");
            assert!((got.statistic / statistic - 1.0).abs() < 1e-13, "{got:?} vs {statistic}");
            assert_eq!(got.dof, dof);
            assert!((got.p.ln() - ln_p).abs() < 1e-12 * ln_p.abs().max(1.0), "{got:?} vs {ln_p}");
            assert!((got.cramers_v / v - 1.0).abs() < 1e-13, "{got:?} vs {v}");
        }
    }

    #[test]
    fn equal_shares_have_no_distance() {
        let got = chi_square(&[10, 20, 0], &[30, 60, 0]).expect("a test");
        assert_eq!((got.statistic, got.dof, got.p, got.cramers_v), (0.0, 1, PValue::ONE, 0.0));
    }

    #[test]
    fn disjoint_categories_have_the_largest_association() {
        let got = chi_square(&[7, 0], &[0, 5]).expect("a test");
        assert!((got.cramers_v - 1.0).abs() < 1e-15);
    }

    #[test]
    fn one_category_or_an_empty_side_is_no_test() {
        assert_eq!(chi_square(&[5, 0], &[9, 0]), None);
        assert_eq!(chi_square(&[5, 1], &[0, 0]), None);
        assert_eq!(chi_square(&[], &[]), None);
    }
}
