//! What a fairness gate demands.

use std::collections::BTreeSet;

use crate::checklist::predicted::{Deciding, Predicted};
use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::measure::predictions::{DecidedBy, PredictionsRequest};
use crate::verdict::{Comparator, Threshold};

/// Limits on what lies between groups.
#[derive(Debug)]
pub(super) struct Fairness {
    pub(super) predictions: Predicted,
    pub(super) by: DecidedBy,
    pub(super) deciding: Deciding,
    /// Groups with fewer rows are too small to tell.
    pub(super) group_min: u64,
    pub(super) smaller: Smaller,
    pub(super) limits: Vec<Limited>,
}

/// What is done with groups that are too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Smaller {
    /// The answer is inconclusive.
    Inconclusive,
    /// They are left out, and named.
    LeftOut,
}

/// A limit on a rate's spread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limited {
    pub(super) spread: SpreadOf,
    pub(super) limit: Threshold,
}

/// What spreads between groups, and how it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpreadOf {
    pub(super) rate: Rate,
    pub(super) measure: Measure,
    /// As the policy names it.
    pub(super) key: &'static str,
}

/// A rate of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// Decided positive, of all.
    Selection,
    /// Decided positive, of positive labels.
    TruePositive,
    /// The worse of true and false positive rates.
    Odds,
    /// Positive labels, of positive decisions.
    Precision,
}

/// A difference, which has a largest value, or a ratio, which has a smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Difference,
    Ratio,
}

/// Everything that can be limited, in the order of answers.
pub(super) const SPREADS: [SpreadOf; 8] = [
    of(Rate::Selection, Measure::Ratio, "parity_ratio"),
    of(Rate::Selection, Measure::Difference, "parity_difference"),
    of(Rate::TruePositive, Measure::Ratio, "equal_opportunity_ratio"),
    of(Rate::TruePositive, Measure::Difference, "equal_opportunity_difference"),
    of(Rate::Odds, Measure::Ratio, "equalized_odds_ratio"),
    of(Rate::Odds, Measure::Difference, "equalized_odds_difference"),
    of(Rate::Precision, Measure::Ratio, "predictive_parity_ratio"),
    of(Rate::Precision, Measure::Difference, "predictive_parity_difference"),
];

const fn of(rate: Rate, measure: Measure, key: &'static str) -> SpreadOf {
    SpreadOf { rate, measure, key }
}

impl Limited {
    /// The limit as a demand.
    pub(super) fn demand(&self, deciding: Deciding) -> Demand {
        let (end, comparator) = match self.spread.measure {
            Measure::Difference => ("max", Comparator::AtMost),
            Measure::Ratio => ("min", Comparator::AtLeast),
        };
        Demand::real(&format!("{}_{end}", self.spread.key), comparator, self.limit)
            .decided(deciding.decide, deciding.alpha)
    }
}

impl Criterion for Fairness {
    fn needs(&self) -> Vec<Need> {
        vec![self.predictions.source.need(PredictionsRequest {
            columns: self.predictions.columns.clone(),
            statistics: BTreeSet::new(),
            groupings: self.predictions.groupings.clone(),
            grouped_by: self.by,
            latency: None,
            timestamps: None,
            alpha: self.deciding.alpha(),
            calibration_bins: 1,
            missing_tolerated: self.predictions.source.missing_max,
            champion: false,
        })]
    }

    fn demands(&self) -> Vec<Demand> {
        self.limits.iter().map(|limit| limit.demand(self.deciding)).collect()
    }

    fn terms(&self) -> Vec<(String, String)> {
        let smaller = match self.smaller {
            Smaller::Inconclusive => "inconclusive",
            Smaller::LeftOut => "left_out",
        };
        let mut terms = self.predictions.terms();
        terms.extend(self.deciding.terms());
        terms.push(("decided".to_owned(), self.by.to_string()));
        terms.push(("group_size.min".to_owned(), self.group_min.to_string()));
        terms.push(("group_size.smaller".to_owned(), smaller.to_owned()));
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
