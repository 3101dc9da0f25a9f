//! What is to be measured: a policy's demands without its thresholds.

use crate::contract::{ColumnExpectation, RowExpectation};
use crate::profile::Sampling;
use crate::scan::Asked;

/// Everything one check needs from the data; only these columns are read.
#[derive(Debug, Clone, Default)]
pub struct MeasurementRequest {
    /// Columns, each named once, in the reference's order, then the candidate's additions.
    pub columns: Vec<ColumnRequest>,
    /// Promises about whole rows.
    pub rows: Vec<RowRequest>,
    /// Most sample positions kept per expectation and side.
    pub samples_max: usize,
    /// Whether samples carry the values.
    pub show_values: bool,
}

impl MeasurementRequest {
    /// What is kept of rows that break an expectation.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        Sampling { positions_max: self.samples_max, values: self.show_values }
    }

    /// The expectations of the reference: what a profile must answer to stand for its data.
    #[must_use]
    pub fn asked_of_reference(&self) -> Asked<'_> {
        let columns = self.columns.iter().flat_map(|column| {
            let asked = column.expectations.iter().filter(|request| request.reference);
            asked.map(|request| (column.name.as_str(), &request.expectation))
        });
        let rows = self.rows.iter().filter(|request| request.reference);
        Asked {
            columns: columns.collect(),
            rows: rows.map(|request| &request.expectation).collect(),
            sampling: self.sampling(),
        }
    }
}

/// What is wanted of one column. Presence (rows, nulls, NaN), smallest and largest value come
/// with every column.
#[derive(Debug, Clone)]
pub struct ColumnRequest {
    /// The name.
    pub name: String,
    /// Compare as categories although the type is a number.
    pub as_categories: bool,
    /// Drift, when a rule needs it.
    pub drift: Option<DriftRequest>,
    /// Promises about its values.
    pub expectations: Vec<ExpectationRequest>,
}

/// How drift is to be measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftRequest {
    /// Quantile bins of the PSI.
    pub bins: usize,
    /// Error rate of each one-sided bound.
    pub alpha: f64,
    /// Whether a rule needs what only the whole multiset gives (Wasserstein-1, mean, σ).
    pub whole_multiset: bool,
}

/// One promise and where to check it.
#[derive(Debug, Clone)]
pub struct ExpectationRequest {
    /// The promise.
    pub expectation: ColumnExpectation,
    /// On the reference.
    pub reference: bool,
    /// On the candidate.
    pub candidate: bool,
}

/// One promise about rows and where to check it.
#[derive(Debug, Clone)]
pub struct RowRequest {
    /// The promise.
    pub expectation: RowExpectation,
    /// On the reference.
    pub reference: bool,
    /// On the candidate.
    pub candidate: bool,
}
