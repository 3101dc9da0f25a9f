//! The page headers of a column chunk, before the general reader sees them.

use std::ops::RangeInclusive;

use parquet::basic::{Compression, Type};
use parquet::file::metadata::ColumnChunkMetaData;

use super::fault::FaultKind;
use super::rows::check_rows;
use super::unpacked::check_unpacked;
use crate::scan::limits::{LimitName, Limits};
use crate::scan::page::{DATA_PAGE, DATA_PAGE_V2, DICTIONARY_PAGE, HeaderClaims, INDEX_PAGE};
use crate::snapshot::{StableFile, StableFileError};

/// Why pages are refused: what they claim, or that the file cannot be read.
#[derive(Debug)]
pub(in crate::scan) enum PageFault {
    /// What is wrong with a claim.
    Claim(FaultKind),
    /// The file cannot be read.
    File(StableFileError),
}

impl From<FaultKind> for PageFault {
    fn from(fault: FaultKind) -> Self {
        Self::Claim(fault)
    }
}

impl From<StableFileError> for PageFault {
    fn from(error: StableFileError) -> Self {
        Self::File(error)
    }
}

/// Walks the headers of a chunk's pages: they must fill the chunk, hold as many entries as it
/// claims, as many rows and nulls as those have, and ask for no more memory than they can use.
///
/// # Errors
/// The first [`PageFault`].
pub(in crate::scan) fn check_pages(
    file: &StableFile,
    chunk: &ColumnChunkMetaData,
    limits: &Limits,
) -> Result<(), PageFault> {
    let (start, length) = chunk.byte_range();
    let mut pages = Pages {
        next: start,
        end: start.saturating_add(length),
        entries: 0,
        seen: 0,
        counts_inside: false,
    };
    while pages.next < pages.end {
        let (header, body) = pages.header(file)?;
        let at = pages.next;
        let front = pages.front_of_values(file, &header, body)?;
        pages.take(&header, body, (chunk, front), limits)?;
        check_rows(file, &header, (at, body), chunk)?;
    }
    let (entries, claimed) = (pages.entries, chunk.num_values());
    if entries != claimed {
        let problem = format!("its pages hold {entries} values where it claims {claimed}");
        return Err(FaultKind::Broken(problem).into());
    }
    if pages.counts_inside {
        check_unpacked(file, chunk, limits)?;
    }
    Ok(())
}

/// A walk over the pages of a chunk.
struct Pages {
    next: u64,
    end: u64,
    entries: i64,
    seen: u64,
    /// Some page says inside how many values it has.
    counts_inside: bool,
}

impl Pages {
    /// The header of the next page, and where the page itself begins.
    fn header(&self, file: &StableFile) -> Result<(HeaderClaims, u64), PageFault> {
        let left = usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX);
        let mut length = left.min(HEADER_BYTES);
        loop {
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, self.next)?;
            if let Some((header, read)) = HeaderClaims::read(&bytes) {
                return Ok((header, self.next.saturating_add(read as u64)));
            }
            // Statistics may make a header long.
            if length >= left.min(HEADER_BYTES_MAX) {
                let problem = format!("no page header at {}", self.next);
                return Err(FaultKind::Broken(problem).into());
            }
            length = left.min(length.saturating_mul(8));
        }
    }

    /// The first bytes behind the levels that are never compressed, as many as there are.
    fn front_of_values(
        &self,
        file: &StableFile,
        header: &HeaderClaims,
        body: u64,
    ) -> Result<Front, StableFileError> {
        let mut front = Front::default();
        let levels = header.levels().and_then(|(levels, _)| u64::try_from(levels).ok());
        let at = body.saturating_add(levels.unwrap_or(0)).min(self.end);
        let left = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
        if let Some(room) = front.get_mut(..left.min(SNAPPY_LENGTH_BYTES)) {
            file.read_exact_at(room, at)?;
        }
        Ok(front)
    }

    /// Holds a page to its chunk and goes on behind it.
    fn take(
        &mut self,
        header: &HeaderClaims,
        body: u64,
        (chunk, front): (&ColumnChunkMetaData, Front),
        limits: &Limits,
    ) -> Result<(), FaultKind> {
        let at = self.next;
        let broken = |what: String| FaultKind::Broken(format!("the page at {at} {what}"));
        let (stored, plain) = (header.stored, header.plain);
        let end = u64::try_from(stored).ok().and_then(|stored| body.checked_add(stored));
        let Some(end) = end.filter(|&end| end <= self.end) else {
            return Err(broken(format!("claims {stored} bytes, beyond the end of its chunk")));
        };
        let Ok(plain_bytes) = u64::try_from(plain) else {
            return Err(broken(format!("claims {plain} bytes decompressed")));
        };
        FaultKind::over(LimitName::Page, plain_bytes, limits)?;
        self.count(header, chunk, plain).map_err(broken)?;
        let fits = fits_codec(header, chunk.compression(), front);
        if fits != Some(true) {
            let codec = chunk.compression();
            return Err(broken(format!(
                "does not unpack by {codec} to the {plain} bytes it claims"
            )));
        }
        self.counts_inside |= header.encoding().is_some_and(|code| DELTA.contains(&code));
        self.next = end;
        self.seen = self.seen.saturating_add(1);
        Ok(())
    }

    /// Adds the entries of a page.
    fn count(
        &mut self,
        header: &HeaderClaims,
        chunk: &ColumnChunkMetaData,
        plain: i64,
    ) -> Result<(), String> {
        let entries = header.entries().unwrap_or(-1);
        match header.kind {
            DATA_PAGE | DATA_PAGE_V2 if entries >= 0 => {
                let sum = self.entries.checked_add(entries);
                self.entries = sum.ok_or_else(|| format!("claims {entries} values"))?;
            }
            DICTIONARY_PAGE if self.seen > 0 => {
                return Err("is a dictionary behind other pages".to_owned());
            }
            DICTIONARY_PAGE if entries >= 0 => {
                let least = entries.checked_mul(least_bytes(chunk));
                if least.is_none_or(|least| least > plain) {
                    return Err(format!("claims {entries} dictionary values in {plain} bytes"));
                }
            }
            INDEX_PAGE => {}
            DATA_PAGE | DATA_PAGE_V2 | DICTIONARY_PAGE => {
                return Err(format!("claims {entries} values"));
            }
            other => return Err(format!("is of the unknown kind {other}")),
        }
        Ok(())
    }
}

/// Bytes that a value in plain form takes at least.
fn least_bytes(chunk: &ColumnChunkMetaData) -> i64 {
    match chunk.column_type() {
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
        Type::FIXED_LEN_BYTE_ARRAY => i64::from(chunk.column_descr().type_length()).max(1),
        Type::BOOLEAN => 1,
    }
}

/// Whether the sizes fit the codec, as far as that shows without decompressing: plain pages are as
/// long as they are stored, and a snappy block begins with its length.
fn fits_codec(header: &HeaderClaims, codec: Compression, front: Front) -> Option<bool> {
    let (levels, compressed) = header.levels()?;
    let (stored, plain) = (header.stored.checked_sub(levels)?, header.plain.checked_sub(levels)?);
    if levels < 0 || stored < 0 || plain < 0 {
        return Some(false);
    }
    Some(match codec {
        _ if stored == 0 => plain == 0,
        _ if !compressed => stored == plain,
        Compression::UNCOMPRESSED => stored == plain,
        Compression::SNAPPY => {
            let mut length = 0u64;
            for (shift, byte) in (0..).step_by(7).zip(front) {
                length |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    return Some(u64::try_from(plain) == Ok(length));
                }
            }
            false
        }
        _ => true,
    })
}

/// First bytes of a page's values.
type Front = [u8; SNAPPY_LENGTH_BYTES];

/// A snappy block begins with its length, seven bits a byte, at most 32 bits.
const SNAPPY_LENGTH_BYTES: usize = 5;
/// Encodings by differences: of numbers, of texts' lengths, and of texts.
const DELTA: RangeInclusive<i64> = 5..=7;
const HEADER_BYTES: usize = 512;
const HEADER_BYTES_MAX: usize = 1 << 20;
