//! What could not be found out, as it is gathered.

use std::collections::BTreeMap;

/// Paths of the capture, each with the reason why nothing is known there.
#[derive(Debug, Default)]
pub(in crate::cli) struct Noted(BTreeMap<String, String>);

impl Noted {
    /// What was found, or nothing and a note.
    pub(in crate::cli) fn or_note<T>(&mut self, path: &str, found: Result<T, String>) -> Option<T> {
        match found {
            Ok(value) => Some(value),
            Err(reason) => {
                self.0.insert(path.to_owned(), reason);
                None
            }
        }
    }

    /// All notes.
    pub(in crate::cli) fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }
}
