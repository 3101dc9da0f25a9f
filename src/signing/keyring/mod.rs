//! Whose signatures count, for what, where and when.
//!
//! A keyring is a YAML document: identities with their keys, roles, and the environments they may
//! speak for. [`parse`] reads it strictly, all faults at once; [`Keyring::count`] says which
//! *identities* stand behind some verified keys: one person with two keys is one, roles come from
//! here and never from what was signed, and a revoked key counts for nothing whatever date a
//! report bears, since whoever holds it can write any date.

mod count;
mod identity;
mod read;
mod shape;

pub use count::{Counted, Demand, Shortfall};
pub use identity::{GOVERNANCE_TYPE, Identity, Keyring, KnownKey};
pub use read::parse;
pub use shape::json_schema;
