//! Promises about values, resolved against a column's type.

use std::collections::BTreeSet;

use regex::Regex;

use super::KeyRange;

/// One end of a range as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
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
