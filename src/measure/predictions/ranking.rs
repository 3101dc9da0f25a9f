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
    /// Takes the scores by class as they were read, or puts them into buckets.
    pub(super) fn of(side: &mut Side, label: usize, score: usize, pool: &'a Pool) -> Self {
        let parts = &mut side.rows.parts;
        let read: Option<Vec<Classes>> = parts.iter_mut().map(|part| part.ranked.take()).collect();
        let classes = read.filter(|classes| !classes.is_empty()).unwrap_or_else(|| {
            let rows = rows_of(side, label, score);
            let keys: Vec<&[u64]> = rows.iter().map(|(keys, _)| keys.as_ref()).collect();
            let map = buckets_of(&keys);
            pool.each(rows, |(keys, positive)| Classes::of(&keys, &positive, &map))
        });
        let buckets = classes.iter().map(Classes::buckets).max().unwrap_or(0);
        Self { classes, buckets, pool }
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

    /// Gives the memory back without waiting for it: page by page, it takes the system its time.
    pub(super) fn discard(self) {
        self.pool.aside(move || drop(self.classes));
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
fn rows_of(side: &Side, label: usize, score: usize) -> Vec<Rows<'_>> {
    let mut rows: Vec<Rows<'_>> = Vec::new();
    for part in &side.rows.parts {
        let (keys, positive) = (&part.numbers[score].keys, &part.classes[label].positive);
        match rows.last_mut() {
            Some((so_far, classes)) if so_far.len().max(keys.len()) < RUN_ROWS => {
                so_far.to_mut().extend_from_slice(keys);
                classes.to_mut().extend_from_slice(positive);
            }
            _ => rows.push((keys.into(), positive.into())),
        }
    }
    rows
}

/// Pieces of work: enough that none of them is waited for.
const PIECES: usize = 64;
