//! New values of a column of few values, among too many to be told apart.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use driftgate::measure::WHOLE_VALUES_MAX;
use serde_json::{Value, json};

use super::write_parquet;
use crate::workplace::Workplace;

#[test]
fn the_share_of_new_values_is_exact_however_many_they_are() {
    let place = Workplace::new();
    let write = |name: &str, values: Vec<i64>| {
        let column: ArrayRef = Arc::new(Int64Array::from(values));
        let batch = RecordBatch::try_from_iter([("grade", column)]).unwrap();
        write_parquet(&place.path(name).join("0.parquet"), &batch, 200_000);
    };
    let reference: Vec<i64> = (0..30_000).map(|row| row * row % 12).collect();
    let rows = i64::try_from(WHOLE_VALUES_MAX).unwrap() + 1000;
    let candidate: Vec<i64> = (0..rows)
        .map(|row| match row % 5 {
            0 => row % 12,
            1 => row * 7,
            _ => 4,
        })
        .collect();
    let new = candidate.iter().filter(|&value| !reference.contains(value)).count();
    let vanished = reference.iter().filter(|&value| !candidate.contains(value)).count();
    let mut distinct = candidate.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() > 4096 && vanished == 0, "{} {vanished}", distinct.len());
    write("reference", reference);
    write("candidate", candidate);
    #[expect(clippy::cast_precision_loss, reason = "shares are floats")]
    let share = new as f64 / rows as f64;
    for (limit, verdict) in [(share - 1e-6, "failed"), (share, "passed")] {
        place.write("policy.yaml", POLICY.replace("LIMIT", &limit.to_string()));
        let ran = place.check(
            "--policy policy.yaml --reference reference --candidate candidate --out out \
             --format json",
        );
        let report = ran.json();
        assert_eq!(report["verdict"], verdict, "{limit}: {ran:#?}");
        let found = &report["columns"][0]["metrics"]["category_change"]["categories"];
        let expected = json!({
            "newCount": Value::Null, "newShare": share, "newLargest": [],
            "vanishedCount": 0, "vanishedShare": 0.0, "vanishedLargest": [],
        });
        assert_eq!(*found, expected);
        let sentence = report["gates"][0]["findings"][0]["sentence"].as_str().unwrap();
        assert!(sentence.contains("too many distinct values to name them"), "{sentence}");
    }
}

const POLICY: &str = "\
version: 1
name: grades
gates:
  - {name: drift, kind: drift, columns: grade, categories: {new_max: LIMIT}}
";
