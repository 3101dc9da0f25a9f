//! The name of a snapshot: a digest of its manifest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::identity::Sha256Digest;

/// The identity of a snapshot: the SHA-256 of its manifest's text.
///
/// Written `sha256:` and 64 lowercase hexadecimal digits. The digest of the manifest is SHA-256
/// whichever algorithm the manifest's lines use. Two snapshots have the same ID exactly when
/// they hold the same bytes under the same relative names, wherever they lie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(Sha256Digest);

impl SnapshotId {
    /// The ID of the snapshot whose manifest has this digest.
    #[must_use]
    pub fn new(manifest: Sha256Digest) -> Self {
        Self(manifest)
    }

    /// The digest of the manifest.
    #[must_use]
    pub fn digest(self) -> Sha256Digest {
        self.0
    }

    /// The 64 hexadecimal digits alone, as they stand under `digest.sha256` of a statement's
    /// subject (in-toto Statement v1).
    #[must_use]
    pub fn subject_digest(self) -> String {
        self.0.to_string()
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PREFIX}{}", self.0)
    }
}

impl fmt::Debug for SnapshotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SnapshotId({self})")
    }
}

impl FromStr for SnapshotId {
    type Err = InvalidSnapshotId;

    /// Reads what `Display` writes and nothing else: no other algorithm, no uppercase, no blank.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix(PREFIX)
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| InvalidSnapshotId { text: text.chars().take(SHOWN_CHARS).collect() })
    }
}

impl Serialize for SnapshotId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SnapshotId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is no snapshot ID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a snapshot ID: expected `sha256:` and 64 lowercase hexadecimal digits")]
pub struct InvalidSnapshotId {
    /// The text, cut at 100 characters.
    pub text: String,
}

const PREFIX: &str = "sha256:";

/// An error repeats no more of a wrong text than this: an ID has 71 characters.
const SHOWN_CHARS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of no bytes (FIPS 180-4 example values, NIST CAVP `SHA256ShortMsg`, Len = 0).
    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn an_id_is_read_back_as_it_was_written() {
        let id: SnapshotId = EMPTY.parse().unwrap();
        assert_eq!(id.to_string(), EMPTY);
        assert_eq!(id.subject_digest(), EMPTY[7..]);
        assert_eq!(id, SnapshotId::new(Sha256Digest::of(b"")));
        assert_eq!(id.digest(), Sha256Digest::of(b""));
    }

    #[test]
    fn documents_hold_an_id_as_its_text() {
        let id: SnapshotId = EMPTY.parse().unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{EMPTY}\""));
        let read = |text: &str| serde_json::from_str::<SnapshotId>(text);
        assert_eq!(read(&format!("\"{EMPTY}\"")).unwrap(), id);
        assert!(read(&format!("\"{}\"", &EMPTY[7..])).is_err());
    }

    #[test]
    fn any_other_spelling_is_refused() {
        let upper = EMPTY.to_uppercase();
        let long = format!("{EMPTY}0");
        let spaced = format!(" {EMPTY}");
        let other = EMPTY.replace("sha256", "blake3");
        let wide = EMPTY.replace('e', "é");
        for text in
            ["", "sha256:", &EMPTY[7..], &EMPTY[..70], &upper, &long, &spaced, &other, &wide]
        {
            assert!(text.parse::<SnapshotId>().is_err(), "`{text}` was taken for an ID");
        }
    }

    #[test]
    fn an_error_repeats_only_the_head_of_an_endless_text() {
        let error = "x".repeat(10_000).parse::<SnapshotId>().unwrap_err();
        assert_eq!(error.text.len(), 100);
    }
}
