//! One check, decided again from its own numbers and the signed counts.

use super::column::Columns;
use super::{Disagreement, Figure, checklist, drift};
use crate::checklist::KINDS;
use crate::gate::{
    Broken, Comparator, NAN_RATE, NULL_RATE, Side, Values, Verdict, decide_broken, decide_rows,
};
use crate::report::{CheckDemand, CheckResult, QuantityDocument};

/// What a check can only have come to.
pub(super) struct Outcome {
    /// Decisions that its numbers allow; one, where they tell.
    pub(super) allowed: Vec<Verdict>,
    /// What that rests on.
    pub(super) rest: Rest,
}

/// What a decision rests on, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Signed counts: the number itself was recomputed.
    Counts,
    /// A recorded number and its limit.
    Numbers,
    /// No number that would tell.
    Words,
}

impl Outcome {
    pub(super) fn told(decision: Verdict, rest: Rest) -> Self {
        Self { allowed: vec![decision], rest }
    }

    /// Where the report does not tell whose counts are whose.
    pub(super) fn anything() -> Self {
        use Verdict::{Error, Failed, Inconclusive, Passed, Warned};
        Self { allowed: vec![Passed, Warned, Inconclusive, Failed, Error], rest: Rest::Words }
    }

    /// What a check without a number can come to: anything but a pass.
    pub(super) fn without_number() -> Self {
        use Verdict::{Error, Failed, Inconclusive};
        Self { allowed: vec![Inconclusive, Failed, Error], rest: Rest::Words }
    }
}

/// Decides one result of a gate of this kind.
///
/// # Errors
/// [`Disagreement`] when a number does not follow from the signed counts, or the check has not
/// the form of its kind.
pub(super) fn decide<'a>(
    kind: &str,
    demand: &'a CheckDemand,
    result: &'a CheckResult,
    columns: &mut Columns<'a>,
) -> Result<Outcome, Disagreement> {
    match (kind, result) {
        ("drift", _) => drift::decide(demand, result, columns),
        (_, CheckResult::Value(_, None)) => Ok(Outcome::without_number()),
        ("expectations", CheckResult::Broken { column, violations, rows }) => {
            let broken = Broken { violations: violations.0, rows: rows.0 };
            expectation(demand, column.as_deref(), broken, columns)
        }
        ("volume", CheckResult::Value(None, Some(found))) => volume(demand, found, columns.rows()),
        ("freshness", CheckResult::Value(Some(_), Some(found))) => freshness(demand, found),
        ("schema", CheckResult::Value(column, Some(found))) => {
            schema(demand, column.as_deref(), found)
        }
        ("expectations" | "volume" | "freshness" | "schema", _) => {
            Err(unlike(&format!("a check of kind `{kind}`")))
        }
        _ if KINDS.iter().any(|known| known.word == kind) => checklist::decide(demand, result),
        _ => Err(Disagreement::of(Figure::Form, kind, "a kind of gate")),
    }
}

fn expectation(
    demand: &CheckDemand,
    column: Option<&str>,
    broken: Broken,
    columns: &Columns<'_>,
) -> Result<Outcome, Disagreement> {
    let (Some(side), Some(Comparator::AtMost), Some(QuantityDocument::Real(tolerated))) =
        (demand.side, demand.comparator, &demand.threshold)
    else {
        return Err(unlike("a share that is tolerated on one side"));
    };
    let rows = columns.rows()[usize::from(side == Side::Candidate)];
    if broken.rows != rows {
        return Err(Disagreement::of(Figure::Count, broken.rows, rows));
    }
    let presence = match column {
        Some(name) => columns.presence(name, side)?,
        None => None,
    };
    let counted = match (demand.metric.as_deref(), presence) {
        (None, _) => None,
        (Some(NULL_RATE), Some(presence)) => Some(presence.nulls),
        (Some(NAN_RATE), Some(presence)) => Some(presence.nans),
        (Some(NULL_RATE | NAN_RATE), None) if column.is_some_and(|name| columns.shared(name)) => {
            None
        }
        (Some(NULL_RATE | NAN_RATE), None) => {
            return Err(Disagreement::of(Figure::Count, "absent", "counts of the column"));
        }
        (Some(_), _) => return Err(unlike("a share of nulls, of NaN, or of broken promises")),
    };
    if let Some(counted) = counted.filter(|&counted| counted != broken.violations) {
        return Err(Disagreement::of(Figure::Count, broken.violations, counted));
    }
    let valueless = demand.metric.is_none() && presence.is_some_and(|is| is.nulls == is.rows);
    let values = if valueless { Values::None } else { Values::Some };
    let decision = decide_broken(broken, *tolerated, values);
    let rest = if counted.is_some() { Rest::Counts } else { Rest::Numbers };
    if valueless && demand.rule == "unique" {
        // A promise about rows has the same words, and is kept by rows without a value.
        let of_rows = decide_broken(broken, *tolerated, Values::Some);
        return Ok(Outcome { allowed: vec![decision, of_rows], rest: Rest::Words });
    }
    Ok(Outcome::told(decision, rest))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is a float by nature")]
fn volume(
    demand: &CheckDemand,
    found: &QuantityDocument,
    [reference, candidate]: [u64; 2],
) -> Result<Outcome, Disagreement> {
    let Some(comparator) = demand.comparator else {
        return Err(unlike("a limit on rows"));
    };
    let met = match (found, &demand.threshold) {
        (QuantityDocument::Count(found), Some(QuantityDocument::Count(limit))) => {
            same(*found, candidate)?;
            comparator.holds(*found, *limit)
        }
        (QuantityDocument::Real(found), Some(QuantityDocument::Real(limit))) => {
            let ratio = candidate as f64 / reference as f64;
            if *found != ratio {
                return Err(Disagreement::of(Figure::Observed, found, ratio));
            }
            comparator.holds(*found, *limit)
        }
        (_, None) => return Ok(Outcome::without_number()),
        _ => return Err(unlike("a number and a limit of the same kind")),
    };
    Ok(Outcome::told(decide_rows(met, candidate), Rest::Counts))
}

fn freshness(demand: &CheckDemand, found: &QuantityDocument) -> Result<Outcome, Disagreement> {
    use QuantityDocument::{Count, Text};
    match (demand.comparator, found, &demand.threshold) {
        (Some(comparator), Count(seconds), Some(Count(limit))) => {
            let met = comparator.holds(*seconds, *limit);
            let decision = if met { Verdict::Passed } else { Verdict::Failed };
            Ok(Outcome::told(decision, Rest::Numbers))
        }
        (Some(Comparator::Above), Text(newest), Some(Text(before))) => {
            let allowed = if newest == before {
                vec![Verdict::Failed]
            } else {
                vec![Verdict::Passed, Verdict::Failed]
            };
            Ok(Outcome { allowed, rest: Rest::Words })
        }
        _ => Err(unlike("an age and its limit")),
    }
}

/// What a difference means is the policy's word; that columns agree is a pass.
fn schema(
    demand: &CheckDemand,
    column: Option<&str>,
    found: &QuantityDocument,
) -> Result<Outcome, Disagreement> {
    match (column, found, demand.comparator) {
        (None, QuantityDocument::Count(1..), None) if demand.rule == "columns" => {
            Ok(Outcome::told(Verdict::Passed, Rest::Words))
        }
        (Some(_), QuantityDocument::Text(_), Some(Comparator::Equal)) => {
            let allowed = vec![Verdict::Passed, Verdict::Warned, Verdict::Failed];
            Ok(Outcome { allowed, rest: Rest::Words })
        }
        _ => Err(unlike("a difference, or columns that agree")),
    }
}

fn same(recorded: u64, expected: u64) -> Result<(), Disagreement> {
    if recorded == expected {
        return Ok(());
    }
    Err(Disagreement::of(Figure::Observed, recorded, expected))
}

pub(super) fn unlike(expected: &str) -> Disagreement {
    Disagreement::of(Figure::Form, "something else", expected)
}
