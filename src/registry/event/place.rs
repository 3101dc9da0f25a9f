//! Where an event stands in the ledger.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json_schema::Sha256Hex;
use crate::identity::Sha256Digest;

/// The number of an event: the first is 1, and none is left out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The founding event.
    pub const FIRST: Self = Self(1);

    /// The event after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// An event by number and digest, so that no other can be meant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct EventReference {
    /// Its number.
    pub seq: Seq,
    /// SHA-256 of its file.
    #[schemars(with = "Sha256Hex")]
    pub digest: Sha256Digest,
}

impl fmt::Display for EventReference {
    /// Writes `42:9f86d0…`, which [`FromStr`] reads.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.seq, self.digest)
    }
}

impl FromStr for EventReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(seq, digest)| {
            let plain = seq.bytes().all(|byte| byte.is_ascii_digit());
            let seq = seq.parse().ok().filter(|&seq| plain && seq > 0)?;
            Some(Self { seq: Seq(seq), digest: digest.parse().ok()? })
        });
        parts.ok_or_else(|| {
            "expected `SEQ:DIGEST`, the number of an event and the SHA-256 of its file".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back_as_written() {
        let reference = EventReference { seq: Seq(42), digest: Sha256Digest::of(b"x") };
        assert_eq!(reference.to_string().parse(), Ok(reference));
        for wrong in ["42", "0:00", "+1:", &format!("0:{}", reference.digest), ":"] {
            assert!(wrong.parse::<EventReference>().is_err(), "{wrong}");
        }
    }
}
