//! The document: YAML text → [`Policy`](super::Policy).
//!
//! The tree that [`yaml`](crate::yaml) makes of the text is walked, rule by rule. Nothing here knows
//! a schema or a number that was measured.
//!
//! [`shape`] says the same form once more for editors, as JSON Schema; a test holds the two
//! together.

mod action;
mod environment;
mod expectation;
mod gate;
mod parse;
mod selector;
mod shape;
mod threshold;

pub use parse::{GATES_MAX, PATTERNS_MAX, parse};
pub use shape::json_schema;
