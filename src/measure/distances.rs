//! Distances between two sides from their bins, and how missing values changed.

use std::num::NonZeroU64;

use super::bins::Bins;
use super::{ChiSquareFacts, KsFacts, MissingFacts, PsiBin, PsiFacts, RateChange};
use crate::contract::KeyDomain;
use crate::profile::Presence;
use crate::quantity::Fraction;
use crate::stats::joint::JointDistribution;
use crate::stats::joint::Side;
use crate::stats::{
    KsDistance, Proportion, PsiLaw, TestDemand, chi_square, proportion_change, psi, smirnov_band,
};

/// PSI with its interval; `None` when a side is empty or α is no error rate.
pub(super) fn psi_facts(bins: &Bins, alpha: f64) -> Option<PsiFacts> {
    let alpha = Fraction::new(alpha)?;
    let found = psi(&bins.reference, &bins.candidate)?;
    let law = PsiLaw {
        reference: bins.reference.iter().sum(),
        candidate: bins.candidate.iter().sum(),
        bins: bins.labels.len() as u64,
    };
    // One bin alone has PSI 0 whatever the law.
    let bounds = law.interval(found.value, alpha);
    let demand = TestDemand { alpha, power: Fraction::new(DETECTION_POWER)? };
    let counts = bins.reference.iter().zip(&bins.candidate).zip(&found.contributions);
    let bins_found = bins.labels.iter().zip(counts).map(|(label, ((&ours, &theirs), &adds))| {
        PsiBin { label: label.clone(), reference: ours, candidate: theirs, contribution: adds }
    });
    Some(PsiFacts {
        metric_id: bins.metric_id.clone(),
        value: found.value,
        lower: bounds.map_or(found.value, |bounds| bounds.lower),
        upper: bounds.map_or(found.value, |bounds| bounds.upper),
        alpha: alpha.value(),
        detectable: law.detectable(demand).unwrap_or(0.0),
        sparse_share: sparse_share(&bins.reference, &bins.candidate),
        bins: bins_found.collect(),
    })
}

/// Share of all values in bins that expect fewer than five on a side under no drift: there the
/// χ² law behind the interval does not hold (Cochran 1954 gives the five).
#[expect(clippy::cast_precision_loss, reason = "shares are floats")]
fn sparse_share(reference: &[u64], candidate: &[u64]) -> f64 {
    let (n, m) = (reference.iter().sum::<u64>(), candidate.iter().sum::<u64>());
    let (whole, fewer) = (u128::from(n) + u128::from(m), u128::from(n.min(m)));
    let is_sparse = |&both: &u64| u128::from(both) * fewer < EXPECTED_MIN * whole;
    let both = reference.iter().zip(candidate).map(|(ours, theirs)| ours + theirs);
    both.filter(is_sparse).sum::<u64>() as f64 / whole as f64
}

/// KS with its p and band; `None` when a side is empty.
pub(super) fn ks_facts(
    joint: &JointDistribution,
    domain: &KeyDomain,
    alpha: f64,
    ties: bool,
) -> Option<KsFacts> {
    let gap = joint.largest_gap()?;
    let reference = NonZeroU64::new(joint.total(Side::Reference))?;
    let candidate = NonZeroU64::new(joint.total(Side::Candidate))?;
    let distance = KsDistance { numerator: gap.numerator, reference, candidate };
    let (d, found) = (distance.d(), distance.p_value());
    let (lower, upper) = ks_bounds(d, [reference.get(), candidate.get()], alpha)?;
    Some(KsFacts {
        d,
        numerator: gap.numerator,
        at: domain.text(gap.key),
        candidate_above: gap.candidate_above,
        p: found.p,
        method: found.method.name(),
        lower,
        upper,
        ties,
    })
}

/// Both ends of the band around a KS distance of two samples of these sizes; `None` when a side is
/// empty or α is no error rate.
#[must_use]
pub fn ks_bounds(d: f64, sizes: [u64; 2], alpha: f64) -> Option<(f64, f64)> {
    let band = smirnov_band(Fraction::new(alpha)?, sizes)?;
    Some(((d - band).max(0.0), (d + band).min(1.0)))
}

/// Two-sample χ² over the bins; `None` with an empty side or fewer than two bins.
pub(super) fn chi_square_facts(bins: &Bins) -> Option<ChiSquareFacts> {
    let found = chi_square(&bins.reference, &bins.candidate)?;
    Some(ChiSquareFacts {
        statistic: found.statistic,
        degrees: found.dof,
        p: found.p,
        cramers_v: found.cramers_v,
    })
}

/// How nulls and NaN changed.
pub(super) fn missing_facts(reference: Presence, candidate: Presence, alpha: f64) -> MissingFacts {
    let kinds: [(&str, u64, u64); 3] = [
        ("null", reference.nulls, candidate.nulls),
        ("NaN", reference.nans, candidate.nans),
        ("present", reference.values(), candidate.values()),
    ];
    let seen = || kinds.iter().filter(|(_, ours, theirs)| ours + theirs > 0);
    let bins = Bins {
        metric_id: "psi_missing_jeffreys".to_owned(),
        labels: seen().map(|kind| kind.0.to_owned()).collect(),
        reference: seen().map(|kind| kind.1).collect(),
        candidate: seen().map(|kind| kind.2).collect(),
        categories: None,
    };
    let change = |ours: u64, theirs: u64| {
        let reference = Proportion { part: ours, whole: reference.rows };
        let candidate = Proportion { part: theirs, whole: candidate.rows };
        // Each end of the interval is one-sided at α.
        let found = proportion_change(reference, candidate, Fraction::new(2.0 * alpha)?)?;
        Some(RateChange {
            reference: Fraction::of(reference.part, reference.whole)?.value(),
            candidate: Fraction::of(candidate.part, candidate.whole)?.value(),
            change: found.difference,
            lower: found.lower,
            upper: found.upper,
        })
    };
    MissingFacts {
        psi: psi_facts(&bins, alpha),
        nulls: change(reference.nulls, candidate.nulls),
        nans: change(reference.nans, candidate.nans),
    }
}

/// The power at which the smallest detectable effect is stated.
const DETECTION_POWER: f64 = 0.9;
/// Fewest expected values of a bin.
const EXPECTED_MIN: u128 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_that_expect_five_values_on_the_smaller_side_are_not_sparse() {
        assert_eq!(sparse_share(&[50, 5], &[50, 5]), 0.0);
        assert_eq!(sparse_share(&[50, 4], &[50, 5]), 9.0 / 109.0);
        assert_eq!(sparse_share(&[100, 0], &[100, 0]), 0.0);
        assert!(sparse_share(&[100_000, 100_000, 9_000], &[40, 60, 1]) > 0.04);
    }
}
