//! Numbers by the class of their rows, put into buckets while they are read.

use super::class::{ClassPart, Positive};
use super::error::RowsError;
use super::number::NumberPart;
use super::part::{Missing, RowsPart};
use super::request::RowsRequest;
use crate::scan::dense_rows::{for_each_block, leaf_in_file};
use crate::scan::key_form::Form;
use crate::scan::sample::sample_row_group;
use crate::scan::source::{OpenSnapshot, Task};
use crate::stats::histogram::BucketMap;
use crate::stats::ranking::{Parting, RUN_ROWS, SAMPLED_KEYS};

/// The buckets for a request that wants numbers by their ranks alone; `None` for another, where
/// parts are so small that the ends of their buckets would outweigh them, and where no sample can
/// be read: the rows themselves will tell why.
pub(super) fn ranking_map(snapshot: &OpenSnapshot, request: &RowsRequest<'_>) -> Option<BucketMap> {
    let column = request.numbers.first().filter(|_| request.ranked)?;
    let tasks = snapshot.tasks();
    ((tasks.len() * (RUN_ROWS / 2)) as u64 <= snapshot.rows().0).then_some(())?;
    let sample = |task| sample_row_group(task, column, 0, SAMPLED_KEYS / 2).ok();
    let (first, middle) = (tasks.first()?, &tasks[tasks.len() / 2]);
    let (first, middle) = rayon::join(|| sample(first), || sample(middle));
    let mut keys = [first?, middle?].concat();
    // Rows may stand in the order of their scores.
    let ends = || tasks.iter().filter_map(|task| stated_ends(task, column));
    keys.extend(ends().map(|ends| ends.0).min());
    keys.extend(ends().map(|ends| ends.1).max());
    keys.sort_unstable();
    Some(BucketMap::fine(&keys))
}

/// The smallest and the largest key of a row group by the statistics in its footer.
fn stated_ends(task: &Task<'_>, column: &str) -> Option<(u64, u64)> {
    let leaf = leaf_in_file(task, column)?;
    let form = Form::of(task, column, leaf)?;
    let stated = task.file.parquet().row_group(task.row_group).column(leaf).statistics()?;
    let mut keys = Vec::new();
    form.keys(stated.min_bytes_opt()?, &mut keys)?;
    form.keys(stated.max_bytes_opt()?, &mut keys)?;
    <[u64; 2]>::try_from(keys).ok().map(Into::into)
}

/// One row group. `None` where a row lacks its number or its class, and where only the general
/// reader can tell.
pub(super) fn read_ranked(
    task: &Task<'_>,
    number: &str,
    (class, positive): &(&str, Positive<'_>),
    map: &BucketMap,
) -> Result<Option<RowsPart>, RowsError> {
    let (classes, missing) = ClassPart::read(task, class, positive)?;
    if missing.count() > 0 {
        return Ok(None);
    }
    let (mut parting, mut missing) = (Parting::of(&classes.positive, map), Missing::default());
    let read = for_each_block(task, number, |rows| {
        missing.take(0, rows);
        parting.take(&rows.keys);
    });
    if read.is_none() || missing.count() > 0 {
        return Ok(None);
    }
    let ranked = Some(parting.finish());
    Ok(Some(RowsPart {
        rows: classes.positive.len(),
        numbers: vec![NumberPart::default()],
        classes: vec![ClassPart { positive: Vec::new(), ..classes }],
        ranked,
        ..RowsPart::default()
    }))
}
