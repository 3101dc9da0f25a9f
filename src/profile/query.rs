//! What a policy asks of a snapshot, in a form that can be stored and found again.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::{
    Bound, ColumnExpectation, Comparison, Direction, KeyDomain, LogicalType, RowExpectation,
    Schema, ValueSet,
};

/// A promise about a column or about rows, resolved against the types at hand: two are equal when
/// every row breaks both or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Query {
    /// [`ColumnExpectation::KeyRange`]
    KeyRange {
        /// The column.
        column: String,
        /// Smallest key inside.
        low: u64,
        /// Largest key inside.
        high: u64,
    },
    /// [`ColumnExpectation::TextRange`]
    TextRange {
        /// The column.
        column: String,
        /// Lower end.
        min: Option<Bound>,
        /// Upper end.
        max: Option<Bound>,
    },
    /// [`ColumnExpectation::OneOf`] of [`ValueSet::Keys`]
    OneOfKeys {
        /// The column.
        column: String,
        /// The keys allowed.
        keys: BTreeSet<u64>,
    },
    /// [`ColumnExpectation::OneOf`] of [`ValueSet::Texts`]
    OneOfTexts {
        /// The column.
        column: String,
        /// The texts allowed.
        texts: BTreeSet<String>,
    },
    /// [`ColumnExpectation::Matches`]
    Matches {
        /// The column.
        column: String,
        /// The regular expression as written.
        pattern: String,
    },
    /// [`ColumnExpectation::Length`]
    Length {
        /// The column.
        column: String,
        /// Fewest characters.
        min: u64,
        /// Most characters.
        max: u64,
    },
    /// [`ColumnExpectation::Monotonic`]
    Monotonic {
        /// The column.
        column: String,
        /// Which way.
        direction: Direction,
    },
    /// [`RowExpectation::Unique`]
    Unique {
        /// The columns of the key.
        columns: Vec<String>,
    },
    /// [`RowExpectation::Compare`]
    Compare {
        /// Left-hand column.
        left: String,
        /// The relation.
        comparison: Comparison,
        /// Right-hand column.
        right: String,
    },
}

impl Query {
    /// What is asked by a promise about a column.
    #[must_use]
    pub fn of_column(column: &str, expectation: &ColumnExpectation) -> Self {
        let column = column.to_owned();
        match expectation {
            ColumnExpectation::KeyRange(range) => {
                Self::KeyRange { column, low: range.low, high: range.high }
            }
            ColumnExpectation::TextRange { min, max } => {
                Self::TextRange { column, min: min.clone(), max: max.clone() }
            }
            ColumnExpectation::OneOf(ValueSet::Keys(keys)) => {
                Self::OneOfKeys { column, keys: keys.clone() }
            }
            ColumnExpectation::OneOf(ValueSet::Texts(texts)) => {
                Self::OneOfTexts { column, texts: texts.clone() }
            }
            ColumnExpectation::Matches(pattern) => {
                Self::Matches { column, pattern: pattern.as_str().to_owned() }
            }
            ColumnExpectation::Length(bounds) => {
                Self::Length { column, min: bounds.min, max: bounds.max }
            }
            ColumnExpectation::Monotonic(direction) => {
                Self::Monotonic { column, direction: *direction }
            }
        }
    }

    /// What is asked by a promise about rows.
    #[must_use]
    pub fn of_rows(expectation: &RowExpectation) -> Self {
        match expectation.clone() {
            RowExpectation::Unique { columns } => Self::Unique { columns },
            RowExpectation::Compare { left, comparison, right } => {
                Self::Compare { left, comparison, right }
            }
        }
    }

    /// Whether the answer of a whole follows from those of its files.
    #[must_use]
    pub fn joins(&self) -> bool {
        !matches!(self, Self::Unique { .. })
    }

    /// The order that is asked about.
    pub(super) fn direction(&self) -> Option<Direction> {
        match self {
            Self::Monotonic { direction, .. } => Some(*direction),
            _ => None,
        }
    }

    /// The column, of a promise about one.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::KeyRange { column, .. }
            | Self::TextRange { column, .. }
            | Self::OneOfKeys { column, .. }
            | Self::OneOfTexts { column, .. }
            | Self::Matches { column, .. }
            | Self::Length { column, .. }
            | Self::Monotonic { column, .. } => Some(column),
            Self::Unique { .. } | Self::Compare { .. } => None,
        }
    }

    /// Whether it can be asked of a snapshot of these columns.
    pub(super) fn fits(&self, schema: &Schema) -> bool {
        let logical_type = |name: &str| schema.column(name).map(|column| &column.logical_type);
        let of_keys = |name| logical_type(name).and_then(KeyDomain::of).is_some();
        let of_text = |name| logical_type(name).is_some_and(LogicalType::is_text);
        match self {
            Self::KeyRange { column, .. }
            | Self::OneOfKeys { column, .. }
            | Self::Monotonic { column, .. } => of_keys(column),
            Self::TextRange { column, .. }
            | Self::OneOfTexts { column, .. }
            | Self::Matches { column, .. }
            | Self::Length { column, .. } => of_text(column),
            Self::Unique { columns } => {
                !columns.is_empty() && columns.iter().all(|name| of_keys(name) || of_text(name))
            }
            Self::Compare { left, right, .. } => {
                [left, right].into_iter().all(|name| of_keys(name) || of_text(name))
            }
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyRange { column, .. } | Self::TextRange { column, .. } => {
                write!(formatter, "range of {column}")
            }
            Self::OneOfKeys { column, .. } | Self::OneOfTexts { column, .. } => {
                write!(formatter, "values of {column}")
            }
            Self::Matches { column, .. } => write!(formatter, "pattern of {column}"),
            Self::Length { column, .. } => write!(formatter, "length of {column}"),
            Self::Monotonic { column, .. } => write!(formatter, "order of {column}"),
            Self::Unique { columns } => write!(formatter, "unique {}", columns.join(", ")),
            Self::Compare { left, comparison, right } => {
                write!(formatter, "{left} {} {right}", comparison.symbol())
            }
        }
    }
}
