//! (stub) contract
