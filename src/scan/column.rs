//! Scans one column of a snapshot, row group by row group.

use arrow_array::Array;
use rayon::prelude::*;

use super::error::ScanError;
use super::key_collector::ValuesWanted;
use super::key_observer::KeyObserver;
use super::read::for_each_batch;
use super::source::{OpenSnapshot, Task};
use super::text_observer::TextObserver;
use super::{dense_keys, dense_texts};
use crate::contract::{ColumnExpectation, KeyDomain, LogicalType};
use crate::profile::{ColumnProfile, Run, Sample, Violations, cut};

/// What is wanted of one column in one pass.
#[derive(Debug, Clone)]
pub struct ScanRequest<'a> {
    /// The column.
    pub column: &'a str,
    /// Promises to check; their results come in this order.
    pub expectations: Vec<&'a ColumnExpectation>,
    /// Which values to keep.
    pub values: ValuesWanted<'a>,
    /// Most broken rows kept per expectation.
    pub samples_max: usize,
    /// Whether their values are kept too.
    pub show_values: bool,
}

impl ScanRequest<'_> {
    /// A column without rows, ready to be scanned so.
    pub(super) fn empty(&self) -> ColumnProfile {
        let run = |expectation: &&ColumnExpectation| match expectation {
            ColumnExpectation::Monotonic(direction) => Some(Run::new(*direction)),
            _ => None,
        };
        let start = |expectation| Violations { run: run(expectation), ..Violations::default() };
        ColumnProfile::empty(self.expectations.iter().map(start).collect())
    }

    /// The sample of a row; the value is asked for only when it may be shown.
    pub(super) fn sample(
        &self,
        task: &Task<'_>,
        row: u64,
        value: impl FnOnce() -> String,
    ) -> Sample {
        Sample {
            file: task.file.listed.relative.clone(),
            row_group: task.row_group,
            row,
            value: self.show_values.then(|| cut(&value())),
        }
    }
}

/// Scans one column of a snapshot on the current pool. Parts join in file order, so the result
/// does not depend on the number of threads.
///
/// # Errors
/// [`ScanError`] of the first row group in file order that cannot be read.
pub fn scan_column(
    snapshot: &OpenSnapshot,
    request: &ScanRequest<'_>,
) -> Result<ColumnProfile, ScanError> {
    scan_tasks(snapshot, snapshot.tasks(), request).map(ColumnProfile::settle)
}

/// Scans one column as [`scan_column`] does, the broken expectations of each file apart.
///
/// # Errors
/// [`ScanError`] of the first row group in file order that cannot be read.
pub(super) fn scan_column_by_file(
    snapshot: &OpenSnapshot,
    request: &ScanRequest<'_>,
) -> Result<ByFile, ScanError> {
    let scanned = snapshot
        .files
        .par_iter()
        .map(|file| {
            let mut profile = scan_tasks(snapshot, OpenSnapshot::tasks_of(file), request)?;
            let violations = std::mem::take(&mut profile.violations);
            Ok((profile, vec![violations]))
        })
        .reduce_with(|first: Result<ByFile, ScanError>, second| {
            let ((profile, mut violations), (next, later)) = (first?, second?);
            violations.extend(later);
            Ok((profile.join(next, 0), violations))
        });
    let (profile, violations) =
        scanned.unwrap_or_else(|| Ok((ColumnProfile::empty(Vec::new()), Vec::new())))?;
    Ok((profile.settle(), violations))
}

/// A column without broken expectations, and those of each file.
type ByFile = (ColumnProfile, Vec<Vec<Violations>>);

fn scan_tasks(
    snapshot: &OpenSnapshot,
    tasks: Vec<Task<'_>>,
    request: &ScanRequest<'_>,
) -> Result<ColumnProfile, ScanError> {
    let logical_type = snapshot.schema.column(request.column).map(|column| &column.logical_type);
    let scanned = tasks
        .into_par_iter()
        .map(|task| scan_row_group(task, request, logical_type))
        .reduce_with(|first, second| Ok(first?.join(second?, request.samples_max)));
    scanned.unwrap_or_else(|| Ok(request.empty()))
}

fn scan_row_group(
    task: Task<'_>,
    request: &ScanRequest<'_>,
    logical_type: Option<&LogicalType>,
) -> Result<ColumnProfile, ScanError> {
    let partition = task.file.listed.partitions.iter().find(|p| p.name == request.column);
    if let Some(partition) = partition {
        let mut observer = TextObserver::new(task, request);
        observer.observe_constant(partition.value.as_deref().map(str::as_bytes), task.rows());
        return Ok(observer.finish());
    }
    match scan_pages(&task, request, logical_type) {
        Some(scan) => Ok(scan),
        None => scan_batches(task, request, logical_type),
    }
}

/// By the pages themselves: quick, and only where nothing is out of the ordinary.
pub(super) fn scan_pages(
    task: &Task<'_>,
    request: &ScanRequest<'_>,
    logical_type: Option<&LogicalType>,
) -> Option<ColumnProfile> {
    match KeyDomain::of(logical_type?) {
        Some(domain) => dense_keys::scan_pages(task, request, &domain),
        None => dense_texts::scan_pages(task, request),
    }
}

/// By the general reader.
pub(super) fn scan_batches(
    task: Task<'_>,
    request: &ScanRequest<'_>,
    logical_type: Option<&LogicalType>,
) -> Result<ColumnProfile, ScanError> {
    let domain = logical_type.and_then(KeyDomain::of);
    if let Some(domain) = &domain {
        let mut observer = KeyObserver::new(task, request, domain);
        let fault = observe(&task, request, |array| observer.observe(array))?;
        fault.map_or_else(|| Ok(observer.finish()), |why| count_nulls(&task, request, why))
    } else if logical_type.is_some_and(LogicalType::is_text) {
        let mut observer = TextObserver::new(task, request);
        let fault = observe(&task, request, |array| observer.observe(array))?;
        fault.map_or_else(|| Ok(observer.finish()), |why| count_nulls(&task, request, why))
    } else {
        let name = logical_type.map_or_else(String::new, ToString::to_string);
        count_nulls(&task, request, format!("the distribution of type `{name}` is not measured"))
    }
}

/// Feeds the batches to an observer until it names a value it cannot take.
fn observe(
    task: &Task<'_>,
    request: &ScanRequest<'_>,
    mut take: impl FnMut(&dyn Array) -> Result<(), String>,
) -> Result<Option<String>, ScanError> {
    let mut fault = None;
    for_each_batch(task, &[request.column], |arrays| {
        if fault.is_none() {
            fault = arrays.iter().find_map(|array| take(array.as_ref()).err());
        }
        Ok(())
    })?;
    Ok(fault)
}

/// What can be said of values that cannot be measured: how many there are.
fn count_nulls(
    task: &Task<'_>,
    request: &ScanRequest<'_>,
    why: String,
) -> Result<ColumnProfile, ScanError> {
    let mut scan = request.empty();
    for_each_batch(task, &[request.column], |arrays| {
        for array in arrays {
            scan.presence.rows += array.len() as u64;
            let nulls = array.logical_nulls();
            scan.presence.nulls += nulls.map_or(0, |nulls| nulls.null_count() as u64);
        }
        Ok(())
    })?;
    scan.unmeasurable = Some(why);
    Ok(scan)
}
