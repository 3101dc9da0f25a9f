//! Why a document is no tree: which, where, and what is wrong.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::identity::StrictJsonError;

/// A document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` {fault}")]
pub struct TreeError {
    /// Its name.
    pub file: String,
    /// What is wrong with it.
    pub fault: TreeFault,
}

/// What can be wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// It has too many bytes.
    #[error("has {found} bytes; the limit is {limit} bytes")]
    TooLarge {
        /// How many.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// It has too many values.
    #[error("has more than {limit} values")]
    TooMany {
        /// The most.
        limit: usize,
    },
    /// It is nested too deep.
    #[error("is nested deeper than {limit} levels")]
    TooDeep {
        /// The most.
        limit: usize,
    },
    /// It is not UTF-8.
    #[error("is not UTF-8 text")]
    NotText,
    /// A line is not what the format wants.
    #[error("line {line}: {reason}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is not the JSON it has to be.
    #[error("is refused: {0}")]
    Json(StrictJsonError),
    /// It is a lock file without the list of packages.
    #[error("is no lock file: {reason}")]
    Lock {
        /// What is missing.
        reason: &'static str,
    },
}
