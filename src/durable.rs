//! (stub) durable
