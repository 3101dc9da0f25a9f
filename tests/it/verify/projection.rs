//! The test result beside a report: what generic consumers read, with other people's programs.

use std::fs;
use std::process::Command;

use driftgate::report::{TEST_RESULT_TYPE, test_result_schema};
use serde_json::Value;

use super::court::{assert_refused, court, statement, verify};
use crate::foreign::{python, run_ok, script};
use crate::workplace::Workplace;

fn check(place: &Workplace, candidate: &str, words: &str) {
    let fixed = "--policy policy.yaml --reference reference --out out";
    let ran = place.check(&format!("{fixed} --candidate {candidate} {words}"));
    assert!(matches!(ran.code, Some(0 | 1 | 3)), "{ran:?}");
}

/// The statement in an envelope that securesystemslib accepts.
fn accepted(place: &Workplace, name: &str) -> Value {
    use base64::Engine as _;
    let path = place.path(name);
    run_ok(
        Command::new(python())
            .arg(script("verify.py"))
            .arg(&path)
            .arg("1")
            .arg(place.path("key.pub.pem")),
    );
    let envelope: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let payload = envelope["payload"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_test_result_says_of_each_gate_what_the_report_says() {
    let place = court();
    let validator = jsonschema::validator_for(&test_result_schema()).unwrap();
    for candidate in ["same", "moved", "few"] {
        check(&place, candidate, "--predicate test-result");
        let projected = accepted(&place, "out/test-result.dsse.json");
        let report: Value = serde_json::from_slice(&statement(&place)).unwrap();
        assert_eq!(projected["predicateType"], TEST_RESULT_TYPE);
        assert_eq!(projected["subject"], report["subject"]);
        let (result, report) = (&projected["predicate"], &report["predicate"]);
        assert!(validator.is_valid(result), "{result:#}");
        let word = |verdict: &Value| match verdict.as_str().unwrap() {
            "passed" => "PASSED",
            "warned" => "WARNED",
            _ => "FAILED",
        };
        assert_eq!(result["result"], word(&report["verdict"]), "{candidate}");
        for (list, said) in
            [("passedTests", "PASSED"), ("warnedTests", "WARNED"), ("failedTests", "FAILED")]
        {
            let gates = report["gates"].as_array().unwrap().iter();
            let gates = gates.filter(|gate| word(&gate["verdict"]) == said);
            let names: Vec<&Value> = gates.map(|gate| &gate["name"]).collect();
            assert_eq!(result[list].as_array().unwrap().iter().collect::<Vec<_>>(), names);
        }
        let configuration = &result["configuration"];
        assert_eq!(configuration[0]["digest"], report["policy"]["digest"]);
        let reference = configuration[1]["digest"]["sha256"].as_str().unwrap();
        assert_eq!(report["reference"]["snapshotId"], format!("sha256:{reference}"));
    }
}

#[test]
fn a_test_result_is_no_gate_report_and_leaves_with_its_report() {
    let place = court();
    check(&place, "same", "--predicate test-result");
    let refused = verify(&place, "out/test-result.dsse.json");
    assert_refused(&refused, "E_PREDICATE_TYPE", "test-result/v0.1");
    let bundle = fs::read(place.path("out/test-result.sigstore.json")).unwrap();
    let bundle: Value = serde_json::from_slice(&bundle).unwrap();
    assert_eq!(bundle["dsseEnvelope"]["signatures"].as_array().unwrap().len(), 1);
    check(&place, "moved", "");
    let names = place.names("out");
    assert!(!names.iter().any(|name| name.starts_with("test-result")), "{names:?}");
}
