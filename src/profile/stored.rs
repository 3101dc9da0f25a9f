//! The profile of a whole snapshot, complete enough to stand for its data.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::complete::{self, ColumnFault};
use super::{AnswerFault, Answers, ColumnProfile, Query};
use crate::contract::Schema;
use crate::quantity::{Bytes, Rows};
use crate::snapshot::{Manifest, SnapshotId};

/// What a profile is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiled {
    /// The columns, in the order of the first file, partition columns last.
    pub schema: Schema,
    /// Every file with its digest; names the snapshot.
    pub manifest: Manifest,
    /// Rows of all files.
    pub rows: Rows,
    /// Length of all files.
    pub bytes: Bytes,
}

/// The profile of a snapshot with all values of all columns, each with its count.
///
/// Whatever is measured on a column's distribution is measured on this with the same result as
/// on the data: values are exact order keys, nothing is rounded, sampled or bucketed. What
/// depends on the order of rows, or on two columns of one row, is in it only as far as it was
/// asked for: see [`Answers`].
///
/// Columns of numbers and times hold [`Values::Counted`](super::Values::Counted) (all distinct
/// values, however many), columns of text
/// [`Values::Categories`](super::Values::Categories) or
/// [`Values::TooManyCategories`](super::Values::TooManyCategories). A column that cannot be
/// measured holds [`Values::NotWanted`](super::Values::NotWanted) and says why.
///
/// Each column of `n` distinct numbers takes 16 `n` bytes of memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProfile {
    pub(super) of: Profiled,
    pub(super) columns: Vec<ColumnProfile>,
    pub(super) answers: Answers,
}

impl StoredProfile {
    /// A profile of these columns, in the order of the schema.
    ///
    /// # Errors
    /// [`StoredProfileError`] when columns are missing, are not complete, or state what their
    /// values contradict.
    pub fn new(of: Profiled, columns: Vec<ColumnProfile>) -> Result<Self, StoredProfileError> {
        if columns.len() != of.schema.columns().len() {
            return Err(StoredProfileError::Columns {
                found: columns.len(),
                expected: of.schema.columns().len(),
            });
        }
        for (column, profile) in of.schema.columns().iter().zip(&columns) {
            complete::check(column, of.rows, profile).map_err(|fault| {
                StoredProfileError::Column { column: column.name.clone(), fault }
            })?;
        }
        Ok(Self { of, columns, answers: Answers::default() })
    }

    /// The profile with answers to what a policy asks of the snapshot.
    ///
    /// # Errors
    /// [`StoredProfileError::Answer`] for the first that contradicts the profile or itself.
    pub fn with_answers(mut self, answers: Answers) -> Result<Self, StoredProfileError> {
        self.check_answers(&answers).map_err(|(query, fault)| {
            let query = query.to_string();
            StoredProfileError::Answer { query, fault }
        })?;
        self.answers = answers;
        Ok(self)
    }

    pub(super) fn check_answers(&self, answers: &Answers) -> Result<(), (Query, AnswerFault)> {
        let nulls = |name: &str| self.column(name).map_or(0, |column| column.presence.nulls);
        answers.check(&self.of, nulls)
    }

    /// Answers to what a policy asked of the snapshot when it was profiled.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The columns' names and types.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.of.schema
    }

    /// Every file of the snapshot with its digest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.of.manifest
    }

    /// The name of the snapshot: that of its manifest.
    #[must_use]
    pub fn snapshot_id(&self) -> SnapshotId {
        self.of.manifest.id()
    }

    /// Rows of the snapshot.
    #[must_use]
    pub fn rows(&self) -> Rows {
        self.of.rows
    }

    /// Length of the snapshot's files.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.of.bytes
    }

    /// The columns' profiles, in the order of the schema.
    #[must_use]
    pub fn columns(&self) -> &[ColumnProfile] {
        &self.columns
    }

    /// The profile of the column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        let columns = self.of.schema.columns().iter();
        let mut named = columns.zip(&self.columns);
        named.find_map(|(column, profile)| (column.name == name).then_some(profile))
    }
}

/// Columns that make no stored profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredProfileError {
    /// Not one profile for each column of the schema.
    #[error("{found} column profiles for a schema of {expected} columns")]
    Columns {
        /// Profiles given.
        found: usize,
        /// Columns of the schema.
        expected: usize,
    },
    /// A column is not complete, or contradicts itself.
    #[error("the profile of column `{column}` cannot be stored: {fault}")]
    Column {
        /// The column.
        column: String,
        /// What is wrong with it.
        fault: ColumnFault,
    },
    /// An answer contradicts the profile, or itself.
    #[error("the answer to `{query}` cannot be stored: {fault}")]
    Answer {
        /// What was asked.
        query: String,
        /// What is wrong with the answer.
        fault: AnswerFault,
    },
}
