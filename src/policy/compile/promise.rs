//! A promise as written → an expectation on one column's values, and the words for it.

use std::collections::BTreeSet;

use super::columns::Column;
use crate::contract::{
    Bound, BoundError, ColumnExpectation, Direction, KeyDomain, LengthBounds, LogicalType, ValueSet,
};
use crate::policy::Promise;
use crate::quantity::Fraction;
use crate::yaml::quoted;

/// What checking a promise takes.
pub(super) enum Resolved {
    /// A check of each value.
    Value(ColumnExpectation),
    /// A check that no value occurs twice.
    Unique,
    /// Nothing beyond the count of nulls; at most this share.
    NullRate(Fraction),
    /// Nothing beyond the count of NaN; at most this share.
    NanRate(Fraction),
}

/// Resolves a promise against a column's type.
///
/// # Errors
/// A message when the type cannot hold the promise.
pub(super) fn resolve(promise: &Promise, column: &Column<'_>) -> Result<Resolved, String> {
    let logical_type = column.logical_type;
    let domain = KeyDomain::of(logical_type);
    let text = *logical_type == LogicalType::String;
    let bytes = matches!(logical_type, LogicalType::Binary | LogicalType::FixedBinary { .. });
    let refuse = |what: &str, types: &str| {
        let name = quoted(column.name);
        Err(format!("{what} needs {types}; column {name} is `{logical_type}`"))
    };
    let bound_error =
        |error: BoundError| format!("{error}, which column {} holds", quoted(column.name));
    Ok(match (promise, domain) {
        (Promise::NullRate(share), _) => Resolved::NullRate(*share),
        (Promise::NanRate(share), _) => Resolved::NanRate(*share),
        (Promise::Unique, domain) if domain.is_some() || text || bytes => Resolved::Unique,
        (Promise::Unique, _) => return refuse("`unique`", "numbers, times, text or bytes"),
        (Promise::Range { min, max }, Some(domain)) => {
            let range = domain.range(min.as_ref(), max.as_ref()).map_err(bound_error)?;
            if range.low > range.high {
                let name = quoted(column.name);
                return Err(format!(
                    "no `{logical_type}` of column {name} lies in {}",
                    range_words(min.as_ref(), max.as_ref())
                ));
            }
            Resolved::Value(ColumnExpectation::KeyRange(range))
        }
        (Promise::Range { min, max }, None) if text => {
            if let (Some(min), Some(max)) = (min, max)
                && min.text > max.text
            {
                let (min, max) = (quoted(&min.text), quoted(&max.text));
                return Err(format!("no text lies between {min} and {max}"));
            }
            let (min, max) = (min.clone(), max.clone());
            Resolved::Value(ColumnExpectation::TextRange { min, max })
        }
        (Promise::Range { .. }, None) => return refuse("`range`", "numbers, times or text"),
        (Promise::OneOf(values), Some(domain)) => {
            Resolved::Value(ColumnExpectation::OneOf(keys(values, &domain, column)?))
        }
        (Promise::OneOf(values), None) if text => {
            let texts = values.iter().cloned().collect();
            Resolved::Value(ColumnExpectation::OneOf(ValueSet::Texts(texts)))
        }
        (Promise::OneOf(_), None) => return refuse("`one_of`", "numbers, times or text"),
        (Promise::Matches(pattern), _) if text => {
            Resolved::Value(ColumnExpectation::Matches(pattern.clone()))
        }
        (Promise::Matches(_), _) => return refuse("`matches`", "text"),
        (Promise::Length(bounds), _) if text || bytes => {
            Resolved::Value(ColumnExpectation::Length(*bounds))
        }
        (Promise::Length(_), _) => return refuse("`length`", "text or bytes"),
        (Promise::Monotonic(direction), Some(_)) => {
            Resolved::Value(ColumnExpectation::Monotonic(*direction))
        }
        (Promise::Monotonic(_), None) => return refuse("`monotonic`", "numbers or times"),
    })
}

fn keys(values: &[String], domain: &KeyDomain, column: &Column<'_>) -> Result<ValueSet, String> {
    let mut keys = BTreeSet::new();
    for value in values {
        let found = quoted(value);
        let (name, logical_type) = (quoted(column.name), column.logical_type);
        match domain.parse(value) {
            Ok(Some(key)) => {
                keys.insert(key);
            }
            Ok(None) => return Err(format!("{found} is no `{logical_type}` of column {name}")),
            Err(error) => return Err(format!("{error}, which column {name} holds")),
        }
    }
    Ok(ValueSet::Keys(keys))
}

/// A promise in words, as reports show it.
pub(in crate::policy) fn words(promise: &Promise) -> String {
    match promise {
        Promise::Range { min, max } => format!("range {}", range_words(min.as_ref(), max.as_ref())),
        Promise::NullRate(share) => format!("nulls at most {}", percent(share.value())),
        Promise::NanRate(share) => format!("NaN at most {}", percent(share.value())),
        Promise::OneOf(values) => {
            let shown: Vec<&str> = values.iter().take(VALUES_SHOWN).map(String::as_str).collect();
            let rest = values.len().saturating_sub(VALUES_SHOWN);
            let more = if rest > 0 { format!(", … {rest} more") } else { String::new() };
            format!("one of {}{more}", shown.join(", "))
        }
        Promise::Matches(pattern) => format!("matches {pattern}"),
        Promise::Length(LengthBounds { min, max: u64::MAX }) => format!("length at least {min}"),
        Promise::Length(LengthBounds { min, max }) if min == max => format!("length {min}"),
        Promise::Length(LengthBounds { min, max }) => format!("length {min} to {max}"),
        Promise::Unique => "unique".to_owned(),
        Promise::Monotonic(direction) => direction_word(*direction).to_owned(),
    }
}

fn range_words(min: Option<&Bound>, max: Option<&Bound>) -> String {
    let low = match min {
        Some(Bound { text, inclusive: true }) => format!("[{text}"),
        Some(Bound { text, inclusive: false }) => format!("({text}"),
        None => "(-∞".to_owned(),
    };
    let high = match max {
        Some(Bound { text, inclusive: true }) => format!("{text}]"),
        Some(Bound { text, inclusive: false }) => format!("{text})"),
        None => "∞)".to_owned(),
    };
    format!("{low}, {high}")
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Increasing => "increasing",
        Direction::StrictlyIncreasing => "strictly increasing",
        Direction::Decreasing => "decreasing",
        Direction::StrictlyDecreasing => "strictly decreasing",
    }
}

/// A share as people write it, rounded to where floats begin to lie.
pub(in crate::policy) fn percent(share: f64) -> String {
    let rounded = (share * 1e12).round() / 1e10;
    format!("{rounded}%")
}

/// Values of a set that its words name before they only count.
const VALUES_SHOWN: usize = 5;
