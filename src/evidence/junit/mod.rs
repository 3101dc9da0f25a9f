//! JUnit XML: the results of tests, as pytest, Surefire, cargo-nextest, jest and go-junit-report
//! write them.
//!
//! There is no standard, so only what all of them mean alike is read: `testcase` elements below
//! `testsuite` elements, and in each case `failure`, `error`, `skipped`, or (Surefire, nextest)
//! `flakyFailure` for a test that passed when it was run again. The cases are counted; what the
//! attributes `tests`, `failures`, `errors` and `skipped` claim is held against that, and where they
//! differ, a document was cut, merged or mended by hand: that is a [`JunitFault`]. Document types are
//! refused, and with them every entity but XML's own five.

mod error;
mod facts;
mod read;
mod suite;

pub use error::{JunitError, JunitFault};
pub use facts::{TestCounts, TestFacts, TestSuite};
pub use read::junit;
