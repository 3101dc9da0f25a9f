//! The files of the ledger: `ledger/00000042.dsse.json`.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fault::FolderFault;
use crate::durable::{self, Access, DurableError};
use crate::registry::event::{EVENT_BYTES_MAX, Seq};
use crate::registry::objects::{ObjectError, read_regular};
use crate::verdict::text;

/// The folder of events.
#[derive(Debug, Clone)]
pub struct LedgerFolder {
    path: PathBuf,
}

impl LedgerFolder {
    /// The events of a registry's folder.
    #[must_use]
    pub fn of(registry: &Path) -> Self {
        Self { path: registry.join("ledger") }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of an event, there or not.
    #[must_use]
    pub fn file(&self, seq: Seq) -> PathBuf {
        self.path.join(file_name(seq))
    }

    /// The bytes of an event; `None` when there is no such file.
    ///
    /// # Errors
    /// [`ObjectError`]: no regular file, larger than [`EVENT_BYTES_MAX`], unreadable.
    pub fn read(&self, seq: Seq) -> Result<Option<Vec<u8>>, ObjectError> {
        match read_regular(&self.file(seq), EVENT_BYTES_MAX) {
            Err(ObjectError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
            Ok(bytes) => Ok(Some(bytes)),
        }
    }

    /// Writes an event, whose number must be free: of several writers one succeeds.
    ///
    /// # Errors
    /// [`DurableError::Exists`] when the number is taken.
    pub fn create(&self, seq: Seq, bytes: &[u8]) -> Result<(), DurableError> {
        durable::create(&self.file(seq), bytes, Access::ReadOnly)
    }

    /// What is there by name: the last number, and what is wrong.
    ///
    /// # Errors
    /// [`ObjectError::Read`] when the folder cannot be read.
    pub fn list(&self) -> Result<LedgerListing, ObjectError> {
        let fail = |source| ObjectError::Read { path: self.path.clone(), source };
        let mut numbers = BTreeSet::new();
        let mut listing = LedgerListing::default();
        let mut entries: u64 = 0;
        let folder = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
            folder => folder.map_err(fail)?,
        };
        for entry in folder {
            entries = entries.saturating_add(1);
            if entries > ENTRIES_MAX {
                listing.faults.push(FolderFault::TooMany { limit: ENTRIES_MAX });
                return Ok(listing);
            }
            let name = entry.map_err(fail)?.file_name();
            match name.to_str().and_then(number_of) {
                Some(seq) => {
                    numbers.insert(seq);
                }
                None if name.to_str().is_some_and(durable::is_leftover) => {
                    listing.leftovers = listing.leftovers.saturating_add(1);
                }
                None => {
                    let name = text::name(&name.to_string_lossy());
                    listing.faults.push(FolderFault::Odd { name });
                }
            }
        }
        listing.faults.sort_by_key(ToString::to_string);
        listing.last = numbers.last().copied();
        listing.faults.extend(self.gap(&numbers));
        listing.numbers = numbers;
        Ok(listing)
    }

    /// The first number that is missing below the last. One that a writer created while the folder
    /// was read may have been passed over, so it is looked for once more.
    fn gap(&self, numbers: &BTreeSet<Seq>) -> Option<FolderFault> {
        let last = *numbers.last()?;
        let mut expected = Seq::FIRST;
        for &found in numbers {
            while expected < found {
                if self.file(expected).symlink_metadata().is_err() {
                    return Some(FolderFault::Gap { missing: expected, last });
                }
                expected = expected.next();
            }
            expected = found.next();
        }
        None
    }
}

/// What is in the folder of events, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerListing {
    /// The numbers that are there.
    pub numbers: BTreeSet<Seq>,
    /// The last of them.
    pub last: Option<Seq>,
    /// What is wrong.
    pub faults: Vec<FolderFault>,
    /// Hidden files that writers which were killed have left, and nothing reads.
    pub leftovers: u64,
}

fn file_name(seq: Seq) -> String {
    format!("{:08}{ENDING}", seq.0)
}

/// The number of a file's name, which has one spelling.
fn number_of(name: &str) -> Option<Seq> {
    let seq = Seq(name.strip_suffix(ENDING)?.parse().ok()?);
    (seq >= Seq::FIRST && file_name(seq) == name).then_some(seq)
}

const ENDING: &str = ".dsse.json";

/// The most entries of the folder that are read.
pub const ENTRIES_MAX: u64 = 10_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_odd_names_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = LedgerFolder::of(folder.path());
        assert_eq!(ledger.list().unwrap(), LedgerListing::default());
        for seq in [1, 2, 4, 6] {
            ledger.create(Seq(seq), b"{}").unwrap();
        }
        for name in ["3.dsse.json", "00000000.dsse.json", "note.txt", ".driftgate-x.tmp"] {
            fs::write(ledger.path().join(name), b"").unwrap();
        }
        let listing = ledger.list().unwrap();
        assert_eq!((listing.last, listing.leftovers), (Some(Seq(6)), 1));
        let told: Vec<String> = listing.faults.iter().map(ToString::to_string).collect();
        let expected = [
            "`00000000.dsse.json` is no event",
            "`3.dsse.json` is no event",
            "`note.txt` is no event",
            "event 3 is missing, though there is an event 6",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_number_is_given_once() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = LedgerFolder::of(folder.path());
        ledger.create(Seq(1), b"one").unwrap();
        let again = ledger.create(Seq(1), b"two").unwrap_err();
        assert!(matches!(again, DurableError::Exists { .. }), "{again}");
        assert_eq!(ledger.read(Seq(1)).unwrap().unwrap(), b"one");
        assert_eq!(ledger.read(Seq(2)).unwrap(), None);
    }
}
