//! A Parquet file as its two parts, so that a mutation can stay within one of them.

use std::ops::Range;

/// Where the pages and the footer of a file lie: `PAR1`, pages, footer, its length, `PAR1`.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Everything between the first magic number and the footer.
    pub pages: Range<usize>,
    /// The Thrift bytes of the footer.
    pub footer: Range<usize>,
}

impl Parts {
    /// Finds the parts by the footer's length; nothing when the bytes cannot be such a file.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        let end = file.len().checked_sub(TAIL_BYTES)?;
        let length = file.get(end..end + 4)?.try_into().ok()?;
        let start = end.checked_sub(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
        (start >= MAGIC.len()).then(|| Self { pages: MAGIC.len()..start, footer: start..end })
    }
}

/// Puts another footer below the pages of a file; its length is told truly.
#[must_use]
pub fn with_footer(file: &[u8], parts: &Parts, footer: &[u8]) -> Vec<u8> {
    let mut changed = file[..parts.footer.start].to_vec();
    changed.extend(footer);
    changed.extend(u32::try_from(footer.len()).unwrap_or(u32::MAX).to_le_bytes());
    changed.extend(MAGIC);
    changed
}

const MAGIC: &[u8] = b"PAR1";

/// The footer's length and the last magic number.
const TAIL_BYTES: usize = 8;
