//! One side of a check, as the command line names it.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::ReadArgs;
use super::failure::Failure;
use super::input::{self, ReadProfile};
use crate::contract::Schema;
use crate::identity::DigestAlgorithm;
use crate::measure::{Measurement, Subject, TallyOutcome};
use crate::policy::Policy;
use crate::profile::Sampling;
use crate::quantity::{Bytes, Rows};
use crate::report::SnapshotSource;
use crate::scan::{OpenSnapshot, Pool, ScanError, manifest_of};
use crate::snapshot::{Manifest, StableFile};

/// An opened side.
pub(in crate::cli) enum Side {
    /// Files.
    Data(OpenSnapshot),
    /// A stored profile.
    Stored(ReadProfile),
}

impl Side {
    /// Opens files, or a stored profile when a single path names one.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read or are no snapshot.
    pub(in crate::cli) fn open(
        paths: &[String],
        policy: &Policy,
        read: &ReadArgs,
        pool: &Pool,
    ) -> Result<Self, Failure> {
        if let [path] = paths
            && input::is_profile(Path::new(path))
        {
            return Ok(Self::Stored(input::read_profile(Path::new(path))?));
        }
        Self::open_data(paths, policy, read, pool)
    }

    /// Opens files.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read or are no snapshot.
    pub(in crate::cli) fn open_data(
        paths: &[String],
        policy: &Policy,
        read: &ReadArgs,
        pool: &Pool,
    ) -> Result<Self, Failure> {
        let listing = input::list(paths, &policy.ignored_files)?;
        Ok(Self::Data(input::open(listing, policy.widening, read, pool)?))
    }

    /// The columns.
    pub(in crate::cli) fn schema(&self) -> &Schema {
        match self {
            Self::Data(snapshot) => &snapshot.schema,
            Self::Stored(read) => read.profile.schema(),
        }
    }

    /// What is measured.
    pub(in crate::cli) fn subject(&self) -> Subject<'_> {
        match self {
            Self::Data(snapshot) => Subject::Data(snapshot),
            Self::Stored(read) => Subject::Stored(&read.profile),
        }
    }

    /// Rows.
    pub(in crate::cli) fn rows(&self) -> Rows {
        match self {
            Self::Data(snapshot) => snapshot.rows(),
            Self::Stored(read) => read.profile.rows(),
        }
    }

    /// Its files, to see how far they are read.
    pub(in crate::cli) fn files(&self) -> Vec<StableFile> {
        match self {
            Self::Data(snapshot) => snapshot.files.iter().map(|file| file.stable.clone()).collect(),
            Self::Stored(_) => Vec::new(),
        }
    }

    /// Bytes to be hashed.
    pub(in crate::cli) fn bytes(&self) -> Bytes {
        match self {
            Self::Data(snapshot) => snapshot.bytes(),
            Self::Stored(_) => Bytes(0),
        }
    }

    /// Bytes to be decoded for these columns.
    pub(in crate::cli) fn bytes_of(&self, columns: &BTreeSet<&str>) -> Bytes {
        match self {
            Self::Data(snapshot) => snapshot.bytes_of(columns),
            Self::Stored(_) => Bytes(0),
        }
    }

    /// Where its numbers come from.
    pub(in crate::cli) fn source(&self) -> SnapshotSource {
        match self {
            Self::Data(snapshot) => SnapshotSource {
                bytes: Some(snapshot.bytes()),
                files: Some(snapshot.files.len() as u64),
                profile: None,
            },
            Self::Stored(read) => {
                SnapshotSource { bytes: None, files: None, profile: Some(read.digest) }
            }
        }
    }

    /// The manifest of its files.
    ///
    /// # Errors
    /// [`ScanError`] when a file cannot be read.
    pub(in crate::cli) fn manifest(
        &self,
        algorithm: DigestAlgorithm,
    ) -> Result<Manifest, ScanError> {
        match self {
            Self::Data(snapshot) => manifest_of(snapshot, algorithm),
            Self::Stored(read) => Ok(read.profile.manifest().clone()),
        }
    }

    /// What a stored profile could not show of rows that break an expectation: it was made with
    /// fewer positions, or without their values.
    pub(in crate::cli) fn missing_samples(
        &self,
        measurement: &Measurement,
        sampling: Sampling,
    ) -> Option<String> {
        let Self::Stored(read) = self else {
            return None;
        };
        let columns = measurement.columns.iter().flat_map(|column| &column.expectations);
        let mut tallies =
            columns.chain(&measurement.rows).filter_map(|pair| match &pair.reference {
                Some(TallyOutcome::Counted(tally)) => Some(tally),
                _ => None,
            });
        let lacks = tallies.any(|tally| {
            let shown = tally.samples.len();
            let unshown = shown as u64 != tally.violations && shown < sampling.positions_max;
            unshown || (sampling.values && tally.samples.iter().any(|s| s.value.is_none()))
        });
        let kept = read.profile.answers().sampling();
        let with = if kept.values { "with" } else { "without" };
        lacks.then(|| {
            format!(
                "note        the stored reference does not know all rows asked for: it keeps {} \
                 per expectation and file, {with} their values (see `driftgate profile --help`)",
                kept.positions_max
            )
        })
    }

    /// Says whether the files are still those that were opened.
    ///
    /// # Errors
    /// [`ScanError`] naming the first that changed.
    pub(in crate::cli) fn verify_unchanged(&self) -> Result<(), ScanError> {
        match self {
            Self::Data(snapshot) => snapshot.verify_unchanged(),
            Self::Stored(_) => Ok(()),
        }
    }
}
