//! Neighbouring scores of both classes, sorted.

use std::ops::Range;

use super::classes::Classes;

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
    pub fn gather(parts: &[Classes], buckets: Range<usize>) -> Self {
        let mut stretch = Self::default();
        for bucket in buckets {
            let before = (stretch.positives.len(), stretch.negatives.len());
            for part in parts {
                part.positives(bucket).for_each(|keys| stretch.positives.extend_from_slice(keys));
                part.negatives(bucket).for_each(|keys| stretch.negatives.extend_from_slice(keys));
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
