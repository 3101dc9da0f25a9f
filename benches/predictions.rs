//! How long the area under the ROC curve takes, beside the decoding of its two columns.
//!
//! `cargo bench --bench predictions -- [--rows N] [--runs N] [--threads N]` writes predictions (10
//! million rows unless told, row groups of a million, snappy), decodes labels and scores with the
//! Arrow reader, one task for each row group and column, once throwing the arrays away and once
//! keeping them all, and measures the area from the files. With `--test` a few rows do.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

#[path = "support/random.rs"]
mod random;

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use driftgate::contract::WideningRule;
use driftgate::measure::predictions::{
    DecidedBy, PredictionColumns, PredictionsRequest, Statistic, measure_predictions,
};
use driftgate::quantity::Fraction;
use driftgate::scan::{Limits, OpenSnapshot, Pool};
use driftgate::snapshot::{Listing, ListingRules, Location, StableFile};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let (mut rows, mut runs, mut threads) = (10_000_000, 5, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().unwrap_or_default().parse::<usize>();
        match argument.as_str() {
            "--test" => (rows, runs) = (20_000, 1),
            "--rows" => rows = number()?,
            "--runs" => runs = number()?,
            "--threads" => threads = number()?,
            _ => {}
        }
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("predictions.parquet");
    write(&path, rows)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let ours = Pool::new(threads, 8 << 30)?;
    let request = auc_request();
    for _ in 0..runs {
        let (values, decoding) = timed(|| pool.install(|| decode(&path, |array| array.len())))?;
        let (kept, keeping) = timed(|| pool.install(|| decode(&path, |array| array)))?;
        drop(kept);
        let started = Instant::now();
        let snapshot = open(&path)?;
        let facts = measure_predictions(&snapshot, None, &request, &ours)?;
        let measuring = started.elapsed().as_secs_f64();
        let found = facts.candidate?.estimates[&Statistic::Auc].clone()?;
        println!(
            "{} values decoded in {decoding:.3} s, kept in {keeping:.3} s; AUC {:.6} in \
             {measuring:.3} s: {:.2} times decoding, {:.2} times keeping",
            values.iter().sum::<usize>(),
            found.value,
            measuring / decoding,
            measuring / keeping,
        );
    }
    Ok(())
}

fn auc_request() -> PredictionsRequest {
    PredictionsRequest {
        columns: PredictionColumns {
            label: Some("label".to_owned()),
            score: Some("score".to_owned()),
            ..PredictionColumns::default()
        },
        statistics: [Statistic::Auc].into(),
        groupings: Vec::new(),
        grouped_by: DecidedBy::Stored,
        latency: None,
        timestamps: None,
        alpha: Fraction::new(0.05).unwrap_or(Fraction::ZERO),
        calibration_bins: 15,
        missing_tolerated: Fraction::ZERO,
        champion: false,
    }
}

/// A tenth positive; scores between 0 and 1, hardly two of them the same.
fn write(path: &Path, rows: usize) -> Result<(), Failure> {
    let mut random = random::Random::new(7);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(1_000_000))
        .build();
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut left = rows;
    while left > 0 {
        let here = left.min(1 << 16);
        let labels: Vec<i64> = (0..here).map(|_| i64::from(random.uniform() < 0.1)).collect();
        let score = |label: &i64| {
            let shift = if *label == 1 { 1.0 } else { -1.0 };
            1.0 / (1.0 + (-(random.normal() + shift)).exp())
        };
        let scores: Vec<f64> = labels.iter().map(score).collect();
        let columns: [(&str, ArrayRef); 2] = [
            ("label", Arc::new(Int64Array::from(labels))),
            ("score", Arc::new(Float64Array::from(scores))),
        ];
        let batch = RecordBatch::try_from_iter(columns)?;
        if writer.is_none() {
            let file = File::create(path)?;
            writer = Some(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone()))?);
        }
        writer.as_mut().ok_or("a writer")?.write(&batch)?;
        left -= here;
    }
    writer.ok_or("no rows")?.close()?;
    Ok(())
}

fn open(path: &Path) -> Result<OpenSnapshot, Failure> {
    let listing = Listing::of(&Location::find(&[path])?, &ListingRules::default())?;
    Ok(OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused)?)
}

/// What work gives, and how many seconds it took.
fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let started = Instant::now();
    let done = work()?;
    Ok((done, started.elapsed().as_secs_f64()))
}

/// What `keep` makes of each array.
fn decode<T: Send>(path: &Path, keep: impl Fn(ArrayRef) -> T + Sync) -> Result<Vec<T>, Failure> {
    let stable = StableFile::open(path)?;
    let metadata = ArrowReaderMetadata::load(&stable, ArrowReaderOptions::new())?;
    let row_groups = 0..metadata.metadata().num_row_groups();
    let tasks: Vec<(usize, usize)> =
        row_groups.flat_map(|row_group| [(row_group, 0), (row_group, 1)]).collect();
    let decoded: Result<Vec<Vec<T>>, Failure> = tasks
        .into_par_iter()
        .map(|(row_group, column)| {
            let descriptor = metadata.metadata().file_metadata().schema_descr();
            let mask = ProjectionMask::roots(descriptor, [column]);
            let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(
                stable.clone(),
                metadata.clone(),
            )
            .with_projection(mask)
            .with_row_groups(vec![row_group])
            .with_batch_size(1 << 15)
            .build()?;
            let arrays =
                batches.map(|batch| Ok(keep(std::hint::black_box(batch?).column(0).clone())));
            arrays.collect()
        })
        .collect();
    Ok(decoded?.into_iter().flatten().collect())
}
