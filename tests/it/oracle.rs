//! The numbers of a report against NumPy and SciPy, over columns made to be difficult.
//!
//! `tests/foreign/oracle.py` writes the pairs and computes by the written definitions what must be
//! said of them; the command line says what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::foreign;

#[test]
fn every_number_is_what_scipy_says() {
    let folder = tempfile::tempdir().unwrap();
    let script = foreign::script("oracle.py");
    let place = folder.path().join("pairs");
    foreign::run_ok(Command::new(foreign::python()).arg(script).arg(&place));
    let policy = folder.path().join("policy.yaml");
    fs::write(&policy, POLICY).unwrap();
    let mut compared = 0;
    for pair in ["small", "one_row", "mid", "large", "empty"] {
        let pair = place.join(pair);
        let oracle = fs::read(pair.join("oracle.json")).unwrap();
        let oracle: Value = serde_json::from_slice(&oracle).unwrap();
        let report = report(&pair, &policy, folder.path());
        for (name, expected) in oracle.as_object().unwrap() {
            let columns = report["columns"].as_array().unwrap();
            let found = columns.iter().find(|column| column["name"] == **name).unwrap();
            let context = format!("{}/{name}", pair.file_name().unwrap().display());
            compared += compare(expected, found, &context);
        }
    }
    assert!(compared > 1000, "only {compared} numbers were compared");
}

fn report(pair: &Path, policy: &Path, folder: &Path) -> Value {
    let output = foreign::run(
        Command::new(env!("CARGO_BIN_EXE_driftgate"))
            .args(["check", "--format", "json", "--policy"])
            .arg(policy)
            .arg("--reference")
            .arg(pair.join("reference.parquet"))
            .arg("--candidate")
            .arg(pair.join("candidate.parquet"))
            .arg("--out")
            .arg(folder.join("report"))
            .env("HOME", folder),
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Compares what the oracle knows of a column; gives the number of figures.
fn compare(expected: &Value, found: &Value, context: &str) -> usize {
    let mut compared = 0;
    for side in ["reference", "candidate"] {
        for count in ["rows", "nulls", "nans", "distinct"] {
            assert_eq!(found[side][count], expected[side][count], "{context} {side} {count}");
            compared += 1;
        }
    }
    let mut near = |what: &str, found: &Value, expected: &Value, tolerance: f64| {
        let (Some(found), Some(expected)) = (found.as_f64(), expected.as_f64()) else {
            panic!("{context} {what}: {found} where {expected} is expected");
        };
        let error = (found - expected).abs();
        let allowed = (tolerance * expected.abs()).max(ABSOLUTE);
        assert!(error <= allowed, "{context} {what}: {found} where {expected} is expected");
        compared += 1;
    };
    let metrics = &found["metrics"];
    if let Some(psi) = expected.get("psi") {
        let found = &metrics[psi["metric"].as_str().unwrap()];
        near("psi", &found["value"], &psi["value"], 1e-12);
        for metric in ["js_distance_log2", "hellinger", "total_variation", "l_infinity"] {
            near(metric, &metrics[metric]["value"], &expected[metric], 1e-12);
        }
    }
    if let Some(chi_square) = expected.get("chi_square") {
        let found = &metrics["chi_square_two_sample"];
        near("chi square", &found["statistic"], &chi_square["value"], 1e-12);
        near("chi square p", &found["p"], &chi_square["p"], 1e-8);
    }
    if let Some(ks) = expected.get("ks") {
        let found = &metrics["ks_two_sample"];
        near("D", &found["d"], &ks["d"], 1e-15);
        if ks["p"].as_f64().unwrap() > 1e-300 {
            near("p", &found["p"], &ks["p"], 1e-8);
        }
    }
    if let Some(distance) = expected.get("wasserstein") {
        near("wasserstein", &metrics["wasserstein_1"]["value"], distance, 1e-11);
        near("mean", &found["reference"]["mean"], &expected["mean"], 1e-12);
        near(
            "standard deviation",
            &found["reference"]["standardDeviation"],
            &expected["std"],
            1e-12,
        );
    }
    compared
}

/// What rounding leaves of a distance that is zero.
const ABSOLUTE: f64 = 2e-15;

const POLICY: &str = "\
version: 1
name: everything
gates:
  - name: drift
    kind: drift
    columns: \"*\"
    psi: {max: 0.2}
    ks: {d_max: 0.1, p_min: 0.01}
    chi_square: {p_min: 0.01}
    js_distance: {max: 0.1}
    wasserstein_scaled: {max: 0.1}
";
