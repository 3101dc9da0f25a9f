//! What can go wrong while a file is written, with the path and the step it went wrong at.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DurableError {
    /// The operating system refused.
    #[error("cannot {operation} `{}`", path.display())]
    Io {
        /// What was tried.
        operation: Operation,
        /// On which path.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A directory is needed where something else is.
    #[error("`{}` is not a directory", path.display())]
    NotADirectory {
        /// The path in the way.
        path: PathBuf,
    },
    /// The path is a directory, a link, a device or the like, which is never replaced.
    #[error("`{}` is not a regular file: found {found}, which is not replaced", path.display())]
    NotARegularFile {
        /// The path in the way.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// The file must be new and is not.
    #[error("`{}` exists already and is not overwritten", path.display())]
    Exists {
        /// The path in the way.
        path: PathBuf,
    },
}

impl DurableError {
    pub(super) fn io(operation: Operation, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { operation, path: path.to_owned(), source }
    }
}

/// A step of writing a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Looking at what is at a path.
    Inspect,
    /// Making a directory.
    MakeDirectory,
    /// Making a new file, still under a temporary name.
    Make,
    /// Writing a new file.
    Write,
    /// Flushing a file or a directory to the disk.
    Flush,
    /// Waiting for another writer of a directory.
    Lock,
    /// Moving a new file to its final name.
    Rename,
    /// Removing a file.
    Remove,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Inspect => "inspect",
            Self::MakeDirectory => "make the directory",
            Self::Make => "make",
            Self::Write => "write",
            Self::Flush => "flush",
            Self::Lock => "lock",
            Self::Rename => "move a new file to",
            Self::Remove => "remove",
        })
    }
}
