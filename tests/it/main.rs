//! The one integration-test binary.

mod foreign;
mod signing;
