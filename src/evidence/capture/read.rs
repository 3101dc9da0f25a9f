//! Bytes → capture, strictly.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::document::{Capture, FORMAT};
use crate::clock::Timestamp;
use crate::identity::{StrictJsonError, strict_json};
use crate::quantity::Bytes;

/// A document that is no capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// It is not the JSON it has to be.
    #[error("is refused: {0}")]
    Json(StrictJsonError),
    /// It says that it is something else.
    #[error("is no environment capture: its `format` is not `{FORMAT}`")]
    Format,
    /// Its instant is none.
    #[error("has a `captured_at` that is no RFC 3339 instant")]
    Instant,
}

/// Reads a capture.
///
/// # Errors
/// [`CaptureError`] for what is not exactly the published document.
pub fn read(bytes: &[u8]) -> Result<Capture, CaptureError> {
    let capture: Capture =
        strict_json::read(bytes, Bytes(BYTES_MAX)).map_err(CaptureError::Json)?;
    if capture.format != FORMAT {
        return Err(CaptureError::Format);
    }
    if Timestamp::parse_rfc3339(&capture.captured_at).is_none() {
        return Err(CaptureError::Instant);
    }
    Ok(capture)
}

/// Whether a document says that it is a capture: whoever says so is read as one.
#[must_use]
pub fn is_capture(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Named {
        format: String,
    }
    let named = strict_json::read::<Named>(bytes, Bytes(BYTES_MAX));
    named.is_ok_and(|named| named.format == FORMAT)
}

/// Largest capture: one with every package of a large distribution has less than a megabyte.
pub const BYTES_MAX: u64 = 16 << 20;
