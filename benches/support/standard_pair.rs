//! The standard pair: two tables of 32 columns, of the shapes people have, with known drift.
//!
//! 20 floats, 4 integers, 4 texts of few and 2 of many values, a flag and a timestamp; up to
//! 10 % nulls; row groups of a million rows. A column of a row group depends on its seed alone,
//! so any number of threads writes the same bytes.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "draws are small and not negative where whole numbers are made of them"
)]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;

use super::random::Random;

/// Rows of a row group.
const GROUP_ROWS: usize = 1_000_000;

/// Writes `reference.parquet` and `candidate.parquet` into a folder that exists: of all columns
/// those whose names begin with one of the prefixes, which commas part.
pub(crate) fn write_pair(
    folder: &Path,
    rows: usize,
    codec: Compression,
    prefixes: &str,
) -> io::Result<[PathBuf; 2]> {
    let names = ["reference.parquet", "candidate.parquet"];
    let paths = names.map(|name| folder.join(name));
    let [reference, candidate] = &paths;
    let (first, second) = rayon::join(
        || write(reference, rows, codec, (prefixes, Side(0))),
        || write(candidate, rows, codec, (prefixes, Side(1))),
    );
    first.and(second)?;
    Ok(paths)
}

/// 0 for the reference, 1 for the candidate.
#[derive(Clone, Copy)]
struct Side(u32);

impl Side {
    /// `amount` on the candidate, nothing on the reference.
    fn drift(self, amount: f64) -> f64 {
        f64::from(self.0) * amount
    }
}

fn write(
    path: &Path,
    rows: usize,
    codec: Compression,
    (prefixes, side): (&str, Side),
) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    let mut properties = Some(properties.build());
    let mut writer: Option<ArrowWriter<File>> = None;
    for start in (0..rows).step_by(GROUP_ROWS) {
        let batch = group(start, GROUP_ROWS.min(rows - start), prefixes, side)?;
        let writer = match &mut writer {
            Some(writer) => writer,
            empty => {
                let file = File::create(path)?;
                let opened = ArrowWriter::try_new(file, batch.schema(), properties.take());
                empty.insert(opened?)
            }
        };
        writer.write(&batch)?;
    }
    writer.map_or(Ok(()), |writer| writer.close().map(drop))?;
    Ok(())
}

/// The rows of one row group, from row `start` on.
fn group(start: usize, rows: usize, prefixes: &str, side: Side) -> io::Result<RecordBatch> {
    let columns: Vec<(&str, ArrayRef)> = COLUMNS
        .par_iter()
        .enumerate()
        .filter(|(_, column)| prefixes.split(',').any(|prefix| column.0.starts_with(prefix)))
        .map(|(index, (name, nulls, shape))| {
            let seed = [side.0 as usize, start, index];
            let seed = seed
                .iter()
                .fold(20_260u64, |seed, &part| seed.wrapping_mul(0x0100_0000_01b3) ^ part as u64);
            let column = Column { random: Random::new(seed), nulls: *nulls, rows, side };
            (*name, column.fill(*shape, start))
        })
        .collect();
    RecordBatch::try_from_iter(columns).map_err(io::Error::other)
}

/// How the values of a column are drawn.
#[derive(Clone, Copy)]
enum Shape {
    Float(fn(&mut Random, Side) -> f64),
    Integer(fn(&mut Random, Side) -> i64),
    Text(fn(&mut Random, Side) -> String),
    Flag,
    RowNumber,
    Instant,
}

struct Column {
    random: Random,
    nulls: f64,
    rows: usize,
    side: Side,
}

impl Column {
    fn fill(mut self, shape: Shape, start: usize) -> ArrayRef {
        match shape {
            Shape::Float(draw) => Arc::new(Float64Array::from_iter(self.values(draw))),
            Shape::Integer(draw) => Arc::new(Int64Array::from_iter(self.values(draw))),
            Shape::Text(draw) => Arc::new(StringArray::from_iter(self.values(draw))),
            Shape::Flag => Arc::new(BooleanArray::from_iter(
                self.values(|random, side| random.uniform() < 0.3 + side.drift(0.01)),
            )),
            Shape::RowNumber => {
                let numbers = start..start + self.rows;
                Arc::new(Int64Array::from_iter_values(numbers.map(|number| number as i64)))
            }
            Shape::Instant => {
                let first = 1_700_000_000_000_000 + i64::from(self.side.0) * DAY_MICROSECONDS;
                let mut instants: Vec<i64> = (0..self.rows)
                    .map(|_| first + (self.random.uniform() * DAY_MICROSECONDS as f64) as i64)
                    .collect();
                instants.sort_unstable();
                Arc::new(TimestampMicrosecondArray::from(instants))
            }
        }
    }

    fn values<T>(&mut self, draw: impl Fn(&mut Random, Side) -> T) -> Vec<Option<T>> {
        (0..self.rows)
            .map(|_| {
                let value = draw(&mut self.random, self.side);
                (self.nulls == 0.0 || self.random.uniform() >= self.nulls).then_some(value)
            })
            .collect()
    }
}

/// Name, share of nulls, shape. `_drift` in a name: the candidate's values drift.
const COLUMNS: [(&str, f64, Shape); 32] = [
    ("f00_normal", 0.0, Shape::Float(|r, _| r.normal())),
    ("f01_mean_tiny", 0.01, Shape::Float(|r, s| r.normal() + s.drift(0.002))),
    ("f02_mean_drift", 0.02, Shape::Float(|r, s| r.normal() + s.drift(0.1))),
    ("f03_var_drift", 0.05, Shape::Float(|r, s| r.normal() * (1.0 + s.drift(0.2)))),
    ("f04_lognormal", 0.0, Shape::Float(|r, _| r.normal().exp())),
    (
        "f05_lognormal_drift",
        0.03,
        Shape::Float(|r, s| (3.0 + s.drift(0.05) + 2.0 * r.normal()).exp()),
    ),
    ("f06_heavy_tails", 0.0, Shape::Float(|r, _| r.normal() / (gamma(r, 0.75) / 0.75).sqrt())),
    ("f07_pareto", 0.10, Shape::Float(|r, _| r.uniform().powf(-1.0 / 1.2))),
    ("f08_zeroinfl", 0.0, Shape::Float(|r, _| zero_or(r, 0.7, |r| 10.0 * r.exponential()))),
    (
        "f09_zeroinfl_drift",
        0.04,
        Shape::Float(|r, s| zero_or(r, 0.7 + s.drift(0.03), |r| 10.0 * r.exponential())),
    ),
    ("f10_poisson", 0.0, Shape::Float(|r, _| poisson(r, 5.0) as f64)),
    ("f11_int100k", 0.02, Shape::Float(|r, _| (r.uniform() * 1e5).floor())),
    ("f12_low8", 0.0, Shape::Float(|r, s| LOW8[weighted(r, s)])),
    (
        "f13_low200",
        0.05,
        Shape::Float(|r, s| (beta(r, 2.0, 3.0 + s.drift(0.2)) * 200.0).floor() * 0.7 + 30.0),
    ),
    (
        "f14_price2dp",
        0.0,
        Shape::Float(|r, _| ((3.0 + 0.8 * r.normal()).exp() * 100.0).round() / 100.0),
    ),
    ("f15_uniform", 0.0, Shape::Float(|r, _| r.uniform())),
    (
        "f16_bimodal",
        0.08,
        Shape::Float(
            |r, _| {
                if r.uniform() < 0.4 { 0.5 * r.normal() - 3.0 } else { r.normal() + 2.0 }
            },
        ),
    ),
    ("f17_constant", 0.0, Shape::Float(|_, _| 42.0)),
    ("f18_epoch_narrow", 0.0, Shape::Float(|r, s| 1.7e9 + r.uniform() * (3600.0 + s.drift(1.0)))),
    (
        "f19_logmag_signed",
        0.01,
        Shape::Float(|r, _| (r.uniform() - 0.5).signum() * 10f64.powf(60.0 * r.uniform() - 30.0)),
    ),
    ("i0_id", 0.0, Shape::RowNumber),
    ("i1_uniform1m", 0.01, Shape::Integer(|r, _| (r.uniform() * 1e6) as i64)),
    ("i2_poisson_drift", 0.05, Shape::Integer(|r, s| poisson(r, 20.0 + s.drift(1.0)))),
    ("i3_zipf", 0.0, Shape::Integer(|r, _| r.uniform().powf(-1.0 / 0.7).min(10_000.0) as i64)),
    (
        "s0_cat5_drift",
        0.0,
        Shape::Text(|r, s| {
            CATEGORIES[(r.uniform().powf(1.5 + s.drift(0.1)) * 5.0) as usize].to_owned()
        }),
    ),
    ("s1_state50", 0.02, Shape::Text(|r, _| format!("ST{:02}", (r.uniform() * 50.0) as u8))),
    ("s2_month12", 0.0, Shape::Text(|r, _| format!("month-{:02}", (r.uniform() * 12.0) as u8))),
    (
        "s3_sku200",
        0.10,
        Shape::Text(|r, _| format!("sku-{:03}", (beta(r, 1.0, 3.0) * 200.0) as u8)),
    ),
    (
        "h0_hex16",
        0.0,
        Shape::Text(|r, _| {
            format!("{:016x}", r.uniform().to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15))
        }),
    ),
    (
        "h1_user",
        0.0,
        Shape::Text(|r, _| format!("user_{}", 100_000_000 + (r.uniform() * 2e6) as u32)),
    ),
    ("b0_flag_drift", 0.01, Shape::Flag),
    ("t0_instant_drift", 0.0, Shape::Instant),
];

const LOW8: [f64; 8] = [0.49, 0.99, 1.49, 2.99, 4.99, 9.99, 19.99, 49.99];
const WEIGHTS: [[f64; 8]; 2] =
    [[0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.05, 0.03], [0.27, 0.2, 0.15, 0.12, 0.1, 0.07, 0.05, 0.04]];
const CATEGORIES: [&str; 5] = ["alpha", "beta", "gamma", "delta", "epsilon"];
const DAY_MICROSECONDS: i64 = 86_400_000_000;

fn zero_or(random: &mut Random, zeros: f64, draw: fn(&mut Random) -> f64) -> f64 {
    if random.uniform() < zeros { 0.0 } else { draw(random) }
}

fn weighted(random: &mut Random, side: Side) -> usize {
    let mut rest = random.uniform();
    let weights = &WEIGHTS[side.0 as usize];
    let reached = weights.iter().position(|weight| {
        rest -= weight;
        rest < 0.0
    });
    reached.unwrap_or(weights.len() - 1)
}

/// Knuth's product of uniforms; fine for small means.
fn poisson(random: &mut Random, mean: f64) -> i64 {
    let limit = (-mean).exp();
    let mut product = random.uniform();
    let mut count = 0;
    while product > limit {
        product *= random.uniform();
        count += 1;
    }
    count
}

/// Marsaglia and Tsang 2000; shapes below 1 by their boost.
fn gamma(random: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = random.uniform().powf(1.0 / shape);
        return gamma(random, shape + 1.0) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = random.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && random.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

fn beta(random: &mut Random, a: f64, b: f64) -> f64 {
    let x = gamma(random, a);
    x / (x + gamma(random, b))
}
