//! Two columns of one row compared, over a whole snapshot.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use rayon::prelude::*;

use super::error::{Place, ScanError};
use super::keys::{KeyRows, is_nan};
use super::read::for_each_batch_of_rows;
use super::rows::row_sample;
use super::source::{OpenSnapshot, Task};
use crate::contract::{Comparison, KeyDomain};
use crate::profile::{Violations, text_of};

/// A comparison of two columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnComparison<'a> {
    /// Left-hand column.
    pub(super) left: &'a str,
    /// The relation.
    pub(super) comparison: Comparison,
    /// Right-hand column.
    pub(super) right: &'a str,
}

/// Counts the rows of each file in which the relation does not hold. Rows with a null on either
/// side are left out; NaN breaks every relation.
///
/// # Errors
/// [`ScanError`] of the first row group in file order that cannot be read.
pub(super) fn compare_columns(
    snapshot: &OpenSnapshot,
    wanted: ColumnComparison<'_>,
    samples_max: usize,
    show_values: bool,
) -> Result<Vec<Violations>, ScanError> {
    let left = snapshot.schema.column(wanted.left);
    let domain = left.and_then(|column| KeyDomain::of(&column.logical_type));
    let compare_file = |file| {
        OpenSnapshot::tasks_of(file)
            .into_par_iter()
            .map(|task| compare_row_group(&task, wanted, domain.as_ref(), samples_max, show_values))
            .reduce_with(|first, second| {
                let mut joined = first?;
                joined.join(second?, samples_max);
                Ok(joined)
            })
            .unwrap_or_else(|| Ok(Violations::default()))
    };
    let files: Vec<Result<Violations, ScanError>> =
        snapshot.files.par_iter().map(compare_file).collect();
    files.into_iter().collect()
}

fn compare_row_group(
    task: &Task<'_>,
    wanted: ColumnComparison<'_>,
    domain: Option<&KeyDomain>,
    samples_max: usize,
    show_values: bool,
) -> Result<Violations, ScanError> {
    let mut violations = Violations::default();
    let mut before = 0u64;
    for_each_batch_of_rows(task, &[wanted.left, wanted.right], |arrays| {
        let [left, right] = arrays else { return Ok(()) };
        let pairs = Pairs::of(left, right, domain).map_err(|problem| ScanError::Unreadable {
            file: task.file.listed.relative.clone(),
            place: Place { row_group: Some(task.row_group), column: Some(wanted.left.to_owned()) },
            problem,
        })?;
        for row in 0..left.len() {
            if pairs.holds(row, wanted.comparison) == Some(false) {
                let text = || pairs.text(row, domain, wanted.comparison);
                let at = before + row as u64;
                violations.add(samples_max, || row_sample(task, at, show_values, text));
            }
        }
        before += left.len() as u64;
        Ok(())
    })?;
    Ok(violations)
}

/// Both columns of a batch in a form that compares.
enum Pairs {
    Keys(KeyRows, KeyRows),
    Texts(BinaryArray, BinaryArray),
}

impl Pairs {
    fn of(left: &ArrayRef, right: &ArrayRef, domain: Option<&KeyDomain>) -> Result<Self, String> {
        if domain.is_some() {
            let (mut ours, mut theirs) = (KeyRows::default(), KeyRows::default());
            ours.fill(left.as_ref())?;
            theirs.fill(right.as_ref())?;
            return Ok(Self::Keys(ours, theirs));
        }
        let bytes = |array: &ArrayRef| {
            let plain = match array.data_type() {
                DataType::Dictionary(_, values) => cast(array, values),
                _ => Ok(array.clone()),
            };
            let bytes = plain.and_then(|plain| cast(&plain, &DataType::Binary));
            bytes.map(|array| array.as_binary::<i32>().clone()).map_err(|e| e.to_string())
        };
        Ok(Self::Texts(bytes(left)?, bytes(right)?))
    }

    /// Whether the relation holds in a row; `None` with a null. NaN breaks every relation.
    fn holds(&self, row: usize, comparison: Comparison) -> Option<bool> {
        match self {
            Self::Keys(left, right) => {
                let key = |rows: &KeyRows| {
                    let valid = rows.validity.as_ref().is_none_or(|v| v.is_valid(row));
                    valid.then(|| rows.keys.get(row).copied()).flatten()
                };
                let (ours, theirs) = (key(left)?, key(right)?);
                let nan = (left.floats && is_nan(ours)) || (right.floats && is_nan(theirs));
                Some(!nan && comparison.holds(ours.cmp(&theirs)))
            }
            Self::Texts(left, right) => {
                let both = left.is_valid(row) && right.is_valid(row);
                both.then(|| comparison.holds(left.value(row).cmp(right.value(row))))
            }
        }
    }

    fn text(&self, row: usize, domain: Option<&KeyDomain>, comparison: Comparison) -> String {
        let symbol = comparison.symbol();
        match (self, domain) {
            (Self::Keys(left, right), Some(domain)) => {
                let value = |rows: &KeyRows| match rows.keys.get(row) {
                    Some(&key) if rows.floats && is_nan(key) => "NaN".to_owned(),
                    Some(&key) => domain.text(key),
                    None => String::new(),
                };
                format!("not {} {symbol} {}", value(left), value(right))
            }
            (Self::Texts(left, right), _) => {
                format!("not {} {symbol} {}", text_of(left.value(row)), text_of(right.value(row)))
            }
            (Self::Keys(..), None) => String::new(),
        }
    }
}
