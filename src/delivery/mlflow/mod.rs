//! Alias and tags of a registered model on an MLflow server.
//!
//! The alias is the environment's: it points to the version that runs there. The tags are the
//! version's, which may run in several environments: they say what was decided about it last, and
//! for which of them.

mod place;
mod server;
mod tags;

pub(super) use place::{Address, compare, deliver};
