//! (stub) stats
pub mod order_key;
