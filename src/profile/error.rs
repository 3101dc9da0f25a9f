//! Why bytes are not a stored profile: what is wrong, in which column, at which byte.

use super::answers::AnswerFault;
use super::complete::ColumnFault;
use super::cursor::CursorFault;
use super::packed::PackedFault;
use crate::contract::SchemaError;
use crate::identity::{Sha256Digest, StrictJsonError};
use crate::quantity::Bytes;
use crate::snapshot::{ManifestError, SnapshotId};

/// Bytes that are not read as a stored profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They do not begin as a stored profile does.
    #[error("not a stored profile: the first line `driftgate profile …` is missing")]
    NotAProfile,
    /// A later program wrote them.
    #[error(
        "a stored profile of format version {found}, but this program reads version {known}: \
         read it with a newer driftgate"
    )]
    Version {
        /// The version found.
        found: u32,
        /// The version that is read.
        known: u32,
    },
    /// They are not the bytes that were written: damaged or cut.
    #[error(
        "damaged or cut: the stored profile does not end with the digest `{found}` of its bytes"
    )]
    Digest {
        /// The digest of the bytes before the last 32.
        found: Sha256Digest,
    },
    /// They end before the header does, or it is too long.
    #[error("the stored profile has no header within its {} bytes", bytes.0)]
    Truncated {
        /// Bytes there are.
        bytes: Bytes,
    },
    /// The header is wrong.
    #[error("header of the stored profile: {0}")]
    Header(#[from] HeaderFault),
    /// A column is wrong.
    #[error("column `{column}` of the stored profile, at byte {offset}: {fault}")]
    Section {
        /// The column.
        column: String,
        /// Where the reading stopped, in bytes from the start.
        offset: usize,
        /// What is wrong.
        fault: SectionFault,
    },
    /// The answers to what a policy asked are wrong.
    #[error("answers of the stored profile, at byte {offset}: {fault}")]
    Answers {
        /// Where the reading stopped, in bytes from the start.
        offset: usize,
        /// What is wrong.
        fault: AnswersFault,
    },
    /// Bytes behind the last column, or the answers.
    #[error("{} bytes behind the end of the stored profile", bytes.0)]
    Trailing {
        /// How many.
        bytes: Bytes,
    },
}

/// What is wrong with a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// It is not the JSON expected.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// Its manifest is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its columns are no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The snapshot named is not the one of the manifest.
    #[error("names snapshot `{stated}`, but its manifest is that of `{found}`")]
    SnapshotId {
        /// The ID in the header.
        stated: SnapshotId,
        /// The ID of the manifest.
        found: SnapshotId,
    },
    /// Blanks, order or escapes differ from the one spelling.
    #[error("not in the one spelling that a header has")]
    Spelling,
}

/// What is wrong with answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswersFault {
    /// What was asked is not the JSON expected.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// Nothing was asked; or blanks, order or escapes differ from the one spelling.
    #[error("not in the one spelling that answers have")]
    Spelling,
    /// The bytes behind the line of JSON are wrong.
    #[error(transparent)]
    Bytes(#[from] SectionFault),
    /// An answer contradicts the profile, or itself.
    #[error("{fault} (`{query}`)")]
    Answer {
        /// What was asked.
        query: String,
        /// What is wrong.
        fault: AnswerFault,
    },
}

/// What is wrong with the bytes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SectionFault {
    /// The bytes end too early or hold no number.
    #[error(transparent)]
    Cursor(#[from] CursorFault),
    /// A block of numbers is wrong.
    #[error(transparent)]
    Packed(#[from] PackedFault),
    /// An unknown kind of values.
    #[error("values of unknown kind `{found}`")]
    Kind {
        /// The byte in its place.
        found: u8,
    },
    /// More of something than the bytes left can hold.
    #[error("claims {claimed} values in {left} bytes")]
    Claim {
        /// Values claimed.
        claimed: u64,
        /// Bytes left.
        left: usize,
    },
    /// Keys beyond 64 bits, a first key that is not the smallest, or a place that is not there.
    #[error("the order of values leaves its bounds")]
    Keys,
    /// A category that does not follow the one before it in the one spelling.
    #[error("categories are not in ascending order, each in its shortest spelling")]
    Category,
    /// A reason, or a value shown, that is not UTF-8.
    #[error("a text is not UTF-8")]
    Reason,
    /// More memory than allowed.
    #[error("the values need more than the {} bytes of memory they may take", limit.0)]
    Memory {
        /// The bound.
        limit: Bytes,
    },
    /// The values contradict the header, or each other.
    #[error(transparent)]
    Column(#[from] ColumnFault),
    /// Bytes behind the values.
    #[error("{bytes} bytes behind the values")]
    Trailing {
        /// How many.
        bytes: usize,
    },
}
