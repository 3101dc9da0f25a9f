//! Facts about one snapshot or a pair of them: numbers, never judgements.
//!
//! A [`Measurement`] holds what a scan found: how many rows, what each column holds on either
//! side, how far the two distributions lie apart, and how often each expectation was broken.
//! Gates compare it with a policy's rules; nothing here knows a threshold. [`predictions`] does the
//! same for what models predicted.

mod bins;
mod column;
mod counts;
mod distances;
mod facts;
mod gathered;
#[expect(clippy::module_inception, reason = "the verb of the module has the module's name")]
mod measure;
mod pair;
pub mod predictions;
mod request;
mod stored;
mod subject;

pub use counts::{SideCounts, drift_from_counts};
pub use distances::ks_bounds;
pub use facts::*;
pub use measure::{Measured, column_memory, measure};
pub use pair::WHOLE_VALUES_MAX;
pub use request::*;
pub use subject::Subject;
