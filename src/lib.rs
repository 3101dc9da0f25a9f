//! driftgate decides from the data whether a retrained model may move on.
//!
//! Modules stand in import order: each may use only those above it.

pub mod cli;
pub mod clock;
pub mod contract;
pub mod durable;
pub mod gate;
pub mod identity;
pub mod measure;
pub mod policy;
pub mod profile;
pub mod quantity;
pub mod report;
pub mod scan;
pub mod signing;
pub mod snapshot;
pub mod stats;
