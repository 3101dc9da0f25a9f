//! The parity gate (`kind: parity`): that two environments are the same world.
//!
//! Two captures of `driftgate env capture`, or two configuration trees, are held against each other;
//! what differs is counted, beside what the policy ignores. What one side does not know, and a
//! comparison of nothing, do not pass.

mod judge;
mod read;
mod rule;
mod shape;
#[cfg(test)]
mod tests;

pub(super) use read::KIND;
