//! The schema, expectations, volume and freshness gates.

use driftgate::contract::{Column, LogicalType, Schema, TimeUnit};
use driftgate::gate::Verdict::{self, Error, Failed, Inconclusive, Passed, Warned};
use driftgate::gate::{Evaluation, Finding};
use driftgate::measure::{ColumnFacts, Measurement, PairTally, RowSample, Tally, TallyOutcome};
use driftgate::policy::*;
use driftgate::quantity::{Fraction, Rows};
use driftgate::stats::order_key;

use super::builder::*;

const STRICT: SchemaRule = SchemaRule {
    missing: Reaction::Fail,
    added: Reaction::Warn,
    retyped: Reaction::Fail,
    nullability: Reaction::Allow,
};

fn found(evaluation: &Evaluation) -> Vec<(Verdict, &str)> {
    let findings = evaluation.gates.iter().flat_map(|gate| &gate.findings);
    findings.map(|finding| (finding.verdict, finding.sentence.as_str())).collect()
}

#[test]
fn identical_snapshots_pass_every_gate() {
    let mut day = quiet("day");
    day.logical_type = LogicalType::Date;
    for side in [&mut day.reference, &mut day.candidate].into_iter().flatten() {
        side.max_key = Some(order_key::from_i64(20_779)); // 2026-11-22
    }
    let facts = measurement(vec![quiet("age"), quiet_text("country"), day]);
    let drift = DriftRule {
        psi_max: limit(0.2),
        missing_psi_max: limit(0.1),
        null_change_max: limit(0.01),
        ..no_drift_rule()
    };
    let null_rate = CheckPlace::NullRate { column: "age".to_owned() };
    let evaluation = decide(
        &facts,
        vec![
            gate("schema", GateKind::Schema(STRICT)),
            expectations_gate(vec![check("age", "null rate ≤ 0%", null_rate)]),
            drift_gate(drift, &["age", "country"]),
            volume(VolumeRule { ratio_min: limit(0.9), ratio_max: limit(1.1), ..NO_VOLUME }),
            gate("freshness", GateKind::Freshness(freshness_rule("day", false))),
        ],
    );
    assert_eq!(evaluation.verdict, Passed, "{:#?}", found(&evaluation));
    assert!(evaluation.gates.iter().all(|gate| !gate.findings.is_empty()));
}

#[test]
fn each_schema_difference_gets_the_reaction_the_policy_gives_it() {
    let mut facts = measurement(vec![quiet("age")]);
    let schema = |columns: &[(&str, LogicalType, bool)]| {
        let columns = columns.iter();
        let columns = columns.map(|(name, ty, nullable)| Column::new(*name, ty.clone(), *nullable));
        Schema::new(columns.collect()).unwrap()
    };
    let int = LogicalType::integer;
    facts.reference.schema = schema(&[
        ("same", int(32), true),
        ("gone", int(32), true),
        ("text", int(32), true),
        ("wide", int(32), true),
        ("null", int(32), false),
    ]);
    facts.candidate.schema = schema(&[
        ("null", int(32), true),
        ("wide", int(64), true),
        ("text", LogicalType::String, true),
        ("same", int(32), true),
        ("more", int(32), true),
    ]);
    let evaluation = decide(&facts, vec![gate("schema", GateKind::Schema(STRICT))]);
    assert_eq!(
        found(&evaluation),
        [
            (Failed, "column missing (was `int32` in the reference)"),
            (Failed, "column type changed from `int32` to `string`"),
            (Passed, "column type widened from `int32` to `int64`, which the policy allows"),
            (Passed, "column was required and is now nullable, which the policy allows"),
            (Warned, "column added as `int32`"),
            (Passed, "1 column agrees in name and type"),
        ]
    );
}

#[test]
fn snapshots_without_columns_do_not_agree() {
    let evaluation = decide(&measurement(vec![]), vec![gate("schema", GateKind::Schema(STRICT))]);
    assert_eq!(found(&evaluation), [(Inconclusive, "a snapshot has no columns")]);
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where nothing may stand too")]
fn counted(rows: u64, violations: u64) -> Option<TallyOutcome> {
    Some(TallyOutcome::Counted(Tally {
        rows,
        violations,
        samples: vec![RowSample {
            file: "part-0.parquet".to_owned(),
            row_group: 2,
            row: 1_017,
            value: None,
        }],
    }))
}

fn expectation(column: ColumnFacts, tolerated: f64) -> Finding {
    let place = CheckPlace::Column { column: "age".to_owned(), index: 0 };
    let mut check = check("age", "range [0, 120]", place);
    check.tolerated = Fraction::new(tolerated).unwrap();
    let evaluation = decide(&measurement(vec![column]), vec![expectations_gate(vec![check])]);
    evaluation.gates[0].findings[0].clone()
}

fn with_tally(candidate: Option<TallyOutcome>) -> ColumnFacts {
    let mut column = quiet("age");
    column.expectations = vec![PairTally { reference: None, candidate }];
    column
}

#[test]
fn a_broken_expectation_says_how_many_rows_and_where_the_first_is() {
    let finding = expectation(with_tally(counted(900, 12)), 0.0);
    assert_eq!(finding.verdict, Failed);
    assert_eq!(
        finding.sentence,
        "range [0, 120]: 12 of 900 rows (1.3%) break it > 0% tolerated; \
         first: row 1,017 of row group 2 in part-0.parquet"
    );
    assert_eq!(finding.samples.len(), 1);
}

#[test]
fn an_expectation_may_be_broken_by_exactly_the_tolerated_share() {
    assert_eq!(expectation(with_tally(counted(900, 9)), 0.01).verdict, Passed);
    assert_eq!(expectation(with_tally(counted(900, 10)), 0.01).verdict, Failed);
    assert_eq!(expectation(with_tally(counted(900, 0)), 0.0).verdict, Passed);
}

#[test]
fn what_could_not_be_checked_never_passes() {
    let mut nulls = with_tally(counted(900, 0));
    nulls.candidate.as_mut().unwrap().nulls = 900;
    assert_eq!(expectation(nulls, 0.0).verdict, Inconclusive, "nulls prove no promise");
    assert_eq!(expectation(with_tally(counted(0, 0)), 0.0).verdict, Inconclusive);
    let reason = "`map` has no order".to_owned();
    let outcome = TallyOutcome::Unmeasurable { reason };
    assert_eq!(expectation(with_tally(Some(outcome)), 0.0).verdict, Error);
    assert_eq!(expectation(with_tally(None), 0.0).verdict, Error);
    assert_eq!(expectation(with_tally(counted(5, 6)), 1.0).verdict, Error, "6 of 5 rows");
    let mut gone = with_tally(counted(900, 0));
    gone.candidate = None;
    assert_eq!(expectation(gone, 0.0).verdict, Failed);
}

#[test]
fn a_check_on_both_sides_is_told_for_each() {
    let mut column = quiet("age");
    column.reference.as_mut().unwrap().nulls = 9;
    let mut nulls = check("age", "null rate", CheckPlace::NullRate { column: "age".to_owned() });
    nulls.sides = Sides::Both;
    let evaluation = decide(&measurement(vec![column]), vec![expectations_gate(vec![nulls])]);
    let verdicts: Vec<Verdict> =
        found(&evaluation).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts, [Failed, Passed]);
}

#[test]
fn promises_about_rows_are_found_in_their_place() {
    let mut facts = measurement(vec![quiet("age")]);
    facts.rows = vec![
        PairTally { reference: None, candidate: counted(900, 0) },
        PairTally { reference: None, candidate: counted(900, 1) },
    ];
    let row = |index| check("start, end", "start <= end", CheckPlace::Row { index });
    let evaluation = decide(&facts, vec![expectations_gate(vec![row(0), row(1), row(2)])]);
    let verdicts: Vec<Verdict> =
        found(&evaluation).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts, [Passed, Failed, Error]);
}

const NO_VOLUME: VolumeRule = VolumeRule { min: None, max: None, ratio_min: None, ratio_max: None };

fn volume(rule: VolumeRule) -> CompiledGate {
    gate("volume", GateKind::Volume(rule))
}

fn rows(reference: u64, candidate: u64) -> Measurement {
    let mut facts = measurement(vec![quiet("age")]);
    (facts.reference.rows, facts.candidate.rows) = (Rows(reference), Rows(candidate));
    facts
}

#[test]
fn row_counts_may_reach_their_limits() {
    let rule = VolumeRule {
        min: Some((Rows(900), 7)),
        max: Some((Rows(1_100), 8)),
        ratio_min: limit(0.9),
        ratio_max: limit(1.1),
    };
    let verdict = |candidate| decide(&rows(1_000, candidate), vec![volume(rule)]).verdict;
    assert_eq!(verdict(900), Passed);
    assert_eq!(verdict(1_100), Passed);
    assert_eq!(verdict(899), Failed);
    assert_eq!(verdict(1_101), Failed);
    let evaluation = decide(&rows(1_000, 899), vec![volume(rule)]);
    assert_eq!(found(&evaluation)[0].1, "899 rows < 900");
    assert_eq!(found(&evaluation)[2].1, "899 rows are 0.899× the reference's 1,000 < 0.9×");
}

#[test]
fn an_empty_candidate_never_passes() {
    let only = |rule| decide(&rows(1_000, 0), vec![volume(rule)]).verdict;
    assert_eq!(only(VolumeRule { min: Some((Rows(1), 7)), ..NO_VOLUME }), Failed);
    assert_eq!(only(VolumeRule { max: Some((Rows(10), 7)), ..NO_VOLUME }), Inconclusive);
    assert_eq!(only(VolumeRule { ratio_max: limit(2.0), ..NO_VOLUME }), Inconclusive);
    assert_eq!(only(VolumeRule { ratio_min: limit(0.5), ..NO_VOLUME }), Failed);
    assert_eq!(only(NO_VOLUME), Inconclusive);
}

#[test]
fn a_ratio_to_an_empty_reference_cannot_be_told() {
    let rule = VolumeRule { ratio_min: limit(0.5), ..NO_VOLUME };
    assert_eq!(decide(&rows(0, 10), vec![volume(rule)]).verdict, Inconclusive);
}

fn freshness_rule(column: &str, must_advance: bool) -> FreshnessRule {
    FreshnessRule {
        column: column.to_owned(),
        max_age_seconds: 2 * 86_400,
        max_future_seconds: 3_600,
        must_advance,
        line: 30,
    }
}

/// A check of a microsecond timestamp whose newest value is so many seconds before now.
fn age(seconds: i64, must_advance: bool) -> Evaluation {
    let newest = instant(NOW).unix_seconds() - seconds;
    let mut at = quiet("at");
    at.logical_type =
        LogicalType::Timestamp { unit: TimeUnit::Microsecond, zone: Some("UTC".to_owned()) };
    at.candidate.as_mut().unwrap().max_key = Some(order_key::from_i64(newest * 1_000_000));
    let week_old = instant(NOW).unix_seconds() - 7 * 86_400;
    at.reference.as_mut().unwrap().max_key = Some(order_key::from_i64(week_old * 1_000_000));
    let rule = freshness_rule("at", must_advance);
    decide(&measurement(vec![at]), vec![gate("freshness", GateKind::Freshness(rule))])
}

#[test]
fn the_newest_row_may_be_as_old_as_the_limit_and_no_older() {
    assert_eq!(age(2 * 86_400, false).verdict, Passed);
    let stale = age(2 * 86_400 + 1, false);
    assert_eq!(stale.verdict, Failed);
    assert_eq!(found(&stale)[0].1, "newest row 2026-11-21T02:59:59Z is 2 d 1 s old > 2 d");
}

#[test]
fn a_row_from_the_future_is_tolerated_only_for_a_while() {
    assert_eq!(age(-3_600, false).verdict, Passed);
    assert_eq!(age(-3_601, false).verdict, Failed);
}

#[test]
fn a_candidate_that_does_not_advance_is_stale() {
    assert_eq!(age(0, true).verdict, Passed);
    let seconds = 7 * 86_400;
    let verdicts: Vec<Verdict> =
        found(&age(seconds, true)).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts, [Failed, Passed, Failed], "too old, not in the future, not newer");
}

#[test]
fn freshness_without_a_value_or_a_time_never_passes() {
    let rule = || vec![gate("freshness", GateKind::Freshness(freshness_rule("at", false)))];
    let mut empty = quiet("at");
    empty.logical_type = LogicalType::Date;
    let candidate = empty.candidate.as_mut().unwrap();
    (candidate.nulls, candidate.max_key) = (candidate.rows, None);
    assert_eq!(decide(&measurement(vec![empty]), rule()).verdict, Inconclusive);
    assert_eq!(decide(&measurement(vec![quiet("at")]), rule()).verdict, Error, "a float");
    assert_eq!(decide(&measurement(vec![quiet("age")]), rule()).verdict, Failed, "no column");
}
