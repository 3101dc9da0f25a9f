//! Measurements and policies made by hand: everything quiet until a test says otherwise.

use std::collections::BTreeMap;

use driftgate::checklist::Document;
use driftgate::clock::Timestamp;
use driftgate::contract::{Column, KeyDomain, LogicalType, Schema, WideningRule};
use driftgate::gate::{Evaluation, Facts, Finding, Verdict, evaluate};
use driftgate::identity::Sha256Digest;
use driftgate::measure::predictions::PredictionsFacts;
use driftgate::measure::*;
use driftgate::policy::*;
use driftgate::quantity::{Bytes, Fraction, PValue, Rows};
use driftgate::report::{KeyOrigin, PolicySource, Purpose, Report, ReportInputs, SnapshotSource};
use driftgate::stats::order_key;

pub(super) const NOW: &str = "2026-11-23T03:00:00Z";

pub(super) fn instant(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

pub(super) fn psi(metric_id: &str, value: f64, lower: f64, upper: f64) -> PsiFacts {
    let counts = [(300, 300), (300, 300), (300, 300)];
    PsiFacts {
        metric_id: metric_id.to_owned(),
        value,
        lower,
        upper,
        alpha: 0.05,
        detectable: 0.02,
        sparse_share: 0.0,
        bins: bins(&["(-inf, 50]", "(50, 65]", "(65, inf)"], &counts),
    }
}

pub(super) fn bins(labels: &[&str], counts: &[(u64, u64)]) -> Vec<PsiBin> {
    let bin = |(label, &(reference, candidate)): (&&str, &(u64, u64))| PsiBin {
        label: (*label).to_owned(),
        reference,
        candidate,
        contribution: if reference == candidate { 0.0 } else { 0.1 },
    };
    labels.iter().zip(counts).map(bin).collect()
}

pub(super) fn side(rows: u64) -> SideFacts {
    SideFacts {
        rows,
        nulls: 0,
        nans: 0,
        negative_infinities: 0,
        positive_infinities: 0,
        min: Some("17".to_owned()),
        max: Some("90".to_owned()),
        min_key: Some(order_key::from_i64(17)),
        max_key: Some(order_key::from_i64(90)),
        distinct: Some(74),
        mean: Some(38.5),
        standard_deviation: Some(13.25),
        quantiles: vec![Quantile { percent: 5, value: "19".to_owned() }],
    }
}

fn ks() -> KsFacts {
    KsFacts {
        d: 0.004,
        numerator: 3_240,
        at: "37.5".to_owned(),
        candidate_above: true,
        p: PValue::from_ln(0.4f64.ln()),
        method: "asymptotic_kstwo",
        lower: 0.0,
        upper: 0.02,
        ties: false,
    }
}

const NO_CHANGE: RateChange =
    RateChange { reference: 0.0, candidate: 0.0, change: 0.0, lower: -0.001, upper: 0.001 };

/// A float column that has not moved.
pub(super) fn quiet(name: &str) -> ColumnFacts {
    ColumnFacts {
        name: name.to_owned(),
        kind: DistributionKind::Numeric,
        logical_type: LogicalType::Float { bits: 64 },
        domain: Some(KeyDomain::Float),
        reference: Some(side(900)),
        candidate: Some(side(900)),
        drift: Some(Drift::Measured(Box::new(DriftFacts {
            reference_values: 900,
            candidate_values: 900,
            psi: Some(psi("psi_quantile10_jeffreys", 0.01, 0.0, 0.03)),
            ks: Some(ks()),
            missing: MissingFacts {
                psi: Some(PsiFacts {
                    bins: bins(&["null", "NaN", "present"], &[(0, 0), (0, 0), (900, 900)]),
                    sparse_share: 0.0,
                    ..psi("psi_missing_jeffreys", 0.0, 0.0, 0.004)
                }),
                nulls: Some(NO_CHANGE),
                nans: Some(NO_CHANGE),
            },
            chi_square: Some(ChiSquareFacts {
                statistic: 2.5,
                degrees: 2,
                p: PValue::from_ln(0.3f64.ln()),
                cramers_v: 0.03,
            }),
            js_distance_log2: Some(0.02),
            hellinger: Some(0.02),
            total_variation: Some(0.01),
            l_infinity: Some(0.01),
            wasserstein: Some(0.3),
            wasserstein_scaled: Some(0.02),
            categories: None,
        }))),
        expectations: Vec::new(),
    }
}

/// A text column that has not moved.
pub(super) fn quiet_text(name: &str) -> ColumnFacts {
    let mut column = quiet(name);
    column.kind = DistributionKind::Categorical;
    column.logical_type = LogicalType::String;
    column.domain = None;
    let drift = distances(&mut column);
    drift.psi = Some(PsiFacts {
        bins: bins(&["AT", "CH", "DE"], &[(300, 300), (300, 300), (300, 300)]),
        ..psi("psi_categories_jeffreys", 0.01, 0.0, 0.03)
    });
    drift.ks = None;
    drift.wasserstein = None;
    drift.wasserstein_scaled = None;
    drift.missing.nans = None;
    drift.categories = Some(CategoryChange { new_count: Some(0), ..CategoryChange::default() });
    column
}

/// The distances of a measured column, to change them.
pub(super) fn distances(column: &mut ColumnFacts) -> &mut DriftFacts {
    match &mut column.drift {
        Some(Drift::Measured(drift)) => drift,
        _ => panic!("`{}` has no distances", column.name),
    }
}

/// A measurement of these columns; sides that lack one lack it in their schema too.
pub(super) fn measurement(columns: Vec<ColumnFacts>) -> Measurement {
    let facts = |digit: &str, has: fn(&ColumnFacts) -> Option<&SideFacts>| SnapshotFacts {
        snapshot_id: format!("sha256:{}", digit.repeat(64)),
        schema: Schema::new(
            columns
                .iter()
                .filter(|column| has(column).is_some())
                .map(|column| Column::new(&column.name, column.logical_type.clone(), true))
                .collect(),
        )
        .unwrap(),
        rows: Rows(columns.iter().find_map(|c| has(c).map(|side| side.rows)).unwrap_or(0)),
    };
    Measurement {
        reference: facts("a", |column| column.reference.as_ref()),
        candidate: facts("c", |column| column.candidate.as_ref()),
        columns,
        rows: Vec::new(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where nothing may stand too")]
pub(super) fn limit(value: f64) -> Option<Threshold> {
    Some(Threshold { value, line: 14 })
}

/// A drift rule that demands nothing.
pub(super) fn no_drift_rule() -> DriftRule {
    DriftRule {
        columns: Selector::default(),
        bins: 10,
        alpha: 0.05,
        decide: Decide::Interval,
        psi_max: None,
        psi_warn: None,
        ks_d_max: None,
        ks_p_min: None,
        adjust: Adjustment::Holm,
        missing_psi_max: None,
        null_change_max: None,
        nan_change_max: None,
        new_categories_max: None,
        vanished_categories_max: None,
        js_distance_max: None,
        hellinger_max: None,
        total_variation_max: None,
        l_infinity_max: None,
        wasserstein_scaled_max: None,
        cramers_v_max: None,
        chi_square_p_min: None,
    }
}

pub(super) fn drift_gate(rule: DriftRule, columns: &[&str]) -> CompiledGate {
    CompiledGate {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        ..gate("drift", GateKind::Drift(Box::new(rule)))
    }
}

pub(super) fn gate(name: &str, kind: GateKind) -> CompiledGate {
    let severity = Severity::Block;
    CompiledGate {
        rule: GateRule {
            name: name.to_owned(),
            severity,
            owner: None,
            message: None,
            kind,
            line: 3,
        },
        columns: Vec::new(),
        checks: Vec::new(),
    }
}

pub(super) fn check(subject: &str, promise: &str, place: CheckPlace) -> Check {
    Check {
        subject: subject.to_owned(),
        promise: promise.to_owned(),
        tolerated: Fraction::new(0.0).unwrap(),
        sides: Sides::Candidate,
        place,
        line: 21,
    }
}

pub(super) fn expectations_gate(checks: Vec<Check>) -> CompiledGate {
    let rule = ExpectationsRule { columns: Selector::default(), rows: true, on: Sides::Candidate };
    CompiledGate { checks, ..gate("expectations", GateKind::Expectations(rule)) }
}

pub(super) fn waiver(gate: &str, column: Option<&str>, expires: &str) -> Waiver {
    Waiver {
        gate: gate.to_owned(),
        column: column.map(str::to_owned),
        owner: "ml-pricing".to_owned(),
        reason: "autumn campaign".to_owned(),
        expires: instant(expires),
        line: 40,
    }
}

pub(super) fn policy(waivers: Vec<Waiver>) -> Policy {
    Policy {
        name: "fraud-weekly".to_owned(),
        description: None,
        valid_for_seconds: None,
        ignored_files: Vec::new(),
        widening: WideningRule::Allowed,
        columns: Vec::new(),
        rows: Vec::new(),
        gates: Vec::new(),
        waivers,
        doors: Vec::new(),
    }
}

pub(super) fn decide(measurement: &Measurement, gates: Vec<CompiledGate>) -> Evaluation {
    decide_with(measurement, gates, Vec::new())
}

pub(super) fn decide_with(
    measurement: &Measurement,
    gates: Vec<CompiledGate>,
    waivers: Vec<Waiver>,
) -> Evaluation {
    let compiled = CompiledPolicy { request: MeasurementRequest::default(), gates };
    let facts = Facts {
        measurement: Some(measurement),
        documents: &NO_DOCUMENTS,
        predictions: &NO_PREDICTIONS,
        now: instant(NOW),
    };
    evaluate(facts, &policy(waivers), &compiled)
}

static NO_DOCUMENTS: BTreeMap<String, Vec<Document>> = BTreeMap::new();
static NO_PREDICTIONS: BTreeMap<String, PredictionsFacts> = BTreeMap::new();

/// The one finding of one drift rule on one column.
pub(super) fn drift_finding(column: ColumnFacts, rule: DriftRule) -> Finding {
    let name = column.name.clone();
    let evaluation = decide(&measurement(vec![column]), vec![drift_gate(rule, &[&name])]);
    let [gate] = evaluation.gates.as_slice() else { panic!("one gate") };
    let [finding] = gate.findings.as_slice() else { panic!("one finding: {:?}", gate.findings) };
    assert_eq!(evaluation.verdict, finding.verdict);
    finding.clone()
}

pub(super) fn verdict_of(column: ColumnFacts, rule: DriftRule) -> Verdict {
    drift_finding(column, rule).verdict
}

pub(super) fn report(measurement: &Measurement, evaluation: &Evaluation) -> Report {
    Report::of(&inputs(measurement, evaluation)).unwrap()
}

pub(super) fn inputs<'a>(
    measurement: &'a Measurement,
    evaluation: &'a Evaluation,
) -> ReportInputs<'a> {
    let source = |files, bytes| SnapshotSource {
        bytes: Some(Bytes(bytes)),
        files: Some(files),
        profile: None,
    };
    ReportInputs {
        measurement: Some(measurement),
        artifact: None,
        documents: &NO_DOCUMENTS,
        selected: &[],
        evaluation,
        reference: source(12, 45_123_456),
        candidate: source(1, 44_010_203),
        policy: PolicySource {
            name: "fraud-weekly".to_owned(),
            digest: Sha256Digest::of(b"policy"),
            uri: None,
        },
        evaluated_at: instant(NOW),
        expires_at: Some(instant("2026-11-30T03:00:00Z")),
        purpose: Purpose::default(),
        key: Some(KeyOrigin::LocalDevelopment),
        limits: BTreeMap::new(),
    }
}
