//! Which columns, and as what.

use super::error::RowsError;
use crate::contract::{KeyDomain, LogicalType};
use crate::scan::OpenSnapshot;

/// Columns to be read row by row.
#[derive(Debug, Clone, Default)]
pub struct RowsRequest<'a> {
    /// As numbers.
    pub numbers: Vec<&'a str>,
    /// As classes.
    pub classes: Vec<ClassColumn<'a>>,
    /// As categories.
    pub categories: Vec<&'a str>,
    /// Whether the first column of numbers is wanted only as the ranks of rows in the first column
    /// of classes, with no column beside these two.
    pub ranked: bool,
}

/// A column of two classes.
#[derive(Debug, Clone, Copy)]
pub struct ClassColumn<'a> {
    /// The column.
    pub column: &'a str,
    /// The value that is the positive class, as text; of booleans `true` and of numbers 1 unless
    /// named.
    pub positive: Option<&'a str>,
}

impl RowsRequest<'_> {
    /// Bytes that one row takes.
    #[must_use]
    pub fn bytes_per_row(&self) -> u64 {
        let width = |columns: usize, bytes: u64| columns as u64 * bytes;
        width(self.numbers.len(), 8)
            + width(self.classes.len(), 1)
            + width(self.categories.len(), 4)
    }
}

/// The type of a column.
pub(super) fn type_of<'a>(
    snapshot: &'a OpenSnapshot,
    column: &str,
) -> Result<&'a LogicalType, RowsError> {
    if let Some(found) = snapshot.schema.column(column) {
        return Ok(&found.logical_type);
    }
    let columns = snapshot.schema.columns();
    let mut known: Vec<String> =
        columns.iter().take(NAMES_SHOWN).map(|column| format!("`{}`", column.name)).collect();
    if columns.len() > NAMES_SHOWN {
        known.push(format!("{} more", columns.len() - NAMES_SHOWN));
    }
    Err(RowsError::MissingColumn { column: column.to_owned(), known: known.join(", ") })
}

/// The key domain of a column that holds numbers, dates or lengths of time.
pub(super) fn number_domain(snapshot: &OpenSnapshot, column: &str) -> Result<KeyDomain, RowsError> {
    let logical_type = type_of(snapshot, column)?;
    match KeyDomain::of(logical_type) {
        Some(KeyDomain::Boolean) | None => Err(RowsError::WrongType {
            column: column.to_owned(),
            found: logical_type.to_string(),
            expected: "numbers",
        }),
        Some(domain) => Ok(domain),
    }
}

const NAMES_SHOWN: usize = 12;
