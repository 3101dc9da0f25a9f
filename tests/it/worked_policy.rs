//! The policy of a model's whole way (`data/policies/fraud-promotion.yaml`): every gate of it passes on
//! the bundled evidence, and says what its author wrote when it fails. So do the pages: every policy
//! that they show is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// When the bundled scans and captures are new enough.
const THEN: &str = "1795651200";

#[test]
fn every_gate_of_the_worked_policy_passes_on_the_bundled_evidence() {
    let place = tempfile::tempdir().unwrap();
    let evidence = evidence(place.path());
    let report = check(place.path(), &evidence, &data("flights/august"));
    for gate in report["gates"].as_array().unwrap() {
        assert_eq!(gate["verdict"], "passed", "{gate}");
    }
    assert_eq!(report["exitCode"], 0);
}

#[test]
fn every_gate_of_the_worked_policy_says_what_to_do_when_it_fails() {
    let place = tempfile::tempdir().unwrap();
    let evidence = evidence(place.path());
    // A model that is slow, and surest where it should doubt.
    let slow = place.path().join("slow");
    driftgate(place.path(), &["simulate"])
        .arg(evidence.join("challenger.parquet"))
        .args(["--shift", "latency_ms=+5sd", "--scale", "score=-1", "--out"])
        .arg(&slow)
        .output()
        .unwrap();
    fs::copy(slow.join("challenger.parquet"), evidence.join("challenger.parquet")).unwrap();
    let vulnerable = r#""vulns": [{"id": "PYSEC-2026-1", "fix_versions": [], "aliases": []}]"#;
    for (file, from, to) in [
        ("junit/unit.xml", "failures=\"0\"", "failures=\"1\""),
        ("junit/unit.xml", " /></testsuite>", "><failure/></testcase></testsuite>"),
        ("env/prod.json", "\"numpy\": \"2.4.6\"", "\"numpy\": \"2.4.5\""),
        ("pip-audit.json", "\"vulns\": []", vulnerable),
        ("rules/delay-model.yml", "DelayModelErrors", "Other"),
    ] {
        let path = evidence.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
    // A table of another shape stands for the week's data.
    let report = check(place.path(), &evidence, &data("predictions/champion.parquet"));
    let policy = fs::read_to_string(data("policies/fraud-promotion.yaml")).unwrap();
    let written = policy.lines().filter_map(|line| line.strip_prefix("    message: "));
    let gates = report["gates"].as_array().unwrap();
    assert_eq!(gates.len(), 9);
    for (gate, message) in gates.iter().zip(written) {
        assert_eq!(gate["verdict"], "failed", "{gate}");
        assert!(gate["message"].as_str().unwrap().ends_with(message), "{gate}: {message}");
    }
    assert_eq!(report["exitCode"], 1);
}

#[test]
fn every_policy_that_a_page_of_a_gate_shows_is_valid() {
    let place = tempfile::tempdir().unwrap();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gates");
    let mut shown = 0;
    for page in fs::read_dir(pages).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap();
        let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
        let Some(example) = example.filter(|example| !example.starts_with("environments:")) else {
            continue;
        };
        let gates = if example.contains("gates:\n") { "" } else { "gates:\n" };
        let policy = place.path().join("policy.yaml");
        fs::write(&policy, format!("version: 1\nname: page\n{gates}{example}")).unwrap();
        let output = driftgate(place.path(), &["policy", "lint"]).arg(&policy).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", page.display());
        shown += 1;
    }
    assert_eq!(shown, 12, "kinds with a page");
}

/// Everything that the policy's gates rest on, in one folder.
fn evidence(place: &Path) -> PathBuf {
    let folder = place.join("evidence");
    copy(&data("evidence"), &folder);
    for name in ["champion.parquet", "challenger.parquet"] {
        fs::copy(data("predictions").join(name), folder.join(name)).unwrap();
    }
    folder
}

fn check(place: &Path, evidence: &Path, candidate: &Path) -> Value {
    let output = driftgate(place, &["check", "--env", "prod", "--format", "json", "--policy"])
        .arg(data("policies/fraud-promotion.yaml"))
        .arg("--reference")
        .arg(data("flights/summer"))
        .arg("--candidate")
        .arg(candidate)
        .arg("--artifact")
        .arg(data("pipeline/model.py"))
        .arg("--evidence")
        .arg(evidence)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn driftgate(place: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftgate"));
    command.args(words).current_dir(place).env_clear();
    command.env("HOME", place).env("SOURCE_DATE_EPOCH", THEN);
    command
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
