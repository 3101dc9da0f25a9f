//! How long decoding alone takes: the floor under every check of the same files.
//!
//! `cargo bench --bench floor -- [--threads N] [--runs N] FILE...` decodes every column of every row
//! group with the Arrow reader, one task each, and prints the seconds of each run, four unless told.
//! With `--test` a small pair is written and decoded.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod support;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use driftgate::snapshot::StableFile;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use rayon::prelude::*;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut threads = 0;
    let mut runs = 4;
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" | "--test" => {}
            "--runs" => runs = arguments.next().unwrap_or_default().parse()?,
            "--threads" => threads = arguments.next().unwrap_or_default().parse()?,
            path => paths.push(path.into()),
        }
    }
    let folder = tempfile::tempdir()?;
    if paths.is_empty() {
        let pair =
            support::standard_pair::write_pair(folder.path(), 2_000, Compression::SNAPPY, "");
        paths = pair?.to_vec();
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let files = paths.iter().map(|path| OpenFile::open(path)).collect::<Result<Vec<_>, _>>()?;
    for _ in 0..runs {
        let started = Instant::now();
        let values = pool.install(|| decode(&files))?;
        println!("{:.3} s, {values} values", started.elapsed().as_secs_f64());
    }
    Ok(())
}

struct OpenFile {
    stable: StableFile,
    metadata: ArrowReaderMetadata,
}

impl OpenFile {
    fn open(path: &Path) -> Result<Self, Failure> {
        let stable = StableFile::open(path)?;
        let metadata = ArrowReaderMetadata::load(&stable, ArrowReaderOptions::new())?;
        Ok(Self { stable, metadata })
    }

    fn decode(&self, row_group: usize, column: usize) -> Result<usize, Failure> {
        let descriptor = self.metadata.metadata().file_metadata().schema_descr();
        let mask = ProjectionMask::roots(descriptor, [column]);
        let (stable, metadata) = (self.stable.clone(), self.metadata.clone());
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(stable, metadata)
            .with_projection(mask)
            .with_row_groups(vec![row_group])
            .with_batch_size(1 << 15)
            .build()?;
        let mut values = 0;
        for batch in batches {
            values += std::hint::black_box(batch?).num_rows();
        }
        Ok(values)
    }
}

/// Values decoded, nulls included.
fn decode(files: &[OpenFile]) -> Result<usize, Failure> {
    let mut tasks = Vec::new();
    for file in files {
        for column in 0..file.metadata.schema().fields().len() {
            let row_groups = 0..file.metadata.metadata().num_row_groups();
            tasks.extend(row_groups.map(|row_group| (file, row_group, column)));
        }
    }
    tasks.into_par_iter().map(|(file, row_group, column)| file.decode(row_group, column)).sum()
}
