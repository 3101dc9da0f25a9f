//! What was found of predictions.

use std::collections::BTreeMap;

use super::request::Statistic;
use crate::stats::Proportion;

/// Facts about the predictions of a candidate, and of the champion where there are any.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionsFacts {
    /// The candidate, or why its columns cannot be read as asked.
    pub candidate: Result<SideFacts, String>,
    /// The champion likewise; `None` when it is not asked for or not there.
    pub champion: Option<Result<SideFacts, String>>,
    /// The candidate against the champion; `None` unless both could be read.
    pub comparison: Option<ComparisonFacts>,
}

/// Facts about one model's predictions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SideFacts {
    /// Rows of the snapshot.
    pub rows: u64,
    /// Rows left out for want of a value.
    pub left_out: u64,
    /// Columns with missing values, and how many.
    pub missing: Vec<(String, u64)>,
    /// Rows of the positive class among those used, where labels are classes.
    pub positives: Option<u64>,
    /// The statistics asked for.
    pub estimates: BTreeMap<Statistic, Estimated>,
    /// Counts in the groups asked for.
    pub groupings: Vec<GroupingFacts>,
    /// Latency.
    pub latency: Option<LatencyFacts>,
    /// Throughput.
    pub throughput: Option<ThroughputFacts>,
}

impl SideFacts {
    /// Rows that statistics were computed of.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.rows.saturating_sub(self.left_out)
    }
}

/// A number, or why there is none.
pub type Estimated<T = Estimate> = Result<T, String>;

/// A number and what the true one may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What was found.
    pub value: f64,
    /// Both one-sided bounds; `None` where the rows are too few to tell.
    pub bounds: Option<(f64, f64)>,
}

/// Candidate less champion.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonFacts {
    /// `None` when compared row by row, else why not.
    pub unpaired: Option<String>,
    /// The differences of the statistics asked for.
    pub differences: BTreeMap<Statistic, Estimated>,
}

/// Counts in the groups of one column, or of several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupingFacts {
    /// The columns.
    pub columns: Vec<String>,
    /// Groups that have rows, in the order of their names.
    pub groups: Vec<GroupFacts>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    /// The value of each column; `None` where there is none.
    pub values: Vec<Option<String>>,
    /// Its rows by label and decision.
    pub counts: GroupCounts,
}

/// Rows by label and decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// Positive, decided positive.
    pub true_positives: u64,
    /// Negative, decided positive.
    pub false_positives: u64,
    /// Positive, decided negative.
    pub false_negatives: u64,
    /// Negative, decided negative.
    pub true_negatives: u64,
}

impl GroupCounts {
    /// Adds a row.
    pub fn add(&mut self, label: bool, decision: bool) {
        *match (label, decision) {
            (true, true) => &mut self.true_positives,
            (false, true) => &mut self.false_positives,
            (true, false) => &mut self.false_negatives,
            (false, false) => &mut self.true_negatives,
        } += 1;
    }

    /// Both together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            true_positives: self.true_positives + other.true_positives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
            true_negatives: self.true_negatives + other.true_negatives,
        }
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.selected().whole
    }

    /// Rows decided positive, of all.
    #[must_use]
    pub fn selected(&self) -> Proportion {
        let part = self.true_positives + self.false_positives;
        Proportion { part, whole: part + self.false_negatives + self.true_negatives }
    }

    /// True positives among positive labels.
    #[must_use]
    pub fn found(&self) -> Proportion {
        let whole = self.true_positives + self.false_negatives;
        Proportion { part: self.true_positives, whole }
    }

    /// False positives among negative labels.
    #[must_use]
    pub fn alarmed(&self) -> Proportion {
        let whole = self.false_positives + self.true_negatives;
        Proportion { part: self.false_positives, whole }
    }

    /// True positives among positive decisions.
    #[must_use]
    pub fn precise(&self) -> Proportion {
        let whole = self.true_positives + self.false_positives;
        Proportion { part: self.true_positives, whole }
    }
}

/// Latency in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyFacts {
    /// Rows with a latency.
    pub count: u64,
    /// The quantiles asked for, in that order.
    pub quantiles: Vec<QuantileFacts>,
    /// The largest.
    pub max: f64,
}

/// One quantile in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileFacts {
    /// The share of rows at or below it.
    pub p: f64,
    /// The value found.
    pub estimate: Estimate,
}

/// Rows over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThroughputFacts {
    /// Rows with a timestamp.
    pub count: u64,
    /// Seconds from the first to the last.
    pub seconds: f64,
    /// Rows per second, the first one not counted; `None` when no time passed.
    pub per_second: Option<f64>,
}
