//! Why a snapshot could not be altered.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use crate::durable::DurableError;
use crate::scan::ScanError;

/// A simulation that was not written: nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The snapshot cannot be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The copy cannot be written.
    #[error(transparent)]
    Write(#[from] DurableError),
    /// No column has this name.
    #[error("no column is called `{column}`{}", nearest_text(nearest.as_deref()))]
    UnknownColumn {
        /// The name that was given.
        column: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// The column is a part of another, or of the names of folders.
    #[error("column `{column}` {place}, where it cannot be altered")]
    OutOfReach {
        /// The column.
        column: String,
        /// Where it stands.
        place: &'static str,
    },
    /// The column's type does not allow the alteration.
    #[error("cannot {alteration}: `{column}` is {found}; expected {expected}")]
    Unsupported {
        /// What was to be done.
        alteration: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// The types that allow it.
        expected: &'static str,
    },
    /// The amount is not a whole number of the column's steps, or rounds to none.
    #[error("cannot {alteration}: {amount} is no whole number of steps of `{column}`, {found}")]
    NotWhole {
        /// What was to be done.
        alteration: String,
        /// The amount in the column's units.
        amount: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A column whose values are all alike, or that has none, has no standard deviation.
    #[error("cannot {alteration}: the finite values of `{column}` do not vary")]
    NoDeviation {
        /// What was to be done.
        alteration: String,
        /// The column.
        column: String,
    },
    /// A result that the column's type cannot hold. Values are never clamped: that would make a
    /// spike at the end of the range that nobody asked for.
    #[error(
        "cannot {alteration}: row {row} of `{file}` holds {value}, and the result does not fit {found}"
    )]
    OutOfRange {
        /// What was to be done.
        alteration: String,
        /// Name of the file within the snapshot.
        file: String,
        /// The row in the file, from 0.
        row: u64,
        /// The value before.
        value: String,
        /// The column's type.
        found: String,
    },
    /// No row has the category that was to be dropped.
    #[error("cannot {alteration}: no row of `{column}` holds `{value}`")]
    NoSuchCategory {
        /// What was to be done.
        alteration: String,
        /// The column.
        column: String,
        /// The category.
        value: String,
    },
    /// The altered rows cannot be made: a dictionary whose key type cannot number one more
    /// category, for one.
    #[error("cannot {alteration} in `{file}`")]
    Alter {
        /// What was to be done.
        alteration: String,
        /// Name of the file within the snapshot.
        file: String,
        /// What the library said.
        source: ArrowError,
    },
    /// The altered rows cannot be written as Parquet.
    #[error("cannot write the copy of `{file}`")]
    Encode {
        /// Name of the file within the snapshot.
        file: String,
        /// What the library said.
        source: ParquetError,
    },
}

fn nearest_text(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; the nearest name is `{name}`"))
}
