//! What other programs found, as facts.
//!
//! Test runners, scanners and load generators write documents; this module reads them. Each reader is
//! a pure function from bytes to facts: it opens no file, knows no threshold and judges nothing. The
//! bytes are untrusted: size, depth and number of items are bounded, text is cut where it is kept, and
//! what a document says of itself in one place is held against what it says in another.
//!
//! - [`junit`]: JUnit XML → [`TestFacts`];
//! - [`sarif`], [`trivy`], [`grype`], [`cargo_audit`], [`pip_audit`]: reports of scanners →
//!   [`ScanFacts`], one form for all;
//! - [`metrics`]: a number at a path of a JSON document;
//! - [`latency`]: k6, wrk and HdrHistogram → quantiles and throughput;
//! - [`tree`]: a configuration or lock file → paths and values, and how two differ;
//! - [`capture`]: the environment that a program ran in, and how two differ;
//! - [`dashboards`], [`prometheus`]: what is shown, which alerts are defined, which targets answer.
//!
//! A format that is not known for certain is an error, and so is a document that contradicts itself:
//! a reader that guesses turns silence into a pass.
//!
//! ```
//! use driftgate::evidence::junit;
//!
//! let facts = junit(br#"<testsuite name="unit" tests="2" failures="1">
//!     <testcase name="a"/><testcase name="b"><failure message="1 != 2"/></testcase>
//! </testsuite>"#)?;
//! assert_eq!((facts.total.passed, facts.total.failed), (1, 1));
//! # Ok::<(), driftgate::evidence::JunitError>(())
//! ```

pub mod capture;
mod cargo_audit;
mod cvss;
pub mod dashboards;
mod finding;
mod grype;
mod json;
mod junit;
pub mod latency;
mod limits;
pub mod metrics;
mod pip_audit;
pub mod prometheus;
mod sarif;
pub mod tree;
mod trivy;

pub use cargo_audit::cargo_audit;
pub use finding::{ScanFacts, SecurityFinding, Severity};
pub use grype::grype;
pub use json::ScanError;
pub use junit::{JunitError, JunitFault, TestCounts, TestFacts, TestSuite, junit};
pub use limits::{DOCUMENT_BYTES_MAX, ITEMS_MAX, METRICS_BYTES_MAX, NAMES_KEPT};
pub use pip_audit::pip_audit;
pub use sarif::sarif;
pub use trivy::trivy;
