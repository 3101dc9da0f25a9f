//! The bundled pipeline, run as anybody would: a real model is built, registered with a real MLflow
//! server, promoted, stopped by a drifted week, approved, and rolled back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::foreign;
use crate::foreign::mlflow::Server;

#[test]
fn the_pipeline_takes_a_model_to_prod_and_back_and_stops_a_drifted_week() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = foreign::interpreter("pipeline", &root.join("data/pipeline/requirements.txt"));
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path());
    let (watched, seen) = (place.path().join("driftgate"), place.path().join("seen"));
    fs::write(&watched, WATCHED).unwrap();
    fs::set_permissions(&watched, fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(root.join("data/pipeline/run"))
        .arg(place.path().join("way"))
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", place.path())
        .env("DRIFTGATE", &watched)
        .env("REAL", env!("CARGO_BIN_EXE_driftgate"))
        .env("REGISTERED", foreign::script("registered.py"))
        .env("SEEN", &seen)
        .env("PYTHON", python)
        .env("MLFLOW_PYTHON", &server.python)
        .env("MLFLOW_URL", &server.address)
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
    let seen = fs::read_to_string(seen).unwrap();
    let seen: Vec<Value> = seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    told_at_every_step(&seen);
}

/// What MLflow's own client saw after every promotion and rollback. The versions v1 to v3 have these
/// numbers there too; v2 is the one that drifted.
fn told_at_every_step(seen: &[Value]) {
    let aliases: Vec<Value> = seen.iter().map(|model| model["aliases"].clone()).collect();
    let expected = [
        json!({"staging": "1"}),
        json!({"staging": "1", "prod": "1"}),
        json!({"staging": "3", "prod": "1"}),
        json!({"staging": "3", "prod": "3"}),
        json!({"staging": "3", "prod": "3"}), // the drill
        json!({"staging": "3", "prod": "1"}), // the rollback
    ];
    assert_eq!(aliases, expected);
    let tag = |step: usize, number: &str, name: &str| {
        seen[step]["versions"][number][format!("driftgate.{name}")].clone()
    };
    let last = [
        (0, "1", "staging", "promoted"),
        (1, "1", "prod", "promoted"),
        (2, "3", "staging", "promoted"),
        (3, "3", "prod", "promoted"),
        (5, "1", "prod", "rolled-back-to"),
        (5, "3", "prod", "rolled-back-from"),
    ];
    for (step, number, environment, decision) in last {
        assert_eq!(tag(step, number, "environment"), environment, "{step}: {seen:#?}");
        assert_eq!(tag(step, number, "decision"), decision, "{step}: {seen:#?}");
        assert_eq!(tag(step, number, "verdict"), "passed", "{step}: {seen:#?}");
        for name in ["snapshot_id", "report_digest", "ledger_head"] {
            assert!(tag(step, number, name).is_string(), "{step}, {name}: {seen:#?}");
        }
    }
    assert_eq!(tag(5, "2", "version"), "v2");
    assert!(tag(5, "2", "event").is_null(), "the drifted version was never promoted: {seen:#?}");
}

/// The program itself; whenever it has promoted or rolled back, MLflow's client looks.
const WATCHED: &str = r#"#!/bin/sh
"$REAL" "$@" || exit
case $1 in
promote | rollback) "$MLFLOW_PYTHON" "$REGISTERED" "$MLFLOW_URL" show fraud >>"$SEEN" ;;
esac
"#;

const SAID: &str = "\
== people, their keys, a registry
== v1 is built, tested, trained on June
== v1 goes to staging
== v1 goes to prod, approved by the ML lead
== a drifted week is stopped
== v3, trained on June and July as they were, goes to staging and prod
== the way back is tried, then taken
== what runs now
runs      fraud in prod: v1
runs      fraud in staging: v3
== the ledger is sound
== MLflow says what the ledger says
";
