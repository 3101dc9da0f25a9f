//! Joins facts with rules: what was measured against what the policy demands.
//!
//! [`evaluate()`] asks each gate of a compiled policy about a measurement. A gate answers with
//! [`Finding`]s, one for each demand on each column, passed ones too, because a report that only
//! lists what went wrong does not say what was looked at. The worst [`Verdict`] is the answer.
//!
//! Everything here is pure: no file, no clock (the instant is an argument), no statistic
//! (numbers come from [`measure`](crate::measure)). A number that is NaN, a side without values,
//! a statistic that is absent never compare their way to a pass: each has a verdict of its own.
//!
//! ```
//! use driftgate::gate::Verdict;
//!
//! let worst = Verdict::worst([Verdict::Passed, Verdict::Inconclusive, Verdict::Warned]);
//! assert_eq!(worst, Some(Verdict::Inconclusive));
//! assert!(!Verdict::Inconclusive.opens_door());
//! assert_eq!(Verdict::worst([]), None, "nothing looked at is no pass");
//! ```

mod checklist;
mod drift;
mod evaluate;
mod expectations;
mod finding;
mod freshness;
mod schema;
mod volume;
mod waiver;

use evaluate::Judged;

pub use crate::verdict::*;
pub use drift::{Evidence, size_of};
pub use evaluate::{Evaluation, Facts, GateResult, evaluate};
pub use expectations::{NAN_RATE, NULL_RATE};
pub use finding::{Finding, NotApplicable, Side, Subject};
pub use waiver::{Place, Waived, WaiverState, WaiverUse};
