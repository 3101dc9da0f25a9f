//! What somebody with the key can sign, and that the numbers give it away.

use driftgate::gate::Verdict;
use driftgate::policy::parse;
use driftgate::report::redecide::{Figure, agree_with_policy, redecide};
use driftgate::report::{
    BinCounts, CheckResult, Count, DecideDocument, Predicate, QuantityDocument, SeverityDocument,
    Statement, WaiverStateDocument,
};
use driftgate::yaml::BYTES_MAX;

use super::court::{
    POLICY, assert_refused, candidate, column_of, court, forge, gate, result, statement, verify,
};
use crate::workplace::Workplace;

/// Makes everything of a report say that it passed, as far as words go.
fn whitewash(predicate: &mut Predicate) {
    predicate.verdict = Verdict::Passed;
    predicate.exit_code = 0;
    for gate in &mut predicate.gates {
        gate.verdict = Verdict::Passed;
        for group in &mut gate.checks {
            (group.demand.verdict, group.demand.decision) = (Verdict::Passed, Verdict::Passed);
        }
    }
}

#[test]
fn an_edited_verdict_is_refused_on_every_level() {
    let place = court();
    assert_eq!(forge(&place, |_| ()).code, Some(1), "an unchanged report is good");
    let forged = forge(&place, |predicate| predicate.verdict = Verdict::Passed);
    assert_refused(&forged, "E_VERDICT", "the verdict is recorded as `passed`, expected `failed`");
    let forged = forge(&place, |predicate| predicate.exit_code = 0);
    assert_refused(&forged, "E_VERDICT", "the exit code is recorded as `0`, expected `1`");
    let forged = forge(&place, |predicate| {
        (predicate.verdict, predicate.exit_code) = (Verdict::Passed, 0);
        gate(predicate, "drift").verdict = Verdict::Passed;
    });
    assert_refused(
        &forged,
        "E_VERDICT",
        "in `drift`: the verdict of the gate is recorded as `passed`",
    );
    assert_refused(&forge(&place, whitewash), "E_VERDICT", "the decision is recorded as `passed`");
}

#[test]
fn edited_numbers_are_refused_with_gate_rule_and_column() {
    let place = court();
    let number = |gate: &'static str, rule: &'static str, column: &'static str, at: usize| {
        forge(&place, move |predicate| match result(predicate, gate, rule, column) {
            CheckResult::Estimate(_, value, lower, upper) => {
                let number = [value, lower, upper][at].as_mut().unwrap();
                *number = *number * 0.999 + 0.0001;
            }
            CheckResult::Value(_, Some(QuantityDocument::Real(value))) => {
                *value = *value * 0.999 + 0.0001;
            }
            other => panic!("{other:?}"),
        })
    };
    for rule in ["psi_max", "null_change_max", "nan_change_max", "missing_psi_max"] {
        for (at, said) in [(0, "the number"), (1, "the lower end"), (2, "the upper end")] {
            let ran = number("drift", rule, "amount", at);
            let place = format!("in `drift/amount`, `{rule}`: {said}");
            assert_refused(&ran, "E_NUMBER", &place);
        }
    }
    for rule in [
        "js_distance_max",
        "hellinger_max",
        "total_variation_max",
        "l_infinity_max",
        "cramers_v_max",
    ] {
        assert_refused(
            &number("drift", rule, "amount", 0),
            "E_NUMBER",
            &format!("`{rule}`: the number"),
        );
    }
    for rule in ["new_categories_max", "vanished_categories_max"] {
        let ran = number("drift", rule, "country", 0);
        assert_refused(&ran, "E_NUMBER", &format!("in `drift/country`, `{rule}`: the number"));
    }
    // A KS distance needs the values, but the band around it does not.
    assert_refused(&number("drift", "ks_d_max", "amount", 0), "E_NUMBER", "the lower end");
    assert_refused(&number("drift", "ks_d_max", "amount", 1), "E_NUMBER", "the lower end");
}

/// The numbers that only the data can confirm still decide.
#[test]
fn a_number_that_cannot_be_recomputed_cannot_contradict_its_decision() {
    let place = court();
    for rule in ["ks_p_min", "wasserstein_scaled_max", "chi_square_p_min"] {
        let forged = forge(&place, |predicate| {
            let groups = gate(predicate, "drift").checks.iter_mut();
            for group in groups.filter(|group| group.demand.rule == rule) {
                (group.demand.decision, group.demand.verdict) = (Verdict::Passed, Verdict::Passed);
            }
        });
        let said = format!("in `drift/amount`, `{rule}`: the decision is recorded as `passed`");
        assert_refused(&forged, "E_VERDICT", &said);
    }
}

#[test]
fn edited_counts_are_refused_because_they_no_longer_add_up() {
    let place = court();
    let forged = forge(&place, |predicate| {
        let Some(BinCounts::Counted { candidate, .. }) = &mut predicate.columns[1].bins else {
            panic!("ten bins are signed")
        };
        candidate[0].0 += 1;
    });
    assert_refused(
        &forged,
        "E_NUMBER",
        "in `drift/amount`, `psi_max`: a count is recorded as `2001`",
    );
    let forged = forge(&place, |predicate| {
        let Some(BinCounts::Counted { candidate, .. }) = &mut predicate.columns[1].bins else {
            panic!("ten bins are signed")
        };
        candidate[8].0 += 50;
        candidate[9].0 -= 50;
    });
    assert_refused(&forged, "E_NUMBER", "in `drift/amount`, `psi_max`: the number");
    let forged = forge(&place, |predicate| predicate.columns[1].bins = None);
    assert_refused(&forged, "E_NUMBER", "nothing to count");
    let forged = forge(&place, |predicate| drop(predicate.columns.remove(1)));
    assert_refused(&forged, "E_NUMBER", "counts of the column");
    let forged = forge(&place, |predicate| candidate(predicate).rows = Count(1_999));
    assert_refused(&forged, "E_NUMBER", "a count");
    let forged = forge(&place, |predicate| candidate(predicate).rows = Count(u64::MAX));
    assert_refused(&forged, "E_NUMBER", "at most 9007199254740992 rows");
    let forged = forge(&place, |predicate| predicate.columns[1].nulls[1] = Some(Count(u64::MAX)));
    assert_refused(&forged, "E_NUMBER", "a count");
    let forged = forge(&place, |predicate| {
        let Some(BinCounts::Counted { candidate, .. }) = &mut predicate.columns[1].bins else {
            panic!("ten bins are signed")
        };
        candidate.fill(Count(u64::MAX));
    });
    assert_refused(&forged, "E_NUMBER", "a count");
}

#[test]
fn edited_violations_are_refused() {
    let place = court();
    let edit = |rule: &'static str, column: &'static str, edited: u64| {
        forge(&place, move |predicate| match result(predicate, "valid", rule, column) {
            CheckResult::Broken { violations, .. } => violations.0 = edited,
            other => panic!("{other:?}"),
        })
    };
    let ran = edit("range [0, 100]", "amount", 0);
    assert_refused(&ran, "E_VERDICT", "in `valid/amount`, `range [0, 100]`: the decision");
    let ran = edit("nulls at most 5%", "amount", 1);
    assert_refused(&ran, "E_NUMBER", "a count is recorded as `1`, expected `0`");
    let ran = edit("NaN at most 0%", "amount", 1);
    assert_refused(&ran, "E_NUMBER", "a count is recorded as `1`, expected `0`");
    assert_refused(&edit("unique", "id", 5_000), "E_VERDICT", "expected `error`");
}

#[test]
fn dropped_checks_and_gates_do_not_change_a_verdict_unnoticed() {
    let place = court();
    let forged = forge(&place, |predicate| {
        gate(predicate, "drift").checks.retain(|group| group.demand.decision != Verdict::Failed);
    });
    assert_refused(
        &forged,
        "E_VERDICT",
        "in `drift`: the verdict of the gate is recorded as `failed`",
    );
    let forged = forge(&place, |predicate| predicate.gates.retain(|gate| gate.name != "drift"));
    assert_refused(&forged, "E_VERDICT", "the number of failures under a waiver");
    let forged = forge(&place, |predicate| gate(predicate, "drift").checks.clear());
    assert_refused(&forged, "E_VERDICT", "expected `inconclusive`");
    let forged = forge(&place, |predicate| {
        predicate.gates.clear();
        predicate.waivers.clear();
        (predicate.verdict, predicate.exit_code) = (Verdict::Passed, 0);
    });
    assert_refused(&forged, "E_VERDICT", "expected `inconclusive`");
}

/// A forger who leaves the failed checks out and settles everything else makes a report that is
/// whole in itself; the policy knows what was to be asked.
#[test]
fn a_report_without_its_failed_checks_is_refused_under_its_policy() {
    let place = court();
    let forged = forge(&place, |predicate| {
        for gate in &mut predicate.gates {
            gate.checks.retain(|group| group.demand.verdict.opens_door());
            gate.verdict = Verdict::overall(gate.checks.iter().map(|group| group.demand.verdict));
        }
        predicate.waivers[2].findings = Count(0);
        (predicate.verdict, predicate.exit_code) = (Verdict::Warned, 0);
    });
    assert_eq!(forged.code, Some(0), "{forged:?}");
    let ran = verify(&place, "forged --policy policy.yaml");
    assert_refused(&ran, "E_POLICY", "`psi_max`: the limit is recorded as `absent`");
    let forged = forge(&place, |predicate| {
        gate(predicate, "volume").checks.retain(|group| group.demand.rule != "ratio_min");
    });
    assert_eq!(forged.code, Some(1), "{forged:?}");
    let ran = verify(&place, "forged --policy policy.yaml");
    assert_refused(&ran, "E_POLICY", "in `volume`: the limit is recorded as `absent`");
}

#[test]
fn severity_and_waivers_soften_only_what_they_cover_and_only_in_their_time() {
    let place = court();
    let forged = forge(&place, |predicate| {
        gate(predicate, "soft").severity = SeverityDocument::Block;
    });
    assert_refused(&forged, "E_VERDICT", "in `soft/amount`, `psi_max`: the verdict of the check");
    let forged = forge(&place, |predicate| predicate.waivers.clear());
    assert_refused(
        &forged,
        "E_VERDICT",
        "in `waived/amount`, `ks_d_max`: the verdict of the check",
    );
    let forged = forge(&place, |predicate| {
        predicate.waivers[0].expires = "2026-09-21T13:33:20Z".to_owned();
    });
    assert_refused(&forged, "E_VERDICT", "in `waived/amount`");
    let forged = forge(&place, |predicate| {
        predicate.waivers[2].expires = "2031-01-01T00:00:00Z".to_owned();
        predicate.waivers[2].state = WaiverStateDocument::Applied;
    });
    assert_refused(&forged, "E_VERDICT", "in `drift/amount`");
    let forged = forge(&place, |predicate| {
        predicate.waivers[1].state = WaiverStateDocument::Applied;
    });
    assert_refused(&forged, "E_VERDICT", "the state of a waiver is recorded as `applied`");
    let forged = forge(&place, |predicate| predicate.waivers[0].findings = Count(2));
    assert_refused(&forged, "E_VERDICT", "the number of failures under a waiver");
    let forged = forge(&place, |predicate| predicate.evaluated_at = "yesterday".to_owned());
    assert_refused(&forged, "E_VERDICT", "`yesterday`");
}

#[test]
fn a_number_that_is_missing_never_passes() {
    let place = court();
    let forged = forge(&place, |predicate| {
        for group in &mut gate(predicate, "drift").checks {
            (group.demand.verdict, group.demand.decision) = (Verdict::Passed, Verdict::Passed);
            for result in &mut group.results {
                let column = column_of(result).map(str::to_owned);
                *result = CheckResult::Value(column, None);
            }
            group.demand.decided_by = None;
        }
    });
    assert_refused(&forged, "E_VERDICT", "expected `inconclusive or failed or error`");
    let forged = forge(&place, |predicate| {
        if let CheckResult::Estimate(_, _, _, upper) =
            result(predicate, "drift", "ks_d_max", "amount")
        {
            *upper = None;
        }
    });
    assert_refused(&forged, "E_NUMBER", "the upper end of the interval is recorded as `NaN`");
}

#[test]
fn a_check_of_another_form_is_refused() {
    let place = court();
    for rule in ["ks_d_max", "psi_max"] {
        let forged = forge(&place, |predicate| {
            let checks = gate(predicate, "drift").checks.iter_mut();
            for group in checks.filter(|group| group.demand.rule == rule) {
                group.demand.alpha = None;
                for result in &mut group.results {
                    let CheckResult::Estimate(column, Some(value), ..) = result else { continue };
                    let value = QuantityDocument::Real(*value);
                    *result = CheckResult::Value(column.clone(), Some(value));
                }
            }
        });
        assert_refused(&forged, "E_VERDICT", "recorded as `no interval`, expected `an interval`");
    }
    let forged = forge(&place, |predicate| gate(predicate, "drift").kind = "schema".to_owned());
    assert_refused(&forged, "E_VERDICT", "in `drift/amount`");
    let forged = forge(&place, |predicate| gate(predicate, "drift").kind = "\u{1b}[2J".to_owned());
    assert_refused(&forged, "E_VERDICT", "`\\u{1b}[2J`");
    let forged = forge(&place, |predicate| {
        for group in &mut gate(predicate, "drift").checks {
            group.demand.alpha = group.demand.alpha.map(|_| 0.7);
        }
    });
    assert_refused(&forged, "E_NUMBER", "the error rate of the interval is recorded as `0.7`");
    let forged = forge(&place, |predicate| {
        for group in &mut gate(predicate, "valid").checks {
            group.demand.side = None;
        }
    });
    assert_refused(&forged, "E_VERDICT", "expected `a share that is tolerated on one side`");
}

/// A forger who moves every limit keeps the report whole in itself; the policy tells.
#[test]
fn limits_that_are_not_the_policys_are_refused() {
    let place = court();
    let predicate = || -> Predicate {
        let statement: Statement = serde_json::from_slice(&statement(&place)).unwrap();
        statement.predicate
    };
    let bytes = POLICY.as_bytes();
    assert!(bytes.len() < BYTES_MAX);
    let policy = parse("policy.yaml", bytes).unwrap();
    assert!(agree_with_policy(&predicate(), &policy).unwrap() > 20);

    let refused = |change: &dyn Fn(&mut Predicate)| {
        let mut forged = predicate();
        change(&mut forged);
        agree_with_policy(&forged, &policy).unwrap_err()
    };
    let wrong = refused(&|predicate| {
        for group in &mut gate(predicate, "drift").checks {
            if group.demand.rule == "ks_d_max" {
                group.demand.threshold = Some(QuantityDocument::Real(0.9));
            }
        }
    });
    assert_eq!((wrong.figure, wrong.rule.as_deref()), (Figure::Limit, Some("ks_d_max")));
    assert_eq!((&*wrong.recorded, &*wrong.expected), ("0.9 on line 33", "0.1 on line 33"));
    let wrong = refused(&|predicate| {
        for group in &mut gate(predicate, "drift").checks {
            if group.demand.alpha.is_some() {
                group.demand.decided_by = Some(DecideDocument::Point);
            }
        }
    });
    assert_eq!(wrong.figure, Figure::Form);
    let wrong = refused(&|predicate| {
        gate(predicate, "drift").checks.retain(|group| group.demand.rule != "ks_d_max");
    });
    assert_eq!((wrong.figure, &*wrong.expected), (Figure::Limit, "ks.d_max"));
    let wrong = refused(&|predicate| {
        for group in &mut gate(predicate, "drift").checks {
            if group.demand.rule == "psi_max" {
                group.demand.rule = "psi_warn".to_owned();
                group.demand.threshold = Some(QuantityDocument::Real(0.01));
                group.demand.decided_by = Some(DecideDocument::Point);
            }
        }
    });
    assert_eq!((wrong.figure, &*wrong.expected), (Figure::Limit, "psi_max"));
    let wrong = refused(&|predicate| predicate.gates.truncate(3));
    assert_eq!(wrong.figure, Figure::Gates);
    let wrong = refused(&|predicate| gate(predicate, "waived").severity = SeverityDocument::Warn);
    assert_eq!(wrong.figure, Figure::GateTerms);
    let wrong =
        refused(&|predicate| predicate.waivers[2].expires = "2031-01-01T00:00:00Z".to_owned());
    assert_eq!(wrong.figure, Figure::Waivers);
    let wrong = refused(&|predicate| {
        for group in &mut gate(predicate, "volume").checks {
            group.demand.threshold = Some(QuantityDocument::Count(1));
        }
    });
    assert_eq!((wrong.figure, &*wrong.expected), (Figure::Limit, "10 on line 28"));
    let wrong = refused(&|predicate| {
        for group in &mut gate(predicate, "valid").checks {
            group.demand.threshold = Some(QuantityDocument::Real(1.0));
        }
    });
    assert_eq!(wrong.figure, Figure::Limit);
}

#[test]
fn a_report_that_does_not_do_what_its_policy_says_is_refused_by_the_command() {
    let place = court();
    let forged = forge(&place, |predicate| {
        for group in &mut gate(predicate, "drift").checks {
            if group.demand.rule == "js_distance_max" && group.demand.decision == Verdict::Passed {
                group.demand.threshold = Some(QuantityDocument::Real(0.95));
            }
        }
    });
    assert_eq!(forged.code, Some(1), "whole in itself: {forged:?}");
    let ran = verify(&place, "forged --policy policy.yaml");
    assert_refused(
        &ran,
        "E_POLICY",
        "`js_distance_max`: the limit is recorded as `0.95 on line 36`",
    );
}

/// What is decided again is what was decided, for a report with nothing in it too.
#[test]
fn a_report_without_gates_is_inconclusive() {
    let place: Workplace = court();
    let mut statement: Statement = serde_json::from_slice(&statement(&place)).unwrap();
    let predicate = &mut statement.predicate;
    predicate.gates.clear();
    predicate.waivers.clear();
    (predicate.verdict, predicate.exit_code) = (Verdict::Inconclusive, 3);
    assert_eq!(
        redecide(predicate).map(|found| (found.verdict, found.checks)),
        Ok((Verdict::Inconclusive, 0))
    );
}
