//! Values that are meant to defeat buckets: the distance is exact all the same, whether a column is
//! kept in memory or counted by bucket and decoded again.

#[path = "../../../benches/support/hard_shapes.rs"]
mod hard_shapes;

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};

use hard_shapes::{SHAPES, Shape};

use super::write_parquet;
use crate::workplace::Workplace;

/// More than are simply sorted.
const ROWS: usize = 150_000;
#[test]
fn no_shape_of_values_makes_the_distance_inexact() {
    let place = Workplace::new();
    for (name, side) in [("reference", 0), ("candidate", 1)] {
        let columns = SHAPES.map(|(shape, value)| (shape, column(value, side)));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        write_parquet(&place.path(format!("{name}.parquet")), &batch, 40_000);
    }
    place.write("policy.yaml", POLICY);
    for memory in ["384MiB", "1"] {
        let ran = place.check(&format!(
            "--policy policy.yaml --reference reference.parquet --candidate candidate.parquet \
             --out out --format json --memory {memory}"
        ));
        let report = ran.json();
        for (index, (shape, value)) in SHAPES.iter().enumerate() {
            let measured = &report["columns"][index];
            assert_eq!(measured["name"], *shape);
            let found = measured["metrics"]["ks_two_sample"]["d"].as_f64();
            assert_eq!(found, Some(naive_distance(*value)), "{shape} with {memory}");
        }
    }
}

fn column(value: Shape, side: usize) -> ArrayRef {
    let value = |row| if side == 0 { value(row).0 } else { value(row).1 };
    Arc::new((0..ROWS).map(|row| Some(value(row))).collect::<Float64Array>())
}

/// By its definition: both sides sorted, the largest difference between shares at or below a value.
#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn naive_distance(value: Shape) -> f64 {
    let mut ours: Vec<f64> = (0..ROWS).map(|row| value(row).0).collect();
    let mut theirs: Vec<f64> = (0..ROWS).map(|row| value(row).1).collect();
    ours.sort_unstable_by(f64::total_cmp);
    theirs.sort_unstable_by(f64::total_cmp);
    let at_or_below = |values: &[f64], value: f64| values.partition_point(|&other| other <= value);
    let gap = |&value: &f64| at_or_below(&ours, value).abs_diff(at_or_below(&theirs, value));
    ours.iter().chain(&theirs).map(gap).max().unwrap_or(0) as f64 / ROWS as f64
}

const POLICY: &str = "\
version: 1
name: adversarial
gates:
  - name: drift
    kind: drift
    columns: {glob: \"*\"}
    ks: {d_max: 0.1}
";
