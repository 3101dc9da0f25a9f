//! An event that was taken.

use std::collections::BTreeSet;
use std::ops::Deref;

use crate::registry::event::Subject;
use crate::registry::state::Entry;
use crate::signing::KeyId;

/// An event that follows those before it, signed by somebody who counts. Only a
/// [`Chain`](super::Chain) makes one; it reads as its [`Entry`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEvent {
    pub(super) entry: Entry,
    /// Who signed it, as the keyring then in force names them.
    pub(super) names: BTreeSet<String>,
    pub(super) subjects: Vec<Subject>,
    pub(super) keys: BTreeSet<KeyId>,
}

impl VerifiedEvent {
    /// The event as the state takes it.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The same, by whom the keyring then in force says it is: one from outside may name people
    /// otherwise.
    #[must_use]
    pub fn in_force(&self) -> Entry {
        Entry { by: self.names.clone(), ..self.entry.clone() }
    }

    /// The objects that it rests on.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// The keys that signed it.
    #[must_use]
    pub fn keys(&self) -> &BTreeSet<KeyId> {
        &self.keys
    }
}

impl Deref for VerifiedEvent {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}
