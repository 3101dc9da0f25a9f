//! The bundled pipeline, run as anybody would: a real model is built, promoted, stopped by a drifted
//! week, approved, and rolled back.

use std::path::Path;
use std::process::Command;

use crate::foreign;

#[test]
fn the_pipeline_takes_a_model_to_prod_and_back_and_stops_a_drifted_week() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = foreign::interpreter("pipeline", &root.join("data/pipeline/requirements.txt"));
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(root.join("data/pipeline/run"))
        .arg(place.path().join("way"))
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", place.path())
        .env("DRIFTGATE", env!("CARGO_BIN_EXE_driftgate"))
        .env("PYTHON", python)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}\n{complaints}");
    assert_eq!(said, SAID, "{complaints}");
    let status = Command::new(env!("CARGO_BIN_EXE_driftgate"))
        .args(["history", "--format", "json", "--registry"])
        .arg(place.path().join("way/registry"))
        .env_clear()
        .output()
        .unwrap();
    let history = String::from_utf8(status.stdout).unwrap();
    for happened in ["rolled-back", "drill", "approved"] {
        assert!(history.contains(happened), "nothing was {happened}: {history}");
    }
}

const SAID: &str = "\
== people, their keys, a registry
== v1 is built, tested, trained on June
== v1 goes to staging
== v1 goes to prod, approved by the ML lead
== a drifted week is stopped
== v3, trained on July as it was, goes to staging and prod
== the way back is tried, then taken
== what runs now
runs      fraud in prod: v1
runs      fraud in staging: v3
== the ledger is sound
== left out: MLflow (MLFLOW_URL names no server)
";
