//! Sums over pairs of a positive and a negative row, of which only the rarer class is sorted.
//!
//! How the rows of one class stand to each other does not matter to the area under the ROC curve:
//! so in each bucket the class with fewer rows is sorted, and those of the other are looked up in
//! it.

use std::ops::Range;

use super::classes::Classes;
use super::rank_sums::RankSums;
use super::stretch::Tie;

/// The sums of all rows in `buckets` of every part.
#[must_use]
pub fn rank_sums(parts: &[Classes], buckets: Range<usize>) -> RankSums {
    let mut sums = RankSums::default();
    let mut bucket_rows = Bucket::default();
    for bucket in buckets {
        bucket_rows.clear();
        for part in parts {
            bucket_rows.positives.extend_from_slice(part.positives(bucket));
            bucket_rows.negatives.extend_from_slice(part.negatives(bucket));
        }
        sums = sums.below(bucket_rows.rank_sums());
    }
    sums
}

/// The rows of one bucket.
#[derive(Default)]
struct Bucket {
    positives: Vec<u64>,
    negatives: Vec<u64>,
    /// Of the class with more rows: how many lie below each distinct key of the other, and how
    /// many have it, in turn; how many lie above all.
    others: Vec<u64>,
}

impl Bucket {
    fn clear(&mut self) {
        self.positives.clear();
        self.negatives.clear();
    }

    fn rank_sums(&mut self) -> RankSums {
        self.look_up();
        // In narrow integers: a bucket of 2²⁰ rows has placements below 2²¹, squares below 2⁴²,
        // and sums of them below 2⁶²; a larger one goes tie by tie.
        if self.positives.len() + self.negatives.len() > 1 << 20 {
            let mut sums = RankSums::default();
            self.for_each_tie(|tie| sums = sums.below(RankSums::of_tie(tie)));
            return sums;
        }
        let positives = self.positives.len() as u64;
        let (mut below, mut passed) = (0u64, 0u64);
        let (mut sum, mut positive_squares, mut negative_squares) = (0u64, 0u64, 0u64);
        self.for_each_tie(|tie| {
            let v = 2 * below + tie.negatives;
            let w = 2 * (positives - passed - tie.positives) + tie.positives;
            sum += tie.positives * v;
            positive_squares += tie.positives * v * v;
            negative_squares += tie.negatives * w * w;
            below += tie.negatives;
            passed += tie.positives;
        });
        RankSums {
            positives,
            negatives: self.negatives.len() as u64,
            doubled_u: sum.into(),
            positive_squares: positive_squares.into(),
            negative_squares: negative_squares.into(),
        }
    }

    fn positives_are_fewer(&self) -> bool {
        self.positives.len() <= self.negatives.len()
    }

    /// Sorts the class with fewer rows and finds where those of the other lie.
    fn look_up(&mut self) {
        let (fewer, more) = if self.positives_are_fewer() {
            (&mut self.positives, &self.negatives)
        } else {
            (&mut self.negatives, &self.positives)
        };
        fewer.sort_unstable();
        self.others.clear();
        self.others.resize(2 * fewer.len() + 1, 0);
        for &key in more {
            let below = fewer.partition_point(|&other| other < key);
            let tied = fewer.get(below) == Some(&key);
            self.others[2 * below + usize::from(tied)] += 1;
        }
    }

    /// Visits the scores of the class with fewer rows from the lowest up, and what lies between
    /// them, which counts as if it were tied: it has nothing of the other class in it.
    fn for_each_tie(&self, mut visit: impl FnMut(Tie)) {
        let fewer = if self.positives_are_fewer() { &self.positives } else { &self.negatives };
        let tie = |fewer: u64, more: u64| {
            if self.positives_are_fewer() {
                Tie { positives: fewer, negatives: more }
            } else {
                Tie { positives: more, negatives: fewer }
            }
        };
        let mut at = 0;
        for run in fewer.chunk_by(|a, b| a == b) {
            // What was looked up was found at the first of equal keys.
            visit(tie(0, self.others[2 * at]));
            visit(tie(run.len() as u64, self.others[2 * at + 1]));
            at += run.len();
        }
        visit(tie(0, self.others[2 * at]));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::histogram::BucketMap;

    proptest! {
        #[test]
        fn parts_and_buckets_change_nothing(
            rows in prop::collection::vec((0u64..60, any::<bool>()), 0..200),
            parts in 1usize..5,
            sample in prop::collection::vec(0u64..60, 0..20),
            pieces in 1usize..6,
        ) {
            let mut sample = sample;
            sample.sort_unstable();
            let map = BucketMap::splitters(&sample);
            let classes: Vec<Classes> = (0..parts)
                .map(|part| {
                    let (keys, positive): (Vec<u64>, Vec<bool>) =
                        rows.iter().skip(part).step_by(parts).copied().unzip();
                    Classes::of(&keys, &positive, &map)
                })
                .collect();
            let step = map.len().div_ceil(pieces);
            let found = (0..map.len())
                .step_by(step)
                .map(|start| rank_sums(&classes, start..(start + step).min(map.len())))
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

        /// A bucket too large for narrow integers says what a small one does.
        #[test]
        fn wide_and_narrow_sums_agree(
            rows in prop::collection::vec((0u64..60, any::<bool>()), 1..200), times in 1usize..4,
        ) {
            let (keys, positive): (Vec<u64>, Vec<bool>) = rows.iter().copied().unzip();
            let map = BucketMap::whole();
            let times = times * ((1 << 20) / rows.len() + 1);
            let parts = vec![Classes::of(&keys, &positive, &map); times];
            let wide = rank_sums(&parts, 0..1);
            let once = rank_sums(&parts[..1], 0..1);
            let times = times as u128;
            prop_assert_eq!(wide.doubled_u, once.doubled_u * times * times);
            prop_assert_eq!(wide.positive_squares, once.positive_squares * times.pow(3));
            prop_assert_eq!(wide.negative_squares, once.negative_squares * times.pow(3));
        }
    }
}
