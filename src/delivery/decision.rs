//! What was decided, as it is told outside.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::event::{Comment, EnvironmentName, EventReference, ModelName, VersionName};
use crate::snapshot::SnapshotId;
use crate::verdict::Verdict;

/// A promotion or a rollback that stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which of them.
    pub kind: DecisionKind,
    /// The model.
    pub model: ModelName,
    /// The version that runs from now on.
    pub version: VersionName,
    /// The version that ran before, when there was one.
    pub from_version: Option<VersionName>,
    /// Where.
    pub environment: EnvironmentName,
    /// The event.
    pub event: EventReference,
    /// When, by the event.
    pub at: Timestamp,
    /// The version's training data, when its passport names them.
    pub snapshot: Option<SnapshotId>,
    /// The signed reports that the version's promotion rested on; for a rollback, those of the
    /// promotion by which the version ran there before.
    pub reports: BTreeSet<Sha256Digest>,
    /// What the gates that the door required said in them.
    pub answered: Answered,
    /// The last event of the ledger that the decision was read from.
    pub ledger_head: EventReference,
    /// Why it was rolled back.
    pub reason: Option<Comment>,
}

/// What gates said that a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The worst of their answers.
    Gates(Verdict),
    /// The door required no gate.
    NoGates,
    /// Their reports cannot be verified any more.
    Unverifiable,
}

impl Answered {
    /// `passed`, `warned`, `no-gates` or `unverifiable`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gates(verdict) => verdict.as_str(),
            Self::NoGates => "no-gates",
            Self::Unverifiable => "unverifiable",
        }
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// A version runs where it was asked for.
    Promoted,
    /// An earlier version runs again.
    RolledBack,
}

impl DecisionKind {
    /// The word of the event: `promoted` or `rolled-back`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled-back",
        }
    }
}

impl Decision {
    /// What happened in one line, for a title: plain words, since names hold nothing else.
    #[must_use]
    pub fn headline(&self) -> String {
        let Self { model, version, environment, .. } = self;
        match (self.kind, &self.from_version) {
            (DecisionKind::Promoted, _) => format!("{model} {version} promoted to {environment}"),
            (DecisionKind::RolledBack, Some(from)) => {
                format!("{model} {from} rolled back to {version} in {environment}")
            }
            (DecisionKind::RolledBack, None) => {
                format!("{model} rolled back to {version} in {environment}")
            }
        }
    }

    /// The versions that it is about: the one that runs from now on, and one rolled back from.
    pub fn subjects(&self) -> impl Iterator<Item = &VersionName> {
        let from = self.from_version.as_ref().filter(|_| self.kind == DecisionKind::RolledBack);
        std::iter::once(&self.version).chain(from)
    }

    /// The document that programs are given: the same bytes each time it is told.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "type": DOCUMENT_TYPE,
            "kind": self.kind.word(),
            "model": self.model,
            "version": self.version,
            "fromVersion": self.from_version,
            "environment": self.environment,
            "event": self.event,
            "at": self.at.to_string(),
            "trainingData": self.snapshot,
            "reports": self.reports,
            "verdict": self.answered.word(),
            "ledgerHead": self.ledger_head,
            "reason": self.reason,
        })
    }
}

/// What a document says that it is.
pub const DOCUMENT_TYPE: &str = "https://driftgate.dev/decision/v1";
