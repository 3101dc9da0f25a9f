//! Scores in ordered buckets, parted by class.

use std::ops::Range;

use crate::stats::histogram::BucketMap;

/// Order keys of scores, run after run of [`RUN_ROWS`] rows; in each bucket after bucket, and in
/// each of those the positive rows before the negative ones.
#[derive(Debug, Clone)]
pub struct Classes {
    keys: Vec<u64>,
    /// Of each run where in it the positive and where the negative rows of each bucket end.
    ends: Vec<Vec<[usize; 2]>>,
}

/// Rows that are put into buckets together: few enough that they stay in the second cache.
pub const RUN_ROWS: usize = 1 << 17;

/// A map of about a thousand buckets, from some keys of all parts.
#[must_use]
pub fn buckets_of(parts: &[&[u64]]) -> BucketMap {
    let rows: usize = parts.iter().map(|part| part.len()).sum();
    let step = rows.div_ceil(SAMPLED_KEYS).max(1);
    let mut sample: Vec<u64> =
        parts.iter().flat_map(|keys| keys.iter()).step_by(step).copied().collect();
    sample.sort_unstable();
    BucketMap::fine(&sample)
}

impl Classes {
    /// Parts keys by their bucket and the class of their rows, where they stand: memory that was
    /// never written to costs more than the work. Keys and classes are as many.
    #[must_use]
    pub fn of(mut keys: Vec<u64>, positive: &[bool], map: &BucketMap) -> Self {
        let mut runs = Runs { map, buckets: Vec::new(), placed: Vec::new() };
        let ends = keys.chunks_mut(RUN_ROWS).zip(positive.chunks(RUN_ROWS));
        let ends = ends.map(|(keys, positive)| runs.part(keys, positive)).collect();
        Self { keys, ends }
    }

    /// Keys of the positive rows in a bucket, in any order, run by run.
    pub(super) fn positives(&self, bucket: usize) -> impl Iterator<Item = &[u64]> {
        self.class(bucket, |start, [end, _]| start..end)
    }

    /// Keys of the negative rows in a bucket, in any order, run by run.
    pub(super) fn negatives(&self, bucket: usize) -> impl Iterator<Item = &[u64]> {
        self.class(bucket, |_, [start, end]| start..end)
    }

    fn class(
        &self,
        bucket: usize,
        place: impl Fn(usize, [usize; 2]) -> Range<usize>,
    ) -> impl Iterator<Item = &[u64]> {
        self.keys.chunks(RUN_ROWS).zip(&self.ends).map(move |(keys, ends)| {
            let start = bucket.checked_sub(1).map_or(0, |before| ends[before][1]);
            &keys[place(start, ends[bucket])]
        })
    }
}

/// What runs are parted with, used again for each.
struct Runs<'a> {
    map: &'a BucketMap,
    buckets: Vec<u16>,
    placed: Vec<u64>,
}

impl Runs<'_> {
    /// Parts one run; gives where the classes of each bucket end.
    fn part(&mut self, keys: &mut [u64], positive: &[bool]) -> Vec<[usize; 2]> {
        self.buckets.clear();
        self.map.assign(keys, &mut self.buckets);
        let mut ends = vec![[0usize; 2]; self.map.len()];
        for (&bucket, &positive) in self.buckets.iter().zip(positive) {
            ends[usize::from(bucket)][usize::from(!positive)] += 1;
        }
        let mut start = 0;
        for end in ends.as_flattened_mut() {
            start += std::mem::replace(end, start);
        }
        // `ends` holds where each begins until its keys have been put there.
        self.placed.resize(keys.len(), 0);
        for ((&key, &bucket), &positive) in keys.iter().zip(&self.buckets).zip(positive) {
            let end = &mut ends[usize::from(bucket)][usize::from(!positive)];
            self.placed[*end] = key;
            *end += 1;
        }
        keys.copy_from_slice(&self.placed);
        ends
    }
}

/// Keys that a map is made from: with as many buckets, one of millions of rows is still looked
/// through in the second cache.
const SAMPLED_KEYS: usize = 1 << 10;
