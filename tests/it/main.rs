//! The one integration-test binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod check;
mod claims;
mod command;
mod corpora;
mod custody;
mod deceiving;
mod disks;
mod foreign;
mod hostile;
mod interrupted;
mod key;
mod layouts;
mod limits;
mod oracle;
mod policies;
mod profile;
mod readme;
mod report;
mod signing;
mod simulate;
mod snapshot;
mod transactions;
mod verify;
mod workplace;
