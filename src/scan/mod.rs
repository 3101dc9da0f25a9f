//! (stub) scan
