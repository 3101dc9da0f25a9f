//! Facts about one snapshot or a pair of them: numbers, never judgements.
//!
//! A [`Measurement`] holds what a scan found: how many rows, what each column holds on either
//! side, how far the two distributions lie apart, and how often each expectation was broken.
//! Gates compare it with a policy's rules; nothing here knows a threshold.

mod facts;
mod request;

pub use facts::*;
pub use request::*;
