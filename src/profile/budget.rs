//! Memory that decoding may still take.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::error::SectionFault;
use crate::quantity::Bytes;

/// What is left of a bound on memory; asked before each allocation.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Bytes,
    left: u64,
}

impl Budget {
    /// All of `limit`.
    pub(super) fn new(limit: Bytes) -> Self {
        Self { limit, left: limit.0 }
    }

    /// Takes `bytes` of it.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), SectionFault> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or(SectionFault::Memory { limit: self.limit })?;
        Ok(())
    }
}
