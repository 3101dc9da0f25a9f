//! The same rows give the same numbers, however the file is laid out and the work is divided.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::Driftgate;
use crate::foreign;

#[test]
fn layout_threads_and_memory_change_no_measurement() {
    let folder = tempfile::tempdir().unwrap();
    let script = foreign::script("layouts.py");
    let place = folder.path().join("layouts");
    foreign::run_ok(Command::new(foreign::python()).arg(script).arg(&place));
    fs::write(folder.path().join("policy.yaml"), POLICY).unwrap();
    let plain = measured(folder.path(), "plain", &[]);
    assert_eq!(plain.as_array().unwrap().len(), 6);
    for layout in ["snappy", "zstd_v2", "gzip", "brotli", "lz4", "delta", "files"] {
        assert_eq!(measured(folder.path(), layout, &[]), plain, "{layout}");
    }
    let statement = fs::read(folder.path().join("report/report.dsse.json")).unwrap();
    for divided in [
        &["--threads", "1"][..],
        &["--threads", "8"],
        &["--memory", "1MiB"],
        &["--memory", "1MiB", "--threads", "1"],
    ] {
        assert_eq!(measured(folder.path(), "files", divided), plain, "{divided:?}");
        let again = fs::read(folder.path().join("report/report.dsse.json")).unwrap();
        assert!(again == statement, "other bytes are signed with {divided:?}");
    }
}

/// The columns of the report on one layout.
fn measured(folder: &Path, layout: &str, how: &[&str]) -> Value {
    let side = |name: &str| folder.join("layouts").join(layout).join(name);
    let mut run = Driftgate::new(folder, &["check", "--policy", "policy.yaml", "--format", "json"])
        .arg("--reference")
        .arg(side("reference"))
        .arg("--candidate")
        .arg(side("candidate"))
        .arg("--out")
        .arg("report");
    for argument in how {
        run = run.arg(argument);
    }
    let ran = run.run();
    let mut report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    report["columns"].take()
}

const POLICY: &str = "\
version: 1
name: layouts
columns:
  - match: at
    expect:
      - monotonic: increasing
  - match: count
    expect:
      - range: {min: 0, max: 15}
gates:
  - name: drift
    kind: drift
    columns: \"*\"
    psi: {max: 0.2}
    ks: {d_max: 0.1, p_min: 0.01}
  - name: valid
    kind: expectations
    on: both
";
