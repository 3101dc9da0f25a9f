//! Predictions of real models, against numbers that scikit-learn and fairlearn found elsewhere.
//!
//! They are not part of this project, so this test runs when asked for, with the folder named:
//! `DRIFTGATE_PREDICTIONS=… cargo test -- --ignored predictions`. It holds `reference.parquet`,
//! `candidate.parquet` and `oracle_metrics.json`.

use std::fs;
use std::path::PathBuf;

use driftgate::measure::predictions::{
    DecidedBy, GroupCounts, LatencyRequest, PredictionColumns, SideFacts, Statistic, TimeStep,
};
use driftgate::quantity::Fraction;
use driftgate::stats::{Proportion, spread};
use serde_json::Value;

use super::measured::{columns, measure, request};

#[test]
#[ignore = "needs predictions of real models: DRIFTGATE_PREDICTIONS"]
fn real_predictions_have_the_numbers_that_others_found() {
    let folder = PathBuf::from(std::env::var_os("DRIFTGATE_PREDICTIONS").unwrap());
    let oracle: Value =
        serde_json::from_slice(&fs::read(folder.join("oracle_metrics.json")).unwrap()).unwrap();
    for side in ["reference", "candidate"] {
        let named = PredictionColumns {
            decision: Some("y_pred".to_owned()),
            ..columns("y_true", "y_score")
        };
        let (stored, half) = (DecidedBy::Stored, DecidedBy::score(0.5));
        let statistics = [
            (Statistic::Auc, "auc"),
            (Statistic::AveragePrecision, "average_precision"),
            (Statistic::Brier, "brier"),
            (Statistic::LogLoss, "log_loss"),
            (Statistic::F1(stored), "f1_stored"),
            (Statistic::Precision(stored), "precision_stored"),
            (Statistic::Recall(stored), "recall_stored"),
            (Statistic::Accuracy(stored), "accuracy_stored"),
            (Statistic::BalancedAccuracy(stored), "balanced_accuracy_stored"),
            (Statistic::F1(half), "f1_at_05"),
            (Statistic::Precision(half), "precision_at_05"),
            (Statistic::Recall(half), "recall_at_05"),
            (Statistic::Accuracy(half), "accuracy_at_05"),
            (Statistic::BalancedAccuracy(half), "balanced_accuracy_at_05"),
        ];
        let mut wanted = request(named, &statistics.map(|(statistic, _)| statistic));
        wanted.groupings = vec![vec!["sex".to_owned()], vec!["race".to_owned()]];
        wanted.latency = Some(LatencyRequest {
            column: "latency_ms".to_owned(),
            unit: TimeStep::Millisecond,
            quantiles: [0.5, 0.95, 0.99].map(|p| Fraction::new(p).unwrap()).to_vec(),
        });
        let facts = measure(&folder.join(format!("{side}.parquet")), &wanted);
        let oracle = &oracle[side];
        assert_eq!(Some(facts.rows), oracle["n"].as_u64());
        assert_eq!(facts.positives, oracle["positives"].as_u64());
        for (statistic, name) in statistics {
            let found = facts.estimates[&statistic].clone().unwrap().value;
            close(found, &oracle[name], name);
        }
        compare_groups(&facts, oracle);
        let latency = facts.latency.unwrap();
        for found in &latency.quantiles {
            let expected = &oracle["latency_ms"][found.p.to_string()]["inverted_cdf"];
            assert_eq!(Some(found.estimate.value), expected.as_f64(), "p = {}", found.p);
        }
    }
}

fn compare_groups(facts: &SideFacts, oracle: &Value) {
    let alpha = Fraction::new(0.05).unwrap();
    for grouping in &facts.groupings {
        let expected = &oracle["by_group"][&grouping.columns[0]];
        for group in &grouping.groups {
            let of = &expected["groups"][group.values[0].as_ref().unwrap()];
            let counts = group.counts;
            for (count, name) in [
                (counts.true_positives, "tp"),
                (counts.false_positives, "fp"),
                (counts.false_negatives, "fn"),
                (counts.true_negatives, "tn"),
                (counts.rows(), "n"),
            ] {
                assert_eq!(Some(count), of[name].as_u64(), "{name} of {:?}", group.values);
            }
        }
        let of = |share: fn(&GroupCounts) -> Proportion| {
            let shares: Vec<_> = grouping.groups.iter().map(|group| share(&group.counts)).collect();
            spread(&shares, alpha, 1).unwrap()
        };
        let (selected, found) = (of(GroupCounts::selected), of(GroupCounts::found));
        let odds = found.worse(of(GroupCounts::alarmed));
        close(selected.ratio.unwrap(), &expected["demographic_parity_ratio"], "parity ratio");
        close(selected.difference, &expected["demographic_parity_difference"], "parity difference");
        close(found.difference, &expected["equal_opportunity_difference"], "opportunity");
        close(found.ratio.unwrap(), &expected["equal_opportunity_ratio"], "opportunity ratio");
        close(odds.difference, &expected["equalized_odds_difference"], "odds difference");
        close(odds.ratio.unwrap(), &expected["equalized_odds_ratio"], "odds ratio");
    }
}

fn close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-12, "{what}: expected {expected}, found {found}");
}
