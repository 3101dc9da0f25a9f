//! (stub) snapshot
