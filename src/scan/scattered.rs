//! Values of the buckets that must be looked into, where those hold much of a column: each value
//! goes straight to a place of its bucket, whose counts are known, and each bucket is sorted by
//! itself. A counting sort by bucket: what lies apart is never compared.

use std::ops::Range;

use rayon::prelude::*;

use super::key_source::KeySlice;
use crate::stats::histogram::{BUCKETS_MAX, BucketMap};
use crate::stats::joint::{KeyCount, SortedKeys};

/// All values of the flagged buckets, sorted and counted. `counts` are those of all values of
/// `slices` by the buckets of `map`, and `placed` says that values know their buckets by it. Works on
/// the current pool.
///
/// # Panics
/// When `counts` are not those.
#[must_use]
pub fn scattered(
    slices: &[KeySlice<'_>],
    map: &BucketMap,
    (counts, flags): (&[u64], &[bool]),
    placed: bool,
) -> SortedKeys {
    let wanted: Vec<usize> = counts
        .iter()
        .zip(flags)
        .map(|(&count, &flag)| if flag { usize::try_from(count).unwrap_or(0) } else { 0 })
        .collect();
    let mut keys = vec![0; wanted.iter().sum()];
    shares(&wanted, &mut keys).into_par_iter().for_each(|mut share| {
        for slice in slices {
            match slice {
                KeySlice::Placed { keys, buckets } if placed => share.take(keys, buckets),
                KeySlice::Placed { keys, .. } | KeySlice::Plain(keys) => share.assign(keys, map),
                KeySlice::Counted(pairs) => share.repeat(pairs, map),
            }
        }
        share.sort();
    });
    SortedKeys::of_sorted(keys)
}

/// Buckets that follow one another, and the places of their values.
struct Share<'a> {
    buckets: Range<usize>,
    /// Which buckets are looked into; one for each there can be, so that none lies outside.
    flags: Box<[bool; BUCKETS_MAX]>,
    /// Where the next value of a bucket goes.
    next: Box<[usize; BUCKETS_MAX]>,
    places: &'a mut [u64],
}

/// Cuts buckets and places into a share for each thread, of about as many values.
fn shares<'a>(wanted: &[usize], mut places: &'a mut [u64]) -> Vec<Share<'a>> {
    let each = places.len().div_ceil(rayon::current_num_threads()).max(1);
    let mut shares = Vec::new();
    let mut first = 0;
    while first < wanted.len() {
        let (mut flags, mut next) = (vec![false; BUCKETS_MAX], vec![0; BUCKETS_MAX]);
        let (mut end, mut values) = (first, 0);
        while end < wanted.len() && values < each {
            (flags[end], next[end]) = (wanted[end] > 0, values);
            values += wanted[end];
            end += 1;
        }
        let (ours, rest) = places.split_at_mut(values);
        let fixed = "it was made as long";
        shares.push(Share {
            buckets: first..end,
            flags: flags.into_boxed_slice().try_into().expect(fixed),
            next: next.into_boxed_slice().try_into().expect(fixed),
            places: ours,
        });
        (first, places) = (end, rest);
    }
    shares
}

impl Share<'_> {
    fn assign(&mut self, keys: &[u64], map: &BucketMap) {
        let mut buckets = Vec::with_capacity(LISTED_KEYS);
        for keys in keys.chunks(LISTED_KEYS) {
            buckets.clear();
            map.assign(keys, &mut buckets);
            self.take(keys, &buckets);
        }
    }

    fn take(&mut self, keys: &[u64], buckets: &[u16]) {
        let mut listed_places = [0usize; LISTED_KEYS];
        for (keys, buckets) in keys.chunks(LISTED_KEYS).zip(buckets.chunks(LISTED_KEYS)) {
            // Listing without branches first, for none can be foreseen.
            let mut listed = 0;
            for (place, &bucket) in buckets.iter().enumerate() {
                listed_places[listed] = place;
                listed += usize::from(self.flags[usize::from(bucket)]);
            }
            for &place in &listed_places[..listed] {
                let next = &mut self.next[usize::from(buckets[place])];
                self.places[*next] = keys[place];
                *next += 1;
            }
        }
    }

    /// Takes counted keys as often as they are counted: they are few, and need no way of their own.
    fn repeat(&mut self, pairs: &[KeyCount], map: &BucketMap) {
        for &(key, count) in pairs {
            let bucket = map.bucket(key);
            if self.flags[bucket] {
                let end = self.next[bucket] + usize::try_from(count).unwrap_or(usize::MAX);
                self.places[self.next[bucket]..end].fill(key);
                self.next[bucket] = end;
            }
        }
    }

    /// Sorts each bucket: every place of it is taken.
    fn sort(self) {
        let mut start = 0;
        for bucket in self.buckets.filter(|&bucket| self.flags[bucket]) {
            let end = self.next[bucket];
            self.places[start..end].sort_unstable();
            start = end;
        }
    }
}

/// Places listed at a time.
const LISTED_KEYS: usize = 2048;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn flagged_values_are_sorted_whatever_the_threads_and_parts(
            keys in prop::collection::vec(0u64..300, 1..400),
            flagged in prop::collection::vec(any::<bool>(), 1..40),
            threads in 1usize..5,
            parts in 1usize..5,
            placed in any::<bool>(),
            counted in prop::collection::vec((0u64..300, 1u64..9), 0..30),
        ) {
            let mut sample: Vec<u64> = keys.iter().copied().step_by(7).collect();
            sample.sort_unstable();
            let map = BucketMap::splitters(&sample);
            let mut buckets = Vec::new();
            map.assign(&keys, &mut buckets);
            let mut counts = vec![0u64; map.len()];
            for &bucket in &buckets {
                counts[usize::from(bucket)] += 1;
            }
            for pair in &counted {
                counts[map.bucket(pair.0)] += pair.1;
            }
            let flags: Vec<bool> = flagged.iter().copied().cycle().take(map.len()).collect();
            let size = keys.len().div_ceil(parts);
            let mut slices: Vec<KeySlice<'_>> = keys
                .chunks(size)
                .zip(buckets.chunks(size))
                .map(|(keys, buckets)| KeySlice::Placed { keys, buckets })
                .collect();
            slices.push(KeySlice::Counted(&counted));
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let found = pool.install(|| scattered(&slices, &map, (&counts, &flags), placed));
            let repeated = counted.iter().flat_map(|&(key, times)| (0..times).map(move |_| key));
            let mut expected: Vec<u64> = keys
                .iter()
                .copied()
                .chain(repeated)
                .filter(|&key| flags[map.bucket(key)])
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(found, SortedKeys::of_sorted(expected));
        }
    }
}
