//! Sums over pairs of a positive and a negative row, of which only the rarer class is sorted.
//!
//! How the rows of one class stand to each other does not matter to the area under the ROC curve:
//! so in each bucket the class with fewer rows is sorted, and those of the other are looked up in
//! it.

use std::ops::Range;

use super::classes::Classes;
use super::lookup::Lookup;
use super::rank_sums::RankSums;
use super::stretch::Tie;

/// The sums of all rows in `buckets` of every part.
#[must_use]
pub fn rank_sums(parts: &[Classes], buckets: Range<usize>) -> RankSums {
    let (mut fewer, mut lookup) = (Vec::new(), Lookup::default());
    let sums = buckets.map(|bucket| bucket_sums(parts, bucket, &mut fewer, &mut lookup));
    sums.fold(RankSums::default(), RankSums::below)
}

/// The sums of one bucket.
fn bucket_sums(
    parts: &[Classes],
    bucket: usize,
    fewer: &mut Vec<u64>,
    lookup: &mut Lookup,
) -> RankSums {
    let positives = || parts.iter().flat_map(|part| part.positives(bucket));
    let negatives = || parts.iter().flat_map(|part| part.negatives(bucket));
    let rows = (
        positives().map(<[u64]>::len).sum::<usize>(),
        negatives().map(<[u64]>::len).sum::<usize>(),
    );
    let positives_are_fewer = rows.0 <= rows.1;
    fewer.clear();
    if positives_are_fewer {
        positives().for_each(|keys| fewer.extend_from_slice(keys));
        lookup.begin(fewer);
        lookup.count(negatives());
    } else {
        negatives().for_each(|keys| fewer.extend_from_slice(keys));
        lookup.begin(fewer);
        lookup.count(positives());
    }
    let (positives, negatives) = (rows.0 as u64, rows.1 as u64);
    let mut running = Running {
        above: positives,
        below: 0,
        sums: RankSums { positives, negatives, ..RankSums::default() },
    };
    lookup.for_each(|fewer, others| {
        // What lies between two keys counts as if it were tied: it has only one class in it.
        running.add(if positives_are_fewer {
            Tie { positives: fewer, negatives: others }
        } else {
            Tie { positives: others, negatives: fewer }
        });
    });
    running.sums
}

/// Sums over ties from the lowest up.
struct Running {
    /// Positive rows that are not yet added.
    above: u64,
    /// Negative rows that were.
    below: u64,
    sums: RankSums,
}

impl Running {
    fn add(&mut self, Tie { positives, negatives }: Tie) {
        self.above -= positives;
        if positives > 0 {
            let v = u128::from(2 * self.below + negatives);
            self.sums.doubled_u += u128::from(positives) * v;
            self.sums.positive_squares += u128::from(positives) * (v * v);
        }
        if negatives > 0 {
            let w = u128::from(2 * self.above + positives);
            self.sums.negative_squares += u128::from(negatives) * (w * w);
        }
        self.below += negatives;
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
                    Classes::of(keys, &positive, &map)
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
    }
}
