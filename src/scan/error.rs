//! Why data could not be read: always with the file, and the place where there is one.

use std::fmt;

use super::limits::LimitName;
use crate::contract::SchemaError;
use crate::profile::StoredProfileError;
use crate::snapshot::{ManifestError, StableFileError};

/// A snapshot whose data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The bytes are no Parquet file, or a damaged one.
    #[error("`{file}`{place}: {problem}")]
    Unreadable {
        /// Name within the snapshot.
        file: String,
        /// Where in the file.
        place: Place,
        /// What was found and what was expected.
        problem: String,
    },
    /// The file is encrypted.
    #[error("`{file}` is encrypted, which is not supported")]
    Encrypted {
        /// Name within the snapshot.
        file: String,
    },
    /// More of something than the limit.
    #[error("`{file}`{place}: {found} {}; the limit is {limit}", .name.what())]
    Limit {
        /// Name within the snapshot.
        file: String,
        /// Where in the file.
        place: Place,
        /// What there is too much of.
        name: LimitName,
        /// How much.
        found: u64,
        /// How much at most.
        limit: u64,
    },
    /// Names or types that cannot be worked with.
    #[error("`{file}`: {source}")]
    Schema {
        /// Name within the snapshot.
        file: String,
        /// What is wrong.
        source: SchemaError,
    },
    /// The file could not be opened or changed underneath.
    #[error(transparent)]
    File(#[from] StableFileError),
    /// A file name that cannot stand in a manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// What was scanned makes no stored profile.
    #[error(transparent)]
    Profile(#[from] StoredProfileError),
    /// A name that stands both in the files and in the partition folders.
    #[error("`{file}`: column `{column}` is also a partition folder of the snapshot")]
    PartitionColumn {
        /// Name within the snapshot.
        file: String,
        /// The name.
        column: String,
    },
    /// Work that needs more memory than it may have.
    #[error("{task} needs more than the {budget} bytes of memory it may use")]
    Memory {
        /// What needs it.
        task: String,
        /// The budget in bytes.
        budget: u64,
    },
    /// The pool of threads could not be made.
    #[error("cannot start {threads} threads: {problem}")]
    Threads {
        /// How many were wanted.
        threads: usize,
        /// What the system said.
        problem: String,
    },
}

/// Where in a file: row group and column, as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Row group, from 0.
    pub row_group: Option<usize>,
    /// Column.
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row_group) = self.row_group {
            write!(formatter, ", row group {row_group}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column `{column}`")?;
        }
        Ok(())
    }
}

/// Cuts a message of a library to a bearable length and takes control characters out.
pub(super) fn bounded(message: &str) -> String {
    let mut text: String = message
        .chars()
        .take(MESSAGE_CHARACTERS_MAX)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if message.chars().nth(MESSAGE_CHARACTERS_MAX).is_some() {
        text.push('…');
    }
    text
}

const MESSAGE_CHARACTERS_MAX: usize = 300;
