//! Waivers and severity: what may turn a failure into a warning, and what may not.

use driftgate::gate::Verdict::{Error, Failed, Inconclusive, Passed, Warned};
use driftgate::gate::{Evaluation, WaiverState};
use driftgate::measure::ColumnFacts;
use driftgate::policy::{DriftRule, Severity, Waiver};

use super::builder::*;

fn psi_rule() -> DriftRule {
    DriftRule { psi_max: limit(0.2), ..no_drift_rule() }
}

fn with_psi(name: &str, value: f64, lower: f64, upper: f64) -> ColumnFacts {
    let mut column = quiet(name);
    distances(&mut column).psi = Some(psi("psi_quantile10_jeffreys", value, lower, upper));
    column
}

fn failing_twice(waivers: Vec<Waiver>) -> Evaluation {
    let columns =
        vec![with_psi("age", 0.4, 0.35, 0.45), with_psi("income", 0.5, 0.45, 0.55), quiet("tax")];
    let gates = vec![drift_gate(psi_rule(), &["age", "income", "tax"])];
    decide_with(&measurement(columns), gates, waivers)
}

fn verdicts(evaluation: &Evaluation) -> Vec<driftgate::gate::Verdict> {
    evaluation.gates[0].findings.iter().map(|finding| finding.verdict).collect()
}

#[test]
fn a_waiver_turns_the_failure_of_its_column_into_a_warning_and_stays_visible() {
    let evaluation = failing_twice(vec![waiver("drift", Some("age"), "2026-12-01T00:00:00Z")]);
    assert_eq!(verdicts(&evaluation), [Warned, Failed, Passed]);
    assert_eq!(evaluation.verdict, Failed);
    let finding = &evaluation.gates[0].findings[0];
    assert_eq!(finding.decision, Failed, "the numbers still say so");
    assert_eq!(finding.waived.as_ref().unwrap().owner, "ml-pricing");
    assert_eq!(evaluation.waivers[0].state, WaiverState::Applied);
    assert_eq!(evaluation.waivers[0].findings, 1);
}

#[test]
fn a_waiver_without_a_column_covers_the_gate() {
    let evaluation = failing_twice(vec![waiver("drift", None, "2026-12-01T00:00:00Z")]);
    assert_eq!(verdicts(&evaluation), [Warned, Warned, Passed]);
    assert_eq!((evaluation.verdict, evaluation.waivers[0].findings), (Warned, 2));
}

#[test]
fn an_expired_waiver_does_not_count_and_is_mentioned() {
    for expires in ["2026-11-22T00:00:00Z", NOW] {
        let evaluation = failing_twice(vec![waiver("drift", Some("age"), expires)]);
        assert_eq!(evaluation.verdict, Failed);
        assert_eq!(verdicts(&evaluation)[0], Failed, "{expires}");
        assert_eq!(evaluation.waivers[0].state, WaiverState::Expired);
        assert_eq!(evaluation.waivers[0].findings, 1, "what it would have covered");
    }
    let evaluation = failing_twice(vec![waiver("drift", Some("age"), "2026-11-23T03:00:01Z")]);
    assert_eq!(evaluation.waivers[0].state, WaiverState::Applied, "one second is left");
}

#[test]
fn a_waiver_of_another_gate_or_column_covers_nothing() {
    for (gate, column) in [("schema", None), ("drift", Some("tax")), ("drift", Some("ag"))] {
        let evaluation = failing_twice(vec![waiver(gate, column, "2026-12-01T00:00:00Z")]);
        assert_eq!(verdicts(&evaluation), [Failed, Failed, Passed]);
        assert_eq!(evaluation.waivers[0].state, WaiverState::Unused);
    }
}

#[test]
fn nobody_can_waive_not_knowing() {
    let unknown = [
        (with_psi("age", 0.19, 0.15, 0.24), Inconclusive),
        (with_psi("age", f64::NAN, 0.0, 0.1), Error),
    ];
    for (column, verdict) in unknown {
        let gates = vec![drift_gate(psi_rule(), &["age"])];
        let waivers = vec![waiver("drift", None, "2026-12-01T00:00:00Z")];
        let evaluation = decide_with(&measurement(vec![column]), gates, waivers);
        assert_eq!(evaluation.verdict, verdict);
        assert_eq!(evaluation.waivers[0].state, WaiverState::Unused);
    }
}

#[test]
fn a_gate_of_severity_warn_never_blocks_and_keeps_what_the_numbers_said() {
    let cases = [
        (with_psi("age", 0.01, 0.0, 0.02), Passed, Passed),
        (with_psi("age", 0.19, 0.15, 0.24), Inconclusive, Warned),
        (with_psi("age", 0.4, 0.35, 0.45), Failed, Warned),
        (with_psi("age", f64::NAN, 0.0, 0.1), Error, Warned),
    ];
    for (column, decision, verdict) in cases {
        let mut gate = drift_gate(psi_rule(), &["age"]);
        gate.rule.severity = Severity::Warn;
        let evaluation = decide(&measurement(vec![column]), vec![gate]);
        assert_eq!(evaluation.verdict, verdict);
        assert_eq!(evaluation.gates[0].findings[0].decision, decision);
    }
}

#[test]
fn a_policy_s_own_words_are_said_only_when_its_gate_does_not_pass() {
    for (value, said) in [(0.4, "1 of 1 failed: ask the fraud team"), (0.01, "passed")] {
        let mut gate = drift_gate(psi_rule(), &["age"]);
        gate.rule.message = Some("ask the fraud team".to_owned());
        let column = with_psi("age", value, value - 0.01, value + 0.01);
        let evaluation = decide(&measurement(vec![column]), vec![gate]);
        assert_eq!(evaluation.gates[0].message, said);
    }
}
