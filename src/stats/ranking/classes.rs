//! Scores in ordered buckets, parted by class.

use super::parting::Parting;
use crate::stats::histogram::BucketMap;

/// Order keys of scores, run after run of [`RUN_ROWS`] rows; in each bucket after bucket, and in
/// each of those the positive rows before the negative ones.
#[derive(Debug, Clone)]
pub struct Classes {
    keys: Vec<u64>,
    /// Of each run where in it the positive and then where the negative rows of each bucket end.
    ends: Vec<Vec<u32>>,
}

/// Rows that are put into buckets together: few enough that they stay in the caches.
pub const RUN_ROWS: usize = 1 << 17;

/// A map of about a thousand buckets, from some of these keys.
#[must_use]
pub fn buckets_of(keys: &[&[u64]]) -> BucketMap {
    let rows: usize = keys.iter().map(|keys| keys.len()).sum();
    let step = rows.div_ceil(SAMPLED_KEYS).max(1);
    let each = keys.iter().flat_map(|keys| keys.iter());
    let mut sample: Vec<u64> = each.step_by(step).copied().collect();
    sample.sort_unstable();
    BucketMap::fine(&sample)
}

impl Classes {
    /// Keys that are parted, and of each run where each sort ends.
    pub(super) fn new(keys: Vec<u64>, ends: Vec<Vec<u32>>) -> Self {
        Self { keys, ends }
    }

    /// Parts keys by their bucket and the class of their rows. Keys and classes are as many.
    ///
    /// # Panics
    /// As [`Parting::of`].
    #[must_use]
    pub fn of(keys: &[u64], positive: &[bool], map: &BucketMap) -> Self {
        let mut parting = Parting::of(positive, map);
        parting.take(keys);
        parting.finish()
    }

    /// Buckets that they are in.
    #[must_use]
    pub fn buckets(&self) -> usize {
        self.ends.first().map_or(0, |ends| ends.len() / 2)
    }

    /// Keys of the positive rows in a bucket, in any order, run by run.
    pub(super) fn positives(&self, bucket: usize) -> impl Iterator<Item = &[u64]> {
        self.sort(2 * bucket)
    }

    /// Keys of the negative rows in a bucket, in any order, run by run.
    pub(super) fn negatives(&self, bucket: usize) -> impl Iterator<Item = &[u64]> {
        self.sort(2 * bucket + 1)
    }

    fn sort(&self, sort: usize) -> impl Iterator<Item = &[u64]> {
        self.keys.chunks(RUN_ROWS).zip(&self.ends).map(move |(keys, ends)| {
            let start = sort.checked_sub(1).map_or(0, |before| ends[before]);
            &keys[start as usize..ends[sort] as usize]
        })
    }
}

/// Keys that a map is made from: with as many buckets, one of millions of rows is still looked
/// through in the second cache.
pub const SAMPLED_KEYS: usize = 1 << 10;
