//! Columns that folders are named by, in promises about rows.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};

use super::write_parquet;
use crate::workplace::Workplace;

#[test]
fn a_partition_column_is_compared_like_any_other_text() {
    let place = Workplace::new();
    for side in ["reference", "candidate"] {
        for (day, stored) in [("2026-01-01", "2026-01-01"), ("2026-01-02", "2026-01-01")] {
            let column: ArrayRef = Arc::new(StringArray::from(vec![stored; 3]));
            let batch = RecordBatch::try_from_iter([("booked", column)]).unwrap();
            write_parquet(&place.path(format!("{side}/year=2026/day={day}/0.parquet")), &batch, 2);
        }
    }
    for (rule, verdict, violations) in [
        ("booked <= day", "passed", 0),
        ("booked == day", "failed", 3),
        ("year <= day", "passed", 0),
    ] {
        place.write("policy.yaml", POLICY.replace("RULE", rule));
        let ran = place.check(
            "--policy policy.yaml --reference reference --candidate candidate --out out \
             --format json",
        );
        let report = ran.json();
        assert_eq!(report["verdict"], verdict, "{rule}: {ran:#?}");
        let found = &report["gates"][0]["findings"][0]["broken"];
        assert_eq!(found["violations"], violations, "{rule}: {report:#}");
    }
}

const POLICY: &str = "\
version: 1
name: days
rows:
  - compare: \"RULE\"
gates:
  - {name: valid, kind: expectations}
";
