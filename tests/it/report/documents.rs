//! The signed predicate, the details, and the JSON output as documents.

use driftgate::gate::Evaluation;
use driftgate::identity::Sha256Digest;
use driftgate::measure::{ColumnFacts, Measurement};
use driftgate::policy::DriftRule;
use driftgate::quantity::PValue;
use driftgate::report::render::json;
use driftgate::report::{
    BinCounts, CheckResult, DecideDocument, PREDICATE_TYPE, Predicate, Report, ReportError,
    Statement, check_output_schema, details_schema, predicate_schema, test_result_schema,
};
use serde_json::Value;

use super::builder::*;
use super::renders::sample;

fn many(columns: u32, failing: u32) -> (Measurement, Evaluation) {
    let column = |index: u32| -> ColumnFacts {
        let mut column = quiet(&format!("customer_feature_{index:03}"));
        let share = 1.0 / (f64::from(index) + 3.0);
        let value = if index < failing { 0.3 + share } else { share / 10.0 };
        let labels: Vec<String> =
            (0..10).map(|bin| format!("({bin}.25, {}.25]", bin + 1)).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let counts = [(1_234_567, 1_345_678); 10];
        let drift = distances(&mut column);
        drift.psi.as_mut().unwrap().bins = bins(&labels, &counts);
        let psi = drift.psi.as_mut().unwrap();
        (psi.value, psi.lower, psi.upper) = (value, value * 0.93, value * 1.07);
        (drift.reference_values, drift.candidate_values) = (12_345_670, 13_456_780);
        let ks = drift.ks.as_mut().unwrap();
        (ks.d, ks.lower, ks.upper) = (share / 7.0, share / 9.0, share / 6.0);
        drift.missing.nulls = Some(driftgate::measure::RateChange {
            reference: share / 11.0,
            candidate: share / 12.0,
            change: share / 12.0 - share / 11.0,
            lower: -share / 100.0,
            upper: share / 200.0,
        });
        column
    };
    let facts = measurement((0..columns).map(column).collect());
    let names: Vec<String> = facts.columns.iter().map(|column| column.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rule = DriftRule {
        psi_max: limit(0.2),
        ks_d_max: limit(0.1),
        null_change_max: limit(0.02),
        ..no_drift_rule()
    };
    let evaluation = decide(&facts, vec![drift_gate(rule, &names)]);
    (facts, evaluation)
}

#[test]
fn a_statement_on_a_hundred_columns_of_ten_bins_stays_below_64_kib() {
    for failing in [0, 30, 100] {
        let (facts, evaluation) = many(100, failing);
        let report = report(&facts, &evaluation);
        let bytes = report.statement().len();
        assert!(bytes < 64 * 1024, "{failing} of 100 failing: {bytes} bytes");
        assert_eq!(report.predicate.columns.len(), 100);
        let omitted: u64 = report.predicate.gates.iter().map(|gate| gate.findings_omitted.0).sum();
        assert_eq!(omitted, u64::from(failing).saturating_sub(40), "sentences beyond the limit");
        let checks = report.predicate.gates[0].checks.iter();
        let results: usize = checks.map(|group| group.results.len()).sum();
        assert_eq!(results, 300, "every number of every check is signed");
    }
}

#[test]
fn the_verdict_can_be_decided_again_from_the_signed_numbers_alone() {
    let (facts, evaluation) = many(100, 30);
    let statement: Statement = read(&report(&facts, &evaluation).statement());
    let mut decided = 0;
    for group in statement.predicate.gates.iter().flat_map(|gate| &gate.checks) {
        let limit = serde_json::to_value(group.demand.threshold.as_ref().unwrap()).unwrap();
        let limit = limit.as_f64().unwrap();
        assert_eq!(group.demand.decided_by, Some(DecideDocument::Interval));
        for result in &group.results {
            let CheckResult::Estimate(column, _, Some(lower), Some(upper)) = result else {
                panic!("{result:?}")
            };
            let word = match (*lower, *upper) {
                (_, upper) if upper < limit => "passed",
                (lower, _) if lower > limit => "failed",
                _ => "inconclusive",
            };
            assert_eq!(group.demand.verdict.as_str(), word, "{column:?}");
            decided += 1;
        }
    }
    assert_eq!(decided, 300);
    let Some(BinCounts::Counted { reference, .. }) = &statement.predicate.columns[0].bins else {
        panic!("ten bins are signed")
    };
    assert_eq!(reference.iter().map(|count| count.0).sum::<u64>(), 12_345_670);
}

#[test]
fn a_statement_is_about_the_candidate_alone() {
    let (facts, evaluation) = sample();
    let statement: Value = read(&report(&facts, &evaluation).statement());
    let keys: Vec<&String> = statement.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["_type", "predicate", "predicateType", "subject"]);
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], PREDICATE_TYPE);
    let subject = serde_json::json!([
        { "name": "snapshot.manifest", "digest": { "sha256": "c".repeat(64) } }
    ]);
    assert_eq!(statement["subject"], subject);
}

#[test]
fn same_inputs_give_the_same_bytes_and_any_other_input_another_id() {
    let (facts, evaluation) = sample();
    let first = report(&facts, &evaluation);
    let second = report(&facts, &evaluation);
    assert_eq!(first.statement(), second.statement());
    assert_eq!(first.details_document(), second.details_document());
    let mut inputs = inputs(&facts, &evaluation);
    inputs.evaluated_at = instant("2026-11-23T03:00:01Z");
    let later = Report::of(&inputs).unwrap();
    assert_ne!(first.predicate.report_id, later.predicate.report_id);
}

#[test]
fn the_report_id_is_the_digest_of_the_predicate_without_it() {
    let (facts, evaluation) = sample();
    let mut statement: Statement = read(&report(&facts, &evaluation).statement());
    let id = std::mem::take(&mut statement.predicate.report_id);
    let digest = Sha256Digest::of(&serde_json::to_vec(&statement.predicate).unwrap());
    assert_eq!(id, format!("sha256:{digest}"));
}

#[test]
fn the_details_are_bound_by_their_digest() {
    let (facts, evaluation) = sample();
    let report = report(&facts, &evaluation);
    let digest = Sha256Digest::of(&report.details_document()).to_string();
    assert_eq!(report.predicate.details.digest["sha256"], digest);
}

#[test]
fn a_predicate_is_read_back_as_it_was_written() {
    let (facts, evaluation) = sample();
    let report = report(&facts, &evaluation);
    let bytes = serde_json::to_vec(&report.predicate).unwrap();
    let again: Predicate = read(&bytes);
    assert_eq!(again, report.predicate);
    assert_eq!(serde_json::to_vec(&again).unwrap(), bytes);
}

#[test]
fn the_json_output_has_the_names_other_programs_rely_on() {
    let (facts, evaluation) = sample();
    let document: Value = read(&json_of(&report(&facts, &evaluation)));
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["exitCode"], 1);
    assert_eq!(document["candidate"]["snapshotId"], format!("sha256:{}", "c".repeat(64)));
    assert_eq!(document["reference"]["rows"], 1_200_000);
    let column = document["columns"].as_array().unwrap().iter().find(|c| c["name"] == "age");
    let column = column.unwrap();
    assert_eq!(column["kind"], "numeric");
    for field in ["rows", "nulls", "nans", "min", "max", "distinct"] {
        assert!(!column["candidate"][field].is_null(), "{field}");
    }
    let psi = &column["metrics"]["psi_quantile10_jeffreys"];
    assert_eq!(psi["value"], 0.314_15);
    assert!(psi["lower"].is_f64() && psi["upper"].is_f64());
    assert_eq!(psi["bins"][1]["label"], "(25, 35]");
    let ks = &column["metrics"]["ks_two_sample"];
    for field in ["d", "p", "log10P", "at"] {
        assert!(!ks[field].is_null(), "{field}");
    }
    for field in ["name", "kind", "severity", "verdict", "message", "findings"] {
        assert!(!document["gates"][0][field].is_null(), "{field}");
    }
}

#[test]
fn numbers_json_has_not_are_null_with_the_reason() {
    let mut column = quiet("age");
    let drift = distances(&mut column);
    drift.psi = Some(psi("psi_quantile10_jeffreys", f64::NAN, f64::NEG_INFINITY, f64::INFINITY));
    drift.ks.as_mut().unwrap().p = PValue::from_ln(f64::NEG_INFINITY);
    column.candidate.as_mut().unwrap().mean = Some(f64::INFINITY);
    let facts = measurement(vec![column]);
    let rule = DriftRule { psi_max: limit(0.2), ..no_drift_rule() };
    let evaluation = decide(&facts, vec![drift_gate(rule, &["age"])]);
    let report = report(&facts, &evaluation);
    let document: Value = read(&json_of(&report));
    let finding = &document["gates"][0]["findings"][0];
    assert_eq!((&finding["observed"], &finding["verdict"]), (&Value::Null, &"error".into()));
    assert_eq!(finding["notFinite"]["observed"], "NaN");
    assert_eq!(finding["notFinite"]["lower"], "-infinity");
    let column = &document["columns"][0];
    assert_eq!(column["candidate"]["notFinite"]["mean"], "infinity");
    assert_eq!(column["metrics"]["psi_quantile10_jeffreys"]["notFinite"]["value"], "NaN");
    assert_eq!(column["metrics"]["ks_two_sample"]["notFinite"]["log10P"], "-infinity");
    assert_eq!(column["metrics"]["ks_two_sample"]["p"], 0.0);
    check(&check_output_schema(), &document);
    check(&predicate_schema(), &serde_json::to_value(&report.predicate).unwrap());
}

#[test]
fn a_snapshot_id_that_is_no_digest_makes_no_report() {
    let (mut facts, evaluation) = sample();
    facts.candidate.snapshot_id = "sha256:abc".to_owned();
    let refused = Report::of(&inputs(&facts, &evaluation)).unwrap_err();
    assert_eq!(refused, ReportError::SnapshotId { found: "sha256:abc".to_owned() });
}

#[test]
fn documents_are_valid_under_the_published_schemas() {
    let (facts, evaluation) = sample();
    let report = report(&facts, &evaluation);
    check(&predicate_schema(), &serde_json::to_value(&report.predicate).unwrap());
    check(&details_schema(), &read(&report.details_document()));
    check(&check_output_schema(), &read(&json_of(&report)));
}

#[test]
fn the_published_schemas_are_those_of_the_code() {
    let published = [
        ("gate-report", predicate_schema()),
        ("gate-report-details", details_schema()),
        ("check-output", check_output_schema()),
        ("test-result", test_result_schema()),
    ];
    for (name, schema) in published.into_iter().chain(driftgate::registry::json_schemas()) {
        let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("DRIFTGATE_UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{path} differs: run the tests with DRIFTGATE_UPDATE_SCHEMAS=1 and commit it"
        );
    }
}

pub(super) fn json_of(report: &Report) -> Vec<u8> {
    let mut bytes = Vec::new();
    json::render(report, &mut bytes).unwrap();
    bytes
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

fn check(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
