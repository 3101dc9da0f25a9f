//! (stub) stats
pub mod multiplicity;
pub mod order_key;
