//! Profiles a whole snapshot: all columns, all values.

use super::column::{ScanRequest, scan_column};
use super::error::ScanError;
use super::key_collector::ValuesWanted;
use super::key_source::KeySource;
use super::pool::Pool;
use super::source::OpenSnapshot;
use crate::contract::{Column, KeyDomain};
use crate::profile::{ColumnProfile, Profiled, StoredProfile, Values};
use crate::snapshot::Manifest;

/// Profiles every column of a snapshot whose files are those of `manifest`.
///
/// Columns are scanned in waves whose working memory (24 bytes per row of a numeric column)
/// fits the pool's; the values kept, 16 bytes for each distinct number, come on top. The result
/// depends on the files alone: neither on threads nor on waves.
///
/// # Errors
/// [`ScanError`] of the first column in schema order that cannot be read, and when a file
/// changed since it was opened.
///
/// # Panics
/// When `manifest` names other files than the snapshot has.
pub fn profile_snapshot(
    pool: &Pool,
    snapshot: &OpenSnapshot,
    manifest: Manifest,
) -> Result<StoredProfile, ScanError> {
    let opened = snapshot.files.iter().map(|file| file.listed.relative.as_str());
    let named = manifest.files().map(|(name, _)| name);
    assert!(opened.eq(named), "a manifest of other files than the snapshot's");
    let rows = snapshot.rows();
    let cost = |column: &Column| {
        let domain = KeyDomain::of(&column.logical_type);
        let keys = domain.map_or(0, |_| rows.0.saturating_mul(ROW_BYTES));
        keys.max(TEXT_BYTES)
    };
    let columns =
        pool.in_waves(snapshot.schema.columns(), cost, |column| profile_column(snapshot, column))?;
    snapshot.verify_unchanged()?;
    let of = Profiled { schema: snapshot.schema.clone(), manifest, rows, bytes: snapshot.bytes() };
    Ok(StoredProfile::new(of, columns)?)
}

fn profile_column(snapshot: &OpenSnapshot, column: &Column) -> Result<ColumnProfile, ScanError> {
    let request = ScanRequest {
        column: &column.name,
        expectations: Vec::new(),
        values: ValuesWanted::Held,
        samples_max: 0,
        show_values: false,
    };
    let mut profile = scan_column(snapshot, &request)?;
    profile.values = match profile.values {
        Values::Held(parts) => Values::Counted(KeySource::Held(&parts).sorted_pairs()?),
        Values::NotWanted if profile.unmeasurable.is_none() => {
            Values::none_of(&column.logical_type)
        }
        values => values,
    };
    Ok(profile)
}

/// A key twice while parts become one list, or once beside its pair.
const ROW_BYTES: u64 = 24;
/// Categories of a column while row groups join.
const TEXT_BYTES: u64 = 64 << 20;
