//! Promises about whole rows.

use super::compare::{ColumnComparison, compare_columns};
use super::error::ScanError;
use super::source::{OpenSnapshot, Task};
use super::unique::{UniqueKey, find_repeated};
use crate::contract::{KeyDomain, LogicalType, RowExpectation, Schema};
use crate::profile::{Answer, Sample, Sampling, cut};

/// Counts the rows that break a promise which [`row_obstacle`] has nothing against, on the current
/// pool, within `memory_bytes` for fingerprints and as many for values of repeated rows.
///
/// Rows with a null in a column named are left out. NaN equals NaN in a key, and breaks every
/// comparison.
///
/// # Errors
/// [`ScanError`] of a row group that cannot be read; [`ScanError::Memory`] when the distinct
/// repeated keys themselves do not fit.
pub fn scan_rows(
    snapshot: &OpenSnapshot,
    expectation: &RowExpectation,
    sampling: Sampling,
    memory_bytes: u64,
) -> Result<Answer, ScanError> {
    let Sampling { positions_max: samples_max, values: show_values } = sampling;
    match expectation {
        RowExpectation::Unique { columns } => {
            let key = UniqueKey { columns, samples_max, show_values, memory_bytes };
            find_repeated(snapshot, &key).map(Answer::Whole)
        }
        RowExpectation::Compare { left, comparison, right } => {
            let wanted = ColumnComparison { left, comparison: *comparison, right };
            compare_columns(snapshot, wanted, samples_max, show_values).map(Answer::ByFile)
        }
    }
}

/// Why a promise about rows cannot be checked on these columns; `None` when it can.
#[must_use]
pub fn row_obstacle(schema: &Schema, expectation: &RowExpectation) -> Option<String> {
    let logical_type = |name: &str| schema.column(name).map(|column| &column.logical_type);
    match expectation {
        RowExpectation::Unique { columns } => columns.iter().find_map(|name| {
            let Some(logical_type) = logical_type(name) else {
                return Some(format!("`{name}` is not in the snapshot"));
            };
            matches!(logical_type, LogicalType::List(_) | LogicalType::Other(_))
                .then(|| format!("values of `{name}` (`{logical_type}`) are not compared"))
        }),
        RowExpectation::Compare { left, right, .. } => {
            let (Some(left), Some(right)) = (logical_type(left), logical_type(right)) else {
                return Some("a column of it is not in the snapshot".to_owned());
            };
            let same = match (KeyDomain::of(left), KeyDomain::of(right)) {
                (None, None) => left == right,
                (ours, theirs) => ours == theirs,
            };
            (!same).then(|| format!("`{left}` and `{right}` cannot be compared exactly"))
        }
    }
}

/// The sample of a row; the value is asked for only when it may be shown.
pub(super) fn row_sample(
    task: &Task<'_>,
    row: u64,
    show_values: bool,
    value: impl FnOnce() -> String,
) -> Sample {
    Sample {
        file: task.file.listed.relative.clone(),
        row_group: task.row_group,
        row,
        value: show_values.then(|| cut(&value())),
    }
}
