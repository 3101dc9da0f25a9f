//! driftgate decides from the data whether a retrained model may move on.
//!
//! A **reference** snapshot is the data that the live model was built on, a **candidate** the
//! data of its successor. driftgate reads both from Parquet, compares them under a policy, and
//! signs what it found: exact distances between distributions, broken promises about values,
//! changes of the schema.
//!
//! The modules stand in import order: each uses only those above it.

// Blank lines keep the order, which is the architecture, from being sorted away.

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

pub mod yaml;

pub mod verdict;

pub mod http;

pub mod evidence;

pub mod checklist;

pub mod policy;

pub mod gate;

pub mod report;

pub mod signing;

pub mod verification;

pub mod registry;

pub mod delivery;

pub mod cli;
