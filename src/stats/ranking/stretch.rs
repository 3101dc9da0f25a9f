//! Neighbouring scores of both classes, sorted.

use std::ops::Range;

use super::classes::CutClasses;
use super::rank_sums::RankSums;

/// Rows that share one score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Positive ones.
    pub positives: u64,
    /// Negative ones.
    pub negatives: u64,
}

/// All keys of some neighbouring buckets, sorted, by class.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    positives: Vec<u64>,
    negatives: Vec<u64>,
}

impl Stretch {
    /// Gathers `buckets` of every part and sorts them bucket by bucket.
    #[must_use]
    pub fn gather(parts: &[CutClasses], buckets: Range<usize>) -> Self {
        let mut stretch = Self::default();
        for bucket in buckets {
            let before = (stretch.positives.len(), stretch.negatives.len());
            for part in parts {
                stretch.positives.extend_from_slice(part.positives(bucket));
                stretch.negatives.extend_from_slice(part.negatives(bucket));
            }
            stretch.positives[before.0..].sort_unstable();
            stretch.negatives[before.1..].sort_unstable();
        }
        stretch
    }

    /// Positive and negative keys in it.
    #[must_use]
    pub fn rows(&self) -> Tie {
        Tie { positives: self.positives.len() as u64, negatives: self.negatives.len() as u64 }
    }

    /// The sums over its pairs.
    #[must_use]
    pub fn rank_sums(&self) -> RankSums {
        // In narrow integers: a stretch of 2²⁰ rows has placements below 2²¹, squares below 2⁴²,
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

    /// Visits its scores from the lowest up.
    pub fn for_each_tie(&self, mut visit: impl FnMut(Tie)) {
        let (mut p, mut n) = (0, 0);
        loop {
            let key = match (self.positives.get(p), self.negatives.get(n)) {
                (Some(&positive), Some(&negative)) => positive.min(negative),
                (Some(&key), None) | (None, Some(&key)) => key,
                (None, None) => return,
            };
            let (p_before, n_before) = (p, n);
            while self.positives.get(p) == Some(&key) {
                p += 1;
            }
            while self.negatives.get(n) == Some(&key) {
                n += 1;
            }
            visit(Tie { positives: (p - p_before) as u64, negatives: (n - n_before) as u64 });
        }
    }
}
