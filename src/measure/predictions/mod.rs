//! Facts about predictions: how good they are, how alike groups fare, how long they took.
//!
//! A [`PredictionsRequest`] names columns and statistics; [`measure_predictions`] reads them from
//! the candidate's predictions, and from the champion's where there are any, and gives
//! [`PredictionsFacts`]: estimates with what they may truly be, integer counts by group, exact
//! quantiles of latency. Both models are compared row by row where their rows are the same, that is
//! where as many rows have the same labels in the same order; else as two samples, which is said.
//!
//! What cannot be computed is a reason in words, never a number. Nothing here knows a limit.

mod compare;
mod estimate;
mod facts;
mod groups;
mod latency;
#[expect(clippy::module_inception, reason = "the verb of the module")]
mod predictions;
mod ranking;
mod request;
mod side;
mod sums;

pub use facts::{
    ComparisonFacts, Estimate, Estimated, GroupCounts, GroupFacts, GroupingFacts, LatencyFacts,
    PredictionsFacts, QuantileFacts, SideFacts, ThroughputFacts,
};
pub use predictions::measure_predictions;
pub use request::{
    DecidedBy, LatencyRequest, PredictionColumns, PredictionsRequest, Statistic, TimeStep,
};
