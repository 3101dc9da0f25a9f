//! JUnit XML as different programs write it.

use driftgate::evidence::{TestFacts, junit};

use super::document;

fn read(name: &str) -> TestFacts {
    junit(&document(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Passed, failed, errored, skipped, flaky.
fn counts(facts: &TestFacts) -> [u64; 5] {
    let total = facts.total;
    [total.passed, total.failed, total.errored, total.skipped, total.flaky]
}

#[test]
fn the_documents_of_every_runner_are_counted_and_found_consistent() {
    for (name, expected) in [
        ("pytest_scores.xml", [3, 2, 2, 2, 0]),
        ("pytest_green.xml", [2, 0, 0, 0, 0]),
        ("pytest_nothing.xml", [0, 0, 0, 0, 0]),
        ("pytest_skipped.xml", [0, 0, 0, 1, 0]),
        ("nextest.xml", [2, 1, 0, 0, 1]),
        ("surefire.xml", [2, 1, 1, 1, 1]),
        ("jest.xml", [1, 1, 0, 1, 0]),
        ("go.xml", [1, 1, 0, 1, 0]),
    ] {
        let facts = read(name);
        assert_eq!(counts(&facts), expected, "{name}");
        assert_eq!(facts.faults, [], "{name}");
    }
}

#[test]
fn suites_and_failures_have_their_names() {
    let facts = read("go.xml");
    let suites: Vec<(&str, u64)> =
        facts.suites.iter().map(|suite| (suite.name.as_str(), suite.counts.ran())).collect();
    assert_eq!(suites, [("example.com/score", 2), ("example.com/cards", 0)]);
    assert_eq!(facts.failures, ["example.com/score::TestAmount"]);
    let facts = read("surefire.xml");
    assert_eq!(facts.failures, ["com.example.ScoreTest::fails"]);
    assert_eq!(facts.errors, ["com.example.ScoreTest::breaks"]);
    assert_eq!(facts.flaky, ["com.example.ScoreTest::flaky"]);
    assert!((facts.total.seconds - 0.91).abs() < 1e-12, "{}", facts.total.seconds);
}

#[test]
fn suites_inside_of_suites_count_once() {
    let facts = junit(
        br#"<testsuites tests="3"><testsuite name="outer" tests="3">
            <testcase name="a"/>
            <testsuite name="inner" tests="2"><testcase name="b"/><testcase name="c"/></testsuite>
        </testsuite></testsuites>"#,
    )
    .unwrap();
    assert_eq!(facts.total.passed, 3);
    let counts: Vec<u64> = facts.suites.iter().map(|suite| suite.counts.passed).collect();
    assert_eq!(counts, [3, 2]);
    assert_eq!(facts.faults, []);
}

#[test]
fn the_worst_that_is_said_of_a_case_counts() {
    let facts = junit(
        br#"<testsuite name="s">
            <testcase name="a"><skipped/><failure/></testcase>
            <testcase name="b"><failure/><error/></testcase>
            <testcase name="c" status="notrun" result="suppressed"/>
            <testcase name="d" status="run" result="completed"/>
            <testcase name="e" status="Failed"/>
            <testcase name="f"><flakyFailure/><failure/></testcase>
            <error message="the suite itself broke"/>
        </testsuite>"#,
    )
    .unwrap();
    assert_eq!(counts(&facts), [1, 3, 2, 1, 0]);
    assert_eq!(facts.failures, ["a", "e", "f"]);
    assert_eq!(facts.errors, ["b", "s"]);
}

#[test]
fn attributes_that_lie_are_told() {
    let facts = junit(
        br#"<testsuites name="all" tests="12" failures="0">
            <testsuite name="unit" tests="10" failures="0" errors="zero" skipped="">
                <testcase name="a"/><testcase name="b"><failure/></testcase>
            </testsuite>
        </testsuites>"#,
    )
    .unwrap();
    let said: Vec<String> = facts.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "`unit` claims tests=\"10\", but 2 were counted",
            "`unit` claims failures=\"0\", but 1 were counted",
            "`unit` claims errors=\"zero\", but 0 were counted",
            "`all` claims tests=\"12\", but 2 were counted",
            "`all` claims failures=\"0\", but 1 were counted",
        ]
    );
}
