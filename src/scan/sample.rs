//! A few keys of a column, spread over it, before all are read.

use rayon::prelude::*;

use super::dense_keys::one_page_of_keys;
use super::error::{Place, ScanError};
use super::key_observer::for_each_value;
use super::key_source::KeySlice;
use super::keys::{KeyRows, is_nan};
use super::read::first_batch;
use super::source::{OpenSnapshot, Task};

/// Some keys of a column, sorted: about [`SAMPLE_KEYS`] of many values. They depend on the files
/// alone, and only tell how best to look at the rest.
///
/// # Errors
/// [`ScanError`] of the first row group looked at that cannot be read.
pub fn sample_keys(snapshot: &OpenSnapshot, column: &str) -> Result<Vec<u64>, ScanError> {
    let tasks: Vec<Task<'_>> =
        snapshot.tasks().into_iter().filter(|task| task.rows() > 0).collect();
    let groups = tasks.len().min(ROW_GROUPS);
    let rows = usize::try_from(snapshot.rows().0).unwrap_or(usize::MAX);
    let wanted = (rows / VALUES_PER_KEY).clamp(SAMPLE_KEYS_MIN, SAMPLE_KEYS);
    let sampled: Vec<Vec<u64>> = (0..groups)
        .into_par_iter()
        .map(|nth| {
            let task = &tasks[nth * tasks.len() / groups];
            sample_row_group(task, column, nth, wanted / groups)
        })
        .collect::<Result<_, _>>()?;
    let mut sample = sampled.concat();
    sample.sort_unstable();
    Ok(sample)
}

/// About so many keys of one page of a row group: the `nth`, or the last.
///
/// # Errors
/// [`ScanError`] when it cannot be read.
pub(super) fn sample_row_group(
    task: &Task<'_>,
    column: &str,
    nth: usize,
    wanted: usize,
) -> Result<Vec<u64>, ScanError> {
    let mut slices = Slices::default();
    // Pages in different places: data in order of time differ from end to end of a row group.
    if one_page_of_keys(task, column, nth, |slice| slices.take(slice)).is_some() {
        return Ok(slices.thinned(wanted));
    }
    let unreadable = |problem| ScanError::Unreadable {
        file: task.file.listed.relative.clone(),
        place: Place { row_group: Some(task.row_group), column: Some(column.to_owned()) },
        problem,
    };
    let mut slices = Slices::default();
    if let Some(array) = first_batch(task, column)? {
        let mut rows = KeyRows::default();
        rows.fill(array.as_ref()).map_err(unreadable)?;
        for_each_value(&rows, |_, key| {
            if !(rows.floats && is_nan(key)) {
                slices.plain.push(key);
            }
        });
    }
    Ok(slices.thinned(wanted))
}

#[derive(Default)]
struct Slices {
    plain: Vec<u64>,
    counted: Vec<(u64, u64)>,
}

impl Slices {
    #[expect(clippy::unnecessary_wraps, reason = "the visitor of a page may also give up")]
    fn take(&mut self, slice: KeySlice<'_>) -> Option<()> {
        match slice {
            KeySlice::Plain(keys) | KeySlice::Placed { keys, .. } => {
                self.plain.extend_from_slice(keys);
            }
            KeySlice::Counted(pairs) => self.counted.extend_from_slice(pairs),
        }
        Some(())
    }

    /// About `wanted` keys, each as often as its share; of every counted key at least one.
    fn thinned(self, wanted: usize) -> Vec<u64> {
        let counted: u64 = self.counted.iter().map(|pair| pair.1).sum();
        let values = self.plain.len() + usize::try_from(counted).unwrap_or(0);
        let step = values.div_ceil(wanted.max(1)).max(1);
        let mut sample: Vec<u64> = self.plain.into_iter().step_by(step).collect();
        for (key, count) in self.counted {
            let copies = usize::try_from(count).unwrap_or(usize::MAX).div_ceil(step).min(wanted);
            sample.extend(std::iter::repeat_n(key, copies));
        }
        sample
    }
}

/// Keys worth sampling from each side for a map of buckets.
pub const SAMPLE_KEYS: usize = 1 << 15;
/// Fewest.
const SAMPLE_KEYS_MIN: usize = 1 << 10;
/// Of fewer values one in so many is worth sampling.
const VALUES_PER_KEY: usize = 16;
/// Row groups looked at.
const ROW_GROUPS: usize = 4;
