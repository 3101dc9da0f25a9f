//! The one integration-test binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod check;
mod claims;
mod command;
mod corpora;
mod custody;
mod deceiving;
mod delivery;
mod disks;
mod environment;
mod evidence;
mod foreign;
mod hostile;
mod interrupted;
mod key;
mod layouts;
mod limits;
mod observability;
mod oracle;
mod pipeline;
mod policies;
mod predictions;
mod profile;
mod promotion;
mod readme;
mod registry;
mod report;
mod signing;
mod simulate;
mod snapshot;
mod tls;
mod transactions;
mod verify;
mod worked_policy;
mod workplace;
