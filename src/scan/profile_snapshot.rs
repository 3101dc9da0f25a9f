//! Profiles a whole snapshot: all columns, all values, and what a policy asks of it.

use std::collections::BTreeMap;

use super::column::{ScanRequest, scan_column_by_file};
use super::error::ScanError;
use super::key_collector::ValuesWanted;
use super::key_source::KeySource;
use super::pool::{Load, Pool};
use super::rows::{row_obstacle, scan_rows};
use super::source::OpenSnapshot;
use crate::contract::{Column, ColumnExpectation, KeyDomain, RowExpectation};
use crate::profile::{
    Answer, Answers, ColumnProfile, Profiled, Query, Sampling, StoredProfile, Values,
};
use crate::snapshot::Manifest;

/// What is asked of a snapshot beside its values; what is asked twice is answered once.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// Promises about columns, each with its column's name.
    pub columns: Vec<(&'a str, &'a ColumnExpectation)>,
    /// Promises about whole rows.
    pub rows: Vec<&'a RowExpectation>,
    /// What is kept of rows that break them.
    pub sampling: Sampling,
}

/// Profiles every column of a snapshot whose files are those of `manifest`, and answers what is
/// asked of it; what its columns are no subject of stays unanswered.
///
/// Columns are scanned side by side while their working memory (24 bytes per row of a numeric column)
/// fits the pool's; the values kept, 16 bytes for each distinct number, come on top. The result
/// depends on the files alone: not on threads.
///
/// # Errors
/// [`ScanError`] of the largest column that cannot be read, and when a file
/// changed since it was opened.
///
/// # Panics
/// When `manifest` names other files than the snapshot has.
pub fn profile_snapshot(
    pool: &Pool,
    snapshot: &OpenSnapshot,
    manifest: Manifest,
    asked: &Asked<'_>,
) -> Result<StoredProfile, ScanError> {
    let opened = snapshot.files.iter().map(|file| file.listed.relative.as_str());
    let named = manifest.files().map(|(name, _)| name);
    assert!(opened.eq(named), "a manifest of other files than the snapshot's");
    let rows = snapshot.rows();
    let load = |column: &Column| {
        let domain = KeyDomain::of(&column.logical_type);
        let keys = domain.map_or(0, |_| rows.0.saturating_mul(ROW_BYTES));
        let work = snapshot.bytes_of_column(&column.name).0;
        Load { memory: keys.max(TEXT_BYTES), work }
    };
    let profile = |column: &Column| profile_column(snapshot, column, asked);
    let profiled = pool.within_memory(snapshot.schema.columns(), load, profile)?;
    let mut answers = BTreeMap::new();
    let mut columns = Vec::with_capacity(profiled.len());
    for (column, answered) in profiled {
        columns.push(column);
        answers.extend(answered);
    }
    for expectation in &asked.rows {
        let query = Query::of_rows(expectation);
        if row_obstacle(&snapshot.schema, expectation).is_none() && !answers.contains_key(&query) {
            let memory = pool.memory_bytes();
            let answer = pool.run(|| scan_rows(snapshot, expectation, asked.sampling, memory))?;
            answers.insert(query, answer);
        }
    }
    snapshot.verify_unchanged()?;
    let of = Profiled { schema: snapshot.schema.clone(), manifest, rows, bytes: snapshot.bytes() };
    let profile = StoredProfile::new(of, columns)?;
    Ok(profile.with_answers(Answers::new(asked.sampling, answers))?)
}

fn profile_column(
    snapshot: &OpenSnapshot,
    column: &Column,
    asked: &Asked<'_>,
) -> Result<(ColumnProfile, Vec<(Query, Answer)>), ScanError> {
    let here = asked.columns.iter().filter(|(name, _)| *name == column.name);
    let queries: BTreeMap<Query, &ColumnExpectation> = here
        .map(|&(name, expectation)| (Query::of_column(name, expectation), expectation))
        .collect();
    let request = ScanRequest {
        column: &column.name,
        expectations: queries.values().copied().collect(),
        values: ValuesWanted::Held(None),
        samples_max: asked.sampling.positions_max,
        show_values: asked.sampling.values,
    };
    let (mut profile, of_files) = scan_column_by_file(snapshot, &request)?;
    profile.values = match profile.values {
        Values::Held(parts) => Values::Counted(KeySource::Held(&parts).sorted_pairs()?),
        Values::NotWanted if profile.unmeasurable.is_none() => {
            Values::none_of(&column.logical_type)
        }
        values => values,
    };
    let answer = |index: usize| {
        let of_file = |violations: &Vec<_>| violations.get(index).cloned().unwrap_or_default();
        Answer::ByFile(of_files.iter().map(of_file).collect())
    };
    let answers = queries.into_keys().enumerate().map(|(index, query)| (query, answer(index)));
    Ok((profile, answers.collect()))
}

/// A key twice while parts become one list, or once beside its pair.
const ROW_BYTES: u64 = 24;
/// Categories of a column while row groups join.
const TEXT_BYTES: u64 = 64 << 20;
