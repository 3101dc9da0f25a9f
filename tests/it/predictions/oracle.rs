//! Every statistic against scikit-learn and fairlearn, on sets chosen to hurt.
//!
//! `foreign/predictions.py` writes the sets and computes the answers while the test runs.

use std::collections::BTreeMap;
use std::fs;

use driftgate::measure::predictions::{
    DecidedBy, GroupCounts, LatencyRequest, PredictionColumns, Statistic, TimeStep,
    measure_predictions,
};
use driftgate::quantity::Fraction;
use driftgate::scan::Pool;
use driftgate::stats::{normal_quantile, spread};
use serde::Deserialize;

use super::measured::{columns, measure, of_classes, of_numbers, open, request};
use crate::workplace::Workplace;

#[derive(Deserialize)]
struct Oracle {
    classes: BTreeMap<String, Set>,
    numbers: BTreeMap<String, Set>,
    groups: BTreeMap<String, BTreeMap<String, f64>>,
    pair: Pair,
    latency: BTreeMap<String, f64>,
}

/// One file: how to read it, and what is to be found.
#[derive(Deserialize)]
struct Set {
    label: String,
    positive: Option<String>,
    weight: Option<String>,
    statistics: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Pair {
    difference: f64,
    variance: f64,
}

#[test]
fn every_statistic_is_that_of_scikit_learn_and_fairlearn() {
    let place = Workplace::new();
    place.python("predictions.py", &["."]);
    let oracle: Oracle =
        serde_json::from_slice(&fs::read(place.path("predictions.json")).unwrap()).unwrap();
    let mut tally = Tally::default();
    for (name, set) in &oracle.classes {
        let named = PredictionColumns {
            positive: set.positive.clone(),
            weight: set.weight.clone(),
            ..columns(&set.label, "score")
        };
        let facts =
            measure(&place.path(format!("{name}.parquet")), &request(named, &of_classes(0.5)));
        for (statistic, found) in &facts.estimates {
            let Some(&expected) = set.statistics.get(statistic.as_str()) else {
                let why = found.as_ref().unwrap_err();
                assert!(why.contains("not defined"), "{name} {statistic}: {why}");
                continue;
            };
            let found = match found {
                Ok(found) => found,
                // Where no row is or is decided positive scikit-learn says 0.
                Err(why) if why.contains("not defined") && expected == 0.0 => continue,
                Err(why) => panic!("{name} {statistic}: {why}"),
            };
            tally.compare(name, statistic.as_str(), found.value, expected);
            let (lower, upper) = found.bounds.unwrap();
            assert!(lower <= found.value && found.value <= upper, "{name} {statistic}");
        }
        if let Some(&variance) = set.statistics.get("auc_variance").filter(|&&v| v > 0.0) {
            let auc = facts.estimates[&Statistic::Auc].clone().unwrap();
            let reach = -normal_quantile(Fraction::new(0.05).unwrap()) * variance.sqrt();
            let (lower, upper) = auc.bounds.unwrap();
            tally.compare(name, "auc lower", lower, (auc.value - reach).max(0.0));
            tally.compare(name, "auc upper", upper, (auc.value + reach).min(1.0));
        }
        if let Some(&expected) = set.statistics.get("ece_of_sklearn") {
            let found = facts.estimates[&Statistic::CalibrationError].clone().unwrap();
            tally.compare(name, "ece of calibration_curve", found.value, expected);
        }
    }
    for (name, set) in &oracle.numbers {
        let named = PredictionColumns {
            label: Some(set.label.clone()),
            prediction: Some("prediction".to_owned()),
            weight: set.weight.clone(),
            ..PredictionColumns::default()
        };
        let facts = measure(&place.path(format!("{name}.parquet")), &request(named, &of_numbers()));
        for (statistic, found) in &facts.estimates {
            let found = found.clone().unwrap();
            tally.compare(
                name,
                statistic.as_str(),
                found.value,
                set.statistics[statistic.as_str()],
            );
            let (lower, upper) = found.bounds.unwrap();
            assert!(lower <= found.value && found.value <= upper, "{name} {statistic}");
        }
    }
    compare_groups(&place, &oracle, &mut tally);
    compare_pair(&place, &oracle.pair, &mut tally);
    compare_latency(&place, &oracle.latency, &mut tally);
    tally.check();
}

fn compare_groups(place: &Workplace, oracle: &Oracle, tally: &mut Tally) {
    let named =
        PredictionColumns { decision: Some("decision".to_owned()), ..columns("y", "score") };
    let mut wanted = request(named, &[]);
    wanted.groupings =
        oracle.groups.keys().map(|name| name.split('+').map(str::to_owned).collect()).collect();
    let facts = measure(&place.path("groups.parquet"), &wanted);
    let alpha = Fraction::new(0.05).unwrap();
    for grouping in &facts.groupings {
        let name = grouping.columns.join("+");
        let expected = &oracle.groups[&name];
        let of = |share: fn(&GroupCounts) -> _, families| {
            let shares: Vec<_> = grouping.groups.iter().map(|group| share(&group.counts)).collect();
            spread(&shares, alpha, families).unwrap()
        };
        let (selected, found) = (of(GroupCounts::selected, 1), of(GroupCounts::found, 1));
        let (alarmed, precise) = (of(GroupCounts::alarmed, 1), of(GroupCounts::precise, 1));
        let odds = found.worse(alarmed);
        for (key, spread) in [
            ("parity", selected),
            ("equal_opportunity", found),
            ("equalized_odds", odds),
            ("predictive_parity", precise),
        ] {
            let (difference, ratio) = (format!("{key}_difference"), format!("{key}_ratio"));
            tally.compare(&name, &difference, spread.difference, expected[&difference]);
            tally.compare(&name, &ratio, spread.ratio.unwrap(), expected[&ratio]);
        }
    }
}

fn compare_pair(place: &Workplace, expected: &Pair, tally: &mut Tally) {
    let pool = Pool::new(2, 1 << 30).unwrap();
    let mut wanted = request(columns("y", "score"), &of_classes(0.5));
    wanted.champion = true;
    let [candidate, champion] =
        ["candidate.parquet", "champion.parquet"].map(|file| open(&place.path(file)));
    let facts = measure_predictions(&candidate, Some(&champion), &wanted, &pool).unwrap();
    let comparison = facts.comparison.unwrap();
    assert_eq!(comparison.unpaired, None);
    assert_eq!(comparison.differences.len(), 10);
    let found = comparison.differences[&Statistic::Auc].clone().unwrap();
    tally.compare("pair", "difference", found.value, expected.difference);
    let reach = -normal_quantile(Fraction::new(0.05).unwrap()) * expected.variance.sqrt();
    let (lower, upper) = found.bounds.unwrap();
    tally.compare("pair", "lower", lower, expected.difference - reach);
    tally.compare("pair", "upper", upper, expected.difference + reach);
}

fn compare_latency(place: &Workplace, expected: &BTreeMap<String, f64>, tally: &mut Tally) {
    let mut wanted = request(PredictionColumns::default(), &[]);
    let quantile = |p: &String| Fraction::new(p.parse().unwrap()).unwrap();
    wanted.latency = Some(LatencyRequest {
        column: "latency".to_owned(),
        unit: TimeStep::Millisecond,
        quantiles: expected.keys().map(quantile).collect(),
    });
    let facts = measure(&place.path("latency.parquet"), &wanted);
    let latency = facts.latency.unwrap();
    for (found, (p, &expected)) in latency.quantiles.iter().zip(expected) {
        assert_eq!(found.estimate.value, expected, "p = {p}");
        tally.compare("latency", p, found.estimate.value, expected);
    }
}

#[test]
fn decisions_and_groups_do_not_depend_on_threads_or_row_groups() {
    let place = Workplace::new();
    place.python("predictions.py", &["."]);
    let named =
        PredictionColumns { decision: Some("decision".to_owned()), ..columns("y", "score") };
    let mut statistics = of_classes(0.5);
    statistics.push(Statistic::F1(DecidedBy::Stored));
    let mut wanted = request(named, &statistics);
    wanted.groupings = vec![vec!["sex".to_owned(), "region".to_owned()]];
    let snapshot = open(&place.path("groups.parquet"));
    let by = |threads: usize| {
        let pool = Pool::new(threads, 1 << 30).unwrap();
        measure_predictions(&snapshot, None, &wanted, &pool).unwrap()
    };
    assert_eq!(by(1), by(3));
}

#[derive(Default)]
struct Tally {
    compared: usize,
    worst: f64,
    faults: Vec<String>,
}

impl Tally {
    fn compare(&mut self, set: &str, what: &str, found: f64, expected: f64) {
        self.compared += 1;
        let off = (found - expected).abs();
        // To 10⁻¹² of itself, or absolutely where it is small.
        let deviation = off / expected.abs().max(1.0);
        self.worst = self.worst.max(deviation);
        if deviation.is_nan() || deviation > 1e-12 {
            self.faults.push(format!("{set} {what}: expected {expected}, found {found}"));
        }
    }

    fn check(&self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        assert!(self.compared > COMPARISONS_MIN, "{} comparisons", self.compared);
    }
}

/// A guard against an oracle that falls silent.
const COMPARISONS_MIN: usize = 180;
