//! `kind: performance` — how fast the model answers (G5).
//!
//! Quantiles of latency and the throughput come from columns beside the predictions, exact and with
//! intervals, or from what a load generator wrote (k6, wrk, `HdrHistogram`), or as numbers from a JSON
//! document.

mod judge;
mod read;
mod rule;
mod shape;
mod time;

pub(super) use read::KIND;
