//! What an evaluation gate demands.

use std::collections::BTreeSet;

use crate::checklist::imported::Imported;
use crate::checklist::predicted::{Deciding, Predicted};
use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::measure::predictions::{DecidedBy, PredictionsRequest, Statistic};
use crate::verdict::{Comparator, Threshold};

/// Limits on statistics.
#[derive(Debug)]
pub(super) struct Evaluation {
    pub(super) predictions: Option<Predicted>,
    pub(super) deciding: Deciding,
    /// Fewer rows are too few to tell.
    pub(super) rows_min: Option<(u64, usize)>,
    pub(super) limits: Vec<Limited>,
    pub(super) margins: Vec<Margin>,
    pub(super) calibration_bins: u16,
    pub(super) imported: Option<Imported>,
}

/// A statistic with its limits.
#[derive(Debug, Clone)]
pub(super) struct Limited {
    pub(super) statistic: Statistic,
    pub(super) min: Option<Threshold>,
    pub(super) max: Option<Threshold>,
}

/// How much worse than the champion's a statistic may be.
#[derive(Debug, Clone)]
pub(super) struct Margin {
    pub(super) statistic: Statistic,
    pub(super) margin: Threshold,
}

impl Limited {
    /// Its limits as demands.
    pub(super) fn demands(&self, deciding: Deciding) -> impl Iterator<Item = Demand> {
        let name = self.statistic.as_str();
        let limits =
            [("min", Comparator::AtLeast, self.min), ("max", Comparator::AtMost, self.max)];
        limits.into_iter().filter_map(move |(end, comparator, limit)| {
            let demand = Demand::real(&format!("{name}_{end}"), comparator, limit?);
            Some(demand.decided(deciding.decide, deciding.alpha))
        })
    }
}

impl Margin {
    /// The difference, candidate less champion, that is not worse than the margin.
    pub(super) fn demand(&self, deciding: Deciding) -> Demand {
        let rule = format!("{}_versus_champion", self.statistic.as_str());
        let (comparator, value) = if self.statistic.larger_is_better() {
            (Comparator::AtLeast, 0.0 - self.margin.value)
        } else {
            (Comparator::AtMost, self.margin.value)
        };
        Demand::real(&rule, comparator, Threshold { value, line: self.margin.line })
            .decided(deciding.decide, deciding.alpha)
    }
}

impl Evaluation {
    fn request(&self, predictions: &Predicted) -> PredictionsRequest {
        let limited = self.limits.iter().map(|limit| limit.statistic);
        let compared = self.margins.iter().map(|margin| margin.statistic);
        PredictionsRequest {
            columns: predictions.columns.clone(),
            statistics: limited.chain(compared).collect::<BTreeSet<Statistic>>(),
            groupings: Vec::new(),
            grouped_by: DecidedBy::Stored,
            latency: None,
            timestamps: None,
            alpha: self.deciding.alpha(),
            calibration_bins: self.calibration_bins,
            missing_tolerated: predictions.source.missing_max,
            champion: !self.margins.is_empty(),
        }
    }

    /// Which need the imported document is.
    pub(super) fn imported_need(&self) -> usize {
        usize::from(self.predictions.is_some())
    }
}

impl Criterion for Evaluation {
    fn needs(&self) -> Vec<Need> {
        let predictions = self.predictions.iter();
        let imported = self.imported.iter();
        predictions
            .map(|predictions| predictions.source.need(self.request(predictions)))
            .chain(imported.map(Imported::need))
            .collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let rows = self.rows_min.iter();
        let rows =
            rows.map(|&(min, line)| Demand::count("rows_min", Comparator::AtLeast, min, line));
        let limits = self.limits.iter().flat_map(|limit| limit.demands(self.deciding));
        let margins = self.margins.iter().map(|margin| margin.demand(self.deciding));
        let imported = self.imported.iter().flat_map(Imported::demands);
        rows.chain(limits).chain(margins).chain(imported).collect()
    }

    fn terms(&self) -> Vec<(String, String)> {
        let mut terms: Vec<(String, String)> =
            self.predictions.iter().flat_map(Predicted::terms).collect();
        terms.extend(self.deciding.terms());
        let statistics = self.limits.iter().map(|limit| limit.statistic);
        for statistic in statistics.chain(self.margins.iter().map(|margin| margin.statistic)) {
            if let Some(by) = statistic.decided_by() {
                terms.push((format!("{}.decided", statistic.as_str()), by.to_string()));
            }
            if statistic == Statistic::CalibrationError {
                terms.push(("ece.bins".to_owned(), self.calibration_bins.to_string()));
            }
        }
        terms.extend(self.imported.iter().map(Imported::term));
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
