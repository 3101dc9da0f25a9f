//! Why a snapshot could not be found or listed.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::refusal::{Refusal, shown};
use super::stable_file::StableFileError;

/// Why a snapshot could not be found or listed.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// No path was given.
    #[error("no snapshot was named")]
    NothingNamed,
    /// Nothing stands at the path, and it is no pattern.
    #[error("no file or directory `{}`{}", shown(path), nearest_note(nearest.as_deref()))]
    NotFound {
        /// The path as typed.
        path: PathBuf,
        /// What stands beside the missing name and is spelt nearly so.
        nearest: Option<PathBuf>,
    },
    /// A pattern fits no file and no directory.
    #[error("pattern `{}` matches nothing", pattern.escape_debug())]
    MatchesNothing {
        /// The pattern as typed.
        pattern: String,
    },
    /// A pattern cannot be understood.
    #[error("pattern `{}` is not valid", pattern.escape_debug())]
    InvalidPattern {
        /// The pattern as typed.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// The system does not let this process look.
    #[error("permission denied on `{}`", shown(path))]
    PermissionDenied {
        /// The file or directory.
        path: PathBuf,
    },
    /// The system reported a fault.
    #[error("cannot look at `{}`", shown(path))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be opened to see whether it is Parquet.
    #[error(transparent)]
    File(#[from] StableFileError),
    /// The snapshot holds things that it must not.
    #[error("the snapshot holds what it must not: {}", enumerated(refusals, *total))]
    Refused {
        /// The first of them by name, at most [`REFUSALS_SHOWN`].
        refusals: Vec<Refusal>,
        /// How many there are in all.
        total: usize,
    },
    /// One file was named in two ways.
    #[error("`{}` is named twice", relative.escape_debug())]
    Duplicate {
        /// Its relative name.
        relative: String,
    },
    /// A model has no file.
    #[error("no file in `{}`", shown(path))]
    NoFile {
        /// The directory that was searched.
        path: PathBuf,
    },
    /// No Parquet file was found.
    #[error("no Parquet file in `{}` ({ignored} ignored)", shown(path))]
    NoParquet {
        /// The directory that was searched.
        path: PathBuf,
        /// How many files and directories there were ignored.
        ignored: usize,
    },
    /// More files and directories than the limit.
    #[error("more than {limit} files and directories in `{}` (limit `entries_max`)", shown(path))]
    TooManyEntries {
        /// The directory that was searched.
        path: PathBuf,
        /// The limit in force.
        limit: usize,
    },
    /// Directories nested deeper than the limit.
    #[error("`{}` is nested deeper than {limit} directories (limit `depth_max`)", shown(path))]
    TooDeep {
        /// The directory that is too deep.
        path: PathBuf,
        /// The limit in force.
        limit: usize,
    },
    /// A part does not lie in the directory of the whole.
    #[error("`{}` does not lie in `{}`", shown(path), shown(root))]
    Outside {
        /// The part.
        path: PathBuf,
        /// The directory of the whole.
        root: PathBuf,
    },
    /// Two files do not have the same partition columns.
    #[error(
        "`{}` has partitions {} but `{}` has {}",
        first.escape_debug(), keys(first_keys), second.escape_debug(), keys(second_keys)
    )]
    PartitionsDiffer {
        /// A file, by relative name.
        first: String,
        /// Its partition columns, outermost first.
        first_keys: Vec<String>,
        /// The first file after it that has others.
        second: String,
        /// Its partition columns, outermost first.
        second_keys: Vec<String>,
    },
}

impl SnapshotError {
    /// What the system said about `path`.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { path },
            _ => Self::Io { path, source },
        }
    }

    /// The refusal of what `refusals` names, if it names anything.
    pub(super) fn refused(mut refusals: Vec<Refusal>) -> Result<(), Self> {
        refusals.sort();
        refusals.dedup();
        let total = refusals.len();
        refusals.truncate(REFUSALS_SHOWN);
        if total == 0 { Ok(()) } else { Err(Self::Refused { refusals, total }) }
    }
}

/// A message names no more refused things than this: enough to see what they have in common.
pub const REFUSALS_SHOWN: usize = 10;

fn nearest_note(nearest: Option<&Path>) -> String {
    nearest.map_or_else(String::new, |path| format!("; the nearest name is `{}`", shown(path)))
}

fn enumerated(refusals: &[Refusal], total: usize) -> String {
    let named: Vec<String> = refusals.iter().map(Refusal::to_string).collect();
    let named = named.join(", ");
    match total - refusals.len() {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn keys(keys: &[String]) -> String {
    if keys.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{}`", key.escape_debug())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::RefusalReason;

    #[test]
    fn a_refused_permission_is_told_from_other_faults_of_the_system() {
        let of = |kind: io::ErrorKind| SnapshotError::io(Path::new("d/a"), kind.into()).to_string();
        assert_eq!(of(io::ErrorKind::PermissionDenied), "permission denied on `d/a`");
        assert_eq!(of(io::ErrorKind::NotADirectory), "cannot look at `d/a`");
    }

    #[test]
    fn many_refusals_are_counted_and_the_first_ten_named() {
        let refusals = (0..12)
            .rev()
            .map(|n| Refusal { name: format!("{n:02}").into(), reason: RefusalReason::NotParquet })
            .collect();
        let message = SnapshotError::refused(refusals).unwrap_err().to_string();
        assert!(message.contains(": `00` (not a Parquet file), `01` ("), "{message}");
        assert!(message.ends_with("`09` (not a Parquet file) and 2 more"), "{message}");
    }
}
