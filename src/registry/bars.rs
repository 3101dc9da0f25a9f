//! What must not run any more: a version that was revoked, and what has its files under another name.

use std::collections::BTreeMap;
use std::fmt;

use super::event::{EnvironmentName, ModelName, VersionName};
use super::hearing::{self, Unheard};
use super::objects::Objects;
use super::passport::Passport;
use super::state::{Dated, Revocation, State};
use crate::snapshot::SnapshotId;
use crate::verdict::text;

/// The revocations so far, by the files that they are about.
///
/// Whoever revokes a version judges its files, not its name: registered anew, under whatever model,
/// they are still what was revoked. The ledger takes such a registration, and what was decided before
/// the revocation stands; doors and ways back are closed from then on. Files are the same when their
/// manifest is: a byte or a file's name that differs makes others of them.
#[derive(Debug, Clone)]
pub struct Bars<'s> {
    state: &'s State,
    files: BTreeMap<SnapshotId, Bar<'s>>,
}

/// The revocation that closes every door to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar<'s> {
    /// The version that was revoked, when it is another than the one that is asked about.
    other: Option<(&'s ModelName, &'s VersionName)>,
    revocation: &'s Revocation,
    at: Dated,
}

impl<'s> Bars<'s> {
    /// Reads what the revoked versions are made of.
    ///
    /// # Errors
    /// [`Unheard`] when the passport of one cannot be read: whose files are the same cannot be told
    /// then.
    pub fn of(objects: &Objects, state: &'s State) -> Result<Self, Unheard> {
        let mut files: BTreeMap<SnapshotId, Bar<'s>> = BTreeMap::new();
        for (model, version, revocation) in state.revocations() {
            let (passport, _) =
                hearing::passport(objects, state, model, version).map_err(|error| {
                    let (model, version) = (model.clone(), version.clone());
                    Unheard::Revoked { model, version, source: Box::new(error) }
                })?;
            let at = state.dated(revocation.step);
            let bar = Bar { other: Some((model, version)), revocation, at };
            let first = files.entry(passport.artifact.id).or_insert(bar);
            if bar.at.event < first.at.event {
                *first = bar;
            }
        }
        Ok(Self { state, files })
    }

    /// What stands against it that a version runs: its own revocation, or that of its files under
    /// another name.
    #[must_use]
    pub fn against(&self, passport: &Passport) -> Option<Bar<'s>> {
        let own = self.state.revocation(&passport.model, &passport.version);
        let own = own.map(|revocation| {
            let at = self.state.dated(revocation.step);
            Bar { other: None, revocation, at }
        });
        own.or_else(|| self.files.get(&passport.artifact.id).copied())
    }

    /// The versions that one can go back to in an environment, the latest first: those of
    /// [`Place::ways_back`](super::state::Place::ways_back) against which nothing stands. One whose
    /// passport cannot be read is among them: that it cannot is told to who goes back to it.
    #[must_use]
    pub fn ways_back(
        &self,
        objects: &Objects,
        model: &ModelName,
        environment: &EnvironmentName,
    ) -> Vec<&'s VersionName> {
        let place = self.state.place(model, environment);
        let mut found = place.map(|place| place.ways_back()).unwrap_or_default();
        if !self.files.is_empty() {
            found.retain(|version| {
                let known = hearing::passport(objects, self.state, model, version);
                known.map_or(true, |(passport, _)| self.against(&passport).is_none())
            });
        }
        found
    }
}

impl<'s> Bar<'s> {
    /// The version that was revoked, when it is another than the one that is asked about.
    #[must_use]
    pub fn other(&self) -> Option<(&'s ModelName, &'s VersionName)> {
        self.other
    }

    /// The revocation.
    #[must_use]
    pub fn revocation(&self) -> &'s Revocation {
        self.revocation
    }
}

impl fmt::Display for Bar<'_> {
    /// What is to be said of the version that is asked about: that it was revoked, or whose files it
    /// has, who revoked that, when and why.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Revocation { by, role, reason, step } = self.revocation;
        let (since, reason) = (step.seq(), text::phrase(reason.as_ref()));
        let Some((model, version)) = self.other else {
            return write!(formatter, "was revoked by event {since}: {reason}");
        };
        let by: Vec<String> = by.iter().map(|name| text::name(name)).collect();
        let (by, at) = (by.join(", "), self.at);
        write!(
            formatter,
            "has the files of `{model}@{version}`, which was revoked by event {since} by {by} as \
             {role}, {at}: {reason}"
        )
    }
}
