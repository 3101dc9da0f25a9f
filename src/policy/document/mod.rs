//! The document: YAML text → [`Policy`](super::Policy).
//!
//! Two steps, each total. [`yaml`] turns bytes into a tree of places and values under hard limits
//! and refuses what YAML can do but a policy must not. The others walk that tree: every key is
//! asked for once, what was not asked for is a fault, and a fault never ends the walk, so that
//! one run tells everything. Nothing here knows a schema or a number that was measured.
//!
//! [`shape`] says the same form once more for editors, as JSON Schema; a test holds the two
//! together.

mod expectation;
mod fields;
mod gate;
mod parse;
mod scalar;
mod selector;
mod shape;
mod threshold;
mod tree;
mod yaml;

pub use parse::{GATES_MAX, PATTERNS_MAX, parse};
pub use scalar::parse_duration;
pub(super) use scalar::{NAME_CHARS_MAX, PROSE_CHARS_MAX};
pub use shape::json_schema;
pub use yaml::{POLICY_BYTES_MAX, POLICY_DEPTH_MAX, POLICY_NODES_MAX};
