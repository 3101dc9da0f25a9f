//! An evaluation gate as people write it.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::sync::Arc;

use super::rule::{Evaluation, Limited, Margin};
use super::shape;
use crate::checklist::imported::{Imported, ends, threshold};
use crate::checklist::limits::least;
use crate::checklist::predicted::{Groups, Predicted, read_deciding, read_predicted};
use crate::checklist::{Criterion, Kind};
use crate::measure::predictions::{DecidedBy, PredictionColumns, Statistic};
use crate::yaml::{Faults, Fields, Limit, Node, count, number};

/// The kind.
pub(in crate::checklist) const KIND: Kind =
    Kind { word: "evaluation", read, schema: shape::schema };

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let place = fields.place();
    let before = faults.len();
    let predictions = fields
        .optional("predictions", faults, |node, faults| read_predicted(node, Groups::None, faults));
    let deciding = read_deciding(fields, faults);
    let rows_min = fields.optional("rows", faults, |node, faults| least(node, "`rows`", 1, faults));
    let mut bins = None;
    let mut limits = Vec::new();
    let mut reader = Reader { predictions: predictions.as_ref(), bins: &mut bins };
    for kind in STATISTICS {
        limits.extend(
            fields.optional(kind.key, faults, |node, faults| reader.limited(kind, node, faults)),
        );
    }
    let margins = fields.optional("versus_champion", faults, |node, faults| {
        let mut fields = Fields::of(node, "`versus_champion`", faults)?;
        let mut margins = Vec::new();
        for kind in STATISTICS {
            margins.extend(
                fields.optional(kind.key, faults, |node, faults| reader.margin(kind, node, faults)),
            );
        }
        fields.finish(faults);
        Some(margins)
    });
    let imported = fields.optional("metrics", faults, Imported::read);
    if faults.len() > before {
        return None;
    }
    let margins = margins.unwrap_or_default();
    if limits.is_empty() && margins.is_empty() && imported.is_none() {
        faults.add_with_hint(
            place,
            "an evaluation gate needs at least one limit",
            "write `auc: {min: 0.9}`, or another statistic, or `metrics`",
        );
        return None;
    }
    if (!limits.is_empty() || !margins.is_empty()) && predictions.is_none() {
        faults.add_with_hint(
            place,
            "limits on statistics need `predictions`",
            "write `predictions: {label: …, score: …}`, or take the numbers from `metrics`",
        );
        return None;
    }
    let calibration_bins = bins.unwrap_or(BINS_DEFAULT);
    Some(Arc::new(Evaluation {
        predictions,
        deciding,
        rows_min,
        limits,
        margins,
        calibration_bins,
        imported,
    }))
}

/// A statistic as the policy names it.
struct StatisticKey {
    key: &'static str,
    what: &'static str,
    range: Limit,
    of: fn(DecidedBy) -> Statistic,
}

const fn unit(
    key: &'static str,
    what: &'static str,
    of: fn(DecidedBy) -> Statistic,
) -> StatisticKey {
    StatisticKey { key, what, range: Limit::Unit, of }
}

const fn open(
    key: &'static str,
    what: &'static str,
    of: fn(DecidedBy) -> Statistic,
) -> StatisticKey {
    StatisticKey { key, what, range: Limit::NonNegative, of }
}

const STATISTICS: &[StatisticKey] = &[
    unit("auc", "`auc`", |_| Statistic::Auc),
    unit("average_precision", "`average_precision`", |_| Statistic::AveragePrecision),
    unit("f1", "`f1`", Statistic::F1),
    unit("precision", "`precision`", Statistic::Precision),
    unit("recall", "`recall`", Statistic::Recall),
    unit("accuracy", "`accuracy`", Statistic::Accuracy),
    unit("balanced_accuracy", "`balanced_accuracy`", Statistic::BalancedAccuracy),
    open("log_loss", "`log_loss`", |_| Statistic::LogLoss),
    unit("brier", "`brier`", |_| Statistic::Brier),
    unit("ece", "`ece`", |_| Statistic::CalibrationError),
    open("rmse", "`rmse`", |_| Statistic::Rmse),
    open("mae", "`mae`", |_| Statistic::Mae),
    unit("r2", "`r2`", |_| Statistic::R2),
    open("mape", "`mape`", |_| Statistic::Mape),
];

struct Reader<'a> {
    predictions: Option<&'a Predicted>,
    bins: &'a mut Option<u16>,
}

impl Reader<'_> {
    /// `{min: …, max: …}`, with `at` for statistics of decisions and `bins` for the calibration.
    fn limited(
        &mut self,
        kind: &StatisticKey,
        node: &Node,
        faults: &mut Faults,
    ) -> Option<Limited> {
        let mut fields = Fields::of(node, kind.what, faults)?;
        let statistic = self.statistic(kind, &mut fields, faults);
        if statistic == Some(Statistic::CalibrationError) {
            let bins =
                fields.optional("bins", faults, |node, faults| count(node, 1, BINS_MAX, faults));
            *self.bins = bins.and_then(|bins| u16::try_from(bins).ok());
        }
        let (min, max) = ends(&mut fields, kind.range, faults)?;
        fields.finish(faults);
        Some(Limited { statistic: statistic?, min, max })
    }

    /// `{margin: {abs: …}}`.
    fn margin(&mut self, kind: &StatisticKey, node: &Node, faults: &mut Faults) -> Option<Margin> {
        let mut fields = Fields::of(node, kind.what, faults)?;
        let statistic = self.statistic(kind, &mut fields, faults);
        let margin = fields.required("margin", faults, |node, faults| {
            let mut fields = Fields::of(node, "a margin", faults)?;
            let margin = fields.required("abs", faults, |node, faults| {
                threshold(node, Limit::NonNegative, faults)
            });
            fields.finish(faults);
            margin
        });
        fields.finish(faults);
        Some(Margin { statistic: statistic?, margin: margin? })
    }

    /// The statistic, held to columns that it needs.
    fn statistic(
        &self,
        kind: &StatisticKey,
        fields: &mut Fields<'_>,
        faults: &mut Faults,
    ) -> Option<Statistic> {
        let place = fields.place();
        let mut by = DecidedBy::Stored;
        if (kind.of)(by).decided_by().is_some() {
            let at = fields
                .optional("at", faults, |node, faults| number(node, Limit::NonNegative, faults));
            by = at.map_or(DecidedBy::Stored, DecidedBy::score);
        }
        let statistic = (kind.of)(by);
        let Some(predictions) = self.predictions else { return Some(statistic) };
        if let Some((column, hint)) = missing_column(statistic, &predictions.columns) {
            let message = format!("{} needs the column `{column}` of `predictions`", kind.what);
            faults.add_with_hint(place, message, hint);
            return None;
        }
        Some(statistic)
    }
}

/// A column that a statistic needs and the policy does not name, with what to write.
fn missing_column(
    statistic: Statistic,
    named: &PredictionColumns,
) -> Option<(&'static str, &'static str)> {
    if statistic.of_scores() && named.score.is_none() {
        return Some(("score", "name the column of scores: `score: y_score`"));
    }
    if statistic.of_numbers() && named.prediction.is_none() {
        return Some(("prediction", "name the predicted number: `prediction: y_hat`"));
    }
    if statistic.decided_by() == Some(DecidedBy::Stored) && named.decision.is_none() {
        return Some(("decision", "name the column, or decide by the score with `at: 0.5`"));
    }
    None
}

/// Bins of the calibration error unless the policy says otherwise (Guo et al. 2017).
const BINS_DEFAULT: u16 = 15;
const BINS_MAX: u64 = 1000;
