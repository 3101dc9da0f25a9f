//! Scores on their way to their buckets.

use super::classes::{Classes, RUN_ROWS};
use crate::stats::histogram::{BUCKETS_MAX, BucketMap};
use crate::stats::simd::widest;

/// Parts keys as they come, block after block: a run waits in the caches until it is whole, and
/// goes to its buckets from there.
#[derive(Debug)]
pub struct Parting<'a> {
    map: &'a BucketMap,
    /// Of the rows to come, too.
    positive: &'a [bool],
    /// Room for all rows, of which so many are in their places.
    keys: Vec<u64>,
    parted: usize,
    ends: Vec<Vec<u32>>,
    /// The run that is not yet whole.
    run: Vec<u64>,
    /// Of each row of it twice its bucket, and one more where it is negative.
    sorts: Vec<u16>,
    places: Vec<u32>,
}

impl<'a> Parting<'a> {
    /// Nothing taken yet of rows of these classes.
    ///
    /// # Panics
    /// When the map has more than 2^15 buckets; [`buckets_of`](super::buckets_of) makes one of a
    /// thousand or two.
    #[must_use]
    pub fn of(positive: &'a [bool], map: &'a BucketMap) -> Self {
        assert!(map.len() <= BUCKETS_MAX / 2, "a bucket and a class fit 16 bits");
        let run_rows = RUN_ROWS.min(positive.len());
        Self {
            map,
            positive,
            keys: vec![0; positive.len()],
            parted: 0,
            ends: Vec::new(),
            run: Vec::with_capacity(run_rows),
            sorts: Vec::with_capacity(run_rows),
            places: Vec::new(),
        }
    }

    /// Takes the keys of the next rows. What is more than there are classes is left.
    pub fn take(&mut self, keys: &[u64]) {
        let wanted = self.positive.len() - self.parted - self.run.len();
        let mut keys = &keys[..keys.len().min(wanted)];
        while !keys.is_empty() {
            let (now, later) = keys.split_at(keys.len().min(RUN_ROWS - self.run.len()));
            self.wait(now);
            if self.run.len() == RUN_ROWS {
                self.part();
            }
            keys = later;
        }
    }

    /// All keys that were taken, parted.
    #[must_use]
    pub fn finish(mut self) -> Classes {
        if !self.run.is_empty() {
            self.part();
        }
        self.keys.truncate(self.parted);
        Classes::new(self.keys, self.ends)
    }

    /// Lets keys wait with the others of their run, and learns their sorts.
    fn wait(&mut self, keys: &[u64]) {
        let from = self.run.len();
        self.run.extend_from_slice(keys);
        self.map.assign(keys, &mut self.sorts);
        let positive = &self.positive[self.parted + from..];
        widest(
            #[inline(always)]
            || {
                for (sort, &positive) in self.sorts[from..].iter_mut().zip(positive) {
                    *sort = *sort << 1 | u16::from(!positive);
                }
            },
        );
    }

    /// Parts the run that waits.
    ///
    /// Every row learns its place before any key is moved: keys that go to places known by then
    /// do not wait for each other.
    fn part(&mut self) {
        let ends = self.find_places();
        let rows = self.parted..self.parted + self.run.len();
        let parted = &mut self.keys[rows.clone()];
        for (&key, &place) in self.run.iter().zip(&self.places) {
            parted[place as usize] = key;
        }
        self.ends.push(ends);
        self.parted = rows.end;
        self.run.clear();
        self.sorts.clear();
    }

    /// Finds the place of every row in its run; gives where each sort ends.
    fn find_places(&mut self) -> Vec<u32> {
        let mut counts = vec![0u32; 2 * self.map.len()];
        self.places.resize(self.sorts.len(), 0);
        // How many of the same sort stand before a row, and from there where it comes to stand.
        for (place, &sort) in self.places.iter_mut().zip(&self.sorts) {
            let count = &mut counts[usize::from(sort)];
            *place = *count;
            *count = count.wrapping_add(1);
        }
        let mut start = 0;
        for count in &mut counts {
            start += std::mem::replace(count, start);
        }
        let mut ends = counts;
        for (place, &sort) in self.places.iter_mut().zip(&self.sorts) {
            *place = place.wrapping_add(ends[usize::from(sort)]);
        }
        ends.rotate_left(1);
        if let Some(last) = ends.last_mut() {
            *last = start;
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_taken_in_blocks_of_any_size_come_to_their_bucket_and_class() {
        let rows = 2 * RUN_ROWS + 77;
        let keys: Vec<u64> = (0..rows as u64).map(|row| row * 7919 % 1000).collect();
        let positive: Vec<bool> = keys.iter().map(|key| key % 3 == 0).collect();
        let map = BucketMap::splitters(&[100, 500, 501, 900]);
        for block in [1000, 2048, RUN_ROWS, RUN_ROWS + 1, rows] {
            let mut parting = Parting::of(&positive, &map);
            keys.chunks(block).for_each(|keys| parting.take(keys));
            let classes = parting.finish();
            assert_eq!(classes.buckets(), map.len());
            for bucket in 0..map.len() {
                let sorted = |found: Vec<&[u64]>| {
                    let mut found = found.concat();
                    found.sort_unstable();
                    found
                };
                let expected = |class: bool| {
                    let mut expected: Vec<u64> = keys
                        .iter()
                        .zip(&positive)
                        .filter(|&(&key, &positive)| positive == class && map.bucket(key) == bucket)
                        .map(|row| *row.0)
                        .collect();
                    expected.sort_unstable();
                    expected
                };
                assert_eq!(sorted(classes.positives(bucket).collect()), expected(true));
                assert_eq!(sorted(classes.negatives(bucket).collect()), expected(false));
            }
        }
    }

    #[test]
    fn keys_without_a_class_are_left_and_rows_without_a_key_are_none() {
        let (positive, map) = ([true, false, true], BucketMap::whole());
        let mut parting = Parting::of(&positive, &map);
        parting.take(&[5, 6, 7, 8]);
        let classes = parting.finish();
        assert_eq!(classes.positives(0).collect::<Vec<_>>().concat(), [5, 7]);
        let mut parting = Parting::of(&positive, &map);
        parting.take(&[5]);
        let classes = parting.finish();
        assert_eq!(classes.positives(0).collect::<Vec<_>>().concat(), [5]);
        assert_eq!(classes.negatives(0).map(<[u64]>::len).sum::<usize>(), 0);
    }
}
