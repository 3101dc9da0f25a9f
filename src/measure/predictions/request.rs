//! What is wanted of predictions.

use std::collections::BTreeSet;
use std::fmt;

use crate::quantity::Fraction;
use crate::stats::order_key::{from_f64, to_f64};

/// Everything wanted of one set of predictions; only columns that it needs are read.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionsRequest {
    /// Where things stand.
    pub columns: PredictionColumns,
    /// What is computed of the whole.
    pub statistics: BTreeSet<Statistic>,
    /// Groups to count in, each by one column or by several together.
    pub groupings: Vec<Vec<String>>,
    /// How decisions are known when rows are counted in groups.
    pub grouped_by: DecidedBy,
    /// Latencies.
    pub latency: Option<LatencyRequest>,
    /// A column of timestamps, for the throughput.
    pub timestamps: Option<String>,
    /// Error rate of each one-sided bound.
    pub alpha: Fraction,
    /// Bins of the calibration error.
    pub calibration_bins: u16,
    /// The share of rows that may lack a value; they are left out.
    pub missing_tolerated: Fraction,
    /// Whether the champion is compared with.
    pub champion: bool,
}

/// The names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PredictionColumns {
    /// What was true: a class, or a number for regression.
    pub label: Option<String>,
    /// How sure the model was of the positive class: larger is surer.
    pub score: Option<String>,
    /// What the model decided, as a class.
    pub decision: Option<String>,
    /// The number that the model predicted.
    pub prediction: Option<String>,
    /// The weight of a row.
    pub weight: Option<String>,
    /// The value that is the positive class.
    pub positive: Option<String>,
    /// Whether all other values are one negative class.
    pub one_versus_rest: bool,
}

/// One number about predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// Area under the ROC curve.
    Auc,
    /// Average precision.
    AveragePrecision,
    /// Mean logarithmic loss.
    LogLoss,
    /// Brier score.
    Brier,
    /// Expected calibration error.
    CalibrationError,
    /// F1 of the positive class.
    F1(DecidedBy),
    /// Precision of the positive class.
    Precision(DecidedBy),
    /// Recall of the positive class.
    Recall(DecidedBy),
    /// Share of right decisions.
    Accuracy(DecidedBy),
    /// Mean of the recalls of both classes.
    BalancedAccuracy(DecidedBy),
    /// Root of the mean squared error.
    Rmse,
    /// Mean absolute error.
    Mae,
    /// Coefficient of determination.
    R2,
    /// Mean absolute relative error.
    Mape,
}

impl Statistic {
    /// As policies and reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auc => "auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
            Self::CalibrationError => "ece",
            Self::F1(_) => "f1",
            Self::Precision(_) => "precision",
            Self::Recall(_) => "recall",
            Self::Accuracy(_) => "accuracy",
            Self::BalancedAccuracy(_) => "balanced_accuracy",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::R2 => "r2",
            Self::Mape => "mape",
        }
    }

    /// Whether a larger number is a better model.
    #[must_use]
    pub fn larger_is_better(self) -> bool {
        !matches!(
            self,
            Self::LogLoss
                | Self::Brier
                | Self::CalibrationError
                | Self::Rmse
                | Self::Mae
                | Self::Mape
        )
    }

    /// How its decisions are known, where it is about decisions.
    #[must_use]
    pub fn decided_by(self) -> Option<DecidedBy> {
        match self {
            Self::F1(by)
            | Self::Precision(by)
            | Self::Recall(by)
            | Self::Accuracy(by)
            | Self::BalancedAccuracy(by) => Some(by),
            _ => None,
        }
    }

    /// Whether scores must be probabilities for it.
    #[must_use]
    pub fn of_probabilities(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier | Self::CalibrationError)
    }

    /// Whether it compares numbers and not classes.
    #[must_use]
    pub fn of_numbers(self) -> bool {
        matches!(self, Self::Rmse | Self::Mae | Self::R2 | Self::Mape)
    }

    /// Whether it is the area under a curve, to which scores matter by their ranks alone.
    #[must_use]
    pub fn is_curve(self) -> bool {
        matches!(self, Self::Auc | Self::AveragePrecision)
    }

    /// Whether it needs the scores.
    #[must_use]
    pub fn of_scores(self) -> bool {
        self.is_curve()
            || self.of_probabilities()
            || matches!(self.decided_by(), Some(DecidedBy::Score(_)))
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())?;
        match self.decided_by() {
            Some(by @ DecidedBy::Score(_)) => write!(formatter, " {by}"),
            _ => Ok(()),
        }
    }
}

/// How a decision is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecidedBy {
    /// By the column of decisions.
    Stored,
    /// Positive where the score is at least so much.
    Score(Cutoff),
}

impl DecidedBy {
    /// Positive where the score is at least `cutoff`.
    ///
    /// # Panics
    /// When it is NaN.
    #[must_use]
    pub fn score(cutoff: f64) -> Self {
        assert!(!cutoff.is_nan(), "a cutoff is a number");
        Self::Score(Cutoff(from_f64(cutoff)))
    }
}

impl fmt::Display for DecidedBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored => formatter.write_str("as decided"),
            Self::Score(cutoff) => write!(formatter, "at {}", cutoff.value()),
        }
    }
}

/// The smallest score that is a positive decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cutoff(u64);

impl Cutoff {
    /// The score.
    #[must_use]
    pub fn value(self) -> f64 {
        to_f64(self.0)
    }
}

/// Latencies, one per row.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyRequest {
    /// The column: numbers, or lengths of time.
    pub column: String,
    /// What one step of a number is; lengths of time say so themselves.
    pub unit: TimeStep,
    /// Which quantiles.
    pub quantiles: Vec<Fraction>,
}

/// What a number of time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStep {
    /// Seconds.
    Second,
    /// Thousandths of a second.
    Millisecond,
    /// Millionths of a second.
    Microsecond,
    /// Milliardths of a second.
    Nanosecond,
}

impl TimeStep {
    /// As policies name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
        }
    }

    /// So many steps in milliseconds; steps of a millisecond stay as they are.
    #[must_use]
    pub fn milliseconds(self, steps: f64) -> f64 {
        match self {
            Self::Second => steps * 1e3,
            Self::Millisecond => steps,
            Self::Microsecond => steps / 1e3,
            Self::Nanosecond => steps / 1e6,
        }
    }
}
