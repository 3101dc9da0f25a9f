//! The versions of a registry by what they are made of.

use std::collections::BTreeMap;

use super::event::{ModelName, VersionName};
use super::hearing;
use super::objects::Objects;
use super::state::State;
use crate::snapshot::SnapshotId;

/// A version under its name.
pub type Named<'s> = (&'s ModelName, &'s VersionName);

/// Which versions, of whatever model, have the same files.
#[derive(Debug, Clone, Default)]
pub struct ByFiles<'s> {
    same: BTreeMap<SnapshotId, Vec<Named<'s>>>,
    unread: Vec<Named<'s>>,
}

impl<'s> ByFiles<'s> {
    /// Reads the passports of all versions.
    #[must_use]
    pub fn of(objects: &Objects, state: &'s State) -> Self {
        let mut found = Self::default();
        let models = state.models().iter();
        let all =
            models.flat_map(|(model, known)| known.versions.keys().map(move |one| (model, one)));
        for (model, version) in all {
            match hearing::passport(objects, state, model, version) {
                Ok((passport, _)) => {
                    found.same.entry(passport.artifact.id).or_default().push((model, version));
                }
                Err(_) => found.unread.push((model, version)),
            }
        }
        found
    }

    /// The other versions that have the files of one.
    #[must_use]
    pub fn beside(&self, model: &ModelName, version: &VersionName) -> Vec<Named<'s>> {
        let all = self.same.values().find(|all| all.contains(&(model, version)));
        let others = all.into_iter().flatten().filter(|other| **other != (model, version));
        others.copied().collect()
    }

    /// The versions whose passports cannot be read: which files they have cannot be told. The audit
    /// says why.
    #[must_use]
    pub fn unread(&self) -> &[Named<'s>] {
        &self.unread
    }
}
