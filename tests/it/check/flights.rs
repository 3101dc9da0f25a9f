//! `driftgate check` on flights, as people and pipelines meet it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::Driftgate;
use crate::foreign;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

/// A folder with the flights policy in it.
fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::copy(format!("{DATA}/policies/flights.yaml"), place.path().join("policy.yaml")).unwrap();
    place
}

fn check(place: &Path, reference: &str, candidate: &str) -> Driftgate {
    let flights = |name: &str| format!("{DATA}/flights/{name}");
    Driftgate::new(place, &["check", "--policy", "policy.yaml"])
        .arg("--reference")
        .arg(flights(reference))
        .arg("--candidate")
        .arg(flights(candidate))
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn identical_snapshots_pass_every_gate() {
    let place = place();
    let ran = check(place.path(), "summer", "summer").run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.starts_with("PASSED"), "{}", ran.stdout);
}

#[test]
fn the_exit_code_is_the_verdict() {
    let place = place();
    assert_eq!(check(place.path(), "summer", "august").run().code, Some(0));
    assert_eq!(check(place.path(), "summer", "autumn").run().code, Some(1));
    let narrow = POLICY.replace('@', "psi: {max: 0.2}").replace("dep_delay", "arr_delay");
    fs::write(place.path().join("policy.yaml"), narrow).unwrap();
    let inconclusive = check(place.path(), "summer", "autumn").run();
    assert_eq!(inconclusive.code, Some(3), "{}", inconclusive.stdout);
}

#[test]
fn a_check_leaves_four_files_and_nothing_else() {
    let place = place();
    check(place.path(), "summer", "autumn").run();
    let expected =
        ["report.details.json", "report.dsse.json", "report.sigstore.json", "snapshot.manifest"];
    assert_eq!(names(&place.path().join("driftgate-report")), expected);
    let manifest = place.path().join("driftgate-report/snapshot.manifest");
    let mut sha256sum = Command::new("sha256sum");
    sha256sum.arg("--check").arg("--strict").arg(manifest);
    foreign::run_ok(sha256sum.current_dir(format!("{DATA}/flights/autumn")));
}

#[test]
fn the_same_files_and_key_give_the_same_bytes() {
    let place = place();
    let envelope = || {
        check(place.path(), "summer", "autumn").run();
        fs::read(place.path().join("driftgate-report/report.dsse.json")).unwrap()
    };
    assert!(envelope() == envelope());
}

#[test]
fn every_format_is_what_its_readers_expect() {
    let place = place();
    let printed = |format: &str| {
        let ran = check(place.path(), "summer", "autumn").arg("--format").arg(format).run();
        assert_eq!(ran.code, Some(1), "{format}");
        ran.stdout
    };
    let report: Value = serde_json::from_str(&printed("json")).unwrap();
    assert_eq!(report["verdict"], "failed");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/check-output.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(printed("markdown").contains("| "));
    assert!(printed("junit").contains("<testsuites"));
    let github = printed("github");
    assert!(github.lines().all(|line| line.starts_with("::")), "{github}");
    assert!(github.contains("::error file=policy.yaml,line="), "{github}");
}

#[test]
fn foreign_verifiers_accept_the_report_and_refuse_a_changed_byte() {
    let place = place();
    let key = place.path().join("key.pem");
    let openssl = |arguments: &[&str]| {
        let mut openssl = Command::new("sh");
        let command = format!("umask 077; exec openssl {}", arguments.join(" "));
        foreign::run_ok(openssl.arg("-c").arg(command).current_dir(place.path()));
    };
    openssl(&["genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem"]);
    openssl(&["pkey -in key.pem -pubout -out key.pub.pem"]);
    check(place.path(), "summer", "august").arg("--key").arg(key).run();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    fs::rename(place.path().join("driftgate-report"), place.path().join("report")).unwrap();
    let mut verify = Command::new(foreign::python());
    verify.arg("-c").arg(block(&readme, "python")).current_dir(place.path());
    assert_eq!(foreign::run_ok(&mut verify).trim(), "passed");
    let shell = readme.split("```").find(|part| part.starts_with("sh\npython3 - <<'PAE'"));
    let mut with_openssl = Command::new("sh");
    with_openssl.arg("-c").arg(&shell.unwrap()[3..]).current_dir(place.path());
    assert!(foreign::run_ok(&mut with_openssl).contains("Verified OK"));
    let path = place.path().join("report/report.dsse.json");
    let mut envelope: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let payload = envelope["payload"].as_str().unwrap().replacen('A', "B", 1);
    envelope["payload"] = payload.into();
    fs::write(&path, envelope.to_string()).unwrap();
    assert!(!foreign::run(&mut verify).status.success());
}

/// The first code block of a language.
fn block<'a>(readme: &'a str, language: &str) -> &'a str {
    let start = readme.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
    &readme[start..start + readme[start..].find("```").unwrap()]
}

#[test]
fn values_are_shown_only_when_asked_for() {
    let place = place();
    let policy = POLICY.replace('@', "psi: {max: 5}") + EXPECT_SHORT_DELAYS;
    fs::write(place.path().join("policy.yaml"), policy).unwrap();
    let json = |extra: &[&str]| {
        let mut run = check(place.path(), "summer", "summer").arg("--format").arg("json");
        for argument in extra {
            run = run.arg(argument);
        }
        run.run().stdout
    };
    let sample = |text: &str| {
        let report: Value = serde_json::from_str(text).unwrap();
        let finding = report["gates"][1]["findings"][0].clone();
        assert_eq!(finding["verdict"], "failed", "{finding}");
        finding["samples"][0].clone()
    };
    let (hidden, shown) = (sample(&json(&[])), sample(&json(&["--show-values"])));
    assert_eq!(hidden["file"], "2013-06.parquet");
    assert!(hidden.get("value").is_none_or(Value::is_null), "{hidden}");
    assert!(shown["value"].as_str().unwrap().parse::<i64>().unwrap() > 60, "{shown}");
}

#[test]
fn a_policy_that_names_absent_columns_is_told_the_nearest() {
    let place = place();
    let policy = POLICY.replace('@', "psi: {max: 0.2}").replace("dep_delay", "dep_dely");
    fs::write(place.path().join("policy.yaml"), policy).unwrap();
    let ran = check(place.path(), "summer", "autumn").run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("policy.yaml:6:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("dep_delay"), "{}", ran.stderr);
    assert_eq!(names(&place.path().join("driftgate-report")), [] as [&str; 0]);
}

const POLICY: &str = "\
version: 1
name: narrow
gates:
  - name: drift
    kind: drift
    columns: [dep_delay]
    @
";

const EXPECT_SHORT_DELAYS: &str = "  - name: short
    kind: expectations
    columns: [dep_delay]
columns:
  - match: dep_delay
    expect:
      - range: {max: 60}
";
