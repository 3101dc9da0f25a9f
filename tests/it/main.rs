//! The one integration-test binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod foreign;
mod policies;
mod profile;
mod report;
mod signing;
mod simulate;
mod snapshot;
