//! Documents of other programs, read into facts: what they say, without a judgement.
//!
//! Everything here is pure: bytes in, facts or an error out. Nothing opens a file or asks a server,
//! and no threshold is known; `checklist` holds the facts against rules. Every document is
//! untrusted: bounded in size and depth, read strictly, and what is missing is told as missing.
//!
//! - [`tree`]: a configuration or lock file as a tree of paths and values, and how two differ.
//! - [`capture`]: the environment that a program ran in, and how two differ.
//! - [`dashboards`]: what a Grafana dashboard shows.
//! - [`prometheus`]: which alerts are defined, and which targets are scraped.

pub mod capture;
pub mod dashboards;
pub mod prometheus;
pub mod tree;
