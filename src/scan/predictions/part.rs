//! Row groups read row by row, in parallel, kept in file order.

use rayon::prelude::*;

use super::category::{CategoryPart, unify};
use super::class::{ClassPart, Others, Positive};
use super::error::RowsError;
use super::number::NumberPart;
use super::ranked::{ranking_map, read_ranked};
use super::request::{RowsRequest, number_domain, type_of};
use crate::contract::KeyDomain;
use crate::scan::error::ScanError;
use crate::scan::pool::Pool;
use crate::scan::source::{OpenSnapshot, Task};
use crate::stats::histogram::BucketMap;
use crate::stats::ranking::Classes;

/// The rows of one row group that hold everything asked for; vectors stand in the order of the
/// request, each with one entry per row.
#[derive(Debug, Default)]
pub struct RowsPart {
    /// Rows kept.
    pub rows: usize,
    /// Numbers.
    pub numbers: Vec<NumberPart>,
    /// Classes.
    pub classes: Vec<ClassPart>,
    /// Categories, their codes the same in every part.
    pub categories: Vec<CategoryPart>,
    /// The numbers by class, in buckets that are the same in every part, where no more of them was
    /// asked for and there are rows enough in each part: then neither the numbers nor the classes
    /// themselves are kept.
    pub ranked: Option<Classes>,
}

/// The rows of a snapshot.
#[derive(Debug, Default)]
pub struct AlignedRows {
    /// Row groups in file order.
    pub parts: Vec<RowsPart>,
    /// The meaning of the keys of each column of numbers.
    pub domains: Vec<KeyDomain>,
    /// What each column of classes holds besides the positive one.
    pub others: Vec<Others>,
    /// Rows of the snapshot.
    pub read: u64,
    /// Rows left out, for want of a value in some column.
    pub left_out: u64,
    /// Of each column in which values are missing, how many: nulls and NaN.
    pub missing: Vec<(String, u64)>,
}

/// Reads columns row by row.
///
/// # Errors
/// [`RowsError`] for columns that are not there or cannot be read so; of the first row group in
/// file order that cannot be read; [`ScanError::Memory`] when the rows, at `work_bytes` more for
/// each, do not fit the pool's memory.
pub fn read_rows(
    snapshot: &OpenSnapshot,
    request: &RowsRequest<'_>,
    work_bytes: u64,
    pool: &Pool,
) -> Result<AlignedRows, RowsError> {
    let columns = Columns::resolve(snapshot, request)?;
    let rows = snapshot.rows().0;
    let needed = rows.saturating_mul(request.bytes_per_row().saturating_add(work_bytes));
    if needed > pool.memory_bytes() {
        let task = format!("keeping {rows} rows of predictions in {needed} bytes");
        return Err(ScanError::Memory { task, budget: pool.memory_bytes() }.into());
    }
    let tasks = snapshot.tasks();
    let read = pool.run(|| {
        let map = ranking_map(snapshot, request);
        let parts = tasks.par_iter().with_max_len(1).map(|task| columns.read(task, map.as_ref()));
        parts.collect::<Vec<Result<(RowsPart, Vec<u64>), RowsError>>>()
    });
    let mut aligned =
        AlignedRows { domains: columns.domains(), read: rows, ..AlignedRows::default() };
    let mut missing = vec![0; columns.names.len()];
    for part in read {
        let (part, of_part) = part?;
        missing.iter_mut().zip(of_part).for_each(|(count, more)| *count += more);
        aligned.parts.push(part);
    }
    let kept: u64 = aligned.parts.iter().map(|part| part.rows as u64).sum();
    aligned.left_out = rows.saturating_sub(kept);
    let names = columns.names.iter().map(|&name| name.to_owned()).zip(missing);
    aligned.missing = names.filter(|&(_, count)| count > 0).collect();
    aligned.others = (0..request.classes.len())
        .map(|at| {
            let others = aligned.parts.iter().map(|part| part.classes[at].others.clone());
            others.fold(Others::default(), Others::join)
        })
        .collect();
    for (at, column) in request.categories.iter().enumerate() {
        unify(column, aligned.parts.iter_mut().map(|part| &mut part.categories[at]))?;
    }
    Ok(aligned)
}

/// Columns of a request, each with what reads it.
struct Columns<'a> {
    /// Those without which a row is left out: numbers, then classes.
    names: Vec<&'a str>,
    numbers: Vec<(&'a str, KeyDomain)>,
    classes: Vec<(&'a str, Positive<'a>)>,
    categories: Vec<(&'a str, Option<KeyDomain>)>,
}

impl<'a> Columns<'a> {
    fn resolve(snapshot: &OpenSnapshot, request: &RowsRequest<'a>) -> Result<Self, RowsError> {
        let numbers = request.numbers.iter();
        let classes = request.classes.iter();
        let categories = request.categories.iter();
        let names = numbers.clone().copied().chain(classes.clone().map(|class| class.column));
        Ok(Self {
            names: names.collect(),
            numbers: numbers
                .map(|&column| Ok((column, number_domain(snapshot, column)?)))
                .collect::<Result<_, RowsError>>()?,
            classes: classes
                .map(|&class| Ok((class.column, Positive::of(snapshot, class)?)))
                .collect::<Result<_, RowsError>>()?,
            categories: categories
                .map(|&column| {
                    let logical_type = type_of(snapshot, column)?;
                    let domain = KeyDomain::of(logical_type);
                    if domain.is_none() && !logical_type.is_text() {
                        return Err(RowsError::WrongType {
                            column: column.to_owned(),
                            found: logical_type.to_string(),
                            expected: "categories",
                        });
                    }
                    Ok((column, domain))
                })
                .collect::<Result<_, RowsError>>()?,
        })
    }

    fn domains(&self) -> Vec<KeyDomain> {
        self.numbers.iter().map(|(_, domain)| domain.clone()).collect()
    }

    /// One row group, and how many values are missing in each column.
    fn read(
        &self,
        task: &Task<'_>,
        map: Option<&BucketMap>,
    ) -> Result<(RowsPart, Vec<u64>), RowsError> {
        let Some(map) = map else {
            return self.read_in_order(task);
        };
        if let Some(part) = read_ranked(task, self.numbers[0].0, &self.classes[0], map)? {
            return Ok((part, vec![0; self.names.len()]));
        }
        let (mut part, counts) = self.read_in_order(task)?;
        let keys = std::mem::take(&mut part.numbers[0].keys);
        let positive = std::mem::take(&mut part.classes[0].positive);
        part.ranked = Some(Classes::of(&keys, &positive, map));
        Ok((part, counts))
    }

    fn read_in_order(&self, task: &Task<'_>) -> Result<(RowsPart, Vec<u64>), RowsError> {
        let mut part = RowsPart::default();
        let (mut missing, mut counts) = (Missing::default(), Vec::new());
        for (column, _) in &self.numbers {
            let (numbers, here) = NumberPart::read(task, column)?;
            part.numbers.push(numbers);
            counts.push(missing.join(&here));
        }
        for (column, positive) in &self.classes {
            let (classes, here) = ClassPart::read(task, column, positive)?;
            part.classes.push(classes);
            counts.push(missing.join(&here));
        }
        for (column, domain) in &self.categories {
            part.categories.push(CategoryPart::read(task, column, domain.as_ref())?);
        }
        part.rows = usize::try_from(task.rows()).unwrap_or(usize::MAX);
        if missing.count() > 0 {
            part.leave_out(&missing);
        }
        Ok((part, counts))
    }
}

impl RowsPart {
    fn leave_out(&mut self, missing: &Missing) {
        for number in &mut self.numbers {
            missing.thin(&mut number.keys);
        }
        for class in &mut self.classes {
            class.leave_out(missing);
        }
        for category in &mut self.categories {
            missing.thin(&mut category.codes);
        }
        self.rows -= missing.count();
    }
}

/// Rows that lack a value; nothing is held while there are none.
#[derive(Debug, Default)]
pub(super) struct Missing {
    marked: Vec<bool>,
    count: usize,
}

impl Missing {
    pub(super) fn mark(&mut self, row: usize) {
        if row >= self.marked.len() {
            self.marked.resize(row + 1, false);
        }
        if !std::mem::replace(&mut self.marked[row], true) {
            self.count += 1;
        }
    }

    pub(super) fn is_marked(&self, row: usize) -> bool {
        self.marked.get(row).copied().unwrap_or(false)
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Marks what another column lacks; gives how many those are.
    fn join(&mut self, other: &Self) -> u64 {
        for (row, _) in other.marked.iter().enumerate().filter(|(_, marked)| **marked) {
            self.mark(row);
        }
        other.count as u64
    }

    pub(super) fn thin<T>(&self, values: &mut Vec<T>) {
        let mut row = 0;
        values.retain(|_| {
            row += 1;
            !self.is_marked(row - 1)
        });
    }
}
