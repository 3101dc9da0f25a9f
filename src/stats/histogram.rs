//! Buckets over order keys: counting values without sorting them.
//!
//! A [`BucketMap`] cuts the keys into at most 65,536 ordered buckets, chosen from a sample so
//! that each holds about the same share of the values. Any sample gives a correct map (buckets
//! are ordered ranges that cover all keys); a bad one only makes some buckets too full, which
//! costs a finer second look. Two shapes exist. [`BucketMap::cells`] finds a bucket with one
//! table load: up to 4,096 equal ranges of keys, each cut into a power of two of equal parts.
//! [`BucketMap::splitters`] searches a sorted list: slower, but as fine as the sample whatever
//! the values look like.

use super::simd::widest;

/// Ordered ranges of keys. Bucket numbers grow with keys.
#[derive(Debug, Clone)]
pub struct BucketMap {
    shape: Shape,
    buckets: usize,
    heavy: Vec<u64>,
    /// Some bucket is hit again and again.
    skewed: bool,
}

#[derive(Debug, Clone)]
enum Shape {
    Whole,
    Cells(Cells),
    Splitters(Splitters),
}

impl BucketMap {
    /// One bucket for all keys.
    #[must_use]
    pub fn whole() -> Self {
        Self { shape: Shape::Whole, buckets: 1, heavy: vec![NO_HEAVY_KEY], skewed: true }
    }

    /// A map of equal cells, each cut by its share of the sample's distinct keys. `sample` must
    /// be sorted; an empty one gives one bucket.
    #[must_use]
    pub fn cells(sample: &[u64]) -> Self {
        let (Some(&low), Some(&high)) = (sample.first(), sample.last()) else {
            return Self::whole();
        };
        debug_assert!(sample.is_sorted());
        // As many buckets as sampled keys, a sixteenth of them one each for equal ranges.
        let buckets = sample.len().next_power_of_two().clamp(BUCKETS_MIN, BUCKETS_MAX);
        let cells = buckets / BUCKETS_PER_CELL;
        let cell_bits = (u64::BITS - (high - low).leading_zeros()).saturating_sub(cells.ilog2());
        // 4,096 ranges of 2^52 keys are all keys there are.
        let span = (cells as u64).wrapping_shl(cell_bits).wrapping_sub(1);
        let mut distinct = vec![0usize; cells];
        let mut previous = None;
        for &key in sample {
            if previous != Some(key) {
                distinct[cell_of(key - low, cell_bits)] += 1;
                previous = Some(key);
            }
        }
        let total: usize = distinct.iter().sum();
        let mut packed = Box::new([0; CELL_COUNT]);
        let mut base = 0u32;
        for (cell, in_cell) in packed.iter_mut().zip(distinct) {
            let wanted = in_cell * (buckets - cells) / total;
            let bits = wanted.checked_ilog2().unwrap_or(0).min(cell_bits);
            *cell = base | (cell_bits - bits) << SHIFT_AT;
            base += 1 << bits;
        }
        let shape = Shape::Cells(Cells { low, span, cell_bits, packed });
        Self::with_heavy_keys(shape, base as usize, sample)
    }

    /// A map cut at the sample's distinct keys, thinned evenly to fit; a key that makes up a
    /// bucket's worth of the sample gets a bucket of its own. `sample` must be sorted.
    #[must_use]
    pub fn splitters(sample: &[u64]) -> Self {
        debug_assert!(sample.is_sorted());
        let step = (sample.len() / SPLITTERS_MAX).max(1);
        let mut bounds: Vec<u64> = sample.iter().copied().step_by(step).collect();
        let alone: Vec<u64> =
            bounds.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        bounds.extend(alone.iter().filter_map(|key| key.checked_add(1)));
        bounds.sort_unstable();
        bounds.dedup();
        let buckets = bounds.len() + 1;
        Self::with_heavy_keys(Shape::Splitters(Splitters::new(&bounds)), buckets, sample)
    }

    /// The quicker of both shapes that spreads the sample well. `sample` must be sorted.
    #[must_use]
    pub fn fine(sample: &[u64]) -> Self {
        let cells = Self::cells(sample);
        let mut others = vec![0usize; cells.len()];
        for &key in sample {
            let bucket = cells.bucket(key);
            others[bucket] += usize::from(cells.heavy_key(bucket) != Some(key));
        }
        let full = sample.len() / BUCKETS_MAX * FULL_TIMES + FULL_TIMES;
        let crowded: usize = others.into_iter().filter(|&keys| keys > full).sum();
        if crowded * CROWDED_ONE_IN > sample.len() { Self::splitters(sample) } else { cells }
    }

    /// Number of buckets, 1 to 65,536.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets
    }

    /// Never true: every map has a bucket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The bucket of a key.
    #[inline]
    #[must_use]
    pub fn bucket(&self, key: u64) -> usize {
        match &self.shape {
            Shape::Whole => 0,
            Shape::Cells(cells) => usize::from(cells.bucket(key)),
            Shape::Splitters(splitters) => usize::from(splitters.buckets([key])[0]),
        }
    }

    /// The key that a bucket is known to hold in plenty: such keys are counted instead of copied
    /// when the bucket is looked into.
    #[inline]
    #[must_use]
    pub fn heavy_key(&self, bucket: usize) -> Option<u64> {
        Some(self.heavy[bucket]).filter(|&key| key != NO_HEAVY_KEY)
    }

    /// Appends the bucket of every key.
    pub fn assign(&self, keys: &[u64], buckets: &mut Vec<u16>) {
        let before = buckets.len();
        buckets.resize(before + keys.len(), 0);
        let places = &mut buckets[before..];
        match &self.shape {
            Shape::Whole => {}
            Shape::Cells(cells) => widest(
                #[inline(always)]
                || {
                    for (place, &key) in places.iter_mut().zip(keys) {
                        *place = cells.bucket(key);
                    }
                },
            ),
            Shape::Splitters(splitters) => widest(
                #[inline(always)]
                || splitters.place(keys, places),
            ),
        }
    }

    fn with_heavy_keys(shape: Shape, buckets: usize, sample: &[u64]) -> Self {
        let heavy = vec![NO_HEAVY_KEY; buckets];
        let mut map = Self { shape, buckets, heavy, skewed: false };
        let mut most = vec![0usize; buckets];
        for run in sample.chunk_by(|a, b| a == b) {
            let bucket = map.bucket(run[0]);
            if run.len() > most[bucket] {
                most[bucket] = run.len();
                map.heavy[bucket] = run[0];
            }
            map.skewed |= run.len() * SKEWED_ONE_IN > sample.len();
        }
        map
    }
}

/// The range that a distance from the lowest key lies in.
#[expect(clippy::inline_always, reason = "a kernel is compiled for the vectors it is inlined into")]
#[inline(always)]
fn cell_of(offset: u64, cell_bits: u32) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "a cell number has 12 bits")]
    let cell = (offset >> cell_bits) as usize;
    cell % CELL_COUNT
}

/// Equal ranges of keys, each cut into a power of two of equal parts.
#[derive(Debug, Clone)]
struct Cells {
    low: u64,
    /// The largest distance from `low` that lies in a range.
    span: u64,
    cell_bits: u32,
    /// Of each range its first bucket, and above [`SHIFT_AT`] how far the rest of a key is shifted
    /// to give the bucket within. 16 KiB, so that the table stays in the first cache.
    packed: Box<[u32; CELL_COUNT]>,
}

impl Cells {
    /// The bucket of a key; keys below all ranges have the first, keys above them the last.
    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn bucket(&self, key: u64) -> u16 {
        let offset = key.saturating_sub(self.low).min(self.span);
        let cell = self.packed[cell_of(offset, self.cell_bits)];
        let rest = (offset & ((1 << self.cell_bits) - 1)).wrapping_shr(cell >> SHIFT_AT);
        // Neither wraps: a shift is below 64 and a bucket number has 16 bits.
        #[expect(clippy::cast_possible_truncation, reason = "a bucket number has 16 bits")]
        let bucket = (cell as u16).wrapping_add(rest as u16);
        bucket
    }
}

/// Sorted keys, each of which begins a bucket.
#[derive(Debug, Clone)]
struct Splitters {
    /// As many as there can be, those that are missing as the largest key.
    padded: Box<[u64; BUCKETS_MAX]>,
    last: u16,
}

impl Splitters {
    fn new(bounds: &[u64]) -> Self {
        let mut padded = bounds.to_vec();
        padded.resize(BUCKETS_MAX, u64::MAX);
        let padded = padded.into_boxed_slice().try_into().expect("it has just got this length");
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer than buckets")]
        let last = bounds.len() as u16;
        Self { padded, last }
    }

    /// Buckets of some keys by a search that takes the same steps for each, so that their loads
    /// overlap.
    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn buckets<const LANES: usize>(&self, keys: [u64; LANES]) -> [u16; LANES] {
        let mut below = [0usize; LANES];
        for step in (0..BUCKETS_MAX.ilog2()).rev() {
            let half = 1 << step;
            for (below, key) in below.iter_mut().zip(keys) {
                let bound = self.padded[below.wrapping_add(half - 1) % BUCKETS_MAX];
                *below |= if bound <= key { half } else { 0 };
            }
        }
        // No more than 65,535 steps were taken, and there are fewer bounds than buckets.
        #[expect(clippy::cast_possible_truncation, reason = "a bucket number has 16 bits")]
        below.map(|below| (below as u16).min(self.last))
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn place(&self, keys: &[u64], places: &mut [u16]) {
        let (blocks, rest) = keys.as_chunks::<SEARCHED_KEYS>();
        let (block_places, rest_places) = places.as_chunks_mut::<SEARCHED_KEYS>();
        for (places, &keys) in block_places.iter_mut().zip(blocks) {
            *places = self.buckets(keys);
        }
        for (place, &key) in rest_places.iter_mut().zip(rest) {
            [*place] = self.buckets([key]);
        }
    }
}

/// Counts of values per bucket: narrow while they are taken, for they stay in the cache.
#[derive(Debug, Clone)]
pub struct BucketTally {
    recent: Vec<u32>,
    /// Where some bucket is hit again and again, every other value is counted here, so that an
    /// increment need not wait for the one before it to be stored. Empty otherwise: what a
    /// second table saves there it costs in cache.
    others: Vec<u32>,
    recent_keys: u32,
    total: Vec<u64>,
}

impl BucketTally {
    /// Nothing counted yet in any bucket of a map.
    #[must_use]
    pub fn new(map: &BucketMap) -> Self {
        let buckets = map.len();
        let others = if map.skewed { buckets } else { 0 };
        Self {
            recent: vec![0; buckets],
            others: vec![0; others],
            recent_keys: 0,
            total: vec![0; buckets],
        }
    }

    /// Counts keys by the buckets of the map.
    pub fn take_keys(&mut self, keys: &[u64], map: &BucketMap) {
        let mut buckets = Vec::with_capacity(PLACED_KEYS.min(keys.len()));
        for keys in keys.chunks(PLACED_KEYS) {
            buckets.clear();
            map.assign(keys, &mut buckets);
            self.take_buckets(&buckets);
        }
    }

    /// Counts values whose buckets are known.
    pub fn take_buckets(&mut self, buckets: &[u16]) {
        for part in buckets.chunks(PART_KEYS) {
            self.make_room(part.len());
            if self.others.is_empty() {
                for &bucket in part {
                    self.recent[usize::from(bucket)] += 1;
                }
                continue;
            }
            let (pairs, last) = part.as_chunks::<2>();
            for &[one, other] in pairs {
                self.recent[usize::from(one)] += 1;
                self.others[usize::from(other)] += 1;
            }
            for &bucket in last {
                self.recent[usize::from(bucket)] += 1;
            }
        }
    }

    /// Counts `count` values of one bucket.
    pub fn take_many(&mut self, bucket: usize, count: u64) {
        self.total[bucket] += count;
    }

    /// Adds what was counted elsewhere.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        let counts = other.finish();
        self.total.iter_mut().zip(counts).for_each(|(count, more)| *count += more);
        self
    }

    /// The counts, one per bucket.
    #[must_use]
    pub fn finish(mut self) -> Vec<u64> {
        self.settle();
        self.total
    }

    /// Makes sure that so many more values cannot overflow a narrow count.
    fn make_room(&mut self, keys: usize) {
        let more = u32::try_from(keys).unwrap_or(u32::MAX);
        self.recent_keys = self.recent_keys.checked_add(more).unwrap_or_else(|| {
            self.settle();
            more
        });
    }

    fn settle(&mut self) {
        for counts in [&mut self.recent, &mut self.others] {
            for (total, recent) in self.total.iter_mut().zip(counts) {
                *total += u64::from(std::mem::take(recent));
            }
        }
        self.recent_keys = 0;
    }
}

/// Most buckets of a map: a bucket number fits 16 bits.
pub const BUCKETS_MAX: usize = 1 << 16;

/// Fewest buckets that keys are cut into.
const BUCKETS_MIN: usize = 1 << 10;
/// Buckets for each equal range.
const BUCKETS_PER_CELL: usize = 16;
/// Most equal ranges.
const CELL_COUNT: usize = BUCKETS_MAX / BUCKETS_PER_CELL;
/// Keys placed at a time before they are counted.
const PLACED_KEYS: usize = 2048;
/// Keys searched for at a time.
const SEARCHED_KEYS: usize = 16;
/// Keys counted between two looks at whether narrow counts still have room.
const PART_KEYS: usize = 1 << 24;
/// A bucket is full with so many times its share of a sample, and a map is crowded with more than
/// one sampled key in so many in full buckets.
const FULL_TIMES: usize = 32;
const CROWDED_ONE_IN: usize = 32;
/// A map is skewed where a value makes up more than one in so many of the sample.
const SKEWED_ONE_IN: usize = 4;
/// Bits of a bucket number in a packed cell.
const SHIFT_AT: u32 = 16;
const SPLITTERS_MAX: usize = BUCKETS_MAX / 2 - 1;
/// Stands for "no such key"; a real key of this value is merely copied, not counted.
const NO_HEAVY_KEY: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::order_key::from_f64;

    fn maps(sample: &[u64]) -> [BucketMap; 3] {
        [BucketMap::whole(), BucketMap::cells(sample), BucketMap::splitters(sample)]
    }

    fn count(map: &BucketMap, keys: &[u64]) -> Vec<u64> {
        let mut tally = BucketTally::new(map);
        tally.take_keys(keys, map);
        tally.finish()
    }

    fn any_keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![
            any::<u64>(),
            0u64..100,
            (0.0f64..1.0).prop_map(from_f64),
            Just(u64::MAX),
            Just(0),
        ];
        prop::collection::vec(key, 0..500)
    }

    proptest! {
        #[test]
        fn buckets_are_ordered_and_every_key_has_one(sample in any_keys(), keys in any_keys()) {
            let (mut sample, mut keys) = (sample, keys);
            sample.sort_unstable();
            keys.sort_unstable();
            for map in maps(&sample) {
                let buckets: Vec<usize> = keys.iter().map(|&key| map.bucket(key)).collect();
                prop_assert!(buckets.is_sorted());
                prop_assert!(buckets.iter().all(|&bucket| bucket < map.len()));
                prop_assert!(map.len() <= BUCKETS_MAX);
            }
        }

        #[test]
        fn counting_agrees_with_one_key_after_the_other(sample in any_keys(), keys in any_keys()) {
            let mut sample = sample;
            sample.sort_unstable();
            for map in maps(&sample) {
                let mut one_by_one = vec![0; map.len()];
                for &key in &keys {
                    one_by_one[map.bucket(key)] += 1;
                }
                prop_assert_eq!(count(&map, &keys), one_by_one);
            }
        }
    }

    #[test]
    fn a_good_sample_spreads_the_values() {
        let keys: Vec<u64> = (1..=200_000).map(|n| from_f64(f64::from(n).ln())).collect();
        for map in [BucketMap::cells(&keys), BucketMap::splitters(&keys)] {
            let fullest = count(&map, &keys).into_iter().max().unwrap_or(0);
            assert!(fullest < 200, "{fullest} of 200,000 values in one bucket");
        }
    }

    #[test]
    fn a_value_that_fills_the_sample_is_heavy_in_its_bucket() {
        let mut sample = vec![from_f64(0.0); 1000];
        sample.extend((1..1000).map(|n| from_f64(f64::from(n))));
        for map in [BucketMap::cells(&sample), BucketMap::splitters(&sample)] {
            let zero = from_f64(0.0);
            assert_eq!(map.heavy_key(map.bucket(zero)), Some(zero));
        }
    }
}
