//! The tests gate (`kind: tests`): what test runners reported, as JUnit XML.
//!
//! Test cases are counted, not believed: what a document claims of itself and does not hold is an
//! error. A run of nothing does not pass: one test that was run is the least, whatever was skipped.

mod judge;
mod read;
mod rule;
mod shape;

pub(super) use read::KIND;
