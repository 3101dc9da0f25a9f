//! The values of a column as a stream of order keys that can be passed over again.

use rayon::prelude::*;

use super::error::{Place, ScanError};
use super::keys::{KeyRows, is_nan};
use super::read::for_each_batch;
use super::source::OpenSnapshot;
use crate::profile::KeyPart;
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
pub enum KeyBlock<'a> {
    /// Each value by itself.
    Plain(&'a [u64]),
    /// Values with counts.
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
                KeyBlock::Plain(keys) => plain.extend_from_slice(keys),
                KeyBlock::Counted(pairs) => counted.extend_from_slice(pairs),
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

    /// Some of the values, spread evenly, at most about `keys_max`; none of a column on disk,
    /// whose sample its first scan kept.
    #[must_use]
    pub fn sample(&self, keys_max: usize) -> Vec<u64> {
        let even = |length: usize| (length / keys_max.max(1)).max(1);
        match self {
            Self::Counted(pairs) => {
                pairs.iter().step_by(even(pairs.len())).map(|pair| pair.0).collect()
            }
            Self::Held(parts) => {
                let length = |part: &KeyPart| match part {
                    KeyPart::Plain(keys) => keys.len(),
                    KeyPart::Counted(pairs) => pairs.len(),
                };
                let step = even(parts.iter().map(length).sum());
                let mut sample = Vec::new();
                for part in *parts {
                    match part {
                        KeyPart::Plain(keys) => sample.extend(keys.iter().step_by(step)),
                        KeyPart::Counted(pairs) => sample.extend(pairs.iter().map(|pair| pair.0)),
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
        visit: impl Fn(&mut A, KeyBlock<'_>) + Sync + Send,
        merge: impl Fn(A, A) -> A + Sync + Send,
    ) -> Result<A, ScanError> {
        let take = |mut state: A, block: KeyBlock<'_>| {
            visit(&mut state, block);
            state
        };
        match self {
            Self::Counted(pairs) => Ok(pairs
                .par_chunks(BLOCK_KEYS)
                .fold(&empty, |state, pairs| take(state, KeyBlock::Counted(pairs)))
                .reduce(&empty, &merge)),
            Self::Held(parts) => {
                Ok(parts.par_iter().flat_map(blocks).fold(&empty, take).reduce(&empty, &merge))
            }
            Self::OnDisk { snapshot, column } => snapshot
                .tasks()
                .into_par_iter()
                .map(|task| {
                    let mut state = empty();
                    let mut rows = KeyRows::default();
                    let mut dense = Vec::new();
                    for_each_batch(&task, &[column], |arrays| {
                        for array in arrays {
                            rows.fill(array.as_ref()).map_err(|problem| ScanError::Unreadable {
                                file: task.file.listed.relative.clone(),
                                place: Place {
                                    row_group: Some(task.row_group),
                                    column: Some((*column).to_owned()),
                                },
                                problem,
                            })?;
                            dense.clear();
                            super::key_observer::for_each_value(&rows, |_, key| {
                                if !(rows.floats && is_nan(key)) {
                                    dense.push(key);
                                }
                            });
                            visit(&mut state, KeyBlock::Plain(&dense));
                        }
                        Ok(())
                    })?;
                    Ok(state)
                })
                .try_reduce(&empty, |a, b| Ok(merge(a, b))),
        }
    }
}

fn blocks(part: &KeyPart) -> rayon::vec::IntoIter<KeyBlock<'_>> {
    let blocks: Vec<KeyBlock<'_>> = match part {
        KeyPart::Plain(keys) => keys.chunks(BLOCK_KEYS).map(KeyBlock::Plain).collect(),
        KeyPart::Counted(pairs) => vec![KeyBlock::Counted(pairs)],
    };
    blocks.into_par_iter()
}

/// Keys handed over at a time from memory.
const BLOCK_KEYS: usize = 1 << 18;
