//! JSON documents of other programs: bounded, strict, and told apart.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::limits::{DOCUMENT_BYTES_MAX, ITEMS_MAX};
use crate::identity::{StrictJsonError, strict_json};
use crate::verdict::text;

/// Why a scanner's report cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The document is no JSON that two readers would understand alike, or another document.
    #[error("{0}")]
    Json(#[from] StrictJsonError),
    /// It has more objects and lists than anybody can want to read.
    #[error("{found} objects and lists in one document; the limit is {limit}")]
    TooManyItems {
        /// How many open in it, those in texts counted too.
        found: usize,
        /// The most that are read.
        limit: usize,
    },
    /// It is another format, or another version of it.
    #[error("expected {expected}, found {found}")]
    OtherFormat {
        /// The document that was expected.
        expected: &'static str,
        /// What tells that it is another.
        found: String,
    },
    /// It contradicts itself.
    #[error("the document says {claimed} of {what}, but lists {listed}")]
    Contradiction {
        /// What was counted.
        what: &'static str,
        /// What the document says.
        claimed: u64,
        /// What it lists.
        listed: u64,
    },
}

/// Reads a document into `T`.
///
/// What opens an object or a list is counted before anything is kept, so that memory is bounded by
/// more than the bytes.
pub(super) fn read<'d, T: Deserialize<'d>>(document: &'d [u8]) -> Result<T, ScanError> {
    let is_large = document.len() as u64 > DOCUMENT_BYTES_MAX.0;
    let opens = |byte: &&u8| matches!(byte, b'{' | b'[');
    let found = if is_large { 0 } else { document.iter().filter(opens).count() };
    if found > ITEMS_MAX {
        return Err(ScanError::TooManyItems { found, limit: ITEMS_MAX });
    }
    Ok(strict_json::read(document, DOCUMENT_BYTES_MAX)?)
}

/// A version, name or the like inside a message.
pub(super) fn shown(found: Option<&str>) -> String {
    found.map_or_else(|| "none".to_owned(), |found| format!("`{}`", text::name(found)))
}
