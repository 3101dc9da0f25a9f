//! How much of a foreign document is read, and how much of it is kept.

use crate::quantity::Bytes;

/// The largest report of tests or of a scan: a SARIF log of ten thousand results has some 20 MB.
pub const DOCUMENT_BYTES_MAX: Bytes = Bytes(64 * 1024 * 1024);

/// The largest document of metrics or of a load test, kept whole in memory while it is looked into.
pub const METRICS_BYTES_MAX: Bytes = Bytes(8 * 1024 * 1024);

/// The most objects and lists of one JSON document, or elements of an XML document.
pub const ITEMS_MAX: usize = 2_000_000;

/// Names of failed tests, faults and the like that are kept of one document.
pub const NAMES_KEPT: usize = 20;
