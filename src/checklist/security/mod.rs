//! The security gate (`kind: security`): what scanners of code, images and dependencies reported.
//!
//! Findings of all reports are counted by severity and held against the policy's limits. Those that
//! the policy allows, each by its name, owner, reason and last day, do not count and are named; after
//! that day they count again, and that is said. A scan that is too old, that does not say how old it
//! is, that failed, or that looked at nothing does not pass: silence is no finding, but it is no
//! answer either.

mod allowance;
mod findings;
mod judge;
mod read;
mod rule;
mod scans;
mod shape;

pub(super) use read::KIND;
