//! (stub) profile
