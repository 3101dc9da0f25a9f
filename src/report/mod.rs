//! What a check says: to a signature, to programs, to people.
//!
//! A [`Report`] is made once from [`ReportInputs`] and holds two documents. The [`Predicate`] is
//! what gets signed: small (below 64 KiB for 100 columns of 10 bins), with every deciding number
//! and the integer bin counts, so that a reader can decide again without the data. The
//! [`Details`] hold everything else, and the predicate names them by digest. [`Report::statement`]
//! puts the predicate into an in-toto statement whose only subject is the candidate snapshot;
//! [`Report::test_result_statement`] says as much of it as [`TestResult`] has words for.
//! The `render` module writes the same report for a terminal, Markdown, JUnit, GitHub, and as JSON.
//!
//! Same inputs give the same bytes: maps are ordered, floats are written in their shortest exact
//! form, no path, host or user is taken up. Numbers JSON cannot hold are null, with the reason
//! under `notFinite` beside them; counts above 2⁵³ are strings ([`Count`]). Text that came from
//! the data is cut to [`TEXT_CHARS_MAX`] characters and the cuts are counted.
//!
//! This module decides nothing, signs nothing and writes no file.
//!
//! ```
//! use driftgate::report::{Count, PREDICATE_TYPE, predicate_schema};
//!
//! let schema = predicate_schema();
//! assert_eq!(schema["$id"], format!("{PREDICATE_TYPE}.schema.json"));
//! assert_eq!(serde_json::to_string(&Count(1 << 54))?, "\"18014398509481984\"");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod build;
mod check_output;
mod column;
mod count;
mod details;
mod finding;
mod histogram;
mod inputs;
mod json_schema;
mod metric;
mod predicate;
mod real;
pub mod redecide;
pub mod render;
mod statement;
mod summary;
mod test_result;
mod text;

pub use build::{DETAILS_NAME, Report, ReportError, SCHEMA_VERSION};
pub use check_output::CheckOutput;
pub use column::{ColumnDetail, Quantiles, SideDetail};
pub use count::Count;
pub use details::{Details, GateDetail};
pub use finding::{
    BrokenDocument, DecideDocument, FindingDetail, MovedBin, NotApplicableDocument, PairDocument,
    QuantityDocument, SampleDocument, WaivedDocument,
};
pub use inputs::{KeyOrigin, PolicySource, Purpose, ReportInputs, SnapshotSource};
pub use json_schema::{check_output_schema, details_schema, predicate_schema, test_result_schema};
pub use metric::{Bin, CategoryDetail, Label, Metric};
pub use predicate::{
    ArtifactDocument, BinCounts, CheckDemand, CheckGroup, CheckResult, ColumnSummary,
    EvidenceDocument, FindingSummary, GateSummary, KeyDocument, PolicyDocument, Predicate,
    SeverityDocument, SnapshotDocument, ToolDocument, WaiverDocument, WaiverStateDocument,
};
pub use statement::{
    ARTIFACT_SUBJECT_NAME, PREDICATE_TYPE, ResourceDescriptor, STATEMENT_TYPE, SUBJECT_NAME,
    Statement,
};
pub use test_result::{
    TEST_RESULT_BUNDLE_NAME, TEST_RESULT_NAME, TEST_RESULT_TYPE, TestOutcome, TestResult,
};
pub use text::{TEXT_CHARS_MAX, WORDS_CHARS_MAX};
