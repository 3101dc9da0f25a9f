//! Sorted keys in which many others are looked up.

use crate::stats::simd::widest;

/// Distinct keys, and how many other keys lie between them and at them.
///
/// The keys are cut into equal cells, several times as many as there are keys. Another key in an
/// empty cell lies between two keys that are known from the cell. The few whose cell holds keys
/// are set aside and searched for there in as many steps as the fullest cell needs, the same for
/// all, so that the searches of many keys overlap.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// Distinct keys in order, then the largest key there is, as often as a search may look
    /// beyond the last.
    keys: Vec<u64>,
    /// How often each was given.
    given: Vec<u64>,
    /// Of each cell twice the number of keys below it, and one more where it holds some; then
    /// twice the number of all.
    cells: Vec<u32>,
    /// How far the distance from the lowest key is shifted to give the cell.
    shift: u32,
    steps: u32,
    /// Of each key in turn how many others lie between it and the key before, and how many are
    /// the same; then how many lie above all.
    others: Vec<u64>,
}

impl Lookup {
    /// Begins anew with these keys, fewer than 2^31, and sorts them.
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

    /// Cuts the range of the keys into cells.
    fn cut(&mut self) {
        let cells = (CELLS_PER_KEY * self.keys.len().max(1)).next_power_of_two();
        let (low, high) = self.keys.first().zip(self.keys.last()).unwrap_or((&0, &0));
        let bits = u64::BITS - (high - low).leading_zeros();
        self.shift = bits.saturating_sub(cells.ilog2());
        self.cells.clear();
        self.cells.resize(cells + 1, 0);
        for key in &self.keys {
            self.cells[cell_of(*key, *low, self.shift, cells)] += 1;
        }
        let (mut below, mut most) = (0, 0);
        for cell in &mut self.cells {
            let here = *cell;
            *cell = 2 * below + u32::from(here > 0);
            below += here;
            most = most.max(here);
        }
        self.steps = u32::BITS - most.leading_zeros();
    }

    /// Looks other keys up, in any order.
    pub(super) fn count<'a>(&mut self, others: impl Iterator<Item = &'a [u64]>) {
        let Self { keys, given, cells, shift, steps, others: counts } = self;
        let search = Search { keys, distinct: given.len(), cells, shift: *shift, steps: *steps };
        let mut aside = [0; ASIDE + BLOCK];
        widest(
            #[inline(always)]
            || {
                let mut waiting = 0;
                for block in others.flat_map(|others| others.chunks(BLOCK)) {
                    waiting = search.place(block, counts, &mut aside, waiting);
                    if waiting >= ASIDE {
                        search.search(&aside[..waiting], counts);
                        waiting = 0;
                    }
                }
                search.search(&aside[..waiting], counts);
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
    cells: &'a [u32],
    shift: u32,
    steps: u32,
}

#[expect(clippy::inline_always, reason = "a kernel is compiled for the vectors it is inlined into")]
impl Search<'_> {
    /// Counts up to [`BLOCK`] keys whose cell is empty. Others are set aside, behind those that
    /// wait there; gives how many wait then.
    #[inline(always)]
    fn place(
        self,
        others: &[u64],
        counts: &mut [u64],
        aside: &mut [u64; ASIDE + BLOCK],
        waiting: usize,
    ) -> usize {
        let mut waiting = waiting;
        let mut cells = [0; BLOCK];
        for (cell, &key) in cells.iter_mut().zip(others) {
            *cell = self.cells[self.cell_of(key)];
        }
        for (&cell, &key) in cells.iter().zip(others) {
            let holds_keys = cell & 1;
            let count = &mut counts[cell as usize];
            *count = count.wrapping_add((holds_keys ^ 1).into());
            aside[waiting] = key;
            waiting = waiting.wrapping_add(holds_keys as usize);
        }
        waiting
    }

    /// Counts keys where they lie.
    #[inline(always)]
    fn search(self, others: &[u64], counts: &mut [u64]) {
        let (blocks, rest) = others.as_chunks::<LANES>();
        for block in blocks {
            self.search_block(block, counts);
        }
        self.search_block(rest, counts);
    }

    /// Counts up to [`LANES`] keys where they lie.
    #[inline(always)]
    fn search_block(self, others: &[u64], counts: &mut [u64]) {
        let mut below = [0; LANES];
        for (below, &key) in below.iter_mut().zip(others) {
            *below = (self.cells[self.cell_of(key)] >> 1) as usize;
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

    #[inline(always)]
    fn cell_of(self, key: u64) -> usize {
        cell_of(key, self.keys[0], self.shift, self.cells.len() - 1)
    }
}

/// The cell of a key; one that lies above all keys lies in one more.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn cell_of(key: u64, low: u64, shift: u32, cells: usize) -> usize {
    usize::try_from(key.saturating_sub(low) >> shift).map_or(cells, |cell| cell.min(cells))
}

/// Enough that most are empty, few enough that those of a bucket stay in the nearest caches.
const CELLS_PER_KEY: usize = 4;
/// Keys that are placed at a time.
const BLOCK: usize = 64;
/// Keys that wait to be searched for together.
const ASIDE: usize = 1024;
/// Keys that are searched for side by side.
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
