//! When there is too little data to speak of a distribution.

use crate::gate::number::{exact, percent};
use crate::gate::{Pair, Side};

/// What a number of a drift gate rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Values on both sides, neither null nor NaN.
    pub values: Pair,
    /// Rows on both sides.
    pub rows: Pair,
    /// Share of the values in bins that expect fewer than five of them on a side.
    pub sparse_share: f64,
}

impl Evidence {
    /// Why this is too little for a rule of the drift gate to decide on, if it is.
    ///
    /// Rules about missing values rest on rows and need no full bins: a column without nulls is
    /// the usual case, and the bound already knows how little three nulls say.
    #[must_use]
    pub fn doubt(&self, rule: &str) -> Option<String> {
        match rule {
            "missing_psi_max" | "null_change_max" | "nan_change_max" => too_few(self.rows, "rows"),
            "psi_max" | "psi_warn" | "chi_square_p_min" => {
                too_few(self.values, "values").or_else(|| too_sparse(self.sparse_share))
            }
            _ => too_few(self.values, "values"),
        }
    }
}

/// Fewest values on either side: below, every statistic of a distribution is mostly noise (two
/// samples of 30 from one source differ by PSI 0.6 on average over ten bins).
const VALUES_MIN: u64 = 30;

/// Share of all values that sparser bins may hold together. Rare categories are in most real
/// columns and weigh next to nothing there; where they hold more, the bins are too fine.
const SPARSE_SHARE_MAX: f64 = 0.01;

/// Why these counts are too small, if they are.
fn too_few(counts: Pair, noun: &str) -> Option<String> {
    let (side, count) = if counts.candidate <= counts.reference {
        (Side::Candidate, counts.candidate)
    } else {
        (Side::Reference, counts.reference)
    };
    let side = side.as_str();
    match count {
        0 => Some(format!("the {side} has no {noun}")),
        VALUES_MIN.. => None,
        _ => Some(format!("the {side} has {} {noun}, {VALUES_MIN} are needed", exact(count))),
    }
}

/// Why the bins are too sparse, if they are: too many values lie in bins that expect fewer than
/// five on a side if nothing had changed.
fn too_sparse(share: f64) -> Option<String> {
    (share > SPARSE_SHARE_MAX)
        .then(|| format!("{} of the values lie in bins of fewer than 5 expected", percent(share)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_values_on_the_smaller_side_are_enough() {
        let of = |reference, candidate| too_few(Pair { reference, candidate }, "values");
        assert_eq!(of(30, 1_000), None);
        assert_eq!(of(29, 1_000).unwrap(), "the reference has 29 values, 30 are needed");
        assert_eq!(of(1_000, 0).unwrap(), "the candidate has no values");
    }

    #[test]
    fn rare_categories_are_no_doubt_unless_they_weigh() {
        assert_eq!(too_sparse(0.01), None);
        assert!(too_sparse(0.02).is_some());
    }
}
