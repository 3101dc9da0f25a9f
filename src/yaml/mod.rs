//! YAML documents that people write, read strictly: policies and keyrings.
//!
//! Two steps, each total. `tree` turns bytes into a tree of places and values under hard limits
//! and refuses what YAML can do but such a document must not. `Fields` walks that tree: every
//! key is asked for once, what was not asked for is a fault, and a fault never ends the walk, so
//! that one run tells everything, as a [`YamlError`] with lines, carets and the nearest valid name.
//!
//! Documents that were written for other programs (configurations, rule files) may do more: several
//! documents in a file, anchors, merge keys. `foreign` reads those, under the same limits.
//!
//! Nothing here knows what a document is about.

mod fault;
mod fields;
mod foreign;
mod reader;
mod scalar;
pub(crate) mod shape;
mod tree;

pub use fault::{FAULTS_MAX, Fault, YamlError};
pub(crate) use fault::{Faults, nearest, quoted, steers};
pub(crate) use fields::{Fields, listed};
pub(crate) use foreign::foreign;
pub use reader::{BYTES_MAX, DEPTH_MAX, NODES_MAX};
pub(crate) use reader::{WhenEmpty, tree};
pub use scalar::parse_duration;
pub(crate) use scalar::{
    Limit, NAME_CHARS_MAX, PROSE_CHARS_MAX, boolean, choice, count, duration, identifier, instant,
    list, name, number, prose, share, value,
};
pub(crate) use tree::{Content, Node, Resolved};
