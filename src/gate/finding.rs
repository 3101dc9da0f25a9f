//! One gate's answer on one thing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Place, Waived};
use crate::measure::{PsiBin, RowSample};
use crate::verdict::{Broken, Comparator, Decide, Interval, Pair, Quantity, Threshold, Verdict};

/// One demand of one gate on one column, or on the snapshot, and how it was met.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What counts, after the gate's severity and waivers.
    pub verdict: Verdict,
    /// What the numbers alone say.
    pub decision: Verdict,
    /// The gate's name.
    pub gate: String,
    /// What it is about.
    pub subject: Subject,
    /// The demand: `psi_max`, `ratio_min`, or an expectation's promise in words.
    pub rule: String,
    /// The exact statistic, e.g. `psi_quantile10_jeffreys`; absent where nothing was computed.
    pub metric: Option<String>,
    /// What was found.
    pub observed: Option<Quantity>,
    /// What the true value may be.
    pub interval: Option<Interval>,
    /// Whether the interval or the value alone decided; absent where nothing was compared.
    pub decided_by: Option<Decide>,
    /// How `observed` must stand to `threshold`.
    pub comparator: Option<Comparator>,
    /// The limit.
    pub threshold: Option<Quantity>,
    /// The policy's line the demand stands on.
    pub line: usize,
    /// Rows or values the number rests on.
    pub counts: Option<Pair>,
    /// What was found, for people, on one line and safe to print, without gate and policy line.
    pub sentence: String,
    /// Bins that moved most, largest contribution first.
    pub moved: Vec<PsiBin>,
    /// How many rows break an expectation.
    pub broken: Option<Broken>,
    /// First rows that break an expectation.
    pub samples: Vec<RowSample>,
    /// Whose word turned a failure into a warning.
    pub waived: Option<Waived>,
}

impl Finding {
    /// A finding without numbers yet; [`evaluate`](super::evaluate()) fills in the gate.
    pub(super) fn new(decision: Verdict, subject: Subject, rule: &str, sentence: String) -> Self {
        Self {
            verdict: decision,
            decision,
            gate: String::new(),
            subject,
            rule: rule.to_owned(),
            metric: None,
            observed: None,
            interval: None,
            decided_by: None,
            comparator: None,
            threshold: None,
            line: 0,
            counts: None,
            sentence,
            moved: Vec::new(),
            broken: None,
            samples: Vec::new(),
            waived: None,
        }
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { gate: &self.gate, column: self.subject.column.as_deref() }
    }

    pub(super) fn at(mut self, line: usize) -> Self {
        self.line = line;
        self
    }

    pub(super) fn observed(mut self, observed: Quantity) -> Self {
        self.observed = Some(observed);
        self
    }

    pub(super) fn demanded(mut self, comparator: Comparator, threshold: Quantity) -> Self {
        self.comparator = Some(comparator);
        self.threshold = Some(threshold);
        self
    }

    pub(super) fn counted(mut self, reference: u64, candidate: u64) -> Self {
        self.counts = Some(Pair { reference, candidate });
        self
    }

    /// The limit of a rule on a real number, with its line.
    pub(super) fn limited(self, comparator: Comparator, limit: Threshold) -> Self {
        self.at(limit.line).demanded(comparator, Quantity::Real(limit.value))
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The column, or the columns joined by `, `; absent for a snapshot as a whole.
    pub column: Option<String>,
    /// The one side it is about; absent where both were compared.
    pub side: Option<Side>,
}

impl Subject {
    /// A column on both sides.
    #[must_use]
    pub fn column(name: &str) -> Self {
        Self { column: Some(name.to_owned()), side: None }
    }

    /// The snapshots as a whole.
    #[must_use]
    pub fn snapshot() -> Self {
        Self::default()
    }

    /// The same on one side only.
    #[must_use]
    pub fn on(mut self, side: Side) -> Self {
        self.side = Some(side);
        self
    }
}

/// One of the two snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What the model in service was trained on.
    Reference,
    /// What the retrained model was trained on.
    Candidate,
}

impl Side {
    /// The side as documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Candidate => "candidate",
        }
    }
}

/// A demand that has no meaning for a column of that kind; said, never counted as a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplicable {
    /// The demand.
    pub rule: String,
    /// The column.
    pub column: String,
    /// Why, for people.
    pub reason: String,
}
