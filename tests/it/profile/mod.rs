//! Stored profiles: merged from parts, the same however the work was cut, safe to read.

mod data;
mod format;
mod laws;
mod untrusted;
