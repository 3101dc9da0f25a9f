//! (stub) gate
