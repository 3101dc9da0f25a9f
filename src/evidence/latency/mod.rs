//! Latency quantiles and throughput, as load generators report them.
//!
//! Each reader takes one format: [`k6`] a JSON summary, [`wrk`] the text of wrk and wrk2, [`hdr`] the
//! percentile text of `HdrHistogram`. All give [`LatencyFacts`] in milliseconds and requests per
//! second. A run without a request, a list of quantiles that falls, and a text that ends early are
//! errors: such a document says nothing of how long anybody waits.

mod error;
mod facts;
mod hdr;
mod k6;
mod wrk;

pub use error::LatencyError;
pub use facts::{LatencyFacts, TimeUnit};
pub use hdr::hdr;
pub use k6::k6;
pub use wrk::wrk;
