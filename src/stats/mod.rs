//! (stub) stats
pub mod histogram;
pub mod joint;
pub mod order_key;
