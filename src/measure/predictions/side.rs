//! One model's predictions, read and found usable.

use super::request::{DecidedBy, PredictionsRequest};
use crate::contract::KeyDomain;
use crate::scan::predictions::{
    AlignedRows, ClassColumn, Others, RowsError, RowsPart, RowsRequest, read_rows,
};
use crate::scan::{OpenSnapshot, Pool, ScanError};
use crate::stats::order_key::to_f64;

/// Rows of one model, with the place of each column among them.
pub(super) struct Side {
    pub(super) rows: AlignedRows,
    pub(super) places: Places,
    /// The power of two that brings the largest weight near one: weights count by their proportion
    /// alone, and products of very large or small ones would be lost.
    weight_scale: f64,
}

/// Where a column stands among those of its kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Places {
    /// Among classes.
    pub(super) label: Option<usize>,
    pub(super) decision: Option<usize>,
    /// Among numbers.
    pub(super) score: Option<usize>,
    pub(super) target: Option<usize>,
    pub(super) prediction: Option<usize>,
    pub(super) weight: Option<usize>,
}

impl Side {
    /// Reads what is asked for; the inner error says in words why it cannot be used.
    pub(super) fn read(
        snapshot: &OpenSnapshot,
        request: &PredictionsRequest,
        pool: &Pool,
    ) -> Result<Result<Self, String>, ScanError> {
        let (rows_request, places) = match columns(request) {
            Ok(columns) => columns,
            Err(problem) => return Ok(Err(problem)),
        };
        // A champion stands beside the candidate, and both are ranked row by row.
        let work_bytes = match (request.champion, places.weight) {
            (true, _) => rows_request.bytes_per_row() + 2 * RANKED_BYTES,
            (false, Some(_)) => RANKED_BYTES,
            (false, None) => WORK_BYTES,
        };
        let rows = match read_rows(snapshot, &rows_request, work_bytes, pool) {
            Ok(rows) => rows,
            Err(RowsError::Scan(error)) => return Err(error),
            Err(problem) => return Ok(Err(problem.to_string())),
        };
        let mut side = Self { rows, places, weight_scale: 1.0 };
        if let Err(problem) = side.check(request) {
            return Ok(Err(problem));
        }
        side.weight_scale = scale_of(side.stored_weights().fold(0.0, f64::max));
        Ok(Ok(side))
    }

    /// Rows that statistics are computed of.
    pub(super) fn used(&self) -> u64 {
        self.rows.read - self.rows.left_out
    }

    /// The parts, each with the number of its first row.
    pub(super) fn parts(&self) -> impl Iterator<Item = (u64, &RowsPart)> {
        self.rows.parts.iter().scan(0u64, |next, part| {
            let first = *next;
            *next += part.rows as u64;
            Some((first, part))
        })
    }

    /// A column of classes in one vector.
    pub(super) fn classes(&self, place: usize) -> Vec<bool> {
        self.rows.parts.iter().flat_map(|part| &part.classes[place].positive).copied().collect()
    }

    /// Positive rows of a column of classes.
    pub(super) fn positives(&self, place: usize) -> u64 {
        self.rows.parts.iter().map(|part| part.classes[place].positives).sum()
    }

    /// A column of keys in one vector.
    pub(super) fn keys(&self, place: usize) -> Vec<u64> {
        self.rows.parts.iter().flat_map(|part| &part.numbers[place].keys).copied().collect()
    }

    /// The weight of every row, in proportion.
    pub(super) fn weights(&self) -> Vec<f64> {
        match self.places.weight {
            Some(_) => self.stored_weights().map(|weight| self.scaled(weight)).collect(),
            None => vec![1.0; usize::try_from(self.used()).unwrap_or(usize::MAX)],
        }
    }

    /// A weight as it is counted.
    pub(super) fn scaled(&self, weight: f64) -> f64 {
        weight * self.weight_scale
    }

    /// The weights as they stand in the file.
    fn stored_weights(&self) -> impl Iterator<Item = f64> {
        let place = self.places.weight;
        place.into_iter().flat_map(move |place| {
            let domain = &self.rows.domains[place];
            let keys = self.rows.parts.iter().flat_map(move |part| &part.numbers[place].keys);
            keys.map(move |&key| number(domain, key))
        })
    }

    fn check(&self, request: &PredictionsRequest) -> Result<(), String> {
        let (read, left_out) = (self.rows.read, self.rows.left_out);
        let by_row = request.champion || self.places.weight.is_some();
        if by_row && read > RANKED_ROWS_MAX {
            return Err(format!(
                "{read} rows with weights or a champion; at most {RANKED_ROWS_MAX} are ranked so"
            ));
        }
        #[expect(clippy::cast_precision_loss, reason = "a share is a float by nature")]
        let share = if read == 0 { 0.0 } else { left_out as f64 / read as f64 };
        if share > request.missing_tolerated.value() {
            let columns: Vec<String> = self
                .rows
                .missing
                .iter()
                .map(|(column, count)| format!("{count} in `{column}`"))
                .collect();
            return Err(format!(
                "{left_out} of {read} rows lack a value ({}); tolerated is a share of {}",
                columns.join(", "),
                request.missing_tolerated.value(),
            ));
        }
        let named = &request.columns;
        for (place, column) in
            [(self.places.label, &named.label), (self.places.decision, &named.decision)]
        {
            if let (Some(place), Some(column)) = (place, column) {
                check_classes(&self.rows.others[place], column, request)?;
            }
        }
        if let Some(column) = &named.weight {
            let mut weights = self.stored_weights();
            if let Some(weight) = weights.find(|weight| !weight.is_finite() || *weight < 0.0) {
                return Err(format!("column `{column}` holds the weight `{weight}`"));
            }
        }
        Ok(())
    }
}

/// Two classes are wanted: one value besides the positive one, unless all others count as one.
fn check_classes(
    others: &Others,
    column: &str,
    request: &PredictionsRequest,
) -> Result<(), String> {
    let Some((low, high)) = others.ends.as_ref().filter(|_| !request.columns.one_versus_rest)
    else {
        return Ok(());
    };
    if low != high {
        let named = request.columns.positive.as_deref();
        let way_out = match named {
            Some(_) => "say `one_versus_rest: true` if all but the positive one are negative",
            None => {
                "say which value is `positive`, and `one_versus_rest: true` beside it if there are \
                 more than two"
            }
        };
        return Err(format!(
            "column `{column}` holds at least two values besides the positive class `{}`, `{low}` and \
             `{high}` among them; {way_out}",
            named.unwrap_or(POSITIVE)
        ));
    }
    let is_zero = low.parse() == Ok(0.0) || low == "false";
    if request.columns.positive.is_none() && !is_zero {
        return Err(format!(
            "column `{column}` holds `{low}` besides the positive class; say which value is \
             `positive`"
        ));
    }
    Ok(())
}

/// The positive class where none is named and there can be more than two.
const POSITIVE: &str = "1";

/// Columns that the request needs, each once per kind.
fn columns(request: &PredictionsRequest) -> Result<(RowsRequest<'_>, Places), String> {
    let named = &request.columns;
    let (mut rows, mut places) = (RowsRequest::default(), Places::default());
    let grouped = (!request.groupings.is_empty()).then_some(request.grouped_by);
    let decided = || request.statistics.iter().filter_map(|s| s.decided_by()).chain(grouped);
    let of_classes = grouped.is_some() || request.statistics.iter().any(|s| !s.of_numbers());
    let need = |column: &Option<String>, what: &str| {
        column.is_some().then_some(()).ok_or_else(|| format!("no column is named as `{what}`"))
    };
    if of_classes {
        need(&named.label, "label")?;
        let positive = named.positive.as_deref();
        let class = |column| ClassColumn { column, positive };
        places.label = named.label.as_deref().map(|column| push(&mut rows.classes, class(column)));
        if decided().any(|by| by == DecidedBy::Stored) {
            need(&named.decision, "decision")?;
            places.decision =
                named.decision.as_deref().map(|column| push(&mut rows.classes, class(column)));
        }
        let scored = request.statistics.iter().any(|s| s.of_scores());
        if scored || decided().any(|by| matches!(by, DecidedBy::Score(_))) {
            need(&named.score, "score")?;
            places.score = named.score.as_deref().map(|column| push(&mut rows.numbers, column));
        }
    }
    if request.statistics.iter().any(|s| s.of_numbers()) {
        need(&named.label, "label")?;
        need(&named.prediction, "prediction")?;
        places.target = named.label.as_deref().map(|column| push(&mut rows.numbers, column));
        places.prediction =
            named.prediction.as_deref().map(|column| push(&mut rows.numbers, column));
    }
    if !request.statistics.is_empty() {
        places.weight = named.weight.as_deref().map(|column| push(&mut rows.numbers, column));
    }
    for column in request.groupings.iter().flatten() {
        if !rows.categories.contains(&column.as_str()) {
            rows.categories.push(column);
        }
    }
    // Other statistics look at scores row by row, groups are decided by them, and a champion is
    // compared by them.
    rows.ranked = places.score.is_some()
        && request.statistics.iter().all(|s| s.is_curve())
        && request.groupings.is_empty()
        && places.weight.is_none()
        && !request.champion;
    Ok((rows, places))
}

fn push<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

/// Rows whose numbers fit where rows are ranked one by one.
const RANKED_ROWS_MAX: u64 = u32::MAX as u64;

/// The power of two that brings a number between 1 and 4, or near it where there is none.
fn scale_of(number: f64) -> f64 {
    const EXPONENT_BIAS: u64 = 1023;
    let exponent = (number.to_bits() >> 52).clamp(1, 2 * EXPONENT_BIAS - 1);
    f64::from_bits((2 * EXPONENT_BIAS - exponent) << 52)
}

/// The number behind a key.
pub(super) fn number(domain: &KeyDomain, key: u64) -> f64 {
    match domain {
        KeyDomain::Float => to_f64(key),
        other => other.number(key),
    }
}

/// Bytes of work for each row: scores that groups need too are copied before they are put into
/// buckets, and average precision sorts another copy.
const WORK_BYTES: u64 = 24;

/// Bytes of work for each row that is ranked with its number, its weight and its influence.
const RANKED_BYTES: u64 = 64;
