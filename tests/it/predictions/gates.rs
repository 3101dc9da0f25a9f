//! Gates on predictions, from the policy to the exit code.

use std::fs;

use crate::command::Ran;
use crate::workplace::Workplace;

/// A folder with a model, predictions and numbers that others wrote.
fn place() -> Workplace {
    let place = Workplace::new();
    place.python("predictions.py", &["."]);
    place.write("model.bin", "weights");
    place.write("metrics.json", r#"{"test": {"auc": 0.91, "loss": 0.3}}"#);
    place
}

/// Asks one gate.
fn ask(place: &Workplace, gate: &str) -> Ran {
    place.write("policy.yaml", format!("version: 1\nname: p\ngates:\n  - {gate}\n"));
    let _ = fs::remove_dir_all(place.path("driftgate-report"));
    place.check("--policy policy.yaml --artifact model.bin --evidence . --format json")
}

/// Asks one gate, whose report must verify, and must not once a number is changed.
fn code(place: &Workplace, gate: &str) -> Option<i32> {
    let ran = ask(place, gate);
    let code = ran.code;
    assert!(matches!(code, Some(0 | 1 | 3 | 5)), "{ran:#?}");
    let verified = place
        .driftgate(
            "verify driftgate-report/report.dsse.json --key key.pub.pem --policy policy.yaml",
        )
        .run();
    // A report that verifies ends with the code of its verdict.
    assert_eq!(verified.code, code, "{verified:#?}");
    code
}

const COLUMNS: &str = "predictions: {file: plain.parquet, label: y, score: score}";

#[test]
fn an_evaluation_passes_fails_and_cannot_tell() {
    let place = place();
    let gate = |rest: &str| format!("{{name: g, kind: evaluation, {COLUMNS}, {rest}}}");
    assert_eq!(code(&place, &gate("auc: {min: 0.9}")), Some(0));
    assert_eq!(code(&place, &gate("auc: {min: 0.95}")), Some(1));
    // The 90 % interval is 0.9058 to 0.9199.
    assert_eq!(code(&place, &gate("auc: {min: 0.91}")), Some(3));
    assert_eq!(code(&place, &gate("auc: {min: 0.91}, decide: point")), Some(0));
    assert_eq!(code(&place, &gate("auc: {min: 0.9}, rows: {min: 6000}")), Some(3));
    assert_eq!(code(&place, &gate("auc: {min: 0.9}, rows: {min: 5000}")), Some(0));
    assert_eq!(
        code(
            &place,
            &gate(
                "f1: {min: 0.7, at: 0.5}, log_loss: {max: 0.5}, brier: {max: 0.2}, ece: {max: 0.3, bins: 10}"
            )
        ),
        Some(0)
    );
    assert_eq!(code(&place, &gate("recall: {min: 0.9, at: 0.5}")), Some(1));
}

#[test]
fn a_regression_is_held_to_its_errors() {
    let place = place();
    let gate = |rest: &str| {
        format!(
            "{{name: g, kind: evaluation, predictions: {{file: numbers.parquet, label: y, \
             prediction: prediction}}, {rest}}}"
        )
    };
    assert_eq!(code(&place, &gate("rmse: {max: 14}, r2: {min: 0.8}, mape: {max: 0.3}")), Some(0));
    assert_eq!(code(&place, &gate("mae: {max: 3}")), Some(1));
}

#[test]
fn a_candidate_may_be_worse_than_the_champion_by_the_margin_alone() {
    let place = place();
    let gate = |files: &str, rest: &str| {
        format!(
            "{{name: g, kind: evaluation, predictions: {{{files}, label: y, score: score}}, \
             versus_champion: {{{rest}}}}}"
        )
    };
    let better = "file: candidate.parquet, champion: champion.parquet";
    let worse = "file: champion.parquet, champion: candidate.parquet";
    assert_eq!(code(&place, &gate(better, "auc: {margin: {abs: 0.005}}")), Some(0));
    // 0.0355 worse, its 90 % interval 0.023 to 0.048.
    assert_eq!(code(&place, &gate(worse, "auc: {margin: {abs: 0.005}}")), Some(1));
    assert_eq!(code(&place, &gate(worse, "auc: {margin: {abs: 0.03}}")), Some(3));
    assert_eq!(code(&place, &gate(worse, "auc: {margin: {abs: 0.06}}")), Some(0));
    assert_eq!(code(&place, &gate(worse, "log_loss: {margin: {abs: 0.001}}")), Some(1));
    let gone = "file: candidate.parquet, champion: gone.parquet";
    assert_eq!(code(&place, &gate(gone, "auc: {margin: {abs: 0.005}}")), Some(5));
    let unpaired = "file: plain.parquet, champion: tied.parquet";
    let ran = ask(&place, &gate(unpaired, "auc: {margin: {abs: 0.005}}"));
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("not compared row by row"), "{}", ran.stdout);
}

#[test]
fn imported_numbers_are_taken_as_they_stand() {
    let place = place();
    let gate = |rest: &str| format!("{{name: g, kind: evaluation, metrics: {{{rest}}}}}");
    let values = |values: &str| gate(&format!("file: metrics.json, values: [{values}]"));
    assert_eq!(code(&place, &values("{path: test.auc, min: 0.9}")), Some(0));
    assert_eq!(code(&place, &values("{path: test.auc, min: 0.92}")), Some(1));
    assert_eq!(
        code(&place, &values("{path: test.auc, min: 0.9}, {path: test.f1, min: 0.5}")),
        Some(5)
    );
    assert_eq!(code(&place, &gate("file: none.json, values: [{path: auc, min: 0.5}]")), Some(5));
}

#[test]
fn groups_that_fare_alike_pass_and_small_ones_cannot_tell() {
    let place = place();
    let gate = |groups: &str, rest: &str| {
        format!(
            "{{name: g, kind: fairness, predictions: {{file: groups.parquet, label: y, decision: \
             decision, {groups}}}, {rest}}}"
        )
    };
    // 0.857 between the sexes.
    assert_eq!(code(&place, &gate("groups: [sex]", "parity_ratio: {min: 0.8}")), Some(0));
    assert_eq!(code(&place, &gate("groups: [sex]", "parity_ratio: {min: 0.95}")), Some(1));
    assert_eq!(code(&place, &gate("groups: [sex]", "parity_ratio: {min: 0.85}")), Some(3));
    assert_eq!(
        code(
            &place,
            &gate(
                "groups: [sex]",
                "equalized_odds_difference: {max: 0.15}, \
             equal_opportunity_difference: {max: 0.15}, predictive_parity_difference: {max: 0.15}"
            )
        ),
        Some(0)
    );
    let region = "groups: [region]";
    let small = |smaller: &str| {
        format!("parity_difference: {{max: 0.2}}, group_size: {{min: 300{smaller}}}")
    };
    assert_eq!(code(&place, &gate(region, &small(""))), Some(3));
    assert_eq!(code(&place, &gate(region, &small(", smaller: left_out"))), Some(0));
    let both = "groups: [sex, region], intersections: [[sex, region]]";
    let ran = ask(&place, &gate(both, "parity_difference: {max: 0.9}, group_size: {min: 10}"));
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.stdout.contains("sex × region"), "{}", ran.stdout);
    let gone = "groups: [race]";
    assert_eq!(code(&place, &gate(gone, "parity_ratio: {min: 0.8}")), Some(5));
}

#[test]
fn latencies_are_held_by_exact_quantiles() {
    let place = place();
    let gate = |rest: &str| {
        format!(
            "{{name: g, kind: performance, predictions: {{file: latency.parquet}}, latency: \
             {{column: latency, unit: ms, {rest}}}}}"
        )
    };
    assert_eq!(code(&place, &gate("p95: {max: 40ms}, p50: {max: 0.02s}")), Some(0));
    assert_eq!(code(&place, &gate("p99: {max: 40ms}")), Some(1));
    assert_eq!(code(&place, &gate("p95: {max: 32.9ms}")), Some(3));
    assert_eq!(code(&place, &gate("longest: {max: 5s}")), Some(0));
    let k6 = r#"{"metrics": {"http_req_duration": {"avg": 10, "min": 1, "med": 9, "max": 80,
        "p(90)": 30, "p(95)": 41.5}, "http_reqs": {"count": 1000, "rate": 250}}}"#;
    place.write("k6.json", k6);
    let test = |rest: &str| {
        format!("{{name: g, kind: performance, load_test: {{file: k6.json, format: k6, {rest}}}}}")
    };
    assert_eq!(code(&place, &test("p95: {max: 50ms}, per_second: {min: 200}")), Some(0));
    assert_eq!(code(&place, &test("p95: {max: 40ms}")), Some(1));
    assert_eq!(code(&place, &test("p99: {max: 50ms}")), Some(5));
}

#[test]
fn a_policy_on_predictions_is_read_strictly() {
    let place = place();
    for (gate, fault) in [
        (format!("{{name: g, kind: evaluation, {COLUMNS}}}"), "needs at least one limit"),
        ("{name: g, kind: evaluation, auc: {min: 0.9}}".to_owned(), "need `predictions`"),
        (format!("{{name: g, kind: evaluation, {COLUMNS}, f1: {{min: 0.5}}}}"), "`decision`"),
        (format!("{{name: g, kind: evaluation, {COLUMNS}, rmse: {{max: 1}}}}"), "`prediction`"),
        (format!("{{name: g, kind: evaluation, {COLUMNS}, auc: {{min: 1.5}}}}"), "from 0 to 1"),
        (format!("{{name: g, kind: evaluation, {COLUMNS}, acu: {{min: 0.5}}}}"), "unknown key"),
        (format!("{{name: g, kind: fairness, {COLUMNS}, parity_ratio: {{min: 0.8}}}}"), "`groups`"),
        (
            "{name: g, kind: performance, latency: {column: l, unit: ms, p95: {max: 5}}}"
                .to_owned(),
            "length of time",
        ),
        ("{name: g, kind: performance}".to_owned(), "at least one limit"),
    ] {
        let ran = ask(&place, &gate);
        assert_eq!(ran.code, Some(2), "{gate}\n{}", ran.stderr);
        assert!(ran.stderr.contains(fault), "{gate}\n{}", ran.stderr);
    }
}
