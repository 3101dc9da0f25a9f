//! One side of a check.

use std::borrow::Cow;

use super::stored::Asker;
use super::{ColumnRequest, MeasurementRequest, RowSample, Tally, TallyOutcome};
use crate::contract::{ColumnExpectation, LogicalType, RowExpectation, Schema};
use crate::profile::{ColumnProfile, StoredProfile, Values, Violations};
use crate::scan::{
    KeySource, OpenSnapshot, SAMPLE_KEYS, ScanError, ScanRequest, ValuesWanted, row_obstacle,
    sample_keys, scan_column, scan_rows,
};
use crate::stats::joint::Side;

/// A snapshot to be measured.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The data itself.
    Data(&'a OpenSnapshot),
    /// What was stored of it.
    Stored(&'a StoredProfile),
}

/// What is wanted of one column of one side.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) column: &'a ColumnRequest,
    pub(super) side: Side,
    pub(super) request: &'a MeasurementRequest,
    /// What to keep of its values.
    pub(super) values: ValuesWanted<'a>,
    /// Whether promises can be checked on this side's type.
    pub(super) comparable: bool,
}

/// The results of expectations, one place per request; `None` where it was not asked for.
type Tallies = Vec<Option<TallyOutcome>>;

impl<'a> Subject<'a> {
    /// The columns.
    #[must_use]
    pub fn schema(&self) -> &'a Schema {
        match self {
            Self::Data(snapshot) => &snapshot.schema,
            Self::Stored(profile) => profile.schema(),
        }
    }

    pub(super) fn rows(&self) -> u64 {
        match self {
            Self::Data(snapshot) => snapshot.rows().0,
            Self::Stored(profile) => profile.rows().0,
        }
    }

    /// Bytes to be read of a column; none of what is stored.
    pub(super) fn bytes_of(&self, column: &str) -> u64 {
        self.snapshot().map_or(0, |snapshot| snapshot.bytes_of_column(column).0)
    }

    pub(super) fn snapshot(&self) -> Option<&'a OpenSnapshot> {
        match self {
            Self::Data(snapshot) => Some(snapshot),
            Self::Stored(_) => None,
        }
    }

    pub(super) fn logical_type(&self, column: &str) -> Option<&'a LogicalType> {
        self.schema().column(column).map(|column| &column.logical_type)
    }

    /// Some keys of a column, sorted; none of one that is absent or has no keys.
    pub(super) fn sample(&self, column: &str) -> Result<Vec<u64>, ScanError> {
        match self {
            Self::Data(snapshot) if snapshot.schema.column(column).is_some() => {
                sample_keys(snapshot, column)
            }
            Self::Data(_) => Ok(Vec::new()),
            Self::Stored(stored) => Ok(match stored.column(column).map(|found| &found.values) {
                Some(Values::Counted(pairs)) => KeySource::Counted(pairs).sample(SAMPLE_KEYS),
                _ => Vec::new(),
            }),
        }
    }

    /// The profile of a column with the results of its expectations; `None` when the snapshot
    /// lacks the column.
    pub(super) fn profile(
        &self,
        wanted: &Wanted<'_>,
    ) -> Result<Option<(Cow<'a, ColumnProfile>, Tallies)>, ScanError> {
        let Wanted { column, side, request, values, comparable } = *wanted;
        if self.logical_type(&column.name).is_none() {
            return Ok(None);
        }
        let expectations: Vec<Option<&ColumnExpectation>> = column
            .expectations
            .iter()
            .map(|expectation| {
                let here = match side {
                    Side::Reference => expectation.reference,
                    Side::Candidate => expectation.candidate,
                };
                here.then_some(&expectation.expectation)
            })
            .collect();
        let profile = match self {
            Self::Data(snapshot) => Cow::Owned(scan_column(
                snapshot,
                &ScanRequest {
                    column: &column.name,
                    expectations: expectations.iter().copied().flatten().collect(),
                    values,
                    samples_max: request.samples_max,
                    show_values: request.show_values,
                },
            )?),
            Self::Stored(stored) => match stored.column(&column.name) {
                Some(profile) => Cow::Borrowed(profile),
                None => return Ok(None),
            },
        };
        let mut scanned = profile.violations.iter();
        let changed = (!comparable).then(|| "the type changed".to_owned());
        let fault = profile.unmeasurable.clone().or(changed);
        let mut answer = |expectation: &ColumnExpectation| match (&fault, self) {
            (Some(reason), _) => Err(reason.clone()),
            (None, Self::Data(_)) => Ok(scanned.next().cloned().unwrap_or_default()),
            (None, Self::Stored(stored)) => {
                Asker { stored, sampling: request.sampling() }.column(&column.name, expectation)
            }
        };
        let tally = |expectation: Option<&ColumnExpectation>| {
            expectation.map(|expectation| outcome(profile.presence.rows, answer(expectation)))
        };
        let tallies = expectations.into_iter().map(tally).collect();
        Ok(Some((profile, tallies)))
    }

    /// The result of a promise about rows.
    pub(super) fn check_rows(
        &self,
        expectation: &RowExpectation,
        request: &MeasurementRequest,
        memory_bytes: u64,
    ) -> Result<TallyOutcome, ScanError> {
        let answer = match (row_obstacle(self.schema(), expectation), self) {
            (Some(obstacle), _) => Err(obstacle),
            (None, Self::Data(snapshot)) => {
                let answer = scan_rows(snapshot, expectation, request.sampling(), memory_bytes)?;
                Ok(answer.joined(request.samples_max))
            }
            (None, Self::Stored(stored)) => {
                Asker { stored, sampling: request.sampling() }.rows(expectation)
            }
        };
        Ok(outcome(self.rows(), answer))
    }
}

/// What a check says of so many rows: those that break the promise, or why it cannot tell.
fn outcome(rows: u64, answer: Result<Violations, String>) -> TallyOutcome {
    let violations = match answer {
        Ok(violations) => violations,
        Err(reason) => return TallyOutcome::Unmeasurable { reason },
    };
    let samples = violations.samples.into_iter().map(|sample| RowSample {
        file: sample.file,
        row_group: sample.row_group,
        row: sample.row,
        value: sample.value,
    });
    TallyOutcome::Counted(Tally { rows, violations: violations.count, samples: samples.collect() })
}
