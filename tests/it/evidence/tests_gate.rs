//! The tests gate: passes and fails on real results, and never passes on nothing.

use driftgate::verdict::Verdict;

use super::{Asked, document};

fn asked<'a>(gate: &'a str, names: &[&'a str]) -> Asked<'a> {
    let given = |name: &&'a str| (0, *name, Ok(document(name)));
    Asked { gate, documents: names.iter().map(given).collect() }
}

const PLAIN: &str = r#"{name: unit-tests, kind: tests, junit: ["reports/*.xml"]}"#;

#[test]
fn tests_that_all_passed_pass() {
    let verdict = asked(PLAIN, &["pytest_green.xml"]).verdict("tests_passed");
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn failures_and_errors_fail_with_their_names() {
    let gate = r#"{name: unit-tests, kind: tests, junit: ["reports/*.xml"], skipped: {max: 5%},
        flaky: {max: 0}, suites: [pytest, integration]}"#;
    let verdict =
        asked(gate, &["pytest_scores.xml", "nextest.xml", "surefire.xml"]).verdict("tests_failed");
    assert_eq!(verdict, Verdict::Failed);
}

#[test]
fn what_the_policy_tolerates_passes() {
    let gate = r#"{name: unit-tests, kind: tests, junit: ["a.xml"], failed: {max: 1},
        skipped: {max: 1}, flaky: {max: 40%}, tests: {min: 3}, suites: [scorer]}"#;
    let verdict = asked(gate, &["nextest.xml"]).verdict("tests_tolerated");
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn zero_tests_and_only_skipped_tests_fail() {
    let verdict = asked(PLAIN, &["pytest_nothing.xml"]).verdict("tests_none");
    assert_eq!(verdict, Verdict::Failed);
    let gate = r#"{name: unit-tests, kind: tests, junit: ["a.xml"], skipped: {max: 100%},
        suites: [pytest]}"#;
    let verdict = asked(gate, &["pytest_skipped.xml"]).verdict("tests_skipped");
    assert_eq!(verdict, Verdict::Failed);
}

#[test]
fn a_share_of_no_tests_is_no_pass() {
    let gate = r#"{name: unit-tests, kind: tests, junit: ["a.xml"], skipped: {max: 5%}}"#;
    let answers = asked(gate, &["pytest_nothing.xml"]).answers();
    let skipped = answers.iter().find(|answer| answer.rule == "skipped_max").unwrap();
    assert_eq!(skipped.decision, Verdict::Inconclusive);
}

#[test]
fn a_missing_or_unreadable_document_is_an_error_beside_what_was_read() {
    let gate = r#"{name: unit-tests, kind: tests, junit: ["a.xml", "b.xml", "c.xml"]}"#;
    let mut asked = asked(gate, &["pytest_green.xml"]);
    asked.documents.push((1, "b.xml", Err("no such file")));
    assert_eq!(asked.verdict("tests_missing"), Verdict::Error);
    asked.documents = vec![(0, "a.xml", Ok(b"<testsuite".to_vec()))];
    assert_eq!(asked.verdict("tests_unreadable"), Verdict::Error);
}

#[test]
fn counts_that_lie_are_an_error_whatever_they_hide() {
    let text = String::from_utf8(document("pytest_green.xml")).unwrap();
    let lying = text.replace("tests=\"2\"", "tests=\"412\"");
    let asked = Asked { gate: PLAIN, documents: vec![(0, "a.xml", Ok(lying.into_bytes()))] };
    assert_eq!(asked.verdict("tests_lying"), Verdict::Error);
}

#[test]
fn a_file_that_two_patterns_meet_counts_once() {
    let gate = r#"{name: unit-tests, kind: tests, junit: ["a.xml", "*.xml"], tests: {min: 3}}"#;
    let mut asked = asked(gate, &["pytest_green.xml"]);
    asked.documents.push((1, "pytest_green.xml", Ok(document("pytest_green.xml"))));
    assert_eq!(asked.verdict("tests_once"), Verdict::Failed);
}
