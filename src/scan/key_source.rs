//! The values of a column as a stream of order keys that can be passed over again.

use rayon::prelude::*;

use super::dense_keys::for_each_slice;
use super::error::{Place, ScanError};
use super::key_observer::for_each_value;
use super::keys::{KeyRows, is_nan};
use super::read::for_each_batch;
use super::source::{OpenSnapshot, Task};
use crate::profile::{KeyPart, Values};
use crate::stats::histogram::BucketMap;
use crate::stats::joint::{KeyCount, merge_equal};

/// Where a column's values are.
#[derive(Debug, Clone, Copy)]
pub enum KeySource<'a> {
    /// Counted, sorted.
    Counted(&'a [KeyCount]),
    /// In memory, in parts.
    Held(&'a [KeyPart]),
    /// On disk: each pass decodes the column again.
    OnDisk {
        /// The snapshot.
        snapshot: &'a OpenSnapshot,
        /// The column.
        column: &'a str,
    },
}

/// Some values of a column, neither null nor NaN.
#[derive(Debug, Clone, Copy)]
pub enum KeySlice<'a> {
    /// Each value by itself.
    Plain(&'a [u64]),
    /// Each value by itself, with the bucket it was put into when it was read.
    Placed {
        /// The keys.
        keys: &'a [u64],
        /// As many buckets.
        buckets: &'a [u16],
    },
    /// Values with counts, in no order; a value may come again.
    Counted(&'a [KeyCount]),
}

impl KeySource<'_> {
    /// All values, sorted and counted. Takes 8 bytes per value while it works.
    ///
    /// # Errors
    /// [`ScanError`] when a column on disk cannot be decoded again.
    pub fn sorted_pairs(&self) -> Result<Vec<KeyCount>, ScanError> {
        if let Self::Counted(pairs) = self {
            return Ok(pairs.to_vec());
        }
        let collected = self.fold(
            || (Vec::new(), Vec::new()),
            |(plain, counted), block| match block {
                KeySlice::Plain(keys) | KeySlice::Placed { keys, .. } => {
                    plain.extend_from_slice(keys);
                }
                KeySlice::Counted(pairs) => counted.extend_from_slice(pairs),
            },
            |mut ours, theirs| {
                ours.0.extend(theirs.0);
                ours.1.extend(theirs.1);
                ours
            },
        )?;
        let (mut plain, mut counted): (Vec<u64>, Vec<KeyCount>) = collected;
        plain.par_sort_unstable();
        counted.extend(plain.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)));
        merge_equal(&mut counted);
        Ok(counted)
    }

    /// Whether both hold the same values in the same order and parts: then nothing needs to be
    /// compared. `false` says nothing.
    #[must_use]
    pub fn holds_the_same(&self, other: &KeySource<'_>) -> bool {
        match (self, other) {
            (Self::Held(ours), KeySource::Held(theirs)) => ours == theirs,
            _ => false,
        }
    }

    /// All values, where they are in memory and most of them each by itself.
    #[must_use]
    pub fn held(&self) -> Option<Vec<KeySlice<'_>>> {
        let Self::Held(parts) = self else {
            return None;
        };
        let slices: Vec<KeySlice<'_>> = parts.iter().map(slice).collect::<Option<_>>()?;
        let (mut each, mut counted) = (0u64, 0u64);
        for slice in &slices {
            match slice {
                KeySlice::Plain(keys) | KeySlice::Placed { keys, .. } => each += keys.len() as u64,
                KeySlice::Counted(pairs) => counted += pairs.iter().map(|pair| pair.1).sum::<u64>(),
            }
        }
        (each >= counted).then_some(slices)
    }

    /// Counts by bucket of the values that were not kept; `None` when all were.
    #[must_use]
    pub fn tallied(&self) -> Option<&[u64]> {
        let Self::Held(parts) = self else {
            return None;
        };
        parts.iter().find_map(|part| match part {
            KeyPart::Tallied(counts) => Some(counts.as_slice()),
            KeyPart::Plain(_) | KeyPart::Counted(_) => None,
        })
    }

    /// Some of the values in memory, spread evenly, about `keys_max`; none of a column on disk.
    #[must_use]
    pub fn sample(&self, keys_max: usize) -> Vec<u64> {
        let step = |values: usize| values.div_ceil(keys_max).max(1);
        let distinct = |pairs: &[KeyCount]| -> Vec<u64> {
            pairs.iter().step_by(step(pairs.len())).map(|pair| pair.0).collect()
        };
        match self {
            Self::Counted(pairs) => distinct(pairs),
            Self::Held(parts) => {
                let held = |part: &KeyPart| match part {
                    KeyPart::Plain(held) => held.keys().len(),
                    KeyPart::Counted(_) | KeyPart::Tallied(_) => 0,
                };
                let step = step(parts.iter().map(held).sum());
                let mut sample = Vec::new();
                for part in *parts {
                    match part {
                        KeyPart::Plain(held) => sample.extend(held.keys().iter().step_by(step)),
                        KeyPart::Counted(pairs) => sample.extend(distinct(pairs)),
                        KeyPart::Tallied(_) => {}
                    }
                }
                sample
            }
            Self::OnDisk { .. } => Vec::new(),
        }
    }

    /// Passes over all values once on the current pool. `merge` must not mind the order of its
    /// arguments: sums of integers do not.
    ///
    /// # Errors
    /// [`ScanError`] when a column on disk cannot be decoded again.
    pub fn fold<A: Send>(
        &self,
        empty: impl Fn() -> A + Sync + Send,
        visit: impl Fn(&mut A, KeySlice<'_>) + Sync + Send,
        merge: impl Fn(A, A) -> A + Sync + Send,
    ) -> Result<A, ScanError> {
        let take = |mut state: A, block: KeySlice<'_>| {
            visit(&mut state, block);
            state
        };
        match self {
            Self::Counted(pairs) => Ok(pairs
                .par_chunks(BLOCK_KEYS)
                .fold(&empty, |state, pairs| take(state, KeySlice::Counted(pairs)))
                .reduce_with(&merge)
                .unwrap_or_else(&empty)),
            Self::Held(parts) => Ok(parts
                .par_iter()
                .filter_map(slice)
                .fold(&empty, take)
                .reduce_with(&merge)
                .unwrap_or_else(&empty)),
            Self::OnDisk { snapshot, column } => snapshot
                .tasks()
                .into_par_iter()
                .map(|task| {
                    let mut state = empty();
                    let read = for_each_slice(&task, column, |slice| {
                        visit(&mut state, slice);
                        Some(())
                    });
                    // What was handed over before the pages gave up counts for nothing.
                    if read.is_none() {
                        state = empty();
                        for_each_dense_batch(&task, column, |keys| {
                            visit(&mut state, KeySlice::Plain(keys));
                        })?;
                    }
                    Ok(state)
                })
                .try_reduce_with(|a, b| Ok(merge(a, b)))
                .unwrap_or_else(|| Ok(empty())),
        }
    }
}

/// Decodes a row group by the general reader; hands over keys without nulls and NaN.
fn for_each_dense_batch(
    task: &Task<'_>,
    column: &str,
    mut visit: impl FnMut(&[u64]),
) -> Result<(), ScanError> {
    let mut rows = KeyRows::default();
    let mut dense = Vec::new();
    for_each_batch(task, &[column], |arrays| {
        for array in arrays {
            rows.fill(array.as_ref()).map_err(|problem| ScanError::Unreadable {
                file: task.file.listed.relative.clone(),
                place: Place { row_group: Some(task.row_group), column: Some(column.to_owned()) },
                problem,
            })?;
            dense.clear();
            for_each_value(&rows, |_, key| {
                if !(rows.floats && is_nan(key)) {
                    dense.push(key);
                }
            });
            visit(&dense);
        }
        Ok(())
    })
}

/// Puts all values that are held each by itself into the buckets of a map, on the current pool.
pub fn place(values: &mut Values, map: &BucketMap) {
    values.parts_mut().par_iter_mut().for_each(|part| {
        if let KeyPart::Plain(held) = part {
            held.assign(map);
        }
    });
}

fn slice(part: &KeyPart) -> Option<KeySlice<'_>> {
    match part {
        KeyPart::Plain(held) => Some(match held.buckets() {
            Some(buckets) => KeySlice::Placed { keys: held.keys(), buckets },
            None => KeySlice::Plain(held.keys()),
        }),
        KeyPart::Counted(pairs) => Some(KeySlice::Counted(pairs)),
        KeyPart::Tallied(_) => None,
    }
}

/// Counted keys handed over at a time.
const BLOCK_KEYS: usize = 1 << 18;
