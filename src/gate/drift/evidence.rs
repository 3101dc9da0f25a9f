//! When there is too little data to speak of a distribution.

use crate::gate::number::{exact, percent};
use crate::gate::{Pair, Side};
use crate::measure::PsiBin;

/// Fewest values on either side: below, every statistic of a distribution is mostly noise (two
/// samples of 30 from one source differ by PSI 0.6 on average over ten bins).
const VALUES_MIN: u64 = 30;

/// Smallest expected count of a bin for which the χ² family of laws holds (Cochran 1954, *Some
/// methods for strengthening the common χ² tests*, Biometrics 10).
const EXPECTED_MIN: f64 = 5.0;

/// Share of all values that sparser bins may hold together. Rare categories are in most real
/// columns and weigh next to nothing there; where they hold more, the bins are too fine.
const SPARSE_SHARE_MAX: f64 = 0.01;

/// Why these counts are too small, if they are.
pub(super) fn too_few(counts: Pair, noun: &str) -> Option<String> {
    let (side, count) = if counts.candidate <= counts.reference {
        (Side::Candidate, counts.candidate)
    } else {
        (Side::Reference, counts.reference)
    };
    let side = side.as_str();
    match count {
        0 => Some(format!("the {side} has no {noun}")),
        VALUES_MIN.. => None,
        _ => Some(format!(
            "the {side} has {} {noun}, {VALUES_MIN} are needed",
            exact(count)
        )),
    }
}

/// Why the bins are too sparse, if they are: too many values lie in bins whose expected count,
/// on the smaller side, if nothing had changed, is below five.
#[expect(
    clippy::cast_precision_loss,
    reason = "an expectation is a float by nature"
)]
pub(super) fn too_sparse(bins: &[PsiBin]) -> Option<String> {
    let reference: u128 = bins.iter().map(|bin| u128::from(bin.reference)).sum();
    let candidate: u128 = bins.iter().map(|bin| u128::from(bin.candidate)).sum();
    let all = (reference + candidate) as f64;
    let smaller = reference.min(candidate) as f64;
    let both = |bin: &PsiBin| u128::from(bin.reference) + u128::from(bin.candidate);
    let sparse: u128 = bins
        .iter()
        .map(both)
        .filter(|&count| count as f64 * smaller < EXPECTED_MIN * all)
        .sum();
    let share = sparse as f64 / all;
    (share > SPARSE_SHARE_MAX).then(|| {
        format!(
            "{} of the values lie in bins of fewer than 5 expected",
            percent(share)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(counts: &[(u64, u64)]) -> Vec<PsiBin> {
        let bin = |&(reference, candidate): &(u64, u64)| PsiBin {
            label: String::new(),
            reference,
            candidate,
            contribution: 0.0,
        };
        counts.iter().map(bin).collect()
    }

    #[test]
    fn thirty_values_on_the_smaller_side_are_enough() {
        let of = |reference, candidate| {
            too_few(
                Pair {
                    reference,
                    candidate,
                },
                "values",
            )
        };
        assert_eq!(of(30, 1_000), None);
        assert_eq!(
            of(29, 1_000).unwrap(),
            "the reference has 29 values, 30 are needed"
        );
        assert_eq!(of(1_000, 0).unwrap(), "the candidate has no values");
    }

    #[test]
    fn expected_counts_below_five_are_too_sparse_unless_they_weigh_nothing() {
        assert_eq!(
            too_sparse(&bins(&[(50, 50), (5, 5)])),
            None,
            "five is enough"
        );
        assert!(too_sparse(&bins(&[(50, 50), (4, 5)])).is_some());
        assert_eq!(
            too_sparse(&bins(&[(1_000, 1_000), (1, 0), (0, 3), (0, 0)])),
            None
        );
        assert!(too_sparse(&bins(&[(100_000, 40), (100_000, 60), (9_000, 1)])).is_some());
    }
}
