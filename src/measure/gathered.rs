//! Values of the buckets that must be looked into.

use crate::stats::histogram::{BUCKETS_MAX, BucketMap};
use crate::stats::joint::{KeyCount, SortedKeys, merge_equal};

/// Values of flagged buckets while they are collected.
pub(super) struct Gathered<'a> {
    map: &'a BucketMap,
    /// One for each bucket there can be, so that no bucket lies outside.
    flags: Box<[bool; BUCKETS_MAX]>,
    plain: Vec<u64>,
    /// Plain keys beyond which repeated ones are counted.
    plain_max: usize,
    counted: Vec<KeyCount>,
    /// Rows of each bucket's heavy key.
    heavy: Vec<u64>,
}

impl<'a> Gathered<'a> {
    /// Nothing yet of the flagged buckets, one flag per bucket of the map.
    pub(super) fn new(map: &'a BucketMap, flags: &[bool]) -> Self {
        let mut all = flags.to_vec();
        all.resize(BUCKETS_MAX, false);
        let flags = all.into_boxed_slice().try_into().expect("it has just got this length");
        let heavy = vec![0; map.len()];
        Self { map, flags, plain: Vec::new(), plain_max: PLAIN_MAX, counted: Vec::new(), heavy }
    }

    /// Takes what it wants of keys whose buckets are known.
    pub(super) fn take_placed(&mut self, keys: &[u64], buckets: &[u16]) {
        let mut places = [0usize; LISTED_KEYS];
        for (keys, buckets) in keys.chunks(LISTED_KEYS).zip(buckets.chunks(LISTED_KEYS)) {
            // Listing without branches first: most keys are not wanted, and none can be foreseen.
            let mut listed = 0;
            for (place, &bucket) in buckets.iter().enumerate() {
                places[listed] = place;
                listed += usize::from(self.flags[usize::from(bucket)]);
            }
            for &place in &places[..listed] {
                self.put(keys[place], usize::from(buckets[place]));
            }
            self.compact_when_long();
        }
    }

    /// Takes what it wants of keys.
    pub(super) fn take_keys(&mut self, keys: &[u64]) {
        let mut buckets = Vec::with_capacity(LISTED_KEYS);
        for keys in keys.chunks(LISTED_KEYS) {
            buckets.clear();
            self.map.assign(keys, &mut buckets);
            self.take_placed(keys, &buckets);
        }
    }

    /// Takes what it wants of counted keys.
    pub(super) fn take_pairs(&mut self, pairs: &[KeyCount]) {
        let wanted = |pair: &&KeyCount| self.flags[self.map.bucket(pair.0)];
        self.counted.extend(pairs.iter().filter(wanted));
    }

    /// Adds what was taken elsewhere.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.plain.extend(other.plain);
        self.counted.extend(other.counted);
        self.heavy.iter_mut().zip(other.heavy).for_each(|(count, more)| *count += more);
        self
    }

    /// All that was taken, sorted and counted.
    pub(super) fn finish(mut self) -> SortedKeys {
        for (bucket, &count) in self.heavy.iter().enumerate().filter(|&(_, &count)| count > 0) {
            match self.map.heavy_key(bucket) {
                // Heavy by name only.
                Some(key) if count == 1 => self.plain.push(key),
                Some(key) => self.counted.push((key, count)),
                None => {}
            }
        }
        #[expect(clippy::stable_sort_primitive, reason = "it joins sorted stretches as they are")]
        self.plain.sort();
        if self.counted.is_empty() {
            return SortedKeys::of_sorted(self.plain);
        }
        self.count_plain();
        self.counted.into()
    }

    #[inline]
    fn put(&mut self, key: u64, bucket: usize) {
        if self.map.heavy_key(bucket) == Some(key) {
            self.heavy[bucket] += 1;
        } else {
            self.plain.push(key);
        }
    }

    /// Counts plain keys, so that repeated ones take no more room than distinct ones. Where few
    /// repeat they are left as they are for a while: counts would take more room.
    fn compact_when_long(&mut self) {
        if self.plain.len() <= self.plain_max {
            return;
        }
        self.plain.sort_unstable();
        let distinct = self.plain.chunk_by(|a, b| a == b).count();
        if distinct > self.plain.len() / 2 {
            self.plain_max = self.plain.len() * PLAIN_GROWTH;
        } else {
            self.count_plain();
        }
    }

    /// Counts plain keys, which are sorted.
    fn count_plain(&mut self) {
        let runs = self.plain.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64));
        self.counted.extend(runs);
        self.plain = Vec::new();
        merge_equal(&mut self.counted);
    }
}

/// Places listed at a time.
const LISTED_KEYS: usize = 2048;
/// Plain keys beyond which is looked whether they repeat, and how many times more of them when few
/// did.
const PLAIN_MAX: usize = 1 << 20;
const PLAIN_GROWTH: usize = 16;
