//! A model: its versions, and what runs where.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Timestamp;
use crate::identity::{Digest, Sha256Digest};
use crate::registry::event::{
    Comment, EnvironmentName, EventReference, GateName, RoleName, Seq, VersionName,
};

/// A model by its versions and environments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// What was registered.
    pub versions: BTreeMap<VersionName, Version>,
    /// Where something ran, or is held.
    pub environments: BTreeMap<EnvironmentName, Place>,
}

/// A version of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it was registered.
    pub registered: Step,
    /// Its passport, the one that it keeps.
    pub passport: Sha256Digest,
    /// Its reports in the order in which they came.
    pub reports: Vec<Report>,
    /// That it was revoked.
    pub revoked: Option<Revocation>,
}

/// A version is not to run anywhere any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The identities that revoked it.
    pub by: BTreeSet<String>,
    /// The role in which they did, which they have.
    pub role: RoleName,
    /// Why.
    pub reason: Comment,
    /// When.
    pub step: Step,
}

/// Where and when something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The event.
    pub event: EventReference,
    /// When.
    pub at: Timestamp,
}

/// A signed report on a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The envelope.
    pub report: Sha256Digest,
    /// The id that it gives itself.
    pub report_id: Digest,
    /// The gates that it answers.
    pub gates: BTreeSet<GateName>,
    /// When it was taken up.
    pub step: Step,
}

/// What runs in an environment, ran there, and is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The version that runs.
    pub current: Option<VersionName>,
    /// Every version that began to run there, in order.
    pub history: Vec<Move>,
    /// What is held, by the version that the hold is about.
    pub holds: BTreeMap<Option<VersionName>, Hold>,
    /// Rollbacks that were tried out.
    pub drills: Vec<Drill>,
}

impl Place {
    /// Whether a version ran there once.
    #[must_use]
    pub fn has_run(&self, version: &VersionName) -> bool {
        self.history.iter().any(|made| made.version == *version)
    }

    /// What is held, by the version that each hold is about, in the order in which they were placed.
    #[must_use]
    pub fn holds_in_order(&self) -> Vec<(Option<&VersionName>, &Hold)> {
        let mut holds: Vec<_> =
            self.holds.iter().map(|(about, hold)| (about.as_ref(), hold)).collect();
        holds.sort_by_key(|(_, hold)| hold.step.seq());
        holds
    }

    /// The rollback that took a version away, when it was not promoted again since.
    #[must_use]
    pub fn taken_back(&self, version: &VersionName) -> Option<&Move> {
        let about = |made: &&Move| {
            let left =
                if made.request.is_some() { Some(&made.version) } else { made.from.as_ref() };
            left == Some(version)
        };
        self.history.iter().rev().find(about).filter(|made| made.request.is_none())
    }

    /// The versions that ran there before what runs now, the latest first, each once.
    #[must_use]
    pub fn former(&self) -> Vec<&VersionName> {
        let mut found = Vec::new();
        for made in self.history.iter().rev() {
            if self.current.as_ref() != Some(&made.version) && !found.contains(&&made.version) {
                found.push(&made.version);
            }
        }
        found
    }

    /// The versions that one goes back to: the former ones that are neither held nor were
    /// themselves taken back by a rollback.
    #[must_use]
    pub fn ways_back(&self) -> Vec<&VersionName> {
        let mut found = self.former();
        found.retain(|&version| {
            !self.holds.contains_key(&Some(version.clone())) && self.taken_back(version).is_none()
        });
        found
    }

    /// The last move: what runs there, since when.
    #[must_use]
    pub fn last(&self) -> Option<&Move> {
        self.history.last()
    }
}

/// A version began to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The version.
    pub version: VersionName,
    /// The version before.
    pub from: Option<VersionName>,
    /// The request that was granted; absent for a rollback.
    pub request: Option<Sha256Digest>,
    /// Why it was rolled back; absent for a promotion.
    pub reason: Option<Comment>,
    /// When.
    pub step: Step,
}

/// A hold that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The role in which it was placed; absent for that of a rollback.
    pub role: Option<RoleName>,
    /// Why.
    pub comment: Comment,
    /// Since when.
    pub step: Step,
}

/// A rollback that was tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// The version that ran.
    pub from: VersionName,
    /// The version that was rolled back to.
    pub to: VersionName,
    /// How long recovery took, in milliseconds.
    pub recovery_ms: u64,
    /// Whether the version was found whole and its signatures good.
    pub verified: bool,
    /// What stood in the way, when it was not.
    pub failure: Option<Comment>,
    /// When.
    pub step: Step,
}

impl Step {
    /// The event's number.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.event.seq
    }
}
