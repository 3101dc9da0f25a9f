//! The rows and nulls that headers of version 2 pages claim beside their values.

use parquet::file::metadata::ColumnChunkMetaData;

use super::fault::FaultKind;
use super::pages::PageFault;
use crate::scan::page::{HeaderClaims, RowClaims, count_present};
use crate::snapshot::StableFile;

/// Holds rows and nulls of a page to its values: a reader that counts by them must find what others
/// decode. `at` and `body` are where the page and its bytes begin; its sizes have been held to the
/// chunk. Of other pages than those of version 2, and of the rows of lists beyond their number,
/// nothing is claimed.
///
/// # Errors
/// [`PageFault`] for counts that are no such, and levels that are damaged or say otherwise.
pub(super) fn check_rows(
    file: &StableFile,
    header: &HeaderClaims,
    (at, body): (u64, u64),
    chunk: &ColumnChunkMetaData,
) -> Result<(), PageFault> {
    let Some(RowClaims { entries, nulls, rows, repetition, definition }) = header.rows() else {
        return Ok(());
    };
    let broken = |what: String| FaultKind::Broken(format!("the page at {at} {what}")).into();
    let column = chunk.column_descr();
    let is_list = column.max_rep_level() > 0;
    if rows > entries || (rows < entries && !is_list) {
        return Err(broken(format!("claims {rows} rows of {entries} values")));
    }
    if nulls > entries {
        return Err(broken(format!("claims {nulls} nulls among {entries} values")));
    }
    if is_list {
        return Ok(());
    }
    let deepest = u32::from(column.max_def_level().unsigned_abs());
    let present = if deepest == 0 {
        Some(entries)
    } else {
        let mut levels = vec![0; definition];
        file.read_exact_at(&mut levels, body.saturating_add(repetition as u64))?;
        count_present(&levels, deepest, entries)
    };
    let Some(present) = present else {
        return Err(broken("has damaged levels".to_owned()));
    };
    if entries.checked_sub(present) != Some(nulls) {
        let found = entries.saturating_sub(present);
        return Err(broken(format!("claims {nulls} nulls where its levels have {found}")));
    }
    Ok(())
}
