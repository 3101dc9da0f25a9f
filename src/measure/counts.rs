//! What bins and presence alone tell of a column, and nothing else is needed for.

use super::DriftFacts;
use super::bins::Bins;
use super::distances::{chi_square_facts, missing_facts, psi_facts};
use crate::profile::Presence;
use crate::stats::divergence;

/// What was counted of one side of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideCounts {
    /// Rows, nulls and NaN.
    pub presence: Presence,
    /// Values per bin; both sides have the same bins.
    pub bins: Vec<u64>,
}

/// The facts of a column that follow from its counts, to hold a report to them: PSI with its
/// interval, distances over the bins, χ², and how nulls and NaN changed, each one-sided at
/// `alpha`. `categories` takes each bin for a category and names none.
///
/// The distance of KS, its p, and Wasserstein need the values and stay absent; so does whatever
/// needs bins when there are none.
///
/// # Panics
/// When the sides differ in their number of bins, or counts add up beyond 2⁶¹.
#[must_use]
pub fn drift_from_counts(reference: SideCounts, candidate: SideCounts, alpha: f64) -> DriftFacts {
    let presence = [reference.presence, candidate.presence];
    let bins = Bins::of_counts(reference.bins, candidate.bins);
    drift_of(&bins, presence, alpha)
}

/// The facts that follow from bins and the presence of the reference and the candidate.
pub(super) fn drift_of(bins: &Bins, [ours, theirs]: [Presence; 2], alpha: f64) -> DriftFacts {
    let distances = divergence(&bins.reference, &bins.candidate);
    DriftFacts {
        reference_values: ours.values(),
        candidate_values: theirs.values(),
        psi: psi_facts(bins, alpha),
        ks: None,
        missing: missing_facts(ours, theirs, alpha),
        chi_square: chi_square_facts(bins),
        js_distance_log2: distances.as_ref().map(|found| found.js_distance_log2),
        hellinger: distances.as_ref().map(|found| found.hellinger),
        total_variation: distances.as_ref().map(|found| found.total_variation),
        l_infinity: distances.as_ref().map(|found| found.l_infinity),
        wasserstein: None,
        wasserstein_scaled: None,
        categories: bins.categories.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(nulls: u64, bins: &[u64]) -> SideCounts {
        let rows = nulls + bins.iter().sum::<u64>();
        SideCounts { presence: Presence { rows, nulls, ..Presence::default() }, bins: bins.into() }
    }

    /// PSI of [10, 20, 30] and [30, 20, 10] by mpmath, as in `stats::psi`.
    #[test]
    fn counts_alone_give_every_number_over_bins() {
        let facts = drift_from_counts(side(0, &[10, 20, 30]), side(20, &[30, 20, 10]), 0.05);
        let psi = facts.psi.unwrap();
        assert!((psi.value - 0.693_561_903_382_041).abs() < 1e-14);
        assert!(psi.lower < psi.value && psi.value < psi.upper);
        assert_eq!(facts.total_variation, Some(1.0 / 3.0));
        assert_eq!(facts.missing.nulls.unwrap().change, 0.25);
        assert!(facts.ks.is_none() && facts.wasserstein.is_none());
    }

    #[test]
    fn without_bins_only_what_is_missing_is_known() {
        let facts = drift_from_counts(side(5, &[]), side(5, &[]), 0.05);
        assert!(facts.psi.is_none() && facts.chi_square.is_none() && facts.hellinger.is_none());
        assert_eq!(facts.missing.nulls.unwrap().change, 0.0);
    }
}
