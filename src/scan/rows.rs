//! Promises about whole rows: what the scans of them share.

use super::source::Task;
use crate::profile::{Sample, Violations, cut};

/// What checking a promise about rows gave.
#[derive(Debug, Clone)]
pub enum RowScan {
    /// Counted.
    Counted(Violations),
    /// The promise cannot be checked on these columns, and why.
    Unmeasurable(String),
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
