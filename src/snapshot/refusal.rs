//! What stands in a snapshot and must not, each with its name.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// One thing that a snapshot may not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// Where it lies: below the snapshot's root, or as typed when it is the root.
    pub name: PathBuf,
    /// Why it is refused.
    pub reason: RefusalReason,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` ({})", shown(&self.name), self.reason)
    }
}

/// Why a thing is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum RefusalReason {
    /// A symlink: what it leads to may change without a byte of the snapshot changing.
    #[error("a symlink to `{}`; name what it leads to instead", shown(target))]
    Symlink {
        /// Where it leads; empty when the system does not say.
        target: PathBuf,
    },
    /// A FIFO, socket or device; it is never opened.
    #[error("a {kind}")]
    SpecialFile {
        /// What it is.
        kind: &'static str,
    },
    /// A name that a manifest in UTF-8 cannot hold.
    #[error("its name is not UTF-8")]
    NotUtf8,
    /// A character in the name that a line of `sha256sum` cannot hold as it is.
    #[error("its name holds {}", character.escape_debug())]
    NameCharacter {
        /// Newline, carriage return or backslash.
        character: char,
    },
    /// A `..` below the directory that the names start from.
    #[error("`..` leads out of the snapshot")]
    ParentDirectory,
    /// A file that is no Parquet, by its extension and by its first and last four bytes.
    #[error("not a Parquet file")]
    NotParquet,
    /// The log of a table format: which of the files are live is said there, and reading them
    /// all would read deleted rows.
    #[error("the log of a {format} table, whose live files only {format} can tell")]
    TableLog {
        /// Name of the table format.
        format: &'static str,
    },
    /// A directory `=value`.
    #[error("a partition without a name before `=`")]
    PartitionWithoutName,
    /// A directory `name=`; a null is written `name=__HIVE_DEFAULT_PARTITION__`.
    #[error("a partition without a value after `=`")]
    PartitionWithoutValue,
    /// A partition whose percent-encoding is not of UTF-8.
    #[error("a partition that does not decode to UTF-8")]
    PartitionNotUtf8,
    /// A partition of the same name as one above it.
    #[error("partition `{}` stands twice on its path", name.escape_debug())]
    PartitionTwice {
        /// The decoded name.
        name: String,
    },
}

/// A path on one line, without control characters and without broken UTF-8.
#[expect(clippy::unnecessary_debug_formatting, reason = "it is the escaping that is wanted")]
pub(super) fn shown(path: &Path) -> String {
    let quoted = format!("{path:?}");
    let unquoted = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    unquoted.unwrap_or(&quoted).to_owned()
}
