//! Estimates of one model's statistics, each with its interval.

use std::collections::BTreeMap;

use super::facts::{Estimate, Estimated};
use super::ranking::Ranking;
use super::request::{PredictionsRequest, Statistic};
use super::side::Side;
use super::sums::{Columns, Layout};
use crate::quantity::Fraction;
use crate::scan::Pool;
use crate::stats::ranking::{Influenced, Ranked, average_precision};
use crate::stats::{
    BootstrapKind, Confusion, ErrorSums, Predicted, Proportion, Resampled, share_bounds,
};

/// What comparisons need of a side again.
pub(super) struct Estimates {
    pub(super) found: BTreeMap<Statistic, Estimated>,
    pub(super) positives: Option<u64>,
    pub(super) layout: Layout,
    pub(super) resampled: Resampled,
}

/// Computes every statistic asked for.
pub(super) fn estimates(side: &mut Side, request: &PredictionsRequest, pool: &Pool) -> Estimates {
    let errors = side.places.target.map(|_| error_sums(side));
    let centre = errors.and_then(|errors| errors.target_mean()).filter(|mean| mean.is_finite());
    let layout = Layout::of(request, centre.unwrap_or(0.0));
    // Where only curves are asked for there is nothing to sum.
    let summed = request.statistics.iter().any(|s| !s.is_curve());
    let (totals, resampled) = if summed {
        let sums = layout.sum(side);
        (sums.totals(), sums.resample())
    } else {
        let nothing = crate::stats::BlockSums::new(0, 1);
        (Vec::new(), nothing.resample())
    };
    let whole = Whole { side, request, layout: &layout, totals, resampled: &resampled, errors };
    let mut found: BTreeMap<Statistic, Estimated> = request
        .statistics
        .iter()
        .filter(|statistic| !statistic.is_curve())
        .map(|&statistic| (statistic, whole.estimate(statistic)))
        .collect();
    found.extend(curves(side, request, pool));
    let positives = side.places.label.map(|place| side.positives(place));
    Estimates { found, positives, layout, resampled }
}

fn error_sums(side: &Side) -> ErrorSums {
    let rows = side.rows.parts.iter().flat_map(|part| {
        let columns = Columns { side, part };
        (0..part.rows).filter_map(move |row| {
            let (target, prediction) = columns.numbers(row)?;
            Some(Predicted { target, prediction, weight: columns.weight(row) })
        })
    });
    ErrorSums::of(rows)
}

/// The areas under both curves, where they are asked for.
fn curves(
    side: &mut Side,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Vec<(Statistic, Estimated)> {
    let wants = |statistic| request.statistics.contains(&statistic);
    let (Some(label), Some(score)) = (side.places.label, side.places.score) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if side.places.weight.is_some() {
        if wants(Statistic::Auc) || wants(Statistic::AveragePrecision) {
            let (ranked, positive, weights) =
                (Ranked::of(&side.keys(score)), side.classes(label), side.weights());
            let smaller = smaller_class(&positive);
            let mut take = |statistic, area: Option<Influenced>| {
                let area = area.map(|area| area.area());
                found.push((statistic, unit_area(area, request.alpha, smaller)));
            };
            if wants(Statistic::Auc) {
                take(Statistic::Auc, ranked.area(&positive, &weights));
            }
            if wants(Statistic::AveragePrecision) {
                let area = ranked.average_precision(&positive, &weights);
                take(Statistic::AveragePrecision, area);
            }
        }
        return found;
    }
    if wants(Statistic::Auc) || wants(Statistic::AveragePrecision) {
        let ranking = Ranking::of(side, label, score, pool);
        let sums = ranking.sums();
        let smaller = sums.positives.min(sums.negatives);
        if wants(Statistic::Auc) {
            let area = sums.area();
            found.push((Statistic::Auc, unit_area(area, request.alpha, smaller)));
        }
        if wants(Statistic::AveragePrecision) {
            let area = average_precision(&ranking.stretches()).filter(|_| smaller > 0);
            found.push((Statistic::AveragePrecision, unit_area(area, request.alpha, smaller)));
        }
        ranking.discard();
    }
    found
}

fn smaller_class(positive: &[bool]) -> u64 {
    let positives = positive.iter().filter(|&&positive| positive).count();
    positives.min(positive.len() - positives) as u64
}

fn unit_area(
    area: Option<crate::stats::ranking::Area>,
    alpha: Fraction,
    smaller: u64,
) -> Estimated {
    let area = area.ok_or("one of the two classes has no rows")?;
    Ok(Estimate { value: area.value, bounds: area.unit_bounds(alpha, smaller) })
}

/// All rows of a side, summed.
struct Whole<'a> {
    side: &'a Side,
    request: &'a PredictionsRequest,
    layout: &'a Layout,
    totals: Vec<f64>,
    resampled: &'a Resampled,
    errors: Option<ErrorSums>,
}

impl Whole<'_> {
    fn estimate(&self, statistic: Statistic) -> Estimated {
        let alpha = self.request.alpha;
        if statistic.of_probabilities() {
            self.refuse_scores_beyond_one()?;
        }
        if let (Some(by), None) = (statistic.decided_by(), self.side.places.weight) {
            let counts = self.layout.confusion(by, &self.totals).ok_or("nothing was counted")?;
            let value = self.layout.statistic(statistic, &self.totals).ok_or_else(|| {
                format!("it is not defined: {}", confusion_gap(statistic, &counts))
            })?;
            return Ok(Estimate { value, bounds: confusion_bounds(statistic, &counts, alpha) });
        }
        let value = self.value(statistic)?;
        let kind = match statistic {
            Statistic::CalibrationError => BootstrapKind::Reflected,
            _ => BootstrapKind::Percentile,
        };
        let of = |sums: &[f64]| self.layout.statistic(statistic, sums);
        let bounds = self.resampled.bounds(alpha, kind, of);
        // The value is summed in another way than the resamples are.
        let bounds = bounds.map(|(lower, upper)| (lower.min(value), upper.max(value)));
        let bounds = bounds.map(|(lower, upper)| match statistic {
            Statistic::R2 => (lower, upper.min(1.0)),
            _ => (lower.max(0.0), upper),
        });
        Ok(Estimate { value, bounds })
    }

    fn value(&self, statistic: Statistic) -> Estimated<f64> {
        if !statistic.of_numbers() {
            let value = self.layout.statistic(statistic, &self.totals);
            return value.ok_or_else(|| "no row weighs anything".to_owned());
        }
        let errors = self.errors.ok_or("no targets were read")?;
        let value = match statistic {
            Statistic::Rmse => errors.rmse(),
            Statistic::Mae => errors.mae(),
            Statistic::R2 => errors.r2(),
            _ => errors.mape(),
        };
        let value = value.ok_or_else(|| match statistic {
            Statistic::Mape if errors.zero_targets() > 0 => {
                format!(
                    "{} rows have the target 0, which nothing is relative to",
                    errors.zero_targets()
                )
            }
            Statistic::R2 => "all targets are the same".to_owned(),
            _ => "no row weighs anything".to_owned(),
        })?;
        if value.is_finite() {
            return Ok(value);
        }
        Err("a target or a prediction is infinite".to_owned())
    }

    fn refuse_scores_beyond_one(&self) -> Result<(), String> {
        for (_, part) in self.side.parts() {
            let columns = Columns { side: self.side, part };
            let mut scores = (0..part.rows).filter_map(|row| columns.score(row));
            if let Some(score) = scores.find(|score| !(0.0..=1.0).contains(score)) {
                return Err(format!("the score `{score}` is no probability between 0 and 1"));
            }
        }
        Ok(())
    }
}

/// Why a rate of counts is not defined.
fn confusion_gap(statistic: Statistic, counts: &Confusion) -> &'static str {
    match statistic {
        Statistic::Precision(_) => "no row was decided positive",
        Statistic::F1(_) => "no row has the positive label or decision",
        Statistic::BalancedAccuracy(_) if counts.recall().is_some() => {
            "no row has a negative label"
        }
        Statistic::Recall(_) | Statistic::BalancedAccuracy(_) => "no row has the positive label",
        _ => "there are no rows",
    }
}

/// Closed intervals of rates of counts, which are no narrower where nothing went wrong.
fn confusion_bounds(
    statistic: Statistic,
    counts: &Confusion,
    alpha: Fraction,
) -> Option<(f64, f64)> {
    let [tp, fp, missed, tn] = [
        counts.true_positives,
        counts.false_positives,
        counts.false_negatives,
        counts.true_negatives,
    ]
    .map(whole);
    let bounds = |part: u64, whole: u64| share_bounds(Proportion { part, whole }, alpha);
    match statistic {
        Statistic::Precision(_) => bounds(tp, tp + fp),
        Statistic::Recall(_) => bounds(tp, tp + missed),
        Statistic::Accuracy(_) => bounds(tp + tn, tp + fp + missed + tn),
        // F1 = 2J/(1 + J), J the share of true positives among all that are positive somewhere.
        Statistic::F1(_) => {
            let of = |j: f64| 2.0 * j / (1.0 + j);
            bounds(tp, tp + fp + missed).map(|(lower, upper)| (of(lower), of(upper)))
        }
        // The mean of two independent shares, whose reaches add as squares (G. Y. Zou and
        // A. Donner, Statist. Med. 27 (2008)).
        Statistic::BalancedAccuracy(_) => {
            let (recall, specificity) = (counts.recall()?, 1.0 - counts.false_positive_rate()?);
            let (first, second) = (bounds(tp, tp + missed)?, bounds(tn, tn + fp)?);
            let value = f64::midpoint(recall, specificity);
            let down = (recall - first.0).hypot(specificity - second.0) / 2.0;
            let up = (first.1 - recall).hypot(second.1 - specificity) / 2.0;
            Some((value - down, value + up))
        }
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows, below 2^53"
)]
fn whole(count: f64) -> u64 {
    count as u64
}
