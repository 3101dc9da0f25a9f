//! Decodes one row group of some columns into Arrow arrays, batch by batch.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, make_array};
use arrow_buffer::NullBuffer;
use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::error::{Place, ScanError, bounded};
use super::limits::LimitName;
use super::source::Task;
use super::text_length::longest;

/// Decodes `columns` of a row group and hands over one array per column and batch, all of one
/// length. Rows decoded must be the rows declared.
///
/// # Errors
/// [`ScanError::Unreadable`] for damaged pages, also where the decoder panics; a text beyond the
/// limit; whatever `visit` returns.
pub(super) fn for_each_batch(
    task: &Task<'_>,
    columns: &[&str],
    mut visit: impl FnMut(&[ArrayRef]) -> Result<(), ScanError>,
) -> Result<(), ScanError> {
    let unreadable = |problem: &str| ScanError::Unreadable {
        file: task.file.listed.relative.clone(),
        place: Place { row_group: Some(task.row_group), column: Some(columns.join(", ")) },
        problem: bounded(problem),
    };
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let mut rows = 0u64;
        check_pages(task, columns)?;
        for batch in open(task, columns).map_err(|error| unreadable(&error.to_string()))? {
            let batch = batch.map_err(|error| unreadable(&error.to_string()))?;
            rows += batch.num_rows() as u64;
            let arrays: Option<Vec<ArrayRef>> =
                columns.iter().map(|column| leaf(&batch, column)).collect();
            let arrays =
                arrays.ok_or_else(|| unreadable("the column is not where the schema says"))?;
            check_lengths(task, columns, &arrays)?;
            visit(&arrays)?;
        }
        Ok(rows)
    }));
    let rows =
        decoded.unwrap_or_else(|_| Err(unreadable("the decoder gave up on damaged pages")))?;
    if rows == task.rows() {
        return Ok(());
    }
    Err(unreadable(&format!("{rows} rows decoded where {} are declared", task.rows())))
}

/// That no text is longer than it may be.
fn check_lengths(task: &Task<'_>, columns: &[&str], arrays: &[ArrayRef]) -> Result<(), ScanError> {
    let limit = task.file.limits.text_bytes;
    for (column, array) in columns.iter().zip(arrays) {
        let found = longest(array);
        if found > limit {
            let column = Some(bounded(column));
            let place = Place { row_group: Some(task.row_group), column };
            let file = task.file.listed.relative.clone();
            return Err(ScanError::Limit { file, place, name: LimitName::Text, found, limit });
        }
    }
    Ok(())
}

/// As [`for_each_batch`], with columns among them that folders are named by: texts, the same in
/// every row.
///
/// # Errors
/// As [`for_each_batch`].
pub(super) fn for_each_batch_of_rows(
    task: &Task<'_>,
    columns: &[&str],
    mut visit: impl FnMut(&[ArrayRef]) -> Result<(), ScanError>,
) -> Result<(), ScanError> {
    let partition = |column: &str| task.file.listed.partitions.iter().find(|p| p.name == column);
    let stored: Vec<&str> =
        columns.iter().copied().filter(|column| partition(column).is_none()).collect();
    let mut with_partitions = |arrays: &[ArrayRef], rows: usize| {
        let mut decoded = arrays.iter();
        let all = columns.iter().filter_map(|column| match partition(column) {
            None => decoded.next().cloned(),
            Some(partition) => {
                let texts = std::iter::repeat_n(partition.value.as_deref(), rows);
                Some(Arc::new(texts.collect::<StringArray>()) as ArrayRef)
            }
        });
        visit(&all.collect::<Vec<_>>())
    };
    if stored.is_empty() {
        let mut left = usize::try_from(task.rows()).unwrap_or(usize::MAX);
        while left > 0 {
            let rows = left.min(BATCH_ROWS);
            with_partitions(&[], rows)?;
            left -= rows;
        }
        return Ok(());
    }
    for_each_batch(task, &stored, |arrays| {
        with_partitions(arrays, arrays.first().map_or(0, Array::len))
    })
}

/// The first rows of a row group's column, as far as one batch goes; `None` without rows.
///
/// # Errors
/// As [`for_each_batch`].
pub(super) fn first_batch(task: &Task<'_>, column: &str) -> Result<Option<ArrayRef>, ScanError> {
    let unreadable = |problem: &str| ScanError::Unreadable {
        file: task.file.listed.relative.clone(),
        place: Place { row_group: Some(task.row_group), column: Some(column.to_owned()) },
        problem: bounded(problem),
    };
    check_pages(task, &[column])?;
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let mut batches = open(task, &[column]).map_err(|error| error.to_string())?;
        let batch = batches.next().transpose().map_err(|error| error.to_string())?;
        Ok::<_, String>(batch.and_then(|batch| leaf(&batch, column)))
    }));
    match decoded {
        Ok(Ok(array)) => Ok(array),
        Ok(Err(problem)) => Err(unreadable(&problem)),
        Err(_) => Err(unreadable("the decoder gave up on damaged pages")),
    }
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, arrow_schema::ArrowError>>>;

/// The leaves that make up columns.
fn leaves(task: &Task<'_>, columns: &[&str]) -> Vec<usize> {
    let descriptor = task.file.parquet().file_metadata().schema_descr();
    let wanted = |leaf: usize| {
        let path = descriptor.column(leaf).path().clone();
        columns.iter().any(|column| is_under(path.parts(), column))
    };
    (0..descriptor.num_columns()).filter(|&leaf| wanted(leaf)).collect()
}

fn check_pages(task: &Task<'_>, columns: &[&str]) -> Result<(), ScanError> {
    let mut leaves = leaves(task, columns).into_iter();
    leaves.try_for_each(|leaf| task.file.check_pages(task.row_group, leaf))
}

fn open(task: &Task<'_>, columns: &[&str]) -> Result<Batches, ParquetError> {
    let metadata = task.file.metadata.clone();
    let descriptor = metadata.metadata().file_metadata().schema_descr_ptr();
    let leaves = leaves(task, columns);
    let mask = ProjectionMask::leaves(&descriptor, leaves.iter().copied());
    if let [leaf] = leaves[..] {
        let window = ChunkWindow::read(task, leaf)?;
        return Ok(Box::new(
            ParquetRecordBatchReaderBuilder::new_with_metadata(window, metadata)
                .with_projection(mask)
                .with_row_groups(vec![task.row_group])
                .with_batch_size(BATCH_ROWS)
                .build()?,
        ));
    }
    Ok(Box::new(
        ParquetRecordBatchReaderBuilder::new_with_metadata(task.file.stable.clone(), metadata)
            .with_projection(mask)
            .with_row_groups(vec![task.row_group])
            .with_batch_size(BATCH_ROWS)
            .build()?,
    ))
}

/// Whether a leaf belongs to the column of that dotted name.
fn is_under(parts: &[String], column: &str) -> bool {
    let mut rest = column;
    for part in parts {
        match rest.strip_prefix(part.as_str()) {
            Some("") => return true,
            Some(after) => match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => return false,
            },
            None => return false,
        }
    }
    false
}

/// The array of a dotted name; a null struct makes its fields null.
fn leaf(batch: &RecordBatch, column: &str) -> Option<ArrayRef> {
    if let Some(array) = batch.column_by_name(column) {
        return Some(Arc::clone(array));
    }
    batch.schema().fields().iter().zip(batch.columns()).find_map(|(field, array)| {
        let rest = column.strip_prefix(field.name().as_str())?.strip_prefix('.')?;
        nested_leaf(array, rest)
    })
}

fn nested_leaf(array: &ArrayRef, path: &str) -> Option<ArrayRef> {
    let group = array.as_struct_opt()?;
    let nulls = group.nulls();
    let child = match group.column_by_name(path) {
        Some(child) => Arc::clone(child),
        None => group.fields().iter().zip(group.columns()).find_map(|(field, child)| {
            let rest = path.strip_prefix(field.name().as_str())?.strip_prefix('.')?;
            nested_leaf(child, rest)
        })?,
    };
    let merged = NullBuffer::union(nulls, child.nulls());
    let data = child.to_data().into_builder().nulls(merged).build().ok()?;
    Some(make_array(data))
}

/// The bytes of one column chunk in memory, at their offsets in the file: one read from storage.
struct ChunkWindow {
    start: u64,
    bytes: Bytes,
    file_bytes: u64,
}

impl ChunkWindow {
    fn read(task: &Task<'_>, leaf: usize) -> Result<Self, ParquetError> {
        let (start, length) =
            task.file.metadata.metadata().row_group(task.row_group).column(leaf).byte_range();
        let length = usize::try_from(length)
            .map_err(|_| ParquetError::General(format!("a chunk of {length} bytes")))?;
        let bytes = task.file.stable.get_bytes(start, length)?;
        Ok(Self { start, bytes, file_bytes: task.file.stable.size().0 })
    }

    fn from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let skipped = start.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        match skipped.filter(|&skip| skip <= self.bytes.len()) {
            Some(skip) => Ok(self.bytes.slice(skip..)),
            None => Err(ParquetError::EOF(format!("a page at {start} lies outside its chunk"))),
        }
    }
}

impl Length for ChunkWindow {
    fn len(&self) -> u64 {
        self.file_bytes
    }
}

impl ChunkReader for ChunkWindow {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let rest = self.from(start)?;
        if length > rest.len() {
            let problem = format!("a page of {length} bytes at {start} lies outside its chunk");
            return Err(ParquetError::EOF(problem));
        }
        Ok(rest.slice(..length))
    }
}

/// Rows decoded at a time: large enough to forget the overhead, small enough to stay in cache.
const BATCH_ROWS: usize = 1 << 15;
