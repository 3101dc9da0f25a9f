//! What the targets share: Parquet files in memory taken apart, put together and opened.
//!
//! A target calls the library as the command line does and asserts what must hold of any bytes:
//! no panic gets out, memory and time stay bounded (libFuzzer's limits), and what was accepted
//! keeps its word. `.ci/fuzz` builds, seeds and runs them.

pub mod parquet_file;
pub mod snapshot;
