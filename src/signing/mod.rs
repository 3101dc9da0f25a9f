//! (stub) signing
