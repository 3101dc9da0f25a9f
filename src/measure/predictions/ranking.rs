//! Areas under curves of rows that all weigh the same, on all threads.

use std::convert::Infallible;
use std::ops::Range;

use super::side::Side;
use crate::scan::{Load, Pool};
use crate::stats::ranking::{Classes, RankSums, Stretch, buckets_of, rank_sums};

/// All scores by class, in buckets.
pub(super) struct Ranking<'a> {
    classes: Vec<Classes>,
    buckets: usize,
    pool: &'a Pool,
}

impl<'a> Ranking<'a> {
    /// Puts the scores into buckets, part by part.
    pub(super) fn of(side: &Side, label: usize, score: usize, pool: &'a Pool) -> Self {
        let parts = &side.rows.parts;
        let keys: Vec<&[u64]> =
            parts.iter().map(|part| part.numbers[score].keys.as_slice()).collect();
        let map = buckets_of(&keys);
        let Ok(classes) = pool.within_memory(
            parts,
            |part| Load { memory: 0, work: part.rows as u64 },
            |part| {
                let (keys, positive) = (&part.numbers[score].keys, &part.classes[label].positive);
                Ok::<Classes, Infallible>(Classes::of(keys, positive, &map))
            },
        );
        Self { classes, buckets: map.len(), pool }
    }

    /// The sums over all pairs.
    pub(super) fn sums(&self) -> RankSums {
        let sums = self.pieces(|buckets| rank_sums(&self.classes, buckets));
        sums.into_iter().fold(RankSums::default(), RankSums::below)
    }

    /// All scores sorted, from the lowest stretch up.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        self.pieces(|buckets| Stretch::gather(&self.classes, buckets))
    }

    fn pieces<T: Send + Sync>(&self, of: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        let step = self.buckets.div_ceil(PIECES).max(1);
        let starts: Vec<usize> = (0..self.buckets).step_by(step).collect();
        let Ok(pieces) = self.pool.within_memory(
            &starts,
            |_| Load { memory: 0, work: 1 },
            |&start| Ok::<T, Infallible>(of(start..(start + step).min(self.buckets))),
        );
        pieces
    }
}

/// Pieces of work: enough that none of them is waited for.
const PIECES: usize = 64;
