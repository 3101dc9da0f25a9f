//! A snapshot opened for reading: files, footers, one schema.

use std::collections::BTreeSet;

use parquet::file::metadata::RowGroupMetaData;
use rayon::prelude::*;

use super::error::ScanError;
use super::footer::ParquetFile;
use super::limits::Limits;
use crate::contract::{Column, LogicalType, Schema, WideningRule};
use crate::quantity::{Bytes, Rows};
use crate::snapshot::Listing;

/// All files of a snapshot, opened, footers read, schemas unified.
#[derive(Debug)]
pub struct OpenSnapshot {
    /// Files in name order.
    pub files: Vec<ParquetFile>,
    /// The columns of all files, then the partition columns.
    pub schema: Schema,
}

impl OpenSnapshot {
    /// Opens every file of a listing and reads the footers, in parallel.
    ///
    /// # Errors
    /// [`ScanError`] of the first file in name order that cannot be opened or does not fit the
    /// files before it.
    pub fn open(
        listing: Listing,
        limits: &Limits,
        widening: WideningRule,
    ) -> Result<Self, ScanError> {
        let opened: Vec<Result<ParquetFile, ScanError>> =
            listing.files.into_par_iter().map(|file| ParquetFile::open(file, limits)).collect();
        let files = opened.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut schema: Option<Schema> = None;
        for file in &files {
            let unified = match &schema {
                None => file.schema.clone(),
                Some(schema) => schema.unify(&file.schema, widening).map_err(|source| {
                    ScanError::Schema { file: file.listed.relative.clone(), source }
                })?,
            };
            schema = Some(unified);
        }
        let schema = with_partitions(schema.unwrap_or_default(), &files)?;
        Ok(Self { files, schema })
    }

    /// Rows of the snapshot.
    #[must_use]
    pub fn rows(&self) -> Rows {
        Rows(self.files.iter().map(ParquetFile::rows).sum())
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        Bytes(self.files.iter().map(|file| file.listed.bytes.0).sum())
    }

    /// Bytes that the chunks of these columns take in the files.
    #[must_use]
    pub fn bytes_of(&self, columns: &BTreeSet<&str>) -> Bytes {
        let chunks = self.files.iter().flat_map(|file| file.parquet().row_groups());
        let wanted = chunks.flat_map(RowGroupMetaData::columns).filter(|chunk| {
            let path = chunk.column_path().parts();
            (1..=path.len()).any(|length| columns.contains(path[..length].join(".").as_str()))
        });
        Bytes(wanted.map(|chunk| chunk.byte_range().1).sum())
    }

    /// Bytes that the chunks of one column take in the files; a column that several leaves make up
    /// is looked for by name.
    #[must_use]
    pub fn bytes_of_column(&self, column: &str) -> Bytes {
        let of_file = |file: &ParquetFile| {
            let leaf = file.leaf(column)?;
            let groups = file.parquet().row_groups().iter();
            Some(groups.map(|group| group.column(leaf).byte_range().1).sum::<u64>())
        };
        let all: Option<u64> = self.files.iter().map(of_file).sum();
        all.map_or_else(|| self.bytes_of(&BTreeSet::from([column])), Bytes)
    }

    /// Says whether every file is still the one that was opened: to be asked after the last read.
    ///
    /// # Errors
    /// [`ScanError::File`] naming the first file that changed and how.
    pub fn verify_unchanged(&self) -> Result<(), ScanError> {
        self.files.iter().try_for_each(|file| Ok(file.stable.verify_unchanged()?))
    }

    /// Every row group of every file, in order.
    pub(super) fn tasks(&self) -> Vec<Task<'_>> {
        self.files.iter().flat_map(Self::tasks_of).collect()
    }

    /// Every row group of a file, in order.
    pub(super) fn tasks_of(file: &ParquetFile) -> Vec<Task<'_>> {
        let groups = 0..file.parquet().num_row_groups();
        groups.map(|row_group| Task { file, row_group }).collect()
    }
}

/// One row group of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) file: &'a ParquetFile,
    pub(super) row_group: usize,
}

impl Task<'_> {
    pub(super) fn rows(&self) -> u64 {
        self.file.row_group_rows(self.row_group)
    }
}

/// Partition folders are columns of text: `year=2026` says `2026`, not a number, since a folder
/// name has no type.
fn with_partitions(schema: Schema, files: &[ParquetFile]) -> Result<Schema, ScanError> {
    let Some(first) = files.first() else {
        return Ok(schema);
    };
    let mut columns = schema.columns().to_vec();
    for partition in &first.listed.partitions {
        let column = partition.name.clone();
        if schema.column(&column).is_some() {
            let file = first.listed.relative.clone();
            return Err(ScanError::PartitionColumn { file, column });
        }
        let is_null = |file: &ParquetFile| {
            file.listed.partitions.iter().any(|p| p.name == column && p.value.is_none())
        };
        let nullable = files.iter().any(is_null);
        columns.push(Column::new(column, LogicalType::String, nullable));
    }
    Schema::new(columns)
        .map_err(|source| ScanError::Schema { file: first.listed.relative.clone(), source })
}
