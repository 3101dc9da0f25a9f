//! Statistics that are functions of sums over rows.

use std::collections::BTreeMap;

use super::request::{DecidedBy, PredictionsRequest, Statistic};
use super::side::{Side, number};
use crate::scan::predictions::RowsPart;
use crate::stats::{
    BlockSums, CalibrationBin, CalibrationBins, Confusion, calibration_error, log_loss,
    squared_error,
};

/// Which sum stands where.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    width: usize,
    log_loss: Option<usize>,
    brier: Option<usize>,
    /// Three sums per bin.
    calibration: Option<(usize, CalibrationBins)>,
    /// Four sums each, in the order of `Confusion`.
    confusions: BTreeMap<DecidedBy, usize>,
    /// w·e², w·|e|, w·|e/y|, w·y, w·y², y about a centre.
    errors: Option<usize>,
    /// About the mean of the targets, so that no digits are lost in squares.
    centre: f64,
}

/// Σ w stands first.
const WEIGHT: usize = 0;

impl Layout {
    /// Room for everything asked for that can be summed.
    pub(super) fn of(request: &PredictionsRequest, centre: f64) -> Self {
        let wants = |statistic| request.statistics.contains(&statistic);
        let mut width = WEIGHT + 1;
        let mut take = |wanted: bool, sums: usize| {
            wanted.then(|| {
                width += sums;
                width - sums
            })
        };
        let bins = CalibrationBins::new(request.calibration_bins);
        let log_loss = take(wants(Statistic::LogLoss), 1);
        let brier = take(wants(Statistic::Brier), 1);
        let calibration = take(wants(Statistic::CalibrationError), 3 * bins.len());
        let errors = take(request.statistics.iter().any(|s| s.of_numbers()), 5);
        let mut confusions = BTreeMap::new();
        for by in request.statistics.iter().filter_map(|s| s.decided_by()) {
            if !confusions.contains_key(&by) {
                confusions.extend(take(true, 4).map(|start| (by, start)));
            }
        }
        let calibration = calibration.map(|start| (start, bins));
        Self { width, log_loss, brier, calibration, confusions, errors, centre }
    }

    /// Sums over the rows of a side, in their order.
    pub(super) fn sum(&self, side: &Side) -> BlockSums {
        let mut sums = BlockSums::new(side.used(), self.width);
        for (first, part) in side.parts() {
            let columns = Columns { side, part };
            for row in 0..part.rows {
                self.add(&columns, row, first + row as u64, &mut sums);
            }
        }
        sums
    }

    fn add(&self, columns: &Columns<'_>, row: usize, number: u64, sums: &mut BlockSums) {
        let block = sums.block_of(number);
        let weight = columns.weight(row);
        sums.add(block, WEIGHT, weight);
        if let Some(label) = columns.label(row) {
            for (&by, &start) in &self.confusions {
                if let Some(decision) = columns.decision(row, by) {
                    sums.add(block, start + confusion_place(label, decision), weight);
                }
            }
            if let Some(score) = columns.score(row).filter(|score| (0.0..=1.0).contains(score)) {
                if let Some(place) = self.log_loss {
                    sums.add(block, place, weight * log_loss(label, score));
                }
                if let Some(place) = self.brier {
                    sums.add(block, place, weight * squared_error(label, score));
                }
                if let Some((start, bins)) = &self.calibration {
                    let place = start + 3 * bins.bin(score);
                    sums.add(block, place, weight);
                    sums.add(block, place + 1, weight * score);
                    sums.add(block, place + 2, if label { weight } else { 0.0 });
                }
            }
        }
        if let (Some(start), Some((target, prediction))) = (self.errors, columns.numbers(row)) {
            let error = prediction - target;
            sums.add(block, start, weight * (error * error));
            sums.add(block, start + 1, weight * error.abs());
            if target != 0.0 {
                sums.add(block, start + 2, weight * (error / target).abs());
            }
            let centred = target - self.centre;
            sums.add(block, start + 3, weight * centred);
            sums.add(block, start + 4, weight * (centred * centred));
        }
    }

    /// The confusion that sums hold.
    pub(super) fn confusion(&self, by: DecidedBy, sums: &[f64]) -> Option<Confusion> {
        let start = *self.confusions.get(&by)?;
        let &[true_positives, false_positives, false_negatives, true_negatives] =
            sums.get(start..start + 4)?
        else {
            return None;
        };
        Some(Confusion { true_positives, false_positives, false_negatives, true_negatives })
    }

    /// A statistic of sums; `None` where it is not defined.
    pub(super) fn statistic(&self, statistic: Statistic, sums: &[f64]) -> Option<f64> {
        let weight = *sums.get(WEIGHT)?;
        let mean = |place: usize| {
            let sum = *sums.get(place)?;
            (weight > 0.0).then(|| sum / weight)
        };
        match statistic {
            Statistic::Auc | Statistic::AveragePrecision => None,
            Statistic::LogLoss => mean(self.log_loss?),
            Statistic::Brier => mean(self.brier?),
            Statistic::CalibrationError => {
                let (start, bins) = self.calibration.as_ref()?;
                let held = sums.get(*start..start + 3 * bins.len())?;
                let bins: Vec<CalibrationBin> = held
                    .as_chunks::<3>()
                    .0
                    .iter()
                    .map(|&[weight, scores, positives]| CalibrationBin {
                        weight,
                        scores,
                        positives,
                    })
                    .collect();
                calibration_error(&bins)
            }
            Statistic::F1(by) => self.confusion(by, sums)?.f1(),
            Statistic::Precision(by) => self.confusion(by, sums)?.precision(),
            Statistic::Recall(by) => self.confusion(by, sums)?.recall(),
            Statistic::Accuracy(by) => self.confusion(by, sums)?.accuracy(),
            Statistic::BalancedAccuracy(by) => self.confusion(by, sums)?.balanced_accuracy(),
            Statistic::Rmse => mean(self.errors?).map(f64::sqrt),
            Statistic::Mae => mean(self.errors? + 1),
            Statistic::Mape => mean(self.errors? + 2),
            Statistic::R2 => {
                let start = self.errors?;
                let (squares, centre) = (*sums.get(start)?, mean(start + 3)?);
                let spread = *sums.get(start + 4)? - centre * centre * weight;
                (spread > 0.0).then(|| 1.0 - squares / spread)
            }
        }
    }
}

/// The place of a row among the four sums of a confusion.
fn confusion_place(label: bool, decision: bool) -> usize {
    match (label, decision) {
        (true, true) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (false, false) => 3,
    }
}

/// The columns of one part.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) side: &'a Side,
    pub(super) part: &'a RowsPart,
}

impl Columns<'_> {
    fn at(&self, place: Option<usize>, row: usize) -> Option<f64> {
        let place = place?;
        let key = *self.part.numbers[place].keys.get(row)?;
        Some(number(&self.side.rows.domains[place], key))
    }

    fn class(&self, place: Option<usize>, row: usize) -> Option<bool> {
        self.part.classes[place?].positive.get(row).copied()
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.at(self.side.places.weight, row).map_or(1.0, |weight| self.side.scaled(weight))
    }

    pub(super) fn label(&self, row: usize) -> Option<bool> {
        self.class(self.side.places.label, row)
    }

    pub(super) fn score(&self, row: usize) -> Option<f64> {
        self.at(self.side.places.score, row)
    }

    pub(super) fn decision(&self, row: usize, by: DecidedBy) -> Option<bool> {
        match by {
            DecidedBy::Stored => self.class(self.side.places.decision, row),
            DecidedBy::Score(cutoff) => Some(self.score(row)? >= cutoff.value()),
        }
    }

    /// Target and prediction.
    pub(super) fn numbers(&self, row: usize) -> Option<(f64, f64)> {
        let places = &self.side.places;
        Some((self.at(places.target, row)?, self.at(places.prediction, row)?))
    }
}
