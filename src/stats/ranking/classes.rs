//! Scores in ordered buckets, parted by class.

use crate::stats::histogram::BucketMap;

/// Order keys of scores, bucket after bucket, in each the positive rows before the negative ones.
#[derive(Debug, Clone)]
pub struct Classes {
    keys: Vec<u64>,
    /// Where the positive and where the negative rows of each bucket end.
    ends: Vec<[usize; 2]>,
}

/// A map that gives each bucket about as many keys as sort quickest, from some keys of all parts.
#[must_use]
pub fn buckets_of(parts: &[&[u64]]) -> BucketMap {
    let rows: usize = parts.iter().map(|part| part.len()).sum();
    let step = (rows / SAMPLE_MAX).max(KEYS_PER_BUCKET);
    let sampled = parts.iter().flat_map(|keys| keys.iter().step_by(step));
    let mut sample: Vec<u64> = sampled.copied().collect();
    sample.sort_unstable();
    BucketMap::fine(&sample)
}

impl Classes {
    /// Parts keys by their bucket and the class of their rows; both slices are as long.
    #[must_use]
    pub fn of(keys: &[u64], positive: &[bool], map: &BucketMap) -> Self {
        let mut buckets = Vec::new();
        map.assign(keys, &mut buckets);
        let mut ends = vec![[0usize; 2]; map.len()];
        for (&bucket, &positive) in buckets.iter().zip(positive) {
            ends[usize::from(bucket)][usize::from(!positive)] += 1;
        }
        let mut start = 0;
        for end in ends.as_flattened_mut() {
            start += std::mem::replace(end, start);
        }
        // `ends` holds where each begins until its keys have been put there.
        let mut placed = vec![0u64; keys.len()];
        for ((&key, &bucket), &positive) in keys.iter().zip(&buckets).zip(positive) {
            let end = &mut ends[usize::from(bucket)][usize::from(!positive)];
            placed[*end] = key;
            *end += 1;
        }
        Self { keys: placed, ends }
    }

    /// Keys of the positive rows in a bucket, in any order.
    pub(super) fn positives(&self, bucket: usize) -> &[u64] {
        let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before][1]);
        &self.keys[start..self.ends[bucket][0]]
    }

    /// Keys of the negative rows in a bucket, in any order.
    pub(super) fn negatives(&self, bucket: usize) -> &[u64] {
        let [start, end] = self.ends[bucket];
        &self.keys[start..end]
    }
}

/// Keys in a bucket: few enough to be sorted in the first cache.
const KEYS_PER_BUCKET: usize = 512;

/// More sampled keys than a map has buckets tell it nothing.
const SAMPLE_MAX: usize = 1 << 16;
