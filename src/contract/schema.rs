//! Column names and types of a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::{LogicalType, SchemaDifference, WideningRule, difference};

/// One column: a top-level field, or a leaf of a struct under its dotted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name; `address.city` for the field `city` of the struct `address`.
    pub name: String,
    /// The type of its values.
    pub logical_type: LogicalType,
    /// Whether the schema allows nulls.
    pub nullable: bool,
}

impl Column {
    /// A column of that name and type.
    #[must_use]
    pub fn new(name: impl Into<String>, logical_type: LogicalType, nullable: bool) -> Self {
        Self { name: name.into(), logical_type, nullable }
    }
}

/// The columns of a snapshot, in file order, names unique.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    columns: Vec<Column>,
    index: BTreeMap<String, usize>,
}

impl Schema {
    /// A schema of these columns.
    ///
    /// # Errors
    /// [`SchemaError::DuplicateColumn`] when two columns carry one name.
    pub fn new(columns: Vec<Column>) -> Result<Self, SchemaError> {
        let mut index = BTreeMap::new();
        for (position, column) in columns.iter().enumerate() {
            if index.insert(column.name.clone(), position).is_some() {
                return Err(SchemaError::DuplicateColumn { column: column.name.clone() });
            }
        }
        Ok(Self { columns, index })
    }

    /// The columns in file order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.index.get(name).and_then(|&position| self.columns.get(position))
    }

    /// What `candidate` changes against `self`, the reference; column order does not count.
    #[must_use]
    pub fn differences(&self, candidate: &Self, widening: WideningRule) -> Vec<SchemaDifference> {
        difference::between(self, candidate, widening)
    }

    /// The schema that holds the values of both, for files of one snapshot: the same columns,
    /// each of the wider type, nullable where either is.
    ///
    /// # Errors
    /// [`SchemaError::MissingColumn`] and [`SchemaError::MixedTypes`] where no such schema is,
    /// or where a type would have to widen and `widening` forbids it.
    pub fn unify(&self, other: &Self, widening: WideningRule) -> Result<Self, SchemaError> {
        let ours: BTreeSet<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let theirs: BTreeSet<&str> =
            other.columns.iter().map(|column| column.name.as_str()).collect();
        if let Some(&column) = ours.symmetric_difference(&theirs).next() {
            return Err(SchemaError::MissingColumn { column: column.to_owned() });
        }
        let mut columns = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let twin = other.column(&column.name).unwrap_or(column);
            let (ours, theirs) = (&column.logical_type, &twin.logical_type);
            let logical_type = match widening {
                _ if ours == theirs => ours,
                WideningRule::Allowed if ours.widens(theirs) => ours,
                WideningRule::Allowed if theirs.widens(ours) => theirs,
                _ => {
                    return Err(SchemaError::MixedTypes {
                        column: column.name.clone(),
                        first: ours.clone(),
                        second: theirs.clone(),
                    });
                }
            };
            columns.push(Column::new(
                &column.name,
                logical_type.clone(),
                column.nullable || twin.nullable,
            ));
        }
        Self::new(columns)
    }
}

/// A schema that cannot be worked with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Two columns of one name: which one is meant could not be told.
    #[error("column `{column}` exists twice")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// Files of one snapshot disagree on whether a column exists.
    #[error("column `{column}` is in some files of the snapshot but not in others")]
    MissingColumn {
        /// The name.
        column: String,
    },
    /// Files of one snapshot disagree on a column's type.
    #[error(
        "column `{column}` is `{first}` in some files of the snapshot and `{second}` in others"
    )]
    MixedTypes {
        /// The name.
        column: String,
        /// The type in the files before.
        first: LogicalType,
        /// The type in this file.
        second: LogicalType,
    },
    /// More columns than the limit.
    #[error("{columns} columns; the limit is {limit}")]
    TooManyColumns {
        /// Columns found.
        columns: usize,
        /// The limit.
        limit: usize,
    },
    /// Groups nested deeper than the limit.
    #[error("column `{column}` is nested deeper than {limit} levels")]
    TooDeep {
        /// Where the walk stopped.
        column: String,
        /// The limit.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(columns: &[(&str, LogicalType)]) -> Schema {
        let columns =
            columns.iter().map(|(name, ty)| Column::new(*name, ty.clone(), false)).collect();
        Schema::new(columns).unwrap()
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let twice = vec![
            Column::new("a", LogicalType::String, true),
            Column::new("a", LogicalType::Boolean, true),
        ];
        let error = Schema::new(twice).unwrap_err();
        assert_eq!(error, SchemaError::DuplicateColumn { column: "a".to_owned() });
    }

    #[test]
    fn files_of_a_snapshot_unify_to_the_wider_type_only_when_widening_is_allowed() {
        let narrow = schema(&[("a", LogicalType::integer(32))]);
        let wide = schema(&[("a", LogicalType::integer(64))]);
        assert_eq!(narrow.unify(&wide, WideningRule::Allowed), Ok(wide.clone()));
        assert!(matches!(
            narrow.unify(&wide, WideningRule::Refused),
            Err(SchemaError::MixedTypes { .. })
        ));
    }

    #[test]
    fn files_of_a_snapshot_that_lack_a_column_are_named_by_it() {
        let one = schema(&[("a", LogicalType::String)]);
        let two = schema(&[("a", LogicalType::String), ("b", LogicalType::String)]);
        let error = one.unify(&two, WideningRule::Allowed).unwrap_err();
        assert_eq!(error, SchemaError::MissingColumn { column: "b".to_owned() });
    }
}
