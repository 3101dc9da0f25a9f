//! Why a file is refused before it is decoded.

use crate::scan::error::{Place, ScanError, bounded};
use crate::scan::limits::{LimitName, Limits};

/// What is wrong, and where in the file.
#[derive(Debug)]
pub(in crate::scan) struct Fault {
    pub(in crate::scan) place: Place,
    pub(in crate::scan) kind: FaultKind,
}

/// What is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::scan) enum FaultKind {
    /// Columns are encrypted.
    Encrypted,
    /// A claim breaks the format: found and expected.
    Broken(String),
    /// More of something than is allowed.
    Limit { name: LimitName, found: u64, limit: u64 },
}

impl FaultKind {
    /// Nothing, unless there are more than the limit.
    pub(super) fn over(name: LimitName, found: u64, limits: &Limits) -> Result<(), Self> {
        let limit = limits.value(name);
        if found > limit { Err(Self::Limit { name, found, limit }) } else { Ok(()) }
    }

    /// The fault at no particular place.
    pub(super) fn of_file(self) -> Fault {
        Fault { place: Place::default(), kind: self }
    }

    /// The fault in a row group.
    pub(super) fn at(self, row_group: usize, column: Option<String>) -> Fault {
        let column = column.map(|column| bounded(&column));
        Fault { place: Place { row_group: Some(row_group), column }, kind: self }
    }
}

impl Fault {
    /// The error of a file.
    pub(in crate::scan) fn of(self, file: &str) -> ScanError {
        let (file, place) = (file.to_owned(), self.place);
        match self.kind {
            FaultKind::Encrypted => ScanError::Encrypted { file },
            FaultKind::Broken(problem) => ScanError::Unreadable { file, place, problem },
            FaultKind::Limit { name, found, limit } => {
                ScanError::Limit { file, place, name, found, limit }
            }
        }
    }
}
