//! Why a document gives no latency.

use crate::identity::StrictJsonError;
use crate::quantity::Bytes;
use crate::verdict::text;

/// Why a document gives no latency.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LatencyError {
    /// The text is longer than allowed; nothing of it was read.
    #[error("{} bytes exceed the limit of {} bytes", found.0, limit.0)]
    TooLarge {
        /// Its length.
        found: Bytes,
        /// The most that is read.
        limit: Bytes,
    },
    /// The document is no JSON that two readers would understand alike.
    #[error("{0}")]
    Json(#[from] StrictJsonError),
    /// The text is not UTF-8.
    #[error("not UTF-8 text from byte {offset} on")]
    NotText {
        /// Where it ends to be.
        offset: usize,
    },
    /// Something that such a document has is not there.
    #[error("expected {expected}, which is not there")]
    Absent {
        /// What was looked for.
        expected: &'static str,
    },
    /// A number is none, is negative, or is not finite.
    #[error("line {line}: expected {expected}, found `{}`", text::name(found))]
    Line {
        /// The line, from 1.
        line: usize,
        /// What was expected.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A member of a JSON document is no length of time or count.
    #[error("expected {expected} at `{path}`, found {found}")]
    Member {
        /// Where it stands.
        path: String,
        /// What was expected.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A larger share of the requests is said to take less time than a smaller one.
    #[error(
        "the latency falls from {before_ms} ms to {after_ms} ms between the quantiles {before} and \
         {after}"
    )]
    Falls {
        /// The smaller quantile, as a share.
        before: f64,
        /// Its latency.
        before_ms: f64,
        /// The larger quantile, as a share.
        after: f64,
        /// Its latency.
        after_ms: f64,
    },
    /// The list of quantiles ends before the last request.
    #[error("the list of percentiles ends at {share}, not at 1: the text was cut")]
    Cut {
        /// The last share.
        share: f64,
    },
    /// Two runs stand in one text.
    #[error("line {line}: a second run begins; expected one alone")]
    SecondRun {
        /// Where it begins.
        line: usize,
    },
    /// Two counts of the same requests differ.
    #[error("the percentiles count {listed} requests, the summary {summed}")]
    Counts {
        /// Up to the last percentile.
        listed: u64,
        /// Below the percentiles.
        summed: u64,
    },
    /// Nothing was measured.
    #[error("the run made no request")]
    NoRequests,
}
