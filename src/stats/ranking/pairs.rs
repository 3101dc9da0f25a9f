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
    // What lies between two keys counts as if it were tied: it has only one class in it.
    let tie = |fewer, others| {
        let (positives, negatives) =
            if positives_are_fewer { (fewer, others) } else { (others, fewer) };
        Tie { positives, negatives }
    };
    if rows.0 + rows.1 > FEW_ROWS {
        let mut sums = RankSums::default();
        lookup.for_each(|fewer, others| sums = sums.below(RankSums::of_tie(tie(fewer, others))));
        return sums;
    }
    let mut sums = FewSums { above: rows.0 as u64, ..FewSums::default() };
    lookup.for_each(|fewer, others| sums.add(tie(fewer, others)));
    sums.all()
}

/// Sums over ties from the lowest up, of at most [`FEW_ROWS`] rows: nothing here wraps.
#[derive(Default)]
struct FewSums {
    /// Positive rows that are not yet added.
    above: u64,
    positives: u64,
    negatives: u64,
    doubled_u: u64,
    positive_squares: u64,
    negative_squares: u64,
}

impl FewSums {
    #[expect(clippy::inline_always, reason = "millions of calls, each of a few instructions")]
    #[inline(always)]
    fn add(&mut self, Tie { positives, negatives }: Tie) {
        self.above = self.above.wrapping_sub(positives);
        let v = self.negatives.wrapping_mul(2).wrapping_add(negatives);
        let w = self.above.wrapping_mul(2).wrapping_add(positives);
        let of_positives = positives.wrapping_mul(v);
        self.doubled_u = self.doubled_u.wrapping_add(of_positives);
        self.positive_squares = self.positive_squares.wrapping_add(of_positives.wrapping_mul(v));
        let squares = negatives.wrapping_mul(w).wrapping_mul(w);
        self.negative_squares = self.negative_squares.wrapping_add(squares);
        self.positives = self.positives.wrapping_add(positives);
        self.negatives = self.negatives.wrapping_add(negatives);
    }

    fn all(&self) -> RankSums {
        RankSums {
            positives: self.positives,
            negatives: self.negatives,
            doubled_u: self.doubled_u.into(),
            positive_squares: self.positive_squares.into(),
            negative_squares: self.negative_squares.into(),
        }
    }
}

/// Rows whose sums fit 64 bits: a placement has 21 bits, and its square is added up 2^20 times.
const FEW_ROWS: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::histogram::BucketMap;

    /// Ties one by one, in 128 bits.
    fn joined(ties: &[Tie]) -> RankSums {
        ties.iter().map(|&tie| RankSums::of_tie(tie)).fold(RankSums::default(), RankSums::below)
    }

    fn few(ties: &[Tie]) -> RankSums {
        let above = ties.iter().map(|tie| tie.positives).sum();
        let mut sums = FewSums { above, ..FewSums::default() };
        for &tie in ties {
            sums.add(tie);
        }
        sums.all()
    }

    #[test]
    fn the_most_rows_that_are_few_fit_64_bits() {
        let half = FEW_ROWS as u64 / 2;
        let lower = [Tie { positives: 0, negatives: half }, Tie { positives: half, negatives: 0 }];
        let upper = [lower[1], lower[0]];
        let thirds = [half / 3, half, half * 2 / 3]
            .map(|positives| Tie { positives, negatives: half * 2 / 3 - positives / 2 });
        for ties in [&lower[..], &upper[..], &thirds[..]] {
            assert_eq!(few(ties), joined(ties));
        }
    }

    proptest! {
        #[test]
        fn sums_of_few_rows_are_those_of_joined_ties(
            rows in prop::collection::vec((0u64..2000, 0u64..2000), 0..200),
        ) {
            let tie = |(positives, negatives)| Tie { positives, negatives };
            let ties: Vec<Tie> = rows.into_iter().map(tie).collect();
            prop_assert_eq!(few(&ties), joined(&ties));
        }

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
    }
}
