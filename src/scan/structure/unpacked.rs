//! The pages of a column chunk once decompressed, where counts stand inside them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::SerializedPageReader;

use super::delta::{Room, check_values};
use super::fault::FaultKind;
use crate::scan::limits::Limits;
use crate::snapshot::StableFile;

/// Decompresses the pages of a chunk, one at a time, and holds the counts inside them to their
/// headers. The headers have passed [`check_pages`](super::check_pages): no page is larger than
/// the limit.
///
/// # Errors
/// The first [`FaultKind`].
pub(super) fn check_unpacked(
    file: &StableFile,
    chunk: &ColumnChunkMetaData,
    limits: &Limits,
) -> Result<(), FaultKind> {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        // Rows matter only where pages are found by an index.
        let mut pages = SerializedPageReader::new(Arc::new(file.clone()), chunk, 0, None)
            .map_err(|error| error.to_string())?;
        let mut number = 0u64;
        while let Some(page) = pages.get_next_page().map_err(|error| error.to_string())? {
            check_page(&page, chunk, limits)
                .map_err(|problem| format!("page {number} (counted from 0) {problem}"))?;
            number = number.saturating_add(1);
        }
        Ok(())
    }));
    let gave_up = || Err("the decoder gave up on damaged pages".to_owned());
    checked.unwrap_or_else(|_| gave_up()).map_err(FaultKind::Broken)
}

fn check_page(page: &Page, chunk: &ColumnChunkMetaData, limits: &Limits) -> Result<(), String> {
    let (values, encoding, count) = match page {
        Page::DataPage { buf, num_values, encoding, .. } => {
            let levels = levels_bytes(page, chunk, buf).ok_or("ends within its levels")?;
            (buf.get(levels..), *encoding, *num_values)
        }
        Page::DataPageV2 { buf, num_values, num_nulls, encoding, .. } => {
            let levels = levels_bytes(page, chunk, buf).ok_or("ends within its levels")?;
            let present = num_values.checked_sub(*num_nulls).ok_or("has more nulls than rows")?;
            (buf.get(levels..), *encoding, present)
        }
        Page::DictionaryPage { .. } => return Ok(()),
    };
    let room = Room { values: count.into(), bytes: limits.page_bytes };
    check_values(values.ok_or("ends within its levels")?, encoding, room)
}

/// Bytes of the repetition and definition levels in front of the values.
fn levels_bytes(page: &Page, chunk: &ColumnChunkMetaData, buf: &Bytes) -> Option<usize> {
    match page {
        Page::DataPage { num_values, def_level_encoding, rep_level_encoding, .. } => {
            let column = chunk.column_descr();
            let mut at = 0usize;
            for (most, encoding) in [
                (column.max_rep_level(), rep_level_encoding),
                (column.max_def_level(), def_level_encoding),
            ] {
                if most > 0 {
                    let levels = run_bytes(buf.get(at..)?, *num_values, most, *encoding)?;
                    at = at.checked_add(levels)?;
                }
            }
            Some(at)
        }
        Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
            usize::try_from(def_levels_byte_len.checked_add(*rep_levels_byte_len)?).ok()
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// Bytes of `count` levels up to `most`: behind their length, or packed without one as writers of
/// the first days did.
fn run_bytes(bytes: &[u8], count: u32, most: i16, encoding: Encoding) -> Option<usize> {
    #[expect(deprecated, reason = "old files have it")]
    if encoding == Encoding::BIT_PACKED {
        let width = i16::BITS.checked_sub(most.leading_zeros())?;
        let bits = u64::from(count).checked_mul(width.into())?;
        return usize::try_from(bits.div_ceil(8)).ok();
    }
    let (&length, _) = bytes.split_first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(length)).ok()?.checked_add(4)
}
