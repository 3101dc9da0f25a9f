//! Every number of a report against SciPy and against exact arithmetic, on columns chosen to hurt.
//!
//! `foreign/oracle.py` writes the data and computes the answers while the test runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;
use serde_json::Value;

use crate::workplace::Workplace;

#[test]
fn every_number_of_a_report_is_that_of_scipy_and_of_exact_arithmetic() {
    let place = Workplace::new();
    place.python("oracle.py", &["."]);
    place.write("whole.yaml", format!("{POLICY}    wasserstein_scaled: {{max: 100}}\n"));
    place.write("bucketed.yaml", POLICY);
    let oracle: BTreeMap<String, Pair> =
        serde_json::from_slice(&fs::read(place.path("oracle.json")).unwrap()).unwrap();
    assert_eq!(oracle.len(), PAIRS);

    let mut tally = Tally::default();
    for (name, pair) in &oracle {
        let policy = if pair.whole { "whole" } else { "bucketed" };
        let ran = place.check(&format!(
            "--format json --policy {policy}.yaml \
             --reference {name}/reference.parquet --candidate {name}/candidate.parquet"
        ));
        let report = ran.json();
        let columns = report["columns"].as_array().unwrap();
        assert_eq!(columns.len(), pair.columns.len(), "{name}");
        for column in columns {
            let column_name = column["name"].as_str().unwrap();
            for Expected(pointer, compare, value) in &pair.columns[column_name] {
                let found = column.pointer(pointer).unwrap_or(&Value::Null);
                tally.compare(&format!("{name}/{column_name}"), pointer, (*compare, value), found);
            }
        }
    }
    assert!(tally.faults.is_empty(), "{}", tally.summary());
    assert!(tally.compared > COMPARISONS_MIN, "{}", tally.summary());
}

/// One pair of snapshots: what each of its columns is to be.
#[derive(Deserialize)]
struct Pair {
    /// Whether all values of a column are known, or only what buckets tell.
    whole: bool,
    columns: BTreeMap<String, Vec<Expected>>,
}

/// A pointer into the column, how to compare, and the value.
#[derive(Deserialize)]
struct Expected(String, Compare, Value);

/// What counts as the same.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Compare {
    /// The same JSON.
    Exact,
    /// The same double, in whatever spelling.
    Number,
    /// Nothing there.
    Absent,
    /// A KS distance: to 10⁻¹⁵.
    D,
    /// A p-value: to 10⁻⁸ of itself, down to 10⁻³⁰⁰.
    P,
    /// Any other real number: to 10⁻¹² of itself, or to 10⁻¹⁵.
    Value,
}

#[derive(Default)]
struct Tally {
    compared: usize,
    faults: Vec<String>,
    /// The worst deviation of each kind of number.
    worst: BTreeMap<String, f64>,
}

impl Tally {
    fn compare(&mut self, at: &str, pointer: &str, wanted: (Compare, &Value), found: &Value) {
        self.compared += 1;
        let (compare, expected) = wanted;
        let same = match (compare, expected.as_f64(), found.as_f64()) {
            (Compare::Exact, ..) => expected == found,
            (Compare::Absent, ..) => found.is_null(),
            (Compare::Number, ..) => double(expected) == double(found),
            (_, Some(expected), Some(found)) => {
                let off = (found - expected).abs();
                let (deviation, same) = match compare {
                    Compare::D => (off, off <= 1e-15),
                    Compare::P if expected < 1e-300 => (0.0, found < 2e-300),
                    Compare::P => (off / expected, off <= 1e-8 * expected),
                    _ if off <= 1e-15 => (0.0, true),
                    _ => (off / expected.abs(), off <= 1e-12 * expected.abs()),
                };
                let worst = self.worst.entry(pointer.to_owned()).or_default();
                *worst = worst.max(deviation);
                same
            }
            _ => false,
        };
        if !same {
            self.faults
                .push(format!("{at}{pointer}: expected {expected}, found {found} ({compare:?})"));
        }
    }

    fn summary(&self) -> String {
        let mut text = format!("{} comparisons, worst deviations:\n", self.compared);
        for (pointer, deviation) in &self.worst {
            writeln!(text, "  {deviation:.1e} {pointer}").unwrap();
        }
        text + &self.faults.join("\n")
    }
}

/// A double written as text, as smallest and largest values are.
fn double(value: &Value) -> Option<f64> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// The thresholds decide nothing here; each limit makes its statistic be measured.
const POLICY: &str = "\
version: 1
name: oracle
gates:
  - name: everything
    kind: drift
    columns: \"*\"
    psi: {max: 100}
    ks: {d_max: 0.99, p_min: 0.000001}
    chi_square: {p_min: 0.000001}
";
const PAIRS: usize = 10;
/// A guard against an oracle that falls silent.
const COMPARISONS_MIN: usize = 10_000;
