//! Scores parted by class, and cut into ordered buckets.

use crate::stats::histogram::BucketMap;

/// Order keys of scores by class, in any order.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    /// Of positive rows.
    pub positives: Vec<u64>,
    /// Of negative rows.
    pub negatives: Vec<u64>,
}

impl Classes {
    /// Parts keys by the class of their rows.
    #[must_use]
    pub fn of(keys: &[u64], positive: &[bool]) -> Self {
        let count = positive.iter().filter(|&&positive| positive).count();
        let mut classes = Self {
            positives: Vec::with_capacity(count),
            negatives: Vec::with_capacity(keys.len().saturating_sub(count)),
        };
        for (&key, &positive) in keys.iter().zip(positive) {
            if positive {
                classes.positives.push(key);
            } else {
                classes.negatives.push(key);
            }
        }
        classes
    }

    /// Rows of both classes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.positives.len() + self.negatives.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Brings the keys into bucket order.
    #[must_use]
    pub fn cut(&self, map: &BucketMap) -> CutClasses {
        CutClasses {
            positives: Cut::of(&self.positives, map),
            negatives: Cut::of(&self.negatives, map),
        }
    }
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

/// Order keys of scores by class, bucket after bucket.
#[derive(Debug, Clone)]
pub struct CutClasses {
    positives: Cut,
    negatives: Cut,
}

impl CutClasses {
    pub(super) fn positives(&self, bucket: usize) -> &[u64] {
        self.positives.bucket(bucket)
    }

    pub(super) fn negatives(&self, bucket: usize) -> &[u64] {
        self.negatives.bucket(bucket)
    }
}

#[derive(Debug, Clone)]
struct Cut {
    keys: Vec<u64>,
    /// Where each bucket ends.
    ends: Vec<usize>,
}

impl Cut {
    fn of(keys: &[u64], map: &BucketMap) -> Self {
        let mut buckets = Vec::new();
        map.assign(keys, &mut buckets);
        let mut ends = vec![0usize; map.len()];
        for &bucket in &buckets {
            ends[usize::from(bucket)] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        // `ends` holds where each bucket begins until its keys have been put there.
        let mut placed = vec![0u64; keys.len()];
        for (&key, &bucket) in keys.iter().zip(&buckets) {
            let end = &mut ends[usize::from(bucket)];
            placed[*end] = key;
            *end += 1;
        }
        Self { keys: placed, ends }
    }

    fn bucket(&self, bucket: usize) -> &[u64] {
        let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[start..self.ends[bucket]]
    }
}

/// Keys in a bucket: few enough to be sorted in the first cache.
const KEYS_PER_BUCKET: usize = 512;

/// More sampled keys than a map has buckets tell it nothing.
const SAMPLE_MAX: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::ranking::{RankSums, Stretch, Tie};

    proptest! {
        #[test]
        fn parts_and_buckets_change_nothing(
            rows in prop::collection::vec((0u64..60, any::<bool>()), 0..200),
            parts in 1usize..5,
            sample in prop::collection::vec(0u64..60, 0..20),
            stretches in 1usize..6,
        ) {
            let mut all = vec![Classes::default(); parts];
            for (row, &(key, positive)) in rows.iter().enumerate() {
                let part = &mut all[row % parts];
                if positive { part.positives.push(key) } else { part.negatives.push(key) }
            }
            let mut sample = sample;
            sample.sort_unstable();
            let map = BucketMap::splitters(&sample);
            let cut: Vec<CutClasses> = all.iter().map(|part| part.cut(&map)).collect();
            let step = map.len().div_ceil(stretches);
            let found = (0..map.len())
                .step_by(step)
                .map(|start| Stretch::gather(&cut, start..(start + step).min(map.len())))
                .map(|stretch| stretch.rank_sums())
                .fold(RankSums::default(), RankSums::below);
            let count = |key: u64, wanted: bool| {
                rows.iter().filter(|&&row| row == (key, wanted)).count() as u64
            };
            let expected = (0..60)
                .map(|key| Tie { positives: count(key, true), negatives: count(key, false) })
                .map(RankSums::of_tie)
                .fold(RankSums::default(), RankSums::below);
            prop_assert_eq!(found, expected);
        }
    }
}
