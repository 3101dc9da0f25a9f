//! (stub) policy

mod compiled;
mod rule;

pub use compiled::*;
pub use rule::*;
