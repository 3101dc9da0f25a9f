//! The expectations gate: promises about values and rows.

use super::number::{exact, percent, percent_limit};
use super::{
    Broken, Comparator, Finding, Quantity, Side, Subject, Values, Verdict, decide_broken, share_of,
    text,
};
use crate::measure::{Measurement, SideFacts, Tally, TallyOutcome};
use crate::policy::{Check, CheckPlace};

/// One finding for each check on each side it looks at.
///
/// A side without rows, or a column without any value, is inconclusive unless it already breaks
/// the promise; a column the candidate lacks fails; what was not measured is an error.
pub(super) fn findings(checks: &[Check], measurement: &Measurement) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in checks {
        let sides = [
            (Side::Reference, check.sides.reference()),
            (Side::Candidate, check.sides.candidate()),
        ];
        for (side, _) in sides.into_iter().filter(|&(_, wanted)| wanted) {
            findings.push(judge(check, measurement, side));
        }
    }
    findings
}

fn judge(check: &Check, measurement: &Measurement, side: Side) -> Finding {
    let subject = Subject::column(&check.subject).on(side);
    let promise = text::phrase(&check.promise);
    let say = |verdict, why: &str| {
        let sentence = format!("{promise}: {why}");
        Finding::new(verdict, subject.clone(), &promise, sentence)
            .at(check.line)
            .demanded(Comparator::AtMost, Quantity::Real(check.tolerated.value()))
    };
    let tally = match tally(check, measurement, side) {
        Ok(tally) => tally,
        Err((verdict, why)) => return say(verdict, &why),
    };
    let broken = Broken { violations: tally.violations, rows: tally.rows };
    let Some(share) = share_of(broken) else {
        return say(Verdict::Error, "more violations than rows were counted");
    };
    let values = if without_values(check, measurement, side) { Values::None } else { Values::Some };
    let verdict = decide_broken(broken, check.tolerated.value(), values);
    let counts = format!("{} of {} rows", exact(tally.violations), exact(tally.rows));
    let why = match (verdict, tally.rows) {
        (Verdict::Inconclusive, 0) => "there are no rows to check".to_owned(),
        (Verdict::Inconclusive, _) => "there are no values to check".to_owned(),
        (Verdict::Passed, _) if tally.violations == 0 => {
            format!("kept by all {} rows", exact(tally.rows))
        }
        (Verdict::Passed, _) => {
            format!("{counts} ({}) break it ≤ {}", percent(share.value()), tolerated(check))
        }
        _ => format!(
            "{counts} ({}) break it > {}{}",
            percent(share.value()),
            tolerated(check),
            first(&tally),
        ),
    };
    let mut finding = say(verdict, &why).observed(Quantity::Real(share.value()));
    finding.metric = metric(check).map(str::to_owned);
    finding.broken = Some(broken);
    finding.samples = tally.samples;
    finding
}

/// `0.05%`, with the word that says what it is.
fn tolerated(check: &Check) -> String {
    format!("{} tolerated", percent_limit(check.tolerated.value()))
}

/// The exact statistic of a promise about what is missing, which is counted for every column.
fn metric(check: &Check) -> Option<&'static str> {
    match &check.place {
        CheckPlace::NullRate { .. } => Some(NULL_RATE),
        CheckPlace::NanRate { .. } => Some(NAN_RATE),
        CheckPlace::Column { .. } | CheckPlace::Row { .. } => None,
    }
}

/// Where the first violation stands, for somebody who wants to look.
fn first(tally: &Tally) -> String {
    tally.samples.first().map_or_else(String::new, |sample| {
        let file = text::name(&sample.file);
        let (row, group) = (exact(sample.row), sample.row_group);
        let value = sample
            .value
            .as_ref()
            .map_or_else(String::new, |value| format!(" is `{}`", text::name(value)));
        format!("; first: row {row} of row group {group} in {file}{value}")
    })
}

fn tally(check: &Check, measurement: &Measurement, side: Side) -> Result<Tally, (Verdict, String)> {
    let of_side =
        |facts: &SideFacts, violations| Tally { rows: facts.rows, violations, samples: Vec::new() };
    let pair = match &check.place {
        CheckPlace::NullRate { column } => {
            return facts(column, measurement, side).map(|facts| of_side(facts, facts.nulls));
        }
        CheckPlace::NanRate { column } => {
            return facts(column, measurement, side).map(|facts| of_side(facts, facts.nans));
        }
        CheckPlace::Column { column, index } => {
            facts(column, measurement, side)?;
            measurement.column(column).and_then(|facts| facts.expectations.get(*index))
        }
        CheckPlace::Row { index } => measurement.rows.get(*index),
    };
    let outcome = pair.and_then(|pair| match side {
        Side::Reference => pair.reference.as_ref(),
        Side::Candidate => pair.candidate.as_ref(),
    });
    match outcome {
        Some(TallyOutcome::Counted(tally)) => Ok(tally.clone()),
        Some(TallyOutcome::Unmeasurable { reason }) => {
            Err((Verdict::Error, format!("could not be checked: {}", text::phrase(reason))))
        }
        None => Err((Verdict::Error, format!("was not checked on the {}", side.as_str()))),
    }
}

fn facts<'a>(
    column: &str,
    measurement: &'a Measurement,
    side: Side,
) -> Result<&'a SideFacts, (Verdict, String)> {
    let (snapshot, facts) = match side {
        Side::Reference => {
            (&measurement.reference, measurement.column(column).map(|c| &c.reference))
        }
        Side::Candidate => {
            (&measurement.candidate, measurement.column(column).map(|c| &c.candidate))
        }
    };
    match facts {
        Some(Some(facts)) => Ok(facts),
        _ if snapshot.schema.column(column).is_none() => {
            Err((Verdict::Failed, format!("the {}'s schema has no such column", side.as_str())))
        }
        _ => Err((Verdict::Error, format!("was not measured on the {}", side.as_str()))),
    }
}

/// Whether a promise about values met none: nulls break no promise, and so prove none.
fn without_values(check: &Check, measurement: &Measurement, side: Side) -> bool {
    let CheckPlace::Column { column, .. } = &check.place else {
        return false;
    };
    facts(column, measurement, side).is_ok_and(|facts| facts.nulls == facts.rows)
}

/// The statistic of `nulls: {max: …}`: nulls ÷ rows.
pub const NULL_RATE: &str = "null_rate";

/// The statistic of `nans: {max: …}`: NaN ÷ rows.
pub const NAN_RATE: &str = "nan_rate";
