//! Many tests at once: p-values adjusted so that few of them cry wolf.

use crate::quantity::PValue;

/// How p-values of one family are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplicity {
    /// Bounds the probability of any false alarm, under any dependence (S. Holm, Scand. J.
    /// Statist. 6, 1979).
    Holm,
    /// Bounds the expected share of false alarms among the alarms, for independent or positively
    /// dependent tests (Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57, 1995).
    BenjaminiHochberg,
    /// Leaves the p-values as they are.
    None,
}

impl Multiplicity {
    /// Adjusted p-values, in the order given; never below the raw ones, equal for equal raw ones.
    ///
    /// With p₍₁₎ ≤ … ≤ p₍ₘ₎: Holm is max over j ≤ i of (m−j+1)·p₍ⱼ₎, Benjamini–Hochberg is min over
    /// j ≥ i of (m/j)·p₍ⱼ₎, both at most 1. Computed on logarithms: a p of 10⁻⁵⁰⁰ keeps its size.
    /// An empty family stays empty.
    ///
    /// Agrees with statsmodels' `multipletests` (`holm`, `fdr_bh`) and SciPy's
    /// `false_discovery_control`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a family of tests is small")]
    pub fn adjusted(self, raw: &[PValue]) -> Vec<PValue> {
        let mut order: Vec<usize> = (0..raw.len()).collect();
        order.sort_by(|&a, &b| raw[a].ln().total_cmp(&raw[b].ln()));
        let family = raw.len() as f64;
        let ranked = order.iter().enumerate().map(|(position, &index)| (position as f64, index));
        let mut adjusted = raw.to_vec();
        match self {
            Self::None => {}
            Self::Holm => {
                let mut largest = f64::NEG_INFINITY;
                for (position, index) in ranked {
                    largest = largest.max(raw[index].ln() + (family - position).ln());
                    adjusted[index] = PValue::from_ln(largest);
                }
            }
            Self::BenjaminiHochberg => {
                let mut smallest = 0.0_f64;
                for (position, index) in ranked.rev() {
                    smallest = smallest.min(raw[index].ln() + (family / (position + 1.0)).ln());
                    adjusted[index] = PValue::from_ln(smallest);
                }
            }
        }
        adjusted
    }
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "reference values stand as their source prints them")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn p_values(values: &[f64]) -> Vec<PValue> {
        values.iter().map(|value| PValue::from_ln(value.ln())).collect()
    }

    const RAW: [f64; 9] = [0.04, 0.001, 0.5, 0.04, 1e-200, 0.009, 1.0, 0.0, 0.021];

    #[test]
    fn adjustments_agree_with_statsmodels_and_scipy() {
        // statsmodels 0.15.0 multipletests("holm"); SciPy 1.17.1 false_discovery_control("bh").
        let holm =
            [0.16, 0.007, 1.0, 0.16, 8e-200, 0.05399999999999999, 1.0, 0.0, 0.10500000000000001];
        let bh = [
            0.051428571428571435,
            0.003,
            0.5625,
            0.051428571428571435,
            4.5e-200,
            0.020249999999999997,
            1.0,
            0.0,
            0.0378,
        ];
        for (method, expected) in [
            (Multiplicity::Holm, holm),
            (Multiplicity::BenjaminiHochberg, bh),
            (Multiplicity::None, RAW),
        ] {
            for (got, expected) in method.adjusted(&p_values(&RAW)).iter().zip(expected) {
                let tolerance = 1e-12 * expected;
                assert!(
                    (got.value() - expected).abs() <= tolerance,
                    "{method:?}: {got:?} vs {expected}"
                );
            }
        }
    }

    #[test]
    fn a_p_below_the_smallest_float_is_still_multiplied() {
        let raw = [PValue::from_ln(-2000.0), PValue::ONE];
        let got = Multiplicity::Holm.adjusted(&raw);
        assert!((got[0].ln() - (2.0_f64.ln() - 2000.0)).abs() < 1e-9);
        assert_eq!(got[1], PValue::ONE);
        assert_eq!(Multiplicity::BenjaminiHochberg.adjusted(&[]), vec![]);
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_order_and_ties_and_never_shrink(
            values in prop::collection::vec(prop_oneof![Just(0.01), 0.0..=1.0], 0..40),
        ) {
            let raw = p_values(&values);
            let holm = Multiplicity::Holm.adjusted(&raw);
            let bh = Multiplicity::BenjaminiHochberg.adjusted(&raw);
            for (i, p) in raw.iter().enumerate() {
                prop_assert!(p.ln() <= bh[i].ln() && bh[i].ln() <= holm[i].ln() + 1e-12);
                for (j, other) in raw.iter().enumerate() {
                    prop_assert!(p.ln() > other.ln() || holm[i].ln() <= holm[j].ln());
                    prop_assert!(p.ln() > other.ln() || bh[i].ln() <= bh[j].ln());
                }
            }
        }
    }
}
