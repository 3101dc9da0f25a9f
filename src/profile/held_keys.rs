//! Values kept in memory as order keys, in blocks whose memory is used again.

use std::sync::{Arc, Mutex, PoisonError};

use crate::stats::histogram::BucketMap;

/// Some values of a column as order keys, in no order, and the bucket of each where a map was
/// known when they were read.
///
/// Touching fresh memory costs more than counting what is put there: a block goes back to the
/// [`KeyShelf`] it was taken from when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct HeldKeys {
    keys: Vec<u64>,
    buckets: Vec<u16>,
    shelf: Option<Arc<KeyShelf>>,
}

impl HeldKeys {
    /// An empty block with memory from the shelf.
    #[must_use]
    pub fn from_shelf(shelf: &Arc<KeyShelf>) -> Self {
        let spare = shelf.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (keys, buckets) = spare.unwrap_or_else(|| {
            (Vec::with_capacity(HELD_KEYS_MAX), Vec::with_capacity(HELD_KEYS_MAX))
        });
        Self { keys, buckets, shelf: Some(Arc::clone(shelf)) }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The bucket of each key; `None` where no map was known.
    #[must_use]
    pub fn buckets(&self) -> Option<&[u16]> {
        (self.buckets.len() == self.keys.len()).then_some(&self.buckets)
    }

    /// Room for keys to be appended to.
    pub fn keys_mut(&mut self) -> &mut Vec<u64> {
        &mut self.keys
    }

    /// Finds the buckets of the keys that have none yet.
    pub fn assign(&mut self, map: &BucketMap) {
        map.assign(&self.keys[self.buckets.len()..], &mut self.buckets);
    }
}

impl From<Vec<u64>> for HeldKeys {
    fn from(keys: Vec<u64>) -> Self {
        Self { keys, buckets: Vec::new(), shelf: None }
    }
}

/// Blocks are equal when their keys are: buckets are only where to find them.
impl PartialEq for HeldKeys {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl Eq for HeldKeys {}

impl Drop for HeldKeys {
    fn drop(&mut self) {
        if let Some(shelf) = &self.shelf {
            self.keys.clear();
            self.buckets.clear();
            let block = (std::mem::take(&mut self.keys), std::mem::take(&mut self.buckets));
            shelf.spare.lock().unwrap_or_else(PoisonError::into_inner).push(block);
        }
    }
}

/// Memory of blocks that are no longer needed.
#[derive(Debug, Default)]
pub struct KeyShelf {
    spare: Mutex<Vec<(Vec<u64>, Vec<u16>)>>,
}

/// Keys in one block: 10 MiB with their buckets.
pub const HELD_KEYS_MAX: usize = 1 << 20;
