//! One side of a check.

use std::borrow::Cow;

use super::{ColumnRequest, MeasurementRequest, RowSample, Tally, TallyOutcome};
use crate::contract::{ColumnExpectation, LogicalType, RowExpectation, Schema};
use crate::profile::{ColumnProfile, StoredProfile, Values, Violations};
use crate::scan::{
    BucketsWanted, ColumnComparison, KeySource, OpenSnapshot, RowScan, SAMPLE_KEYS, ScanError,
    ScanRequest, UniqueKey, ValuesWanted, compare_columns, find_repeated, sample_keys, scan_column,
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
    /// The buckets to put values into, and where to keep them; values are merely held without.
    pub(super) buckets: Option<BucketsWanted<'a>>,
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
        let Wanted { column, side, request, buckets, comparable } = *wanted;
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
        let values = match (column.drift, buckets) {
            (None, _) => ValuesWanted::None,
            (Some(_), None) => ValuesWanted::Held,
            (Some(_), Some(buckets)) => ValuesWanted::Bucketed(buckets),
        };
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
        let tally = |expectation: Option<&ColumnExpectation>| {
            let expectation = expectation?;
            let counted_here = scanned.next();
            Some(match (&fault, counted_here) {
                (Some(reason), _) => TallyOutcome::Unmeasurable { reason: reason.clone() },
                (None, Some(violations)) => counted(profile.presence.rows, violations),
                (None, None) => counted_in_profile(&profile, expectation),
            })
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
        let Self::Data(snapshot) = self else {
            let reason = "a stored profile knows no rows, only columns".to_owned();
            return Ok(TallyOutcome::Unmeasurable { reason });
        };
        let (samples_max, show_values) = (request.samples_max, request.show_values);
        let scan = match expectation {
            RowExpectation::Unique { columns } => find_repeated(
                snapshot,
                &UniqueKey { columns, samples_max, show_values, memory_bytes },
            )?,
            RowExpectation::Compare { left, comparison, right } => {
                let wanted = ColumnComparison { left, comparison: *comparison, right };
                compare_columns(snapshot, wanted, samples_max, show_values)?
            }
        };
        Ok(match scan {
            RowScan::Counted(violations) => counted(self.rows(), &violations),
            RowScan::Unmeasurable(reason) => TallyOutcome::Unmeasurable { reason },
        })
    }
}

/// Checks a promise on the values that a profile holds; it knows how many break it, not where.
fn counted_in_profile(profile: &ColumnProfile, expectation: &ColumnExpectation) -> TallyOutcome {
    let unmeasurable = |reason: &str| TallyOutcome::Unmeasurable { reason: reason.to_owned() };
    if matches!(expectation, ColumnExpectation::Monotonic(_)) {
        return unmeasurable("a stored profile does not know the order of rows");
    }
    let count = match &profile.values {
        Values::Counted(pairs) => {
            let broken = pairs.iter().filter(|pair| !expectation.holds_for_key(pair.0));
            broken.map(|pair| pair.1).sum::<u64>() + profile.presence.nans
        }
        Values::Categories(categories) => {
            let broken = categories.iter().filter(|(value, _)| !expectation.holds_for_text(value));
            broken.map(|(_, count)| count).sum()
        }
        Values::TooManyCategories => {
            return unmeasurable("the stored profile does not hold so many distinct values");
        }
        Values::NotWanted | Values::Held(_) => {
            return unmeasurable("the stored profile does not hold the values");
        }
    };
    counted(profile.presence.rows, &Violations { count, ..Violations::default() })
}

fn counted(rows: u64, violations: &Violations) -> TallyOutcome {
    let samples = violations.samples.iter().map(|sample| RowSample {
        file: sample.file.clone(),
        row_group: sample.row_group,
        row: sample.row,
        value: sample.value.clone(),
    });
    TallyOutcome::Counted(Tally { rows, violations: violations.count, samples: samples.collect() })
}
