//! Every writing of one report, as people and servers see it.

use driftgate::contract::{Column, LogicalType, Schema};
use driftgate::gate::Evaluation;
use driftgate::measure::*;
use driftgate::policy::*;
use driftgate::quantity::Rows;
use driftgate::report::render::{Charset, github, junit, markdown, terminal};

use super::builder::*;

/// A week in which something of every kind happened.
pub(super) fn sample() -> (Measurement, Evaluation) {
    let mut age = quiet("age");
    age.expectations =
        vec![PairTally { reference: None, candidate: Some(TallyOutcome::Counted(broken())) }];
    moved(&mut age, 0.314_15, 0.302, 0.328, &TILTED);
    distances(&mut age).ks = Some(KsFacts {
        d: 0.1312,
        at: "52.5".to_owned(),
        candidate_above: false,
        lower: 0.129,
        upper: 0.134,
        ..distances(&mut age).ks.clone().unwrap()
    });
    let mut income = quiet("household_income");
    moved(&mut income, 0.185, 0.151, 0.232, &WAVY);
    let mut promo = quiet("promo_code_rate");
    moved(&mut promo, 0.402, 0.391, 0.414, &TILTED);
    let mut tenure = quiet("tenure");
    moved(&mut tenure, 0.131, 0.125, 0.138, &WAVY);
    let facts = weekly(vec![age, income, promo, tenure, quiet("amount"), quiet_text("country")]);
    let drift = DriftRule {
        psi_max: limit(0.2),
        psi_warn: limit(0.1),
        ks_d_max: Some(Threshold { value: 0.1, line: 16 }),
        null_change_max: Some(Threshold { value: 0.01, line: 17 }),
        ..no_drift_rule()
    };
    let range = CheckPlace::Column { column: "age".to_owned(), index: 0 };
    let schema = SchemaRule {
        missing: Reaction::Fail,
        added: Reaction::Warn,
        retyped: Reaction::Fail,
        nullability: Reaction::Allow,
    };
    let volume = VolumeRule { min: None, max: None, ratio_min: limit(0.7), ratio_max: limit(1.5) };
    let columns = ["age", "household_income", "promo_code_rate", "tenure", "amount", "country"];
    let gates = vec![
        gate("schema", GateKind::Schema(schema)),
        expectations_gate(vec![check("age", "range [0, 120]", range)]),
        drift_gate(drift, &columns),
        gate("volume", GateKind::Volume(volume)),
    ];
    let waivers = vec![
        waiver("drift", Some("promo_code_rate"), "2027-01-31T00:00:00Z"),
        waiver("drift", Some("age"), "2026-11-01T00:00:00Z"),
    ];
    let evaluation = decide_with(&facts, gates, waivers);
    (facts, evaluation)
}

const EVEN: [u32; 8] = [150; 8];
const TILTED: [u32; 8] = [40, 60, 80, 105, 120, 135, 160, 200];
const WAVY: [u32; 8] = [85, 120, 150, 130, 95, 70, 110, 140];

fn moved(column: &mut ColumnFacts, value: f64, lower: f64, upper: f64, candidate: &[u32; 8]) {
    let labels = [
        "(-inf, 25]",
        "(25, 35]",
        "(35, 42]",
        "(42, 50]",
        "(50, 58]",
        "(58, 65]",
        "(65, 80]",
        "(80, inf)",
    ];
    let counts: Vec<(u64, u64)> = EVEN
        .iter()
        .zip(candidate)
        .map(|(&a, &b)| (u64::from(a) * 1_000, u64::from(b) * 1_000))
        .collect();
    let drift = distances(column);
    let psi = drift.psi.as_mut().unwrap();
    (psi.value, psi.lower, psi.upper) = (value, lower, upper);
    psi.bins = bins(&labels, &counts);
    for (bin, after) in psi.bins.iter_mut().zip(candidate) {
        bin.contribution = f64::from(after.abs_diff(112)) / 1_000.0;
    }
    (drift.reference_values, drift.candidate_values) = (1_200_000, 900_000);
}

fn broken() -> Tally {
    let sample =
        RowSample { file: "part-0.parquet".to_owned(), row_group: 2, row: 1_017, value: None };
    Tally { rows: 900_000, violations: 12, samples: vec![sample] }
}

fn weekly(columns: Vec<ColumnFacts>) -> Measurement {
    let mut facts = measurement(columns);
    (facts.reference.rows, facts.candidate.rows) = (Rows(1_200_000), Rows(900_000));
    let mut added = facts.candidate.schema.columns().to_vec();
    added.push(Column::new("device_id", LogicalType::String, true));
    facts.candidate.schema = Schema::new(added).unwrap();
    facts
}

fn layout(width: Option<usize>, charset: Charset) -> terminal::Layout {
    terminal::Layout { width, charset, policy_path: "policy.yaml".to_owned(), passed_rows_max: 6 }
}

fn on_terminal(layout: &terminal::Layout) -> String {
    let (facts, evaluation) = sample();
    let mut bytes = Vec::new();
    terminal::render(&report(&facts, &evaluation), layout, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_terminal_of_80_columns() {
    let text = plain(&on_terminal(&layout(Some(80), Charset::Unicode)));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_terminal_of_120_columns() {
    let text = plain(&on_terminal(&layout(Some(120), Charset::Unicode)));
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_log_without_colour_or_unicode_bars_has_each_sentence_on_one_line() {
    let text = plain(&on_terminal(&layout(None, Charset::Ascii)));
    let sentence = "FAIL drift/age: PSI 0.314 (90% 0.30–0.33) ≥ 0.200; n 1.2M vs 0.9M; \
                    bin (80, inf) 12.5% → 22.2%; policy.yaml:14";
    assert!(text.lines().any(|line| line == sentence), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn colour_says_nothing_that_words_do_not() {
    let coloured = on_terminal(&layout(Some(120), Charset::Unicode));
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mFAIL"), "failures are red");
    let bare = plain(&coloured);
    for word in ["FAILED", "FAIL ", "WARN ", "INCONCLUSIVE ", "PASS "] {
        assert!(bare.contains(word), "{word}");
    }
}

#[test]
fn a_comment_in_markdown() {
    let (facts, evaluation) = sample();
    let mut bytes = Vec::new();
    markdown::render(&report(&facts, &evaluation), "policy.yaml", &mut bytes).unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap());
}

#[test]
fn test_results_in_junit_xml() {
    let (facts, evaluation) = sample();
    let mut bytes = Vec::new();
    junit::render(&report(&facts, &evaluation), "policy.yaml", &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("<skipped"), "skipped is coloured like a pass");
    assert!(text.contains("type=\"inconclusive\""));
    insta::assert_snapshot!(text);
}

#[test]
fn annotations_for_github() {
    let (facts, evaluation) = sample();
    let mut bytes = Vec::new();
    github::render(&report(&facts, &evaluation), "ci/policy.yaml", &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning "))
    );
    insta::assert_snapshot!(text);
}

#[test]
fn the_signed_predicate() {
    let (facts, evaluation) = sample();
    let report = report(&facts, &evaluation);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report.predicate).unwrap());
}
