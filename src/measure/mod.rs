//! (stub) measure
