//! How well scores put positive rows above negative ones, exactly.
//!
//! Scores arrive as order keys ([`order_key`](crate::stats::order_key)), parted by class. Two ways
//! lead from there, and both say the same:
//!
//! - *Without rows.* [`Classes`] holds the scores of a part in the buckets of a
//!   [`BucketMap`](crate::stats::histogram::BucketMap). [`rank_sums`] of neighbouring buckets of
//!   all parts join like counts: the area under the ROC curve and its variance are quotients of
//!   integers, whatever the parts. A [`Stretch`] has such buckets sorted, for average precision.
//! - *With rows.* [`Ranked`] keeps which row stands where, for weights and for the comparison of
//!   two models on the same rows.
//!
//! Ties count one half. Nothing here has a threshold, a thread or a file.

mod area;
mod average_precision;
mod classes;
mod lookup;
mod paired;
mod pairs;
mod parting;
mod rank_sums;
mod ranked;
mod stretch;

pub use area::Area;
pub use average_precision::average_precision;
pub use classes::{Classes, RUN_ROWS, SAMPLED_KEYS, buckets_of};
pub use paired::paired_areas;
pub use pairs::rank_sums;
pub use parting::Parting;
pub use rank_sums::RankSums;
pub use ranked::{Influenced, Ranked};
pub use stretch::{Stretch, Tie};
