//! The security gate: thresholds, what is allowed and until when, age, and scans of nothing.

use driftgate::verdict::Verdict;

use super::{Asked, document};

fn asked<'a>(gate: &'a str, names: &[&'a str]) -> Asked<'a> {
    let given = |(need, name): (usize, &&'a str)| (need, *name, Ok(document(name)));
    Asked { gate, documents: names.iter().enumerate().map(given).collect() }
}

#[test]
fn findings_above_a_limit_fail_with_their_names() {
    let gate = r#"{name: scans, kind: security, reports: [{trivy: "trivy.json"},
        {sarif: "*.sarif"}, {grype: "grype.json"}, {cargo_audit: "audit.json"},
        {pip_audit: "pip.json"}], medium: {max: 1}, low: {max: 100}, unscanned: {max: 1},
        suppressed: {max: 3}, max_age: 7d, max_database_age: 7d, undated: allowed}"#;
    let names =
        ["trivy.json", "analysis.sarif", "grype.json", "cargo_audit.json", "pip_audit.json"];
    assert_eq!(asked(gate, &names).verdict("security_failed"), Verdict::Failed);
}

#[test]
fn a_clean_scan_passes() {
    let gate = r#"{name: scans, kind: security, reports: [{pip_audit: "pip.json"}]}"#;
    let verdict = asked(gate, &["pip_audit_clean.json"]).verdict("security_clean");
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn what_is_allowed_does_not_count_and_is_named() {
    let gate = r#"{name: scans, kind: security, reports: [{grype: "grype.json"}], max_age: 2d,
        allow: [{id: cve-2020-14343, package: pyyaml, owner: Security Team,
        reason: full_load is not used, expires: 2027-01-31}]}"#;
    let verdict = asked(gate, &["grype.json"]).verdict("security_allowed");
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn an_expired_allowance_counts_again_and_says_so() {
    let gate = r#"{name: scans, kind: security, reports: [{grype: "grype.json"}],
        allow: [{id: CVE-2020-14343, owner: Security Team, reason: waiting for 5.4,
        expires: 2026-11-24}, {id: CVE-2020-14343, package: otherwise, owner: Nobody,
        reason: of another package, expires: 2027-11-24}]}"#;
    let verdict = asked(gate, &["grype.json"]).verdict("security_expired");
    assert_eq!(verdict, Verdict::Failed);
}

#[test]
fn an_allowance_holds_through_its_last_day() {
    let gate = r#"{name: scans, kind: security, reports: [{grype: "grype.json"}],
        allow: [{id: GHSA-8q59-q68h-6hv4, owner: A, reason: b, expires: 2026-11-25}]}"#;
    let answers = asked(gate, &["grype.json"]).answers();
    assert!(answers.iter().all(|answer| answer.decision == Verdict::Passed), "{answers:?}");
}

#[test]
fn a_stale_scan_and_one_without_a_date_do_not_pass() {
    let gate = r#"{name: scans, kind: security, reports: [{grype: "grype.json"}], critical: {max: 9},
        max_age: 12h, max_database_age: 1d}"#;
    let verdict = asked(gate, &["grype.json"]).verdict("security_stale");
    assert_eq!(verdict, Verdict::Failed);
    let gate = r#"{name: scans, kind: security, reports: [{pip_audit: "pip.json"}], max_age: 7d}"#;
    let verdict = asked(gate, &["pip_audit_clean.json"]).verdict("security_undated");
    assert_eq!(verdict, Verdict::Error);
}

#[test]
fn a_scan_from_the_future_is_an_error() {
    let text = String::from_utf8(document("trivy.json")).unwrap();
    let text = text.replace("2026-11-24T10:00:00", "2026-12-24T10:00:00");
    let gate = r#"{name: scans, kind: security, reports: [{trivy: "t.json"}], max_age: 7d,
        critical: {max: 9}, high: {max: 9}}"#;
    let asked = Asked { gate, documents: vec![(0, "t.json", Ok(text.into_bytes()))] };
    assert_eq!(asked.verdict("security_future"), Verdict::Error);
    let gate = r#"{name: scans, kind: security, reports: [{trivy: "t.json"}], critical: {max: 9},
        high: {max: 9}}"#;
    let answers = Asked { gate, ..asked }.answers();
    let errors: Vec<_> =
        answers.iter().filter(|answer| answer.decision == Verdict::Error).collect();
    assert_eq!(errors.len(), 1, "also where no age is demanded: {answers:?}");
}

#[test]
fn scans_of_nothing_that_failed_or_are_not_there_do_not_pass() {
    let gate = r#"{name: scans, kind: security, reports: [{sarif: "a"}, {sarif: "b"},
        {trivy: "c"}, {grype: "d"}, {trivy: "e"}]}"#;
    let failed = br#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}},
        "invocations": [{"executionSuccessful": false}], "results": []}]}"#;
    let asked = Asked {
        gate,
        documents: vec![
            (0, "a", Ok(br#"{"version": "2.1.0", "runs": []}"#.to_vec())),
            (1, "b", Ok(failed.to_vec())),
            (2, "c", Ok(br#"{"SchemaVersion": 2}"#.to_vec())),
            (3, "d", Err("no such file")),
        ],
    };
    assert_eq!(asked.verdict("security_nothing"), Verdict::Error);
    let gate = r#"{name: scans, kind: security, reports: [{trivy: "t"}], max_age: 1d}"#;
    let asked = Asked { gate, documents: vec![(0, "t", Ok(b"{}".to_vec()))] };
    assert_eq!(asked.verdict("security_unreadable"), Verdict::Error);
}

#[test]
fn each_severity_has_its_limit_and_the_defaults_are_strict() {
    let gate = r#"{name: scans, kind: security, reports: [{pip_audit: "pip.json"}],
        unscanned: {max: 1}}"#;
    let answers = asked(gate, &["pip_audit.json"]).answers();
    let failed: Vec<&str> = answers
        .iter()
        .filter(|answer| answer.decision == Verdict::Failed)
        .map(|answer| answer.rule.as_str())
        .collect();
    assert_eq!(failed, ["unknown_max"], "what nobody knows may be anything");
    let gate = r#"{name: scans, kind: security, reports: [{pip_audit: "pip.json"}],
        unscanned: {max: 1}, unknown: {max: 1}}"#;
    let answers = asked(gate, &["pip_audit.json"]).answers();
    assert!(answers.iter().all(|answer| answer.decision == Verdict::Passed), "{answers:?}");
}
