//! Binds a policy to the schemas at hand: which columns each gate means, what must be measured
//! for it, and where each gate finds its results.
//!
//! A promise is resolved against the type its column has in the reference, or in the candidate
//! where the reference lacks it; that a column changed its type is for the schema gate to say,
//! not a fault of the policy. What several gates want of one column is measured once.

mod bind;
mod budget;
mod columns;
mod drift;
mod expectations;
mod promise;

pub use bind::compile;
pub use budget::{COMPARISONS_MAX, FINDINGS_MAX, MARKS_MAX, WAIVERS_MAX};
pub(in crate::policy) use promise::{percent, words};
