//! Reads snapshots into profiles: the one place that decodes Parquet on many threads.
//!
//! A [`Listing`](crate::snapshot::Listing) becomes an [`OpenSnapshot`]: every file opened once,
//! its footer read and held to [`Limits`], all schemas unified. [`scan_column`] then decodes one
//! column, row group by row group, and joins what the parts say in file order, so that the
//! result does not depend on threads or batches. [`KeySource`] passes over a column's values
//! again, from memory or from disk; [`scan_rows`] checks promises about whole rows. [`Pool`] holds
//! the threads and the memory, [`predictions`] keeps what stands in one row together, and [`manifest_of`] hashes the very openings that are decoded.
//!
//! Untrusted bytes end here. A panic of the decoder becomes a [`ScanError`] naming file, row group
//! and column; rows decoded must be the rows declared; what footers say of values (statistics) is
//! never used. This module knows no threshold and no statistic.
//!
//! ```
//! use driftgate::contract::WideningRule;
//! use driftgate::scan::{Limits, OpenSnapshot, ScanRequest, ValuesWanted, scan_column};
//! use driftgate::snapshot::{Listing, ListingRules, Location};
//! # use std::sync::Arc;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ages.parquet");
//! # let ages: arrow_array::ArrayRef = Arc::new(arrow_array::Int32Array::from(vec![Some(3), None]));
//! # let batch = arrow_array::RecordBatch::try_from_iter([("age", ages)])?;
//! # let file = std::fs::File::create(&path)?;
//! # let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None)?;
//! # writer.write(&batch)?;
//! # writer.close()?;
//!
//! let listing = Listing::of(&Location::find(&[path])?, &ListingRules::default())?;
//! let snapshot = OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused)?;
//! let request = ScanRequest {
//!     column: "age",
//!     expectations: Vec::new(),
//!     values: ValuesWanted::None,
//!     samples_max: 0,
//!     show_values: false,
//! };
//! let age = scan_column(&snapshot, &request)?;
//! assert_eq!((age.presence.rows, age.presence.nulls), (2, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod compare;
mod dense_codes;
mod dense_keys;
mod dense_rows;
mod dense_texts;
mod error;
mod footer;
mod identity;
mod key_collector;
mod key_form;
mod key_observer;
mod key_source;
mod keys;
mod limits;
mod page;
mod pool;
pub mod predictions;
mod profile_snapshot;
mod read;
mod rows;
mod sample;
mod scattered;
mod source;
mod structure;
mod text_length;
mod text_observer;
mod thrift;
mod unique;
mod varint;

#[cfg(test)]
mod both_readers;

pub use column::{ScanRequest, scan_column};
pub use error::{Place, ScanError};
pub use footer::ParquetFile;
pub use identity::manifest_of;
pub use key_collector::{BucketsWanted, ValuesWanted};
pub use key_source::{KeySlice, KeySource, place};
pub use limits::{LimitError, LimitName, Limits};
pub use pool::{Load, Pool};
pub use profile_snapshot::{Asked, profile_snapshot};
pub use rows::{row_obstacle, scan_rows};
pub use sample::{SAMPLE_KEYS, sample_keys};
pub use scattered::scattered;
pub use source::OpenSnapshot;
pub use text_observer::EXPECTATIONS_MAX;
