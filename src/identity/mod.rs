//! (stub) identity
