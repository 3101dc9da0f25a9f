//! Latencies and throughput from columns.

use super::facts::{Estimate, LatencyFacts, QuantileFacts, ThroughputFacts};
use super::request::{LatencyRequest, PredictionsRequest, TimeStep};
use super::side::number;
use crate::contract::{KeyDomain, TimeUnit};
use crate::scan::predictions::{RowsError, RowsRequest, read_rows};
use crate::scan::{OpenSnapshot, Pool, ScanError};
use crate::stats::{order_key, rank_quantile};

/// A fact, or in words why there is none.
type Found<T> = Result<Result<T, String>, ScanError>;

/// Exact quantiles of a column of latencies.
pub(super) fn latency(
    snapshot: &OpenSnapshot,
    wanted: &LatencyRequest,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Found<LatencyFacts> {
    let (mut keys, domain) = match keys_of(snapshot, &wanted.column, request, pool)? {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let unit = match domain {
        KeyDomain::Duration(unit) => step_of(unit),
        KeyDomain::Date | KeyDomain::Time(_) | KeyDomain::Timestamp { .. } => {
            return Ok(Err(format!("column `{}` holds no lengths of time", wanted.column)));
        }
        _ => wanted.unit,
    };
    let milliseconds = |key: u64| unit.milliseconds(number(&domain, key));
    let Some((low, high)) = order_key::extremes(&keys) else {
        return Ok(Err(format!("column `{}` has no values", wanted.column)));
    };
    if !(number(&domain, low) >= 0.0 && number(&domain, high).is_finite()) {
        let (low, high) = (number(&domain, low), number(&domain, high));
        return Ok(Err(format!(
            "column `{}` holds values from `{low}` to `{high}`, which are no latencies",
            wanted.column
        )));
    }
    let mut quantiles = Vec::new();
    for &p in &wanted.quantiles {
        if let Some(found) = rank_quantile(&mut keys, p, request.alpha) {
            let bounds = found.lower.zip(found.upper);
            let bounds = bounds.map(|(lower, upper)| (milliseconds(lower), milliseconds(upper)));
            let estimate = Estimate { value: milliseconds(found.value), bounds };
            quantiles.push(QuantileFacts { p: p.value(), estimate });
        }
    }
    Ok(Ok(LatencyFacts { count: keys.len() as u64, quantiles, max: milliseconds(high) }))
}

/// Rows per second between the first and the last timestamp of a column.
pub(super) fn throughput(
    snapshot: &OpenSnapshot,
    column: &str,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Found<ThroughputFacts> {
    let (keys, domain) = match keys_of(snapshot, column, request, pool)? {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let KeyDomain::Timestamp { unit, .. } = domain else {
        return Ok(Err(format!("column `{column}` holds no timestamps")));
    };
    let Some((low, high)) = order_key::extremes(&keys) else {
        return Ok(Err(format!("column `{column}` has no values")));
    };
    let steps = i128::from(order_key::to_i64(high)) - i128::from(order_key::to_i64(low));
    #[expect(clippy::cast_precision_loss, reason = "a rate is a float by nature")]
    let (seconds, others) =
        (steps as f64 / unit.per_second() as f64, keys.len().saturating_sub(1) as f64);
    let per_second = (seconds > 0.0).then(|| others / seconds);
    Ok(Ok(ThroughputFacts { count: keys.len() as u64, seconds, per_second }))
}

fn keys_of(
    snapshot: &OpenSnapshot,
    column: &str,
    request: &PredictionsRequest,
    pool: &Pool,
) -> Found<(Vec<u64>, KeyDomain)> {
    let wanted = RowsRequest { numbers: vec![column], ..RowsRequest::default() };
    let rows = match read_rows(snapshot, &wanted, 8, pool) {
        Ok(rows) => rows,
        Err(RowsError::Scan(error)) => return Err(error),
        Err(problem) => return Ok(Err(problem.to_string())),
    };
    let tolerated = request.missing_tolerated.value();
    #[expect(clippy::cast_precision_loss, reason = "a share is a float by nature")]
    if rows.left_out > 0 && rows.left_out as f64 > tolerated * rows.read as f64 {
        let (left_out, read) = (rows.left_out, rows.read);
        return Ok(Err(format!(
            "{left_out} of {read} rows have no `{column}`; tolerated is a share of {tolerated}"
        )));
    }
    let keys = rows.parts.into_iter().flat_map(|part| part.numbers).flat_map(|part| part.keys);
    let keys = keys.collect();
    match rows.domains.into_iter().next() {
        Some(domain) => Ok(Ok((keys, domain))),
        None => Ok(Err(format!("column `{column}` was not read"))),
    }
}

fn step_of(unit: TimeUnit) -> TimeStep {
    match unit {
        TimeUnit::Second => TimeStep::Second,
        TimeUnit::Millisecond => TimeStep::Millisecond,
        TimeUnit::Microsecond => TimeStep::Microsecond,
        TimeUnit::Nanosecond => TimeStep::Nanosecond,
    }
}
