//! What is found, and between what it may lie.

/// A number or a word in a finding.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// Whole, exact.
    Count(u64),
    /// Real; may be NaN or infinite, and then the finding is an error.
    Real(f64),
    /// A type, a date, a promise.
    Text(String),
}

/// Where the true value lies with known confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Error rate of each end alone; the pair is a (1 − 2·alpha) interval.
    pub alpha: f64,
}

/// A count on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// In the reference.
    pub reference: u64,
    /// In the candidate.
    pub candidate: u64,
}

/// Rows that break an expectation, among all rows of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Rows that break it.
    pub violations: u64,
    /// All rows.
    pub rows: u64,
}
