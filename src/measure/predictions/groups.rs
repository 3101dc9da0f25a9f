//! Rows counted in groups.

use std::convert::Infallible;

use super::facts::{GroupCounts, GroupFacts, GroupingFacts};
use super::request::PredictionsRequest;
use super::side::Side;
use super::sums::Columns;
use crate::scan::predictions::RowsPart;
use crate::scan::{Load, Pool};

/// Counts every grouping asked for.
///
/// # Errors
/// In words, when several columns together make more groups than are told apart.
pub(super) fn groupings(
    side: &Side,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Result<Vec<GroupingFacts>, String> {
    let mut read: Vec<&str> = Vec::new();
    for column in request.groupings.iter().flatten() {
        if !read.contains(&column.as_str()) {
            read.push(column);
        }
    }
    let mut found = Vec::new();
    for columns in &request.groupings {
        let places: Vec<usize> = columns
            .iter()
            .filter_map(|column| read.iter().position(|name| name == column))
            .collect();
        let groups = count(side, request, &places, pool)
            .ok_or_else(|| format!("{} make more than {GROUPS_MAX} groups", columns.join(", ")))?;
        found.push(GroupingFacts { columns: columns.clone(), groups });
    }
    Ok(found)
}

fn count(
    side: &Side,
    request: &PredictionsRequest,
    places: &[usize],
    pool: &Pool,
) -> Option<Vec<GroupFacts>> {
    let Some(first) = side.rows.parts.first() else { return Some(Vec::new()) };
    let sizes: Vec<usize> =
        places.iter().map(|&place| first.categories[place].names.len()).collect();
    let all = sizes.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
    let all = all.filter(|&all| all <= GROUPS_MAX)?;
    let Ok(counted) = pool.within_memory(
        &side.rows.parts,
        |part| Load { memory: 0, work: part.rows as u64 },
        |part| Ok::<_, Infallible>(count_part(side, part, request, places, &sizes, all)),
    );
    let mut counts = vec![GroupCounts::default(); all];
    for part in counted {
        counts.iter_mut().zip(part).for_each(|(sum, more)| *sum = sum.join(more));
    }
    let name = |mut number: usize| {
        let mut values: Vec<Option<String>> = Vec::new();
        for (&place, &size) in places.iter().zip(&sizes).rev() {
            values.push(first.categories[place].names[number % size].clone());
            number /= size;
        }
        values.reverse();
        values
    };
    let groups = counts.into_iter().enumerate().filter(|(_, counts)| counts.rows() > 0);
    Some(groups.map(|(number, counts)| GroupFacts { values: name(number), counts }).collect())
}

fn count_part(
    side: &Side,
    part: &RowsPart,
    request: &PredictionsRequest,
    places: &[usize],
    sizes: &[usize],
    all: usize,
) -> Vec<GroupCounts> {
    let columns = Columns { side, part };
    let mut counts = vec![GroupCounts::default(); all];
    for row in 0..part.rows {
        let group = places.iter().zip(sizes).fold(0, |group, (&place, &size)| {
            group * size + part.categories[place].codes[row] as usize
        });
        if let (Some(label), Some(decision)) =
            (columns.label(row), columns.decision(row, request.grouped_by))
        {
            counts[group].add(label, decision);
        }
    }
    counts
}

/// Groups that several columns may make together.
const GROUPS_MAX: usize = 100_000;
