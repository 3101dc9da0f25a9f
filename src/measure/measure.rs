//! Measures a pair of snapshots as requested.

use std::sync::Arc;

use super::column::{Memory, measure_column};
use super::subject::Subject;
use super::{ColumnFacts, Measurement, MeasurementRequest, PairTally, SnapshotFacts};
use crate::quantity::{Bytes, Rows};
use crate::scan::{Load, Pool, ScanError};
use crate::snapshot::SnapshotId;

/// What was measured, before it is said of which snapshots: identities are computed beside.
#[derive(Debug, Clone)]
pub struct Measured {
    columns: Vec<ColumnFacts>,
    rows: Vec<PairTally>,
}

/// Measures everything requested, in one pass over each column needed (more only where a column
/// does not fit the pool's memory).
///
/// # Errors
/// [`ScanError`] of the largest column that cannot be read on either side.
pub fn measure(
    reference: &Subject<'_>,
    candidate: &Subject<'_>,
    request: &MeasurementRequest,
    pool: &Pool,
) -> Result<Measured, ScanError> {
    let memory = Memory { bytes: pool.memory_bytes(), shelf: Arc::default() };
    let held = Memory::needed(reference, candidate).min(memory.bytes);
    let columns = pool.within_memory(
        &request.columns,
        |column| Load {
            memory: if column.drift.is_some() { held } else { 0 },
            work: reference.bytes_of(&column.name) + candidate.bytes_of(&column.name),
        },
        |column| measure_column(reference, candidate, column, request, &memory),
    )?;
    let mut rows = Vec::with_capacity(request.rows.len());
    for row in &request.rows {
        let check = |wanted: bool, subject: &Subject<'_>| {
            let checked = || subject.check_rows(&row.expectation, request, memory.bytes);
            wanted.then(|| pool.run(checked)).transpose()
        };
        rows.push(PairTally {
            reference: check(row.reference, reference)?,
            candidate: check(row.candidate, candidate)?,
        });
    }
    Ok(Measured { columns, rows })
}

/// Memory that the values of one column take on both sides, and whether they can be kept: where
/// they do not fit the pool's memory, columns are read twice.
#[must_use]
pub fn column_memory(
    reference: &Subject<'_>,
    candidate: &Subject<'_>,
    pool: &Pool,
) -> (Bytes, bool) {
    let needed = Memory::needed(reference, candidate);
    (Bytes(needed), needed <= pool.memory_bytes())
}

impl Measured {
    /// The columns, in request order.
    #[must_use]
    pub fn columns(&self) -> &[ColumnFacts] {
        &self.columns
    }

    /// Says of which snapshots this was measured.
    #[must_use]
    pub fn of(self, reference: SnapshotFacts, candidate: SnapshotFacts) -> Measurement {
        Measurement { reference, candidate, columns: self.columns, rows: self.rows }
    }
}

impl Subject<'_> {
    /// Facts about the snapshot as a whole.
    #[must_use]
    pub fn facts(&self, id: SnapshotId) -> SnapshotFacts {
        SnapshotFacts {
            snapshot_id: id.to_string(),
            schema: self.schema().clone(),
            rows: Rows(self.rows()),
        }
    }
}
