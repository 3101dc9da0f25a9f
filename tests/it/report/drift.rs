//! The drift gate, rule by rule.

use driftgate::contract::{Column, LogicalType, Schema};
use driftgate::gate::Verdict::{self, Error, Failed, Inconclusive, Passed, Warned};
use driftgate::measure::{CategoryChange, ColumnFacts, DistributionKind, Drift, RateChange};
use driftgate::policy::{Adjustment, Decide, DriftRule};
use driftgate::quantity::PValue;

use super::builder::*;

type Demand = fn(&mut DriftRule);

type Change = fn(&mut ColumnFacts);

/// Every rule of the vocabulary with a limit that a quiet numeric column meets.
const DEMANDS: [(&str, Demand); 13] = [
    ("psi_max", |rule| rule.psi_max = limit(0.2)),
    ("psi_warn", |rule| rule.psi_warn = limit(0.1)),
    ("ks_d_max", |rule| rule.ks_d_max = limit(0.1)),
    ("ks_p_min", |rule| rule.ks_p_min = limit(0.01)),
    ("missing_psi_max", |rule| rule.missing_psi_max = limit(0.1)),
    ("null_change_max", |rule| rule.null_change_max = limit(0.02)),
    ("js_distance_max", |rule| rule.js_distance_max = limit(0.1)),
    ("hellinger_max", |rule| rule.hellinger_max = limit(0.1)),
    ("total_variation_max", |rule| {
        rule.total_variation_max = limit(0.1);
    }),
    ("l_infinity_max", |rule| rule.l_infinity_max = limit(0.1)),
    ("wasserstein_scaled_max", |rule| {
        rule.wasserstein_scaled_max = limit(0.1);
    }),
    ("cramers_v_max", |rule| rule.cramers_v_max = limit(0.1)),
    ("chi_square_p_min", |rule| {
        rule.chi_square_p_min = limit(0.01);
    }),
];

fn rule(demand: Demand) -> DriftRule {
    let mut rule = no_drift_rule();
    demand(&mut rule);
    rule
}

fn with_psi(value: f64, lower: f64, upper: f64) -> ColumnFacts {
    let mut column = quiet("age");
    distances(&mut column).psi = Some(psi("psi_quantile10_jeffreys", value, lower, upper));
    column
}

#[test]
fn a_quiet_column_passes_every_rule_and_each_says_so() {
    for (name, demand) in DEMANDS {
        for decide in [Decide::Interval, Decide::Point] {
            let rule = DriftRule { decide, ..rule(demand) };
            let finding = drift_finding(quiet("age"), rule);
            assert_eq!(finding.verdict, Passed, "{name}: {}", finding.sentence);
            assert_eq!((finding.rule.as_str(), finding.line), (name, 14));
            assert!(finding.observed.is_some() && finding.threshold.is_some(), "{name}");
            assert!(finding.metric.is_some() && finding.counts.is_some(), "{name}");
        }
    }
}

#[test]
fn an_empty_side_is_inconclusive_under_every_rule() {
    for (name, demand) in DEMANDS {
        for empty_reference in [true, false] {
            let mut column = quiet("age");
            let (reference, candidate) = if empty_reference { (0, 900) } else { (900, 0) };
            column.reference = Some(side(reference));
            column.candidate = Some(side(candidate));
            let drift = distances(&mut column);
            (drift.reference_values, drift.candidate_values) = (reference, candidate);
            (drift.psi, drift.ks, drift.chi_square) = (None, None, None);
            (drift.js_distance_log2, drift.hellinger) = (None, None);
            (drift.total_variation, drift.l_infinity) = (None, None);
            (drift.wasserstein, drift.wasserstein_scaled) = (None, None);
            (drift.missing.psi, drift.missing.nulls, drift.missing.nans) = (None, None, None);
            let finding = drift_finding(column, rule(demand));
            assert_eq!(finding.verdict, Inconclusive, "{name}");
            let empty =
                if empty_reference { "the reference has no" } else { "the candidate has no" };
            assert!(finding.sentence.contains(empty), "{name}: {}", finding.sentence);
        }
    }
}

#[test]
fn fewer_than_thirty_values_are_inconclusive_however_good_or_bad_they_look() {
    for (name, demand) in DEMANDS {
        for values in [1, 6, 29] {
            let mut column = quiet("age");
            column.candidate = Some(side(values));
            distances(&mut column).candidate_values = values;
            let verdict = verdict_of(column, rule(demand));
            assert_eq!(verdict, Inconclusive, "{name} {values}");
        }
    }
}

#[test]
fn a_statistic_that_was_not_measured_is_an_error() {
    let absent: [(Demand, Change); 5] = [
        (|rule| rule.psi_max = limit(0.2), |column| distances(column).psi = None),
        (|rule| rule.ks_d_max = limit(0.2), |column| distances(column).ks = None),
        (|rule| rule.hellinger_max = limit(0.2), |column| distances(column).hellinger = None),
        (
            |rule| rule.null_change_max = limit(0.2),
            |column| {
                distances(column).missing.nulls = None;
            },
        ),
        (
            |rule| rule.wasserstein_scaled_max = limit(0.2),
            |column| {
                distances(column).wasserstein = None;
                distances(column).wasserstein_scaled = None;
            },
        ),
    ];
    for (demand, take) in absent {
        let mut column = quiet("age");
        take(&mut column);
        assert_eq!(verdict_of(column, rule(demand)), Error);
    }
}

#[test]
fn nan_and_infinity_are_errors_under_every_rule() {
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut column = with_psi(wrong, 0.0, 0.1);
        let drift = distances(&mut column);
        drift.ks.as_mut().unwrap().d = wrong;
        drift.missing.psi.as_mut().unwrap().value = wrong;
        drift.missing.nulls.as_mut().unwrap().change = wrong;
        drift.js_distance_log2 = Some(wrong);
        drift.hellinger = Some(wrong);
        drift.total_variation = Some(wrong);
        drift.l_infinity = Some(wrong);
        drift.wasserstein_scaled = Some(wrong);
        drift.chi_square.as_mut().unwrap().cramers_v = wrong;
        for (name, demand) in DEMANDS.iter().filter(|(name, _)| !name.ends_with("_p_min")) {
            assert_eq!(verdict_of(column.clone(), rule(*demand)), Error, "{name} {wrong}");
        }
        for bounds in [(wrong, 0.1), (0.0, wrong)] {
            assert_eq!(verdict_of(with_psi(0.05, bounds.0, bounds.1), rule(DEMANDS[0].1)), Error);
        }
        let mut rates = quiet("age");
        distances(&mut rates).missing.nulls.as_mut().unwrap().lower = wrong;
        assert_eq!(verdict_of(rates, rule(|rule| rule.null_change_max = limit(0.02))), Error);
    }
}

#[test]
fn psi_is_decided_three_ways_by_its_interval() {
    let verdict =
        |value, lower, upper| verdict_of(with_psi(value, lower, upper), rule(DEMANDS[0].1));
    assert_eq!(verdict(0.15, 0.11, 0.19), Passed);
    assert_eq!(verdict(0.15, 0.11, 0.2), Inconclusive);
    assert_eq!(verdict(0.25, 0.2, 0.31), Inconclusive);
    assert_eq!(verdict(0.314, 0.302, 0.328), Failed);
    assert_eq!(verdict(0.2, 0.1, 0.19), Inconclusive, "a value at the limit cannot pass");
}

#[test]
fn a_psi_at_the_warning_level_is_a_warning_where_it_would_have_passed() {
    let both = |rule: &mut DriftRule| {
        rule.psi_max = limit(0.2);
        rule.psi_warn = limit(0.1);
    };
    let mut rule = no_drift_rule();
    both(&mut rule);
    let verdict = |value, lower, upper| verdict_of(with_psi(value, lower, upper), rule.clone());
    assert_eq!(verdict(0.05, 0.03, 0.08), Passed);
    assert_eq!(verdict(0.1, 0.08, 0.13), Warned);
    assert_eq!(verdict(0.19, 0.15, 0.24), Inconclusive);
    assert_eq!(verdict(0.31, 0.3, 0.33), Failed);
    let finding = drift_finding(with_psi(0.12, 0.101, 0.14), rule);
    assert_eq!(finding.rule, "psi_warn");
    assert!(
        finding.sentence.starts_with("PSI 0.120 (90% 0.101–0.140) ≥ 0.100"),
        "{}",
        finding.sentence
    );
}

#[test]
fn rare_categories_do_not_make_a_column_untellable_but_sparse_bins_do() {
    let counts = |rare: u64| {
        let mut column = quiet_text("country");
        let psi = distances(&mut column).psi.as_mut().unwrap();
        psi.bins = bins(&["DE", "AT", "VA"], &[(100_000, 100_000), (50_000, 50_000), (rare, rare)]);
        psi.sparse_share = 0.0;
        column
    };
    assert_eq!(verdict_of(counts(1), rule(DEMANDS[0].1)), Passed);
    let mut sparse = quiet_text("city");
    distances(&mut sparse).psi.as_mut().unwrap().sparse_share = 1.0;
    let finding = drift_finding(sparse, rule(DEMANDS[0].1));
    assert_eq!(finding.verdict, Inconclusive);
    assert!(finding.sentence.contains("fewer than 5 expected"), "{}", finding.sentence);
}

#[test]
fn columns_constant_on_both_sides_pass() {
    let mut column = with_psi(0.0, 0.0, 0.0);
    distances(&mut column).psi.as_mut().unwrap().bins = bins(&["7"], &[(900, 900)]);
    assert_eq!(verdict_of(column, rule(DEMANDS[0].1)), Passed);
}

#[test]
fn ks_is_decided_three_ways_and_by_value_alone_when_asked() {
    let verdict = |d, lower, upper, decide| {
        let mut column = quiet("age");
        let ks = distances(&mut column).ks.as_mut().unwrap();
        (ks.d, ks.lower, ks.upper) = (d, lower, upper);
        verdict_of(column, DriftRule { decide, ..rule(|rule| rule.ks_d_max = limit(0.1)) })
    };
    assert_eq!(verdict(0.05, 0.02, 0.08, Decide::Interval), Passed);
    assert_eq!(verdict(0.09, 0.06, 0.12, Decide::Interval), Inconclusive);
    assert_eq!(verdict(0.2, 0.17, 0.23, Decide::Interval), Failed);
    assert_eq!(verdict(0.09, 0.06, 0.12, Decide::Point), Passed);
    assert_eq!(verdict(0.1, 0.07, 0.13, Decide::Point), Failed);
}

#[test]
fn p_is_adjusted_for_the_number_of_columns() {
    let verdicts = |adjust: Adjustment| -> Vec<Verdict> {
        let names = ["a", "b", "c", "d"];
        let p_values: [f64; 4] = [0.02, 0.0005, 0.4, 0.004];
        let columns = names.iter().zip(p_values).map(|(name, p)| {
            let mut column = quiet(name);
            distances(&mut column).ks.as_mut().unwrap().p = PValue::from_ln(p.ln());
            column
        });
        let rule = DriftRule { adjust, ..rule(|rule| rule.ks_p_min = limit(0.01)) };
        let evaluation = decide(&measurement(columns.collect()), vec![drift_gate(rule, &names)]);
        evaluation.gates[0].findings.iter().map(|finding| finding.verdict).collect()
    };
    // By hand: Holm 0.04, 0.002, 0.4, 0.012; Benjamini-Hochberg 0.0267, 0.002, 0.4, 0.008.
    assert_eq!(verdicts(Adjustment::None), [Passed, Failed, Passed, Failed]);
    assert_eq!(verdicts(Adjustment::Holm), [Passed, Failed, Passed, Passed]);
    assert_eq!(verdicts(Adjustment::BenjaminiHochberg), [Passed, Failed, Passed, Failed]);
}

#[test]
fn a_p_far_below_the_smallest_float_fails_and_is_told() {
    let mut column = quiet("dep_delay");
    distances(&mut column).ks.as_mut().unwrap().p = PValue::from_ln(-2000.0);
    let finding = drift_finding(column, rule(|rule| rule.ks_p_min = limit(0.01)));
    assert_eq!(finding.verdict, Failed);
    assert!(finding.sentence.contains("2.6e-869"), "{}", finding.sentence);
}

#[test]
fn a_change_of_the_null_rate_counts_in_both_directions() {
    let verdict = |change: f64, lower: f64, upper: f64| {
        let mut column = quiet("age");
        distances(&mut column).missing.nulls =
            Some(RateChange { reference: 0.1, candidate: 0.1 + change, change, lower, upper });
        verdict_of(column, rule(|rule| rule.null_change_max = limit(0.02)))
    };
    assert_eq!(verdict(0.01, 0.005, 0.02), Passed, "a change may reach its limit");
    assert_eq!(verdict(-0.01, -0.02, -0.005), Passed);
    assert_eq!(verdict(0.05, 0.04, 0.06), Failed);
    assert_eq!(verdict(-0.05, -0.06, -0.04), Failed);
    assert_eq!(verdict(-0.02, -0.03, -0.01), Inconclusive);
    assert_eq!(verdict(0.0, -0.03, 0.01), Inconclusive);
}

#[test]
fn new_and_vanished_categories_are_limited_by_their_share() {
    let mut column = quiet_text("country");
    distances(&mut column).categories = Some(CategoryChange {
        new_count: Some(5),
        new_share: 0.02,
        new_largest: ["FR", "IT", "ES", "PT", "LU"].map(|label| (label.to_owned(), 4)).into(),
        vanished_count: 0,
        vanished_share: 0.0,
        vanished_largest: Vec::new(),
    });
    let finding = drift_finding(column.clone(), rule(|rule| rule.new_categories_max = limit(0.0)));
    assert_eq!(finding.verdict, Failed);
    assert!(finding.sentence.contains("`FR`, `IT`, `ES` and 2 more"), "{}", finding.sentence);
    let vanished = rule(|rule| rule.vanished_categories_max = limit(0.0));
    assert_eq!(verdict_of(column.clone(), vanished), Passed, "none is at most none");
    let lenient = rule(|rule| rule.new_categories_max = limit(0.02));
    assert_eq!(verdict_of(column, lenient), Passed);
}

#[test]
fn any_move_from_a_constant_reference_is_infinitely_many_sigma() {
    let of = |moved: f64| {
        let mut column = quiet("flag");
        distances(&mut column).wasserstein = Some(moved);
        distances(&mut column).wasserstein_scaled = None;
        verdict_of(column, rule(|rule| rule.wasserstein_scaled_max = limit(0.5)))
    };
    assert_eq!(of(0.0), Passed);
    assert_eq!(of(1e-9), Failed);
    assert_eq!(of(f64::NAN), Error);
}

#[test]
fn a_rule_without_meaning_for_a_kind_is_said_and_not_counted() {
    let both = rule(|rule| {
        rule.psi_max = limit(0.2);
        rule.ks_d_max = limit(0.1);
        rule.nan_change_max = limit(0.1);
    });
    let gates = vec![drift_gate(both, &["country"])];
    let evaluation = decide(&measurement(vec![quiet_text("country")]), gates);
    let gate = &evaluation.gates[0];
    assert_eq!((gate.verdict, gate.findings.len()), (Passed, 1));
    let said: Vec<&str> = gate.not_applicable.iter().map(|skip| skip.rule.as_str()).collect();
    assert_eq!(said, ["ks_d_max", "nan_change_max"]);
}

#[test]
fn a_column_no_rule_applies_to_is_an_error_not_a_pass() {
    let only_ks = rule(|rule| rule.ks_d_max = limit(0.1));
    let finding = drift_finding(quiet_text("country"), only_ks);
    assert_eq!(finding.verdict, Error);
    assert!(finding.sentence.contains("categorical"), "{}", finding.sentence);
    let categories = rule(|rule| rule.new_categories_max = limit(0.1));
    assert_eq!(verdict_of(quiet("age"), categories), Error);
}

#[test]
fn a_type_that_cannot_be_measured_is_an_error_with_its_reason() {
    let mut column = quiet("embedding");
    column.kind = DistributionKind::Unsupported;
    column.drift = Some(Drift::Unmeasurable { reason: "`list<float32>` has no order".into() });
    let finding = drift_finding(column.clone(), rule(DEMANDS[0].1));
    assert_eq!(finding.verdict, Error);
    assert_eq!(finding.sentence, "cannot be measured: `list<float32>` has no order");
    column.drift = None;
    assert_eq!(verdict_of(column, rule(DEMANDS[0].1)), Error);
}

#[test]
fn a_column_the_candidate_lacks_fails_and_one_the_reference_lacks_cannot_be_told() {
    let mut gone = quiet("age");
    gone.candidate = None;
    let finding = drift_finding(gone, rule(DEMANDS[0].1));
    assert_eq!(finding.verdict, Failed);
    assert_eq!(finding.sentence, "the candidate's schema has no such column");
    let mut added = quiet("age");
    added.reference = None;
    assert_eq!(verdict_of(added, rule(DEMANDS[0].1)), Inconclusive);
}

#[test]
fn a_column_that_was_never_measured_is_an_error() {
    let mut facts = measurement(vec![quiet("age")]);
    facts.reference.schema = Schema::new(vec![
        Column::new("age", LogicalType::String, true),
        Column::new("income", LogicalType::String, true),
    ])
    .unwrap();
    facts.candidate.schema = facts.reference.schema.clone();
    let evaluation = decide(&facts, vec![drift_gate(rule(DEMANDS[0].1), &["income"])]);
    assert_eq!(evaluation.verdict, Error);
}

#[test]
fn a_gate_without_columns_has_checked_nothing_and_does_not_pass() {
    let evaluation =
        decide(&measurement(vec![quiet("age")]), vec![drift_gate(rule(DEMANDS[0].1), &[])]);
    assert_eq!(evaluation.verdict, Inconclusive);
    assert_eq!(evaluation.gates[0].findings[0].sentence, "nothing was checked");
    assert_eq!(
        decide(&measurement(vec![]), vec![]).verdict,
        Inconclusive,
        "a policy without gates"
    );
}

#[test]
fn a_failure_names_the_value_the_limit_the_counts_and_what_moved() {
    let mut column = with_psi(0.314_15, 0.302, 0.328);
    let drift = distances(&mut column);
    (drift.reference_values, drift.candidate_values) = (1_200_000, 900_000);
    drift.psi.as_mut().unwrap().bins =
        bins(&["(-inf, 65]", "(65, 80]"], &[(1_150_800, 792_900), (49_200, 107_100)]);
    drift.psi.as_mut().unwrap().bins[1].contribution = 0.083;
    drift.psi.as_mut().unwrap().bins[0].contribution = 0.007;
    let finding = drift_finding(column, rule(DEMANDS[0].1));
    assert_eq!(
        finding.sentence,
        "PSI 0.314 (90% 0.30–0.33) ≥ 0.200; n 1.2M vs 0.9M; bin (65, 80] 4.1% → 11.9%"
    );
    let moved: Vec<&str> = finding.moved.iter().map(|bin| bin.label.as_str()).collect();
    assert_eq!(moved, ["(65, 80]", "(-inf, 65]"], "largest contribution first");
}
