//! Why columns cannot be read row by row.

use crate::scan::ScanError;

/// Columns that are not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// There is no such column.
    #[error("column `{column}` is not in the snapshot; it has {known}")]
    MissingColumn {
        /// The name asked for.
        column: String,
        /// The columns there are, for people, the first of many.
        known: String,
    },
    /// Values of another type than can be read so.
    #[error("column `{column}` holds `{found}` where {expected} are needed")]
    WrongType {
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// What can be read.
        expected: &'static str,
    },
    /// The positive class must be named and is not.
    #[error("column `{column}` holds `{found}`, so the policy must say which value is `positive`")]
    UnnamedClass {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// The positive class is no value of the column's type.
    #[error("`{positive}` cannot be a value of column `{column}`, which holds `{found}`")]
    NoSuchClass {
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// What was named.
        positive: String,
    },
    /// More categories than make groups.
    #[error("column `{column}` has more than {limit} different values")]
    Categories {
        /// The column.
        column: String,
        /// How many at most.
        limit: usize,
    },
    /// The data itself.
    #[error(transparent)]
    Scan(#[from] ScanError),
}
