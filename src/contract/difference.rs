//! What changed between two schemas.

use std::fmt;

use super::{LogicalType, Schema};

/// Whether a column may come back with a wider type that holds all old values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WideningRule {
    /// Wider types are noted, not counted as retyped.
    Allowed,
    /// Any other type is a retyped column.
    Refused,
}

/// One difference of the candidate's schema against the reference's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaDifference {
    /// In the reference only.
    Missing {
        /// The column.
        column: String,
        /// Its type in the reference.
        reference: LogicalType,
    },
    /// In the candidate only.
    Added {
        /// The column.
        column: String,
        /// Its type in the candidate.
        candidate: LogicalType,
    },
    /// Another type: also another time unit or zone, another precision or scale.
    Retyped {
        /// The column.
        column: String,
        /// Its type in the reference.
        reference: LogicalType,
        /// Its type in the candidate.
        candidate: LogicalType,
    },
    /// A wider type, which the rule allows.
    Widened {
        /// The column.
        column: String,
        /// Its type in the reference.
        reference: LogicalType,
        /// Its type in the candidate.
        candidate: LogicalType,
    },
    /// The schema allowed no nulls and now does, or the other way round.
    Nullability {
        /// The column.
        column: String,
        /// Whether the candidate's schema allows nulls.
        candidate_nullable: bool,
    },
}

impl SchemaDifference {
    /// The column it is about.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::Missing { column, .. }
            | Self::Added { column, .. }
            | Self::Retyped { column, .. }
            | Self::Widened { column, .. }
            | Self::Nullability { column, .. } => column,
        }
    }
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { reference, .. } => {
                write!(formatter, "missing (was `{reference}` in the reference)")
            }
            Self::Added { candidate, .. } => write!(formatter, "added as `{candidate}`"),
            Self::Retyped { reference, candidate, .. } => {
                write!(formatter, "type changed from `{reference}` to `{candidate}`")
            }
            Self::Widened { reference, candidate, .. } => {
                write!(formatter, "type widened from `{reference}` to `{candidate}`")
            }
            Self::Nullability { candidate_nullable: true, .. } => {
                formatter.write_str("was required and is now nullable")
            }
            Self::Nullability { candidate_nullable: false, .. } => {
                formatter.write_str("was nullable and is now required")
            }
        }
    }
}

/// Differences in the reference's column order, then the candidate's additions in its order.
pub(super) fn between(
    reference: &Schema,
    candidate: &Schema,
    widening: WideningRule,
) -> Vec<SchemaDifference> {
    let mut differences = Vec::new();
    for before in reference.columns() {
        let column = before.name.clone();
        let Some(after) = candidate.column(&column) else {
            let reference = before.logical_type.clone();
            differences.push(SchemaDifference::Missing { column, reference });
            continue;
        };
        if before.logical_type != after.logical_type {
            let (reference, candidate) = (before.logical_type.clone(), after.logical_type.clone());
            let column = column.clone();
            let widened = widening == WideningRule::Allowed && candidate.widens(&reference);
            differences.push(if widened {
                SchemaDifference::Widened { column, reference, candidate }
            } else {
                SchemaDifference::Retyped { column, reference, candidate }
            });
        }
        if before.nullable != after.nullable {
            let candidate_nullable = after.nullable;
            differences.push(SchemaDifference::Nullability { column, candidate_nullable });
        }
    }
    for after in candidate.columns() {
        if reference.column(&after.name).is_none() {
            let (column, candidate) = (after.name.clone(), after.logical_type.clone());
            differences.push(SchemaDifference::Added { column, candidate });
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Column, TimeUnit};

    fn schema(columns: Vec<Column>) -> Schema {
        Schema::new(columns).unwrap()
    }

    #[test]
    fn column_order_is_no_difference() {
        let a = Column::new("a", LogicalType::String, true);
        let b = Column::new("b", LogicalType::Boolean, true);
        let reference = schema(vec![a.clone(), b.clone()]);
        assert_eq!(reference.differences(&schema(vec![b, a]), WideningRule::Refused), []);
    }

    #[test]
    fn every_kind_of_change_is_named() {
        let time = |zone: Option<&str>| LogicalType::Timestamp {
            unit: TimeUnit::Microsecond,
            zone: zone.map(str::to_owned),
        };
        let reference = schema(vec![
            Column::new("gone", LogicalType::String, true),
            Column::new("at", time(Some("UTC")), true),
            Column::new("n", LogicalType::integer(32), true),
            Column::new("id", LogicalType::String, false),
        ]);
        let candidate = schema(vec![
            Column::new("at", time(None), true),
            Column::new("n", LogicalType::integer(64), true),
            Column::new("id", LogicalType::String, true),
            Column::new("extra", LogicalType::Boolean, true),
        ]);
        let said: Vec<String> = reference
            .differences(&candidate, WideningRule::Allowed)
            .iter()
            .map(|difference| format!("{}: {difference}", difference.column()))
            .collect();
        assert_eq!(
            said,
            [
                "gone: missing (was `string` in the reference)",
                "at: type changed from `timestamp[us, UTC]` to `timestamp[us]`",
                "n: type widened from `int32` to `int64`",
                "id: was required and is now nullable",
                "extra: added as `bool`",
            ]
        );
        let strict = reference.differences(&candidate, WideningRule::Refused);
        assert!(matches!(&strict[2], SchemaDifference::Retyped { column, .. } if column == "n"));
    }
}
