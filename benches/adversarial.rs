//! What hard data costs: `cargo bench --bench adversarial` counts the instructions of a whole check
//! of one column, for ordinary values and for each shape that is meant to defeat buckets. No shape
//! may take more than three times those of the ordinary one.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

#[path = "support/callgrind.rs"]
mod callgrind;
#[path = "support/hard_shapes.rs"]
mod hard_shapes;
#[path = "support/random.rs"]
mod random;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use callgrind::{Failure, instructions};
use hard_shapes::SHAPES;
use parquet::arrow::ArrowWriter;
use random::Random;
use rayon::prelude::*;

const ROWS: usize = 500_000;
const TIMES_MAX: f64 = 3.0;

fn main() -> Result<(), Failure> {
    let place = tempfile::tempdir()?;
    let mut random = Random::new(1);
    let normal: Vec<(f64, f64)> =
        (0..ROWS).map(|_| (random.normal(), 1.05 * random.normal())).collect();
    let ordinary = check(&place.path().join("normal"), &normal)?;
    println!("normal: {ordinary} instructions");
    // Side by side, for instructions are not seconds.
    let counted: Vec<(&str, i64)> = SHAPES
        .into_par_iter()
        .map(|(name, value)| {
            let values: Vec<(f64, f64)> = (0..ROWS).map(value).collect();
            Ok((name, check(&place.path().join(name), &values)?))
        })
        .collect::<Result<_, Failure>>()?;
    let mut dear = Vec::new();
    for (name, found) in counted {
        #[expect(clippy::cast_precision_loss, reason = "of a ratio three figures are read")]
        let times = found as f64 / ordinary as f64;
        println!("{name}: {found} instructions, {times:.2} times");
        if times > TIMES_MAX {
            dear.push(name);
        }
    }
    if dear.is_empty() {
        return Ok(());
    }
    Err(format!("more than {TIMES_MAX} times the instructions: {}", dear.join(", ")).into())
}

/// Instructions of a check on one thread.
fn check(place: &Path, values: &[(f64, f64)]) -> Result<i64, Failure> {
    let reference = values.iter().map(|pair| pair.0).collect();
    let candidate = values.iter().map(|pair| pair.1).collect();
    std::fs::create_dir(place)?;
    std::fs::write(place.join("policy.yaml"), POLICY)?;
    write(&place.join("reference.parquet"), reference)?;
    write(&place.join("candidate.parquet"), candidate)?;
    let mut program = Command::new(env!("CARGO_BIN_EXE_driftgate"));
    program.args(["check", "--threads", "1", "--digest", "blake3"]);
    for name in ["policy.yaml", "reference.parquet", "candidate.parquet", "out"] {
        let option = name.split('.').next().unwrap_or(name);
        program.arg(format!("--{option}")).arg(place.join(name));
    }
    let counted = instructions(&program)?;
    if place.join("out").read_dir()?.next().is_none() {
        return Err("the check wrote no report".into());
    }
    Ok(counted)
}

fn write(path: &Path, values: Float64Array) -> Result<(), Failure> {
    let values = Arc::new(values) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("value", values)])?;
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

const POLICY: &str = "\
version: 1
name: adversarial
gates:
  - name: drift
    kind: drift
    columns: [value]
    psi: {max: 0.2}
    ks: {d_max: 0.1}
";
