//! Decodes the rows of one row group, batch by batch.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::scan::{ParquetFile, Place, ScanError};

/// A file of the snapshot with its columns in the types that their writer meant.
pub(super) struct SourceFile<'a> {
    pub(super) file: &'a ParquetFile,
    pub(super) arrow: ArrowReaderMetadata,
}

impl<'a> SourceFile<'a> {
    pub(super) fn new(file: &'a ParquetFile) -> Result<Self, ScanError> {
        let parquet = Arc::new(file.parquet().clone());
        let arrow = ArrowReaderMetadata::try_new(parquet, ArrowReaderOptions::new())
            .map_err(|error| unreadable(file, None, &error.to_string()))?;
        Ok(Self { file, arrow })
    }

    /// Hands over the rows of a row group in order, of all columns or of those at the top-level
    /// positions `only`. Rows decoded must be the rows declared.
    pub(super) fn for_each_batch<E: From<ScanError>>(
        &self,
        row_group: usize,
        only: Option<&[usize]>,
        mut visit: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let refuse = |problem: &str| unreadable(self.file, Some(row_group), problem);
        let descriptor = self.arrow.metadata().file_metadata().schema_descr();
        let mask = only.map_or_else(ProjectionMask::all, |roots| {
            ProjectionMask::roots(descriptor, roots.iter().copied())
        });
        let stable = self.file.stable.clone();
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(stable, self.arrow.clone())
                .with_projection(mask)
                .with_row_groups(vec![row_group])
                .with_batch_size(BATCH_ROWS);
        let mut reader = contained(|| builder.build())
            .ok_or_else(|| refuse(GAVE_UP))?
            .map_err(|error| refuse(&error.to_string()))?;
        let mut rows = 0u64;
        while let Some(batch) = contained(|| reader.next()).ok_or_else(|| refuse(GAVE_UP))? {
            let batch = batch.map_err(|error| refuse(&error.to_string()))?;
            rows += batch.num_rows() as u64;
            visit(batch)?;
        }
        let declared = self.file.row_group_rows(row_group);
        if rows != declared {
            let problem = format!("{rows} rows decoded where {declared} are declared");
            return Err(refuse(&problem).into());
        }
        Ok(())
    }
}

/// Runs the decoder, which may panic on damaged pages.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn unreadable(file: &ParquetFile, row_group: Option<usize>, problem: &str) -> ScanError {
    ScanError::Unreadable {
        file: file.listed.relative.clone(),
        place: Place { row_group, column: None },
        problem: problem.chars().take(PROBLEM_CHARACTERS_MAX).collect(),
    }
}

const GAVE_UP: &str = "the decoder gave up on damaged pages";

/// Rows altered at a time: results do not depend on it.
const BATCH_ROWS: usize = 1 << 13;

/// Libraries quote what they read; a damaged file must not fill the screen.
const PROBLEM_CHARACTERS_MAX: usize = 300;
