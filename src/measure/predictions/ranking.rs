//! Areas under curves of rows that all weigh the same, on all threads.

use std::borrow::Cow;
use std::ops::Range;

use super::side::Side;
use crate::scan::Pool;
use crate::stats::ranking::{Classes, RUN_ROWS, RankSums, Stretch, buckets_of, rank_sums};

/// All scores by class, in buckets.
pub(super) struct Ranking<'a> {
    classes: Vec<Classes>,
    buckets: usize,
    pool: &'a Pool,
}

impl<'a> Ranking<'a> {
    /// Puts the scores into buckets, part by part; where the side can spare them, without copying.
    pub(super) fn of(
        side: &mut Side,
        label: usize,
        score: usize,
        spared: bool,
        pool: &'a Pool,
    ) -> Self {
        let rows = rows_of(side, label, score, spared);
        let keys: Vec<&[u64]> = rows.iter().map(|(keys, _)| keys.as_ref()).collect();
        let map = buckets_of(&keys);
        let classes =
            pool.each(rows, |(keys, positive)| Classes::of(keys.into_owned(), &positive, &map));
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

    fn pieces<T: Send>(&self, of: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        let step = self.buckets.div_ceil(PIECES).max(1);
        let starts: Vec<usize> = (0..self.buckets).step_by(step).collect();
        self.pool.each(starts, |start| of(start..(start + step).min(self.buckets)))
    }
}

/// Scores and classes of some rows.
type Rows<'a> = (Cow<'a, [u64]>, Cow<'a, [bool]>);

/// The rows of every part, small ones joined: each part takes the ends of all buckets.
fn rows_of(side: &mut Side, label: usize, score: usize, spared: bool) -> Vec<Rows<'_>> {
    let mut rows: Vec<Rows<'_>> = Vec::new();
    for part in &mut side.rows.parts {
        let (keys, positive) = (&mut part.numbers[score].keys, &part.classes[label].positive);
        match rows.last_mut() {
            Some((so_far, classes)) if so_far.len().max(keys.len()) < RUN_ROWS => {
                so_far.to_mut().extend_from_slice(keys);
                classes.to_mut().extend_from_slice(positive);
            }
            _ if spared => rows.push((std::mem::take(keys).into(), positive.into())),
            _ => rows.push((keys.as_slice().into(), positive.into())),
        }
    }
    rows
}

/// Pieces of work: enough that none of them is waited for.
const PIECES: usize = 64;
