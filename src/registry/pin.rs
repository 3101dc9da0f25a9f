//! A reader's memory of the last event it saw.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::{Deserialize, Serialize};

use super::event::Seq;
use super::ledger::Head;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::quantity::Bytes;

/// The last event that a reader saw of a registry, kept where who writes the registry cannot.
///
/// A ledger that was cut, rewritten or forked since does not hold that event in that place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The registry's id; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<Sha256Digest>,
    /// The event.
    pub head: Head,
}

impl Pin {
    /// Reads a pin.
    ///
    /// # Errors
    /// [`StrictJsonError`]
    pub fn read(bytes: &[u8]) -> Result<Self, StrictJsonError> {
        strict_json::read(bytes, PIN_BYTES_MAX)
    }

    /// The pin as JSON with a line end.
    ///
    /// # Panics
    /// Never: a pin has string keys.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec(self).expect("a pin has string keys");
        json.push(b'\n');
        json
    }

    /// Holds a registry to the pin: its id, its last event, and the digest of the event in the
    /// pinned place.
    ///
    /// # Errors
    /// [`PinFault`]
    pub fn confirm(
        &self,
        registry: Option<Sha256Digest>,
        last: Seq,
        found: Option<Sha256Digest>,
    ) -> Result<(), PinFault> {
        if let (Some(expected), Some(found)) = (self.registry, registry)
            && expected != found
        {
            return Err(PinFault::Registry { expected, found });
        }
        match found {
            Some(found) if found == self.head.digest => Ok(()),
            Some(found) => Err(PinFault::Rewritten { pinned: self.head, found }),
            None => Err(PinFault::Cut { pinned: self.head.seq, last }),
        }
    }
}

/// Why a ledger is not the one that was seen before. The stable name of all is `E_LEDGER`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinFault {
    /// Another registry.
    #[error("the registry is `{found}`, the pin is of `{expected}`")]
    Registry {
        /// The id in the pin.
        expected: Sha256Digest,
        /// The id found.
        found: Sha256Digest,
    },
    /// Events are missing at the end.
    #[error("the ledger ends with event {last}, but event {pinned} was seen: it was cut")]
    Cut {
        /// The event that was seen.
        pinned: Seq,
        /// The last one there is.
        last: Seq,
    },
    /// Another event stands in the place.
    #[error("event {} is `{found}`, but `{}` was seen: the ledger was rewritten or forked", pinned.seq, pinned.digest)]
    Rewritten {
        /// The event that was seen.
        pinned: Head,
        /// The digest of the one that is there.
        found: Sha256Digest,
    },
}

/// The most bytes of a pin.
pub const PIN_BYTES_MAX: Bytes = Bytes(4096);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_a_rewritten_and_another_ledger_are_told_apart() {
        let digests: Vec<Sha256Digest> = (0..5_u8).map(|n| Sha256Digest::of(&[n])).collect();
        let registry = Sha256Digest::of(b"registry");
        let pin = Pin { registry: Some(registry), head: Head { seq: Seq(4), digest: digests[3] } };
        assert_eq!(Pin::read(&pin.to_json()), Ok(pin));
        assert_eq!(pin.confirm(Some(registry), Seq(5), Some(digests[3])), Ok(()));
        let cut = pin.confirm(Some(registry), Seq(3), None);
        assert_eq!(cut, Err(PinFault::Cut { pinned: Seq(4), last: Seq(3) }));
        let rewritten = pin.confirm(Some(registry), Seq(5), Some(digests[4]));
        assert!(matches!(rewritten, Err(PinFault::Rewritten { .. })));
        let other = pin.confirm(Some(digests[0]), Seq(5), Some(digests[3]));
        assert!(matches!(other, Err(PinFault::Registry { .. })));
    }
}
