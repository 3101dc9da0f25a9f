//! What a registry knows of one version.

use std::collections::BTreeSet;

use super::revoked::Revoked;
use super::same_files::FilesRevoked;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::event::{Comment, EnvironmentName, EventReference, GateName, RoleName};
use crate::registry::passport::Passport;
use crate::registry::state::Dated;
use crate::verdict::Verdict;

/// Everything about one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The registry's id.
    pub registry: Sha256Digest,
    /// The last event of the ledger that this was read from.
    pub head: EventReference,
    /// The passport that counts.
    pub passport: Passport,
    /// Its digest.
    pub passport_digest: Sha256Digest,
    /// The event that registered the version, and when.
    pub registered: Dated,
    /// The reports on it in the order of the ledger.
    pub reports: Vec<Report>,
    /// What was asked for it in the order of the ledger.
    pub requests: Vec<Request>,
    /// Where it ran, in the order in which it began to.
    pub ran: Vec<Ran>,
    /// That it was revoked.
    pub revoked: Option<Revoked>,
    /// Whether its files were revoked under another name; only asked when it was not revoked itself.
    pub files_revoked: FilesRevoked,
}

/// A report on the version.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The envelope.
    pub digest: Sha256Digest,
    /// The event that took it up.
    pub event: EventReference,
    /// The gates that it answers, by the event.
    pub gates: BTreeSet<GateName>,
    /// What it says, or why that cannot be believed.
    pub facts: Result<ReportFacts, String>,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFacts {
    /// The answer.
    pub verdict: Verdict,
    /// The instant the gates were asked.
    pub made: Timestamp,
    /// The snapshot that was judged, `sha256:<hex>`.
    pub candidate: Option<String>,
    /// The snapshot it was compared with.
    pub reference: Option<String>,
    /// Its gates in policy order.
    pub gates: Vec<Gate>,
}

/// A gate's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// The word of its kind: `evaluation`.
    pub kind: String,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What came out, in one line.
    pub message: String,
    /// Its numbers.
    pub metrics: Vec<Metric>,
}

/// One number, held against a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// The statistic, such as `auc`; the demand where it has no name of its own.
    pub name: String,
    /// What it is about: a column, a group.
    pub about: Option<String>,
    /// The number as documents write it.
    pub value: String,
    /// The ends of its interval.
    pub interval: Option<(f64, f64)>,
    /// The limit in words: `auc_min 0.9`.
    pub demand: String,
    /// What counts.
    pub verdict: Verdict,
}

/// What was asked for the version.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The document.
    pub digest: Sha256Digest,
    /// Where it was to run.
    pub environment: EnvironmentName,
    /// Who asked.
    pub by: BTreeSet<String>,
    /// The event, and when.
    pub asked: Dated,
    /// What became of it: `open`, `rejected` or `promoted`, and when.
    pub state: (&'static str, Option<Dated>),
    /// The reports that it rests on.
    pub reports: BTreeSet<Sha256Digest>,
    /// Those who approved it.
    pub grants: Vec<Grant>,
}

/// An approval.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The envelope.
    pub digest: Sha256Digest,
    /// The event, and when.
    pub given: Dated,
    /// In which role.
    pub role: RoleName,
    /// By whom.
    pub by: BTreeSet<String>,
    /// Why.
    pub comment: Comment,
}

/// A time in an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Where.
    pub environment: EnvironmentName,
    /// The event that began it, and when.
    pub since: Dated,
    /// The request that was granted; absent when it was rolled back to.
    pub request: Option<Sha256Digest>,
    /// The event that ended it, and when; absent while it runs.
    pub until: Option<Dated>,
}
