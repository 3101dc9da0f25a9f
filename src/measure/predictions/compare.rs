//! The candidate against the champion.

use std::collections::BTreeMap;

use super::estimate::Estimates;
use super::facts::{ComparisonFacts, Estimate, Estimated};
use super::request::{PredictionsRequest, Statistic};
use super::side::Side;
use crate::scan::Pool;
use crate::stats::ranking::{Ranked, paired_areas};

/// A model's rows and what was found of them.
pub(super) struct Measured<'a> {
    pub(super) side: &'a Side,
    pub(super) estimates: &'a Estimates,
}

/// The differences, candidate less champion.
pub(super) fn compare(
    candidate: &Measured<'_>,
    champion: &Measured<'_>,
    request: &PredictionsRequest,
    pool: &Pool,
) -> ComparisonFacts {
    let unpaired = why_unpaired(candidate.side, champion.side);
    let mut differences = BTreeMap::new();
    if unpaired.is_none() {
        differences.extend(paired_curves(candidate.side, champion.side, request, pool));
    }
    for (&statistic, ours) in &candidate.estimates.found {
        if differences.contains_key(&statistic) {
            continue;
        }
        let Some(theirs) = champion.estimates.found.get(&statistic) else { continue };
        let difference = match (ours, theirs) {
            (Err(why), _) => Err(format!("the candidate has none: {why}")),
            (_, Err(why)) => Err(format!("the champion has none: {why}")),
            (Ok(ours), Ok(theirs)) => {
                let value = ours.value - theirs.value;
                let bounds = if unpaired.is_none() && !statistic.is_curve() {
                    paired_bounds(candidate.estimates, champion.estimates, statistic, request)
                } else {
                    independent_bounds(*ours, *theirs)
                };
                let bounds = bounds.map(|(lower, upper)| (lower.min(value), upper.max(value)));
                Ok(Estimate { value, bounds })
            }
        };
        differences.insert(statistic, difference);
    }
    ComparisonFacts { unpaired, differences }
}

/// Why rows of both cannot be told to be the same; `None` when they have the same labels and
/// weights row by row.
fn why_unpaired(candidate: &Side, champion: &Side) -> Option<String> {
    let (ours, theirs) = (candidate.used(), champion.used());
    if ours != theirs {
        return Some(format!("the candidate has {ours} rows, the champion {theirs}"));
    }
    let classes = candidate.places.label.zip(champion.places.label);
    let same_classes = classes.is_none_or(|(our, their)| {
        let of = |side: &Side, place: usize| side.classes(place);
        of(candidate, our) == of(champion, their)
    });
    let same_numbers = [
        (candidate.places.target, champion.places.target),
        (candidate.places.weight, champion.places.weight),
    ]
    .into_iter()
    .all(|(our, their)| match (our, their) {
        (Some(our), Some(their)) => {
            candidate.rows.domains[our] == champion.rows.domains[their]
                && candidate.keys(our) == champion.keys(their)
        }
        (our, their) => our.is_none() && their.is_none(),
    });
    if same_classes && same_numbers {
        return None;
    }
    Some("the labels of both differ row by row".to_owned())
}

/// Differences of areas under curves with the variance of the difference.
fn paired_curves(
    candidate: &Side,
    champion: &Side,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Vec<(Statistic, Estimated)> {
    let wants = |statistic| request.statistics.contains(&statistic);
    let (auc, precision) = (wants(Statistic::Auc), wants(Statistic::AveragePrecision));
    let (Some(label), Some(ours), Some(theirs)) =
        (candidate.places.label, candidate.places.score, champion.places.score)
    else {
        return Vec::new();
    };
    if !(auc || precision) {
        return Vec::new();
    }
    let positive = candidate.classes(label);
    let (first, second) =
        pool.both(|| Ranked::of(&candidate.keys(ours)), || Ranked::of(&champion.keys(theirs)));
    let estimate = |area: Option<crate::stats::ranking::Area>| {
        let area = area.ok_or("one of the two classes has no rows")?;
        Ok(Estimate { value: area.value, bounds: area.bounds(request.alpha) })
    };
    let mut found = Vec::new();
    let weights = candidate.weights();
    if auc {
        let area = if candidate.places.weight.is_some() {
            let both = first.area(&positive, &weights).zip(second.area(&positive, &weights));
            both.map(|(ours, theirs)| ours.less(&theirs))
        } else {
            paired_areas(&first.placements(&positive), &second.placements(&positive), &positive)
        };
        found.push((Statistic::Auc, estimate(area)));
    }
    if precision {
        let of = |ranked: &Ranked| ranked.average_precision(&positive, &weights);
        let area = of(&first).zip(of(&second)).map(|(ours, theirs)| ours.less(&theirs));
        found.push((Statistic::AveragePrecision, estimate(area)));
    }
    found
}

fn paired_bounds(
    candidate: &Estimates,
    champion: &Estimates,
    statistic: Statistic,
    request: &PredictionsRequest,
) -> Option<(f64, f64)> {
    // Same labels have the same centre, so both sides' sums mean the same.
    let of = |sums: &[f64]| candidate.layout.statistic(statistic, sums);
    candidate.resampled.bounds_less(&champion.resampled, request.alpha, of)
}

/// Of independent samples, whose reaches add as squares (G. Y. Zou and A. Donner, Statist. Med. 27
/// (2008)).
fn independent_bounds(ours: Estimate, theirs: Estimate) -> Option<(f64, f64)> {
    let ((our_lower, our_upper), (their_lower, their_upper)) = (ours.bounds?, theirs.bounds?);
    let difference = ours.value - theirs.value;
    let down = (ours.value - our_lower).hypot(their_upper - theirs.value);
    let up = (our_upper - ours.value).hypot(theirs.value - their_lower);
    Some((difference - down, difference + up))
}
