//! A policy bound to two schemas: what to measure, and which result each gate looks at.

use super::{GateRule, Sides};
use crate::measure::MeasurementRequest;
use crate::quantity::Fraction;

/// A policy that fits the data at hand.
#[derive(Debug, Clone)]
pub struct CompiledPolicy {
    /// What to measure.
    pub request: MeasurementRequest,
    /// The gates in policy order.
    pub gates: Vec<CompiledGate>,
}

/// One gate with the columns and checks it means.
#[derive(Debug, Clone)]
pub struct CompiledGate {
    /// The rule as written.
    pub rule: GateRule,
    /// Columns its selector means, in the reference's order; empty for gates without one.
    pub columns: Vec<String>,
    /// Expectations it checks; empty for other kinds.
    pub checks: Vec<Check>,
}

/// One expectation of one gate.
#[derive(Debug, Clone)]
pub struct Check {
    /// The column, or the columns joined by `, `.
    pub subject: String,
    /// The promise in words, e.g. `range [0, 120]`.
    pub promise: String,
    /// Share of rows that may break it.
    pub tolerated: Fraction,
    /// Which snapshots count.
    pub sides: Sides,
    /// Where its result stands in the measurement.
    pub place: CheckPlace,
    /// Where it stands in the policy.
    pub line: usize,
}

/// Where the result of a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckPlace {
    /// `Measurement::column(column).expectations[index]`
    Column {
        /// The column.
        column: String,
        /// Position.
        index: usize,
    },
    /// `Measurement::rows[index]`
    Row {
        /// Position.
        index: usize,
    },
    /// Nulls of the column's sides against `tolerated`.
    NullRate {
        /// The column.
        column: String,
    },
    /// NaN of the column's sides against `tolerated`.
    NanRate {
        /// The column.
        column: String,
    },
}
