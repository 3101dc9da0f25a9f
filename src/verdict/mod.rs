//! What numbers decide: answers, limits, and how both are said to people.
//!
//! A [`Holding`] is a number held against a [`Threshold`]; what comes of it is a [`Verdict`], five
//! words of which two open a door. The same decision is made of a measurement just made, of foreign
//! evidence, and of a signed report that is read again. [`number`] and [`text`] write what stands
//! in sentences: numbers with the digits it takes to see which is larger, foreign text harmless and
//! on one line.
//!
//! Nothing here knows where a number comes from.
//!
//! ```
//! use driftgate::verdict::Verdict;
//!
//! let worst = Verdict::worst([Verdict::Passed, Verdict::Inconclusive, Verdict::Warned]);
//! assert_eq!(worst, Some(Verdict::Inconclusive));
//! assert!(!Verdict::Inconclusive.opens_door());
//! assert_eq!(Verdict::worst([]), None, "nothing looked at is no pass");
//! ```

mod decision;
pub mod number;
mod quantity;
pub mod text;
mod threshold;
#[expect(clippy::module_inception, reason = "the module's main type has the module's name")]
mod verdict;

pub use decision::{Holding, Values, decide_broken, decide_rows, decide_warning, share_of};
pub use quantity::{Broken, Interval, Pair, Quantity};
pub use threshold::{Comparator, Decide, Threshold};
pub use verdict::Verdict;
