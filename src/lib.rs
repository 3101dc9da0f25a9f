//! driftgate decides from the data whether a retrained model may move on.
//!
//! Modules stand in import order: each may use only those above it. A test holds every `use` to
//! it. (The empty lines keep the formatter from sorting them.)

pub mod clock;

pub mod quantity;

pub mod durable;

pub mod identity;

pub mod stats;

pub mod contract;

pub mod snapshot;

pub mod profile;

pub mod scan;

pub mod simulate;

pub mod measure;

pub mod policy;

pub mod gate;

pub mod report;

pub mod signing;

pub mod cli;
