//! The readable part of a stored profile: which snapshot, which columns.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::{Deserialize, Serialize};

use super::error::HeaderFault;
use super::stored::Profiled;
use crate::contract::{Column, LogicalType, Schema};
use crate::identity::{DigestAlgorithm, strict_json};
use crate::quantity::{Bytes, Rows};
use crate::snapshot::{Manifest, SnapshotId};

/// The header as one line of JSON, without the newline.
pub(super) fn write(of: &Profiled) -> String {
    let columns = of.schema.columns().iter();
    let header = Header {
        snapshot_id: of.manifest.id(),
        rows: of.rows,
        bytes: of.bytes,
        digest: of.manifest.algorithm(),
        manifest: of.manifest.to_string(),
        columns: columns
            .map(|column| HeaderColumn {
                name: column.name.clone(),
                logical_type: column.logical_type.clone(),
                nullable: column.nullable,
            })
            .collect(),
    };
    serde_json::to_string(&header).expect("texts, numbers and lists are JSON")
}

/// Reads a header in the one spelling that [`write()`] gives.
pub(super) fn read(text: &[u8]) -> Result<Profiled, HeaderFault> {
    let header: Header = strict_json::read(text, Bytes(HEADER_BYTES_MAX as u64))?;
    let manifest = Manifest::parse(&header.manifest, header.digest)?;
    let columns = header.columns.into_iter();
    let schema = Schema::new(
        columns
            .map(|column| Column::new(column.name, column.logical_type, column.nullable))
            .collect(),
    )?;
    let of = Profiled { schema, manifest, rows: header.rows, bytes: header.bytes };
    if of.manifest.id() != header.snapshot_id {
        return Err(HeaderFault::SnapshotId {
            stated: header.snapshot_id,
            found: of.manifest.id(),
        });
    }
    if write(&of).as_bytes() == text { Ok(of) } else { Err(HeaderFault::Spelling) }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Header {
    snapshot_id: SnapshotId,
    rows: Rows,
    bytes: Bytes,
    digest: DigestAlgorithm,
    manifest: String,
    columns: Vec<HeaderColumn>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderColumn {
    name: String,
    #[serde(rename = "type")]
    logical_type: LogicalType,
    nullable: bool,
}

/// Enough for half a million files; a footer of a Parquet file may be as large.
pub(super) const HEADER_BYTES_MAX: usize = 64 << 20;
