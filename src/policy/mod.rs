//! (stub) policy

mod rule;

pub use rule::*;
