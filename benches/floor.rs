//! How long decoding alone takes: the floor under every check of the same files.
//!
//! `cargo bench --bench floor -- [--threads N] [--floats] FILE...` decodes every column (or the
//! `float64` ones) of every row group with the Arrow reader, one task each, and prints seconds of
//! three runs after a warming one. With `--test` a small pair is written and decoded.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod support;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use arrow_schema::DataType;
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
    let mut floats_only = false;
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" | "--test" => {}
            "--floats" => floats_only = true,
            "--threads" => threads = arguments.next().unwrap_or_default().parse()?,
            path => paths.push(path.into()),
        }
    }
    let folder = tempfile::tempdir()?;
    if paths.is_empty() {
        let pair = support::standard_pair::write_pair(folder.path(), 2_000, Compression::SNAPPY);
        paths = pair?.to_vec();
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let files = paths.iter().map(|path| OpenFile::open(path)).collect::<Result<Vec<_>, _>>()?;
    for run in 0..4 {
        let started = Instant::now();
        let values = pool.install(|| decode(&files, floats_only))?;
        let seconds = started.elapsed().as_secs_f64();
        let name = if run == 0 { "warming" } else { "run" };
        println!("{name}: {seconds:.3} s, {values} values");
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
fn decode(files: &[OpenFile], floats_only: bool) -> Result<usize, Failure> {
    let mut tasks = Vec::new();
    for file in files {
        let fields = file.metadata.schema().fields();
        for (column, field) in fields.iter().enumerate() {
            if floats_only && field.data_type() != &DataType::Float64 {
                continue;
            }
            let row_groups = 0..file.metadata.metadata().num_row_groups();
            tasks.extend(row_groups.map(|row_group| (file, row_group, column)));
        }
    }
    tasks.into_par_iter().map(|(file, row_group, column)| file.decode(row_group, column)).sum()
}
