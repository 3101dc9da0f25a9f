//! A snapshot altered on purpose: how would the gate have judged, had the data drifted so far?
//!
//! An [`Alteration`] says what happens to a column or to the rows: values shifted or scaled,
//! rows made null or NaN, a category that vanishes or appears, a smaller sample. [`simulate`]
//! writes a copy of a snapshot with such alterations, streaming row group by row group, and
//! says in a [`SimulationSummary`] how many rows each has touched. A policy is tried against
//! drift of known size before real drift comes, and a reported effect is traced to a known
//! cause.
//!
//! Each row's fate is drawn from the seed and its place in the snapshot alone, so the same
//! alteration of the same rows gives the same values however they are cut into files, row
//! groups and batches. Integers, decimals and times are altered exactly; what no longer fits a
//! column's type is an error that names the row, never clamped.
//!
//! It never touches the snapshot it reads, never writes into a directory that holds anything,
//! and leaves nothing behind when it fails. The copy says in its own metadata that it is one.
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow_array::{Float64Array, RecordBatch};
//! use driftgate::quantity::Rows;
//! use driftgate::simulate::{Alteration, simulate};
//! use driftgate::snapshot::{Listing, ListingRules, Location};
//! use parquet::arrow::ArrowWriter;
//!
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("prices.parquet");
//! let prices = Float64Array::from_iter_values((0..1000).map(f64::from));
//! let rows = RecordBatch::try_from_iter([("price", Arc::new(prices) as _)])?;
//! let mut writer = ArrowWriter::try_new(std::fs::File::create(&path)?, rows.schema(), None)?;
//! writer.write(&rows)?;
//! writer.close()?;
//!
//! let listing = Listing::of(&Location::find(&[path])?, &ListingRules::default())?;
//! let drift = [Alteration::shift("price=+0.5sd")?, Alteration::null("price=5%")?];
//! let summary = simulate(&listing, &drift, 7, &folder.path().join("drifted"))?;
//! assert_eq!(summary.effects[0].rows, Rows(1000));
//! assert!((20..80).contains(&summary.effects[1].rows.0));
//! assert!(folder.path().join("drifted/prices.parquet").exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alteration;
mod number;

mod draw;
mod resolve;

mod arithmetic;
mod deviation;
mod replace;

mod plan;
mod read;
mod run;
mod staging;

mod error;

pub use alteration::{Alteration, AlterationError, Amount, Period};
pub use error::SimulateError;
pub use number::Number;
pub use run::{Effect, SimulationSummary, simulate};
