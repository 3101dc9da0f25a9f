//! Areas under curves of rows that all weigh the same, on all threads.

use std::convert::Infallible;

use super::side::Side;
use crate::scan::{Load, Pool};
use crate::stats::ranking::{Classes, CutClasses, RankSums, Stretch, buckets_of};

/// All scores by class, sorted, from the lowest stretch up.
pub(super) struct Ranking {
    pub(super) stretches: Vec<Stretch>,
    pub(super) sums: RankSums,
}

/// Ranks the scores: cut part by part, sorted stretch by stretch.
pub(super) fn rank(side: &Side, label: usize, score: usize, pool: &Pool) -> Ranking {
    let parts = &side.rows.parts;
    let keys: Vec<&[u64]> = parts.iter().map(|part| part.numbers[score].keys.as_slice()).collect();
    let map = buckets_of(&keys);
    let load = |rows: usize| Load { memory: 0, work: rows as u64 };
    let Ok(cut) = pool.within_memory(
        parts,
        |part| load(part.rows),
        |part| {
            let (keys, positive) = (&part.numbers[score].keys, &part.classes[label].positive);
            Ok::<CutClasses, Infallible>(Classes::of(keys, positive).cut(&map))
        },
    );
    let step = map.len().div_ceil(STRETCHES).max(1);
    let starts: Vec<usize> = (0..map.len()).step_by(step).collect();
    let Ok(sorted) = pool.within_memory(
        &starts,
        |_| load(1),
        |&start| {
            let stretch = Stretch::gather(&cut, start..(start + step).min(map.len()));
            let sums = stretch.rank_sums();
            Ok::<(Stretch, RankSums), Infallible>((stretch, sums))
        },
    );
    let sums = sorted.iter().fold(RankSums::default(), |lower, (_, upper)| lower.below(*upper));
    Ranking { stretches: sorted.into_iter().map(|(stretch, _)| stretch).collect(), sums }
}

/// Pieces of work: enough that none of them is waited for.
const STRETCHES: usize = 64;
