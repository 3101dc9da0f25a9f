//! Promises about values, resolved against a column's type.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::KeyRange;

/// One end of a range as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The value as text.
    pub text: String,
    /// Whether the value itself is inside.
    pub inclusive: bool,
}

/// A promise about each value of one column. Nulls break none of them; NaN breaks every range
/// and set, since it lies in none.
#[derive(Debug, Clone)]
pub enum ColumnExpectation {
    /// Values with an order key lie in a range.
    KeyRange(KeyRange),
    /// Text lies in a range, compared byte by byte.
    TextRange {
        /// Lower end.
        min: Option<Bound>,
        /// Upper end.
        max: Option<Bound>,
    },
    /// Values come from a set.
    OneOf(ValueSet),
    /// Text matches somewhere (anchor with `^` and `$` for the whole).
    Matches(Regex),
    /// Text has so many characters (Unicode scalar values); bytes have so many bytes.
    Length(LengthBounds),
    /// Values come in order, nulls left out, across row groups and files in name order.
    Monotonic(Direction),
}

impl ColumnExpectation {
    /// Whether a value with an order key keeps the promise; promises about text and about order
    /// say nothing of it. NaN has no key here: it breaks every range and set.
    #[must_use]
    pub fn holds_for_key(&self, key: u64) -> bool {
        match self {
            Self::KeyRange(range) => range.contains(key),
            Self::OneOf(ValueSet::Keys(set)) => set.contains(&key),
            Self::OneOf(ValueSet::Texts(_))
            | Self::TextRange { .. }
            | Self::Matches(_)
            | Self::Length(_)
            | Self::Monotonic(_) => true,
        }
    }

    /// Whether text, or bytes, keep the promise; promises about keys say nothing of them.
    #[must_use]
    pub fn holds_for_text(&self, value: &[u8]) -> bool {
        let text = || String::from_utf8_lossy(value);
        let inside = |ordering: Ordering, bound: &Bound| {
            ordering.is_gt() || (bound.inclusive && ordering.is_eq())
        };
        match self {
            Self::TextRange { min, max } => {
                let above = |bound: &Bound| inside(value.cmp(bound.text.as_bytes()), bound);
                let below = |bound: &Bound| inside(bound.text.as_bytes().cmp(value), bound);
                min.as_ref().is_none_or(above) && max.as_ref().is_none_or(below)
            }
            Self::OneOf(ValueSet::Texts(set)) => set.contains(text().as_ref()),
            Self::Matches(pattern) => pattern.is_match(&text()),
            Self::Length(bounds) => {
                let length = match std::str::from_utf8(value) {
                    Ok(text) => text.chars().count(),
                    Err(_) => value.len(),
                } as u64;
                (bounds.min..=bounds.max).contains(&length)
            }
            Self::KeyRange(_) | Self::OneOf(ValueSet::Keys(_)) | Self::Monotonic(_) => true,
        }
    }
}

/// A set of allowed values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueSet {
    /// Order keys.
    Keys(BTreeSet<u64>),
    /// Text.
    Texts(BTreeSet<String>),
}

/// Smallest and largest length, both inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthBounds {
    /// Fewest characters.
    pub min: u64,
    /// Most characters.
    pub max: u64,
}

/// Which way values go from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Each at least the one before.
    Increasing,
    /// Each greater than the one before.
    StrictlyIncreasing,
    /// Each at most the one before.
    Decreasing,
    /// Each less than the one before.
    StrictlyDecreasing,
}

impl Direction {
    /// Whether `next` may follow `previous`.
    #[must_use]
    pub fn allows(self, previous: u64, next: u64) -> bool {
        match self {
            Self::Increasing => previous <= next,
            Self::StrictlyIncreasing => previous < next,
            Self::Decreasing => previous >= next,
            Self::StrictlyDecreasing => previous > next,
        }
    }
}

/// A promise about whole rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowExpectation {
    /// No two rows agree in all these columns. Rows with a null in any of them are left out, as
    /// SQL's `UNIQUE` does.
    Unique {
        /// The columns of the key.
        columns: Vec<String>,
    },
    /// `left` compares so with `right` in every row where neither is null; NaN breaks it.
    Compare {
        /// Left-hand column.
        left: String,
        /// The relation.
        comparison: Comparison,
        /// Right-hand column.
        right: String,
    },
}

/// A relation between two values of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparison {
    /// Whether values in this order satisfy the relation.
    #[must_use]
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }

    /// The relation as it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str, inclusive: bool) -> Bound {
        Bound { text: text.to_owned(), inclusive }
    }

    #[test]
    fn a_range_of_text_is_compared_byte_by_byte() {
        let open = ColumnExpectation::TextRange {
            min: Some(bound("b", false)),
            max: Some(bound("d", true)),
        };
        let inside: Vec<&str> = ["a", "b", "ba", "d", "da"]
            .into_iter()
            .filter(|text| open.holds_for_text(text.as_bytes()))
            .collect();
        assert_eq!(inside, ["ba", "d"]);
    }

    #[test]
    fn length_counts_characters_of_text_and_bytes_of_anything_else() {
        let two = ColumnExpectation::Length(LengthBounds { min: 2, max: 2 });
        assert!(two.holds_for_text("é€".as_bytes()));
        assert!(two.holds_for_text(&[0xff, 0xfe]));
        assert!(!two.holds_for_text(b"abc"));
    }
}
