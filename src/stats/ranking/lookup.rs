//! Sorted keys in which many others are looked up.

use crate::stats::simd::widest;

/// Distinct keys, and how many other keys lie between them and at them.
///
/// The keys are cut into equal cells, of which each knows how many keys lie below it. Within its
/// cell a key is searched for in as many steps as the fullest one needs, the same for all, so that
/// the searches of many keys overlap.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// Distinct keys in order, then the largest key there is, as often as a search may look
    /// beyond the last.
    keys: Vec<u64>,
    /// How often each was given.
    given: Vec<u64>,
    /// How many keys lie below each cell, and how many in all.
    starts: Vec<usize>,
    /// How far the distance from the lowest key is shifted to give the cell.
    shift: u32,
    steps: u32,
    /// Of each key in turn how many others lie between it and the key before, and how many are
    /// the same; then how many lie above all.
    others: Vec<u64>,
}

impl Lookup {
    /// Begins anew with these keys, which are sorted.
    pub(super) fn begin(&mut self, keys: &mut [u64]) {
        keys.sort_unstable();
        self.keys.clear();
        self.given.clear();
        for run in keys.chunk_by(|a, b| a == b) {
            self.keys.push(run[0]);
            self.given.push(run.len() as u64);
        }
        self.cut();
        self.others.clear();
        self.others.resize(2 * self.given.len() + 1, 0);
        self.keys.resize(self.keys.len() + (1 << self.steps), u64::MAX);
    }

    /// Cuts the range of the keys into about twice as many cells as there are keys.
    fn cut(&mut self) {
        let cells = (2 * self.keys.len().max(1)).next_power_of_two();
        let (low, high) = self.keys.first().zip(self.keys.last()).unwrap_or((&0, &0));
        let bits = u64::BITS - (high - low).leading_zeros();
        self.shift = bits.saturating_sub(cells.ilog2());
        self.starts.clear();
        self.starts.resize(cells + 1, 0);
        for key in &self.keys {
            self.starts[cell_of(*key, *low, self.shift, cells)] += 1;
        }
        let (mut below, mut most) = (0, 0);
        for start in &mut self.starts {
            most = most.max(*start);
            below += std::mem::replace(start, below);
        }
        self.steps = usize::BITS - most.leading_zeros();
    }

    /// Looks other keys up, in any order.
    pub(super) fn count<'a>(&mut self, others: impl Iterator<Item = &'a [u64]>) {
        let Self { keys, given, starts, shift, steps, others: counts } = self;
        let search = Search { keys, distinct: given.len(), starts, shift: *shift, steps: *steps };
        widest(
            #[inline(always)]
            || {
                for others in others {
                    let (blocks, rest) = others.as_chunks::<LANES>();
                    for block in blocks {
                        search.count(block, counts);
                    }
                    search.count(rest, counts);
                }
            },
        );
    }

    /// Visits how many of the keys and how many of the others there are at each key and, with none
    /// of the keys, between two of them, from the lowest up.
    pub(super) fn for_each(&self, mut visit: impl FnMut(u64, u64)) {
        let (pairs, last) = self.others.as_chunks::<2>();
        for (&given, &[between, same]) in self.given.iter().zip(pairs) {
            visit(0, between);
            visit(given, same);
        }
        for &above in last {
            visit(0, above);
        }
    }
}

/// Where to look.
#[derive(Clone, Copy)]
struct Search<'a> {
    keys: &'a [u64],
    distinct: usize,
    starts: &'a [usize],
    shift: u32,
    steps: u32,
}

impl Search<'_> {
    /// Counts up to [`LANES`] keys where they lie.
    #[expect(
        clippy::inline_always,
        reason = "a kernel is compiled for the vectors it is inlined into"
    )]
    #[inline(always)]
    fn count(self, others: &[u64], counts: &mut [u64]) {
        let (low, cells) = (self.keys[0], self.starts.len() - 1);
        let mut below = [0; LANES];
        for (below, &key) in below.iter_mut().zip(others) {
            *below = self.starts[cell_of(key, low, self.shift, cells)];
        }
        for step in (0..self.steps).rev() {
            let half = 1usize << step;
            for (below, &key) in below.iter_mut().zip(others) {
                let next = below.wrapping_add(half);
                *below = if self.keys[next.wrapping_sub(1)] < key { next } else { *below };
            }
        }
        for (&below, &key) in below.iter().zip(others) {
            let same = below < self.distinct && self.keys[below] == key;
            counts[2 * below + usize::from(same)] += 1;
        }
    }
}

/// The cell of a key; one that lies above all keys lies in one more.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn cell_of(key: u64, low: u64, shift: u32, cells: usize) -> usize {
    usize::try_from(key.saturating_sub(low) >> shift).map_or(cells, |cell| cell.min(cells))
}

/// Keys that are searched for at a time.
const LANES: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![0u64..40, any::<u64>(), Just(0), Just(u64::MAX)];
        prop::collection::vec(key, 0..120)
    }

    proptest! {
        #[test]
        fn every_other_key_is_counted_where_it_lies(
            keys in any_keys(), others in any_keys(), before in any_keys(),
        ) {
            let mut lookup = Lookup::default();
            lookup.begin(&mut before.clone());
            lookup.begin(&mut keys.clone());
            lookup.count(others.chunks(50));
            let mut found = Vec::new();
            lookup.for_each(|given, others| found.push((given, others)));

            let mut distinct = keys.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let count = |of: &[u64], wanted: &dyn Fn(u64) -> bool| {
                of.iter().filter(|&&key| wanted(key)).count() as u64
            };
            let mut expected = Vec::new();
            let mut previous = None;
            for &key in &distinct {
                let above = |other: u64| previous.is_none_or(|previous| other > previous);
                expected.push((0, count(&others, &|other| above(other) && other < key)));
                expected.push((count(&keys, &|k| k == key), count(&others, &|other| other == key)));
                previous = Some(key);
            }
            let above = |other: u64| previous.is_none_or(|previous| other > previous);
            expected.push((0, count(&others, &above)));
            prop_assert_eq!(found, expected);
        }
    }
}
