//! Decides a signed report again, from its own numbers.
//!
//! A signature says who wrote a report, not that it is right: whoever holds a key can sign a
//! verdict that its numbers do not give. [`redecide()`] takes the predicate alone and works it out
//! from the bottom up: the statistics that follow from the signed counts, each check's decision
//! from its number and its limit, what severity and waivers make of it, each gate, the verdict and
//! the exit code. It uses the same decisions as the gates themselves ([`Holding`] and its
//! neighbours in [`gate`](crate::gate)) and the same statistics as the measurement
//! ([`drift_from_counts`]). The first thing that the report says otherwise is a [`Disagreement`],
//! with its place. [`agree_with_policy`] holds gates, limits and waivers to a policy besides.
//!
//! Not everything can be decided again: a KS distance needs the values, a schema difference has no
//! number, bins of many categories stand in the details. [`Redecision`] counts how much rested on
//! what; such checks are still held to what they can be, and none of them may pass on a number
//! that is not there.
//!
//! This module reads no file and trusts no word of the report but its numbers.
//!
//! [`Holding`]: crate::gate::Holding
//! [`drift_from_counts`]: crate::measure::drift_from_counts

mod check;
mod checklist;
mod column;
mod disagreement;
mod drift;
mod policy;
mod whole;

pub use disagreement::{Disagreement, Figure};
pub use policy::agree_with_policy;
pub use whole::{Redecision, redecide};
