//! Numbers of one row group, as order keys.

use arrow_array::Array;

use super::part::Missing;
use crate::scan::dense_rows::for_each_block;
use crate::scan::error::{Place, ScanError};
use crate::scan::keys::{KeyRows, is_nan};
use crate::scan::read::for_each_batch_of_rows;
use crate::scan::source::Task;
use crate::stats::order_key::extremes;

/// Numbers, one per row, as order keys of the column's [domain](crate::contract::KeyDomain).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberPart {
    /// The keys.
    pub keys: Vec<u64>,
}

impl NumberPart {
    /// Reads a column, and which of its rows lack a value.
    pub(super) fn read(task: &Task<'_>, column: &str) -> Result<(Self, Missing), ScanError> {
        let rows = usize::try_from(task.rows()).unwrap_or(0);
        let empty = || (Self { keys: Vec::with_capacity(rows) }, Missing::default());
        fold_key_rows(task, column, empty, |(part, missing), rows| {
            missing.take(part.keys.len(), rows);
            part.keys.extend_from_slice(&rows.keys);
        })
    }
}

/// Passes over the keys of a column batch by batch, nulls and NaN among them.
pub(super) fn fold_key_rows<S>(
    task: &Task<'_>,
    column: &str,
    empty: impl Fn() -> S,
    mut visit: impl FnMut(&mut S, &KeyRows),
) -> Result<S, ScanError> {
    let mut state = empty();
    if for_each_block(task, column, |rows| visit(&mut state, rows)).is_some() {
        return Ok(state);
    }
    // What was handed over before the pages gave up counts for nothing.
    let (mut state, mut rows) = (empty(), KeyRows::default());
    for_each_batch_of_rows(task, &[column], |arrays| {
        for array in arrays {
            rows.fill(array.as_ref()).map_err(|problem| unreadable(task, column, problem))?;
            visit(&mut state, &rows);
        }
        Ok(())
    })?;
    Ok(state)
}

pub(super) fn unreadable(task: &Task<'_>, column: &str, problem: String) -> ScanError {
    ScanError::Unreadable {
        file: task.file.listed.relative.clone(),
        place: Place { row_group: Some(task.row_group), column: Some(column.to_owned()) },
        problem,
    }
}

impl Missing {
    /// Marks the rows of a batch that hold neither a null nor NaN as present, and others not.
    pub(super) fn take(&mut self, from: usize, rows: &KeyRows) {
        if let Some(validity) = &rows.validity {
            for (row, valid) in validity.iter().enumerate() {
                if !valid {
                    self.mark(from + row);
                }
            }
        }
        // Keys of NaN lie outside those of the infinities.
        let ends = if rows.floats { extremes(&rows.keys) } else { None };
        if ends.is_some_and(|(low, high)| is_nan(low) || is_nan(high)) {
            for (row, &key) in rows.keys.iter().enumerate() {
                let present = rows.validity.as_ref().is_none_or(|validity| validity.is_valid(row));
                if present && is_nan(key) {
                    self.mark(from + row);
                }
            }
        }
    }

    /// As [`Self::take`] for values that are never NaN.
    pub(super) fn take_nulls(&mut self, from: usize, array: &dyn Array) {
        if let Some(nulls) = array.logical_nulls().filter(|nulls| nulls.null_count() > 0) {
            for (row, valid) in nulls.iter().enumerate() {
                if !valid {
                    self.mark(from + row);
                }
            }
        }
    }
}
