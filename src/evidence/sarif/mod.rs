//! SARIF 2.1.0 logs of static analysis.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. A result is a finding unless
//! its kind (default `fail`) says that nothing is wrong, it is gone since the baseline, or everybody
//! who suppressed it was allowed to (§3.27.23). Its severity is the CVSS score in `security-severity`
//! (a property of the result or of its rule, as GitHub reads it), or else its level: error is high,
//! warning medium, note low. Results of kind `open` and `review`, and of level `none`, are of unknown
//! severity: nobody has judged them.

mod log;
mod rules;

pub use log::sarif;
