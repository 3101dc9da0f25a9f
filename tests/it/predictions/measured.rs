//! Predictions in files, measured by the library.

use std::collections::BTreeSet;
use std::path::Path;

use driftgate::contract::WideningRule;
use driftgate::measure::predictions::{
    DecidedBy, PredictionColumns, PredictionsFacts, PredictionsRequest, SideFacts, Statistic,
    measure_predictions,
};
use driftgate::quantity::Fraction;
use driftgate::scan::{Limits, OpenSnapshot, Pool};
use driftgate::snapshot::{Listing, ListingRules, Location};

/// A request for some statistics of `label` and `score`.
pub(super) fn request(columns: PredictionColumns, statistics: &[Statistic]) -> PredictionsRequest {
    PredictionsRequest {
        columns,
        statistics: statistics.iter().copied().collect::<BTreeSet<_>>(),
        groupings: Vec::new(),
        grouped_by: DecidedBy::Stored,
        latency: None,
        timestamps: None,
        alpha: Fraction::new(0.05).unwrap(),
        calibration_bins: 15,
        missing_tolerated: Fraction::ZERO,
        champion: false,
    }
}

pub(super) fn columns(label: &str, score: &str) -> PredictionColumns {
    PredictionColumns {
        label: Some(label.to_owned()),
        score: Some(score.to_owned()),
        ..PredictionColumns::default()
    }
}

pub(super) fn open(path: &Path) -> OpenSnapshot {
    let location = Location::find(&[path]).unwrap();
    let listing = Listing::of(&location, &ListingRules::default()).unwrap();
    OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused).unwrap()
}

pub(super) fn measure(path: &Path, request: &PredictionsRequest) -> SideFacts {
    facts(path, request).candidate.unwrap()
}

/// Why columns cannot be used as asked.
pub(super) fn refusal(path: &Path, request: &PredictionsRequest) -> String {
    facts(path, request).candidate.unwrap_err()
}

pub(super) fn facts(path: &Path, request: &PredictionsRequest) -> PredictionsFacts {
    let pool = Pool::new(2, 1 << 30).unwrap();
    measure_predictions(&open(path), None, request, &pool).unwrap()
}

/// Every statistic of classes, decisions by the score.
pub(super) fn of_classes(cutoff: f64) -> Vec<Statistic> {
    let by = DecidedBy::score(cutoff);
    vec![
        Statistic::Auc,
        Statistic::AveragePrecision,
        Statistic::LogLoss,
        Statistic::Brier,
        Statistic::CalibrationError,
        Statistic::F1(by),
        Statistic::Precision(by),
        Statistic::Recall(by),
        Statistic::Accuracy(by),
        Statistic::BalancedAccuracy(by),
    ]
}

pub(super) fn of_numbers() -> Vec<Statistic> {
    vec![Statistic::Rmse, Statistic::Mae, Statistic::R2, Statistic::Mape]
}
