//! Untrusted bytes, taken from the front: nothing is allocated for a length that they claim.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::varint;

/// Bytes not yet read, and where they stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    /// The bytes that begin `offset` bytes into the whole.
    pub(super) fn at(offset: usize, rest: &'a [u8]) -> Self {
        Self { rest, offset }
    }

    /// Bytes before the next one, counted from the start of the whole.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// Reads bytes that were just taken, part by part.
    pub(super) fn behind(&self, taken: &'a [u8]) -> Self {
        Self::at(self.offset.saturating_sub(taken.len()), taken)
    }

    /// Bytes not yet read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], CursorFault> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CursorFault::Truncated)?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(length);
        Ok(taken)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, CursorFault> {
        self.array().map(|[byte]| byte)
    }

    /// The next eight bytes as a number, lowest first.
    pub(super) fn fixed(&mut self) -> Result<u64, CursorFault> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CursorFault> {
        self.take(N)?.try_into().map_err(|_| CursorFault::Truncated)
    }

    /// The next number.
    pub(super) fn varint(&mut self) -> Result<u64, CursorFault> {
        let (number, length) = varint::read(self.rest).ok_or(CursorFault::Number)?;
        self.take(length)?;
        Ok(number)
    }

    /// The bytes before the next newline, which is taken too.
    pub(super) fn line(&mut self) -> Result<&'a [u8], CursorFault> {
        self.line_within(self.rest.len())
    }

    /// As [`Self::line`], where the newline stands among the next `bytes_max` bytes.
    pub(super) fn line_within(&mut self, bytes_max: usize) -> Result<&'a [u8], CursorFault> {
        let end = self.rest.iter().take(bytes_max).position(|&byte| byte == b'\n');
        let line = self.take(end.ok_or(CursorFault::Truncated)?)?;
        self.take(1)?;
        Ok(line)
    }

    /// As many bytes as the next number says.
    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], CursorFault> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| CursorFault::Truncated)?)
    }
}

/// Why bytes could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorFault {
    /// Fewer bytes are left than are needed.
    #[error("the bytes end too early")]
    Truncated,
    /// A variable-length number ends too early, is too large or is not in its shortest spelling.
    #[error("no number of at most 64 bits in its shortest spelling")]
    Number,
}
