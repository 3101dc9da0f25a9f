//! Measures predictions as requested.

use super::compare::{Measured, compare};
use super::estimate::{Estimates, estimates};
use super::facts::{PredictionsFacts, SideFacts};
use super::groups::groupings;
use super::latency::{latency, throughput};
use super::request::PredictionsRequest;
use super::side::Side;
use crate::scan::{OpenSnapshot, Pool, ScanError};

/// Measures the predictions of a candidate, and of the champion where it is asked for and given.
///
/// # Errors
/// [`ScanError`] of data that cannot be read, and when the rows do not fit the pool's memory.
/// Columns that are missing or of another kind are facts, in words.
pub fn measure_predictions(
    candidate: &OpenSnapshot,
    champion: Option<&OpenSnapshot>,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Result<PredictionsFacts, ScanError> {
    let ours = measure_side(candidate, request, pool)?;
    let champion = champion.filter(|_| request.champion);
    let theirs = champion.map(|champion| measure_side(champion, request, pool)).transpose()?;
    let comparison = match (&ours, &theirs) {
        (
            Ok(Measurement { rows: Some(ours), .. }),
            Some(Ok(Measurement { rows: Some(theirs), .. })),
        ) => {
            let (candidate, champion) = (
                Measured { side: &ours.0, estimates: &ours.1 },
                Measured { side: &theirs.0, estimates: &theirs.1 },
            );
            Some(compare(&candidate, &champion, request, pool))
        }
        _ => None,
    };
    let facts = |side: Result<Measurement, String>| side.map(|side| side.facts);
    Ok(PredictionsFacts { candidate: facts(ours), champion: theirs.map(facts), comparison })
}

/// One side, its rows kept as long as they may be compared.
struct Measurement {
    facts: SideFacts,
    rows: Option<(Side, Estimates)>,
}

fn measure_side(
    snapshot: &OpenSnapshot,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Result<Result<Measurement, String>, ScanError> {
    let mut facts = SideFacts { rows: snapshot.rows().0, ..SideFacts::default() };
    if let Some(wanted) = &request.latency {
        match latency(snapshot, wanted, request, pool)? {
            Ok(found) => facts.latency = Some(found),
            Err(problem) => return Ok(Err(problem)),
        }
    }
    if let Some(column) = &request.timestamps {
        match throughput(snapshot, column, request, pool)? {
            Ok(found) => facts.throughput = Some(found),
            Err(problem) => return Ok(Err(problem)),
        }
    }
    if request.statistics.is_empty() && request.groupings.is_empty() {
        return Ok(Ok(Measurement { facts, rows: None }));
    }
    let mut side = match Side::read(snapshot, request, pool)? {
        Ok(side) => side,
        Err(problem) => return Ok(Err(problem)),
    };
    let found = estimates(&mut side, request, pool);
    (facts.left_out, facts.missing) = (side.rows.left_out, side.rows.missing.clone());
    (facts.positives, facts.estimates) = (found.positives, found.found.clone());
    facts.groupings = match groupings(&side, request, pool) {
        Ok(groupings) => groupings,
        Err(problem) => return Ok(Err(problem)),
    };
    let rows = request.champion.then_some((side, found));
    Ok(Ok(Measurement { facts, rows }))
}
