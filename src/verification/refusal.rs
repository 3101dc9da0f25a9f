//! Why a report is not believed.

use crate::clock::Timestamp;
use crate::gate::number::duration;
use crate::identity::{Sha256Digest, StrictJsonError};
use crate::report::redecide::Disagreement;
use crate::report::{PREDICATE_TYPE, SCHEMA_VERSION, STATEMENT_TYPE};
use crate::signing;
use crate::signing::keyring::Shortfall;
use crate::snapshot::SnapshotId;

use super::FileDifference;

/// Why a report must not be acted upon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The envelope gives no payload.
    #[error(transparent)]
    Signature(#[from] signing::Refusal),
    /// The payload is not one strict JSON document of a statement's shape.
    #[error("the statement is refused: {0}")]
    Statement(#[from] StrictJsonError),
    /// The payload is signed, but no in-toto statement that is read.
    #[error("expected a statement of type `{STATEMENT_TYPE}`, found `{found}`")]
    StatementType {
        /// The type found, shortened.
        found: String,
    },
    /// The statement says something else than what a gate decided.
    #[error("expected the predicate type `{PREDICATE_TYPE}`, found `{found}`")]
    PredicateType {
        /// The type found, shortened.
        found: String,
    },
    /// The statement is not about exactly one thing.
    #[error("expected one subject, found {found}")]
    Subjects {
        /// How many there are.
        found: usize,
    },
    /// The predicate has another version.
    #[error("expected schema version {SCHEMA_VERSION}, found {}", or_none(*found))]
    SchemaVersion {
        /// The version found.
        found: Option<u64>,
    },
    /// The statement holds more than is understood, or the same in other words.
    #[error(
        "from byte {byte} on the statement is not written as this version writes it; \
         it was made by version `{version}`"
    )]
    Spelling {
        /// Where it differs first.
        byte: usize,
        /// The version it says it was made by, shortened.
        version: String,
    },
    /// The subject is not the candidate.
    #[error("the subject `{found}` is not the manifest of the candidate `{candidate}`")]
    Subject {
        /// The subject's digest, shortened.
        found: String,
        /// The candidate's ID, shortened.
        candidate: String,
    },
    /// The report's id is not that of its content.
    #[error("the report id is `{found}`, that of its content `{expected}`")]
    ReportId {
        /// The id recorded, shortened.
        found: String,
        /// The id that belongs to the content.
        expected: String,
    },
    /// The verdict, or a number on the way to it, does not follow from the others.
    #[error("{0}")]
    Disagreement(#[from] Disagreement),
    /// The report's time is over.
    #[error("the report expired at {expires}; it is {now}")]
    Expired {
        /// When it ended.
        expires: Timestamp,
        /// The instant of the question.
        now: Timestamp,
    },
    /// The report is older than whoever asks allows.
    #[error("the report was made at {made}, more than {} ago; it is {now}", duration(*limit))]
    TooOld {
        /// When it was made.
        made: Timestamp,
        /// The instant of the question.
        now: Timestamp,
        /// The age in seconds that it must not reach.
        limit: u64,
    },
    /// The report was made later than it is.
    #[error("the report says it was made at {made}, but it is {now}")]
    Future {
        /// When it says it was made.
        made: Timestamp,
        /// The instant of the question.
        now: Timestamp,
    },
    /// When the report was made, or ends, is no instant.
    #[error("the report names the instant `{found}`, which is not of RFC 3339")]
    Instant {
        /// The text found, shortened.
        found: String,
    },
    /// The data are not those that were judged.
    #[error("the report is about `{expected}`, the data are {}{}", found_id(found.as_ref()), listed(files))]
    Snapshot {
        /// The subject.
        expected: SnapshotId,
        /// The ID of the data.
        found: Option<SnapshotId>,
        /// Files that differ, when the recorded manifest was there to tell.
        files: Vec<FileDifference>,
    },
    /// The report compares with another snapshot than the one asked for.
    #[error("the report compares with the reference `{found}`, not with `{expected}`")]
    Reference {
        /// The snapshot of whoever asks.
        expected: SnapshotId,
        /// The ID recorded, shortened.
        found: String,
    },
    /// The policy is not the one the report was made under.
    #[error("the report was made under the policy `{expected}` (sha256), this one is `{found}`")]
    Policy {
        /// The digest recorded, shortened.
        expected: String,
        /// The digest of the policy given.
        found: Sha256Digest,
    },
    /// The report is about other gates than those asked for.
    #[error("the report is about {}, expected {}", gates(found), gates(expected))]
    Selection {
        /// The gates of whoever asks; none for all of the policy's.
        expected: Vec<String>,
        /// The gates recorded.
        found: Vec<String>,
    },
    /// The report does not do what the policy says.
    #[error("not as the policy has it: {0}")]
    Rules(Disagreement),
    /// Too few of those who signed count.
    #[error(transparent)]
    Signers(#[from] Shortfall),
    /// The report is for another environment, or for none.
    #[error("the report is for {}, not for `{expected}`", named(found.as_deref(), "no environment"))]
    Environment {
        /// The environment of whoever asks.
        expected: String,
        /// The environment recorded, shortened.
        found: Option<String>,
    },
    /// The report answers another request, or none.
    #[error("the report answers {}, not `{expected}`", named(found.as_deref(), "no request"))]
    Request {
        /// The request of whoever asks.
        expected: String,
        /// The request recorded, shortened.
        found: Option<String>,
    },
    /// The data give another report.
    #[error(
        "run again, the check gives another report: `{place}` is {found}, the report says {recorded}"
    )]
    Recomputed {
        /// The first figure that differs, as a path into the predicate.
        place: String,
        /// What the report says there, shortened.
        recorded: String,
        /// What the data give, shortened.
        found: String,
    },
    /// The details are not those of the report.
    #[error("the report names details `{expected}` (sha256), these are `{found}`")]
    Details {
        /// The digest recorded, shortened.
        expected: String,
        /// The digest of the details given.
        found: Sha256Digest,
    },
}

impl Refusal {
    /// The stable name of the refusal, for machines and manuals.
    ///
    /// Beside those of [`signing::Refusal::code`]: `E_STATEMENT` JSON that is not strict, not of
    /// the shape, or not spelled as this version spells it · `E_STATEMENT_TYPE`,
    /// `E_PREDICATE_TYPE`, `E_SCHEMA_VERSION` of another kind · `E_SUBJECT` not exactly the
    /// candidate · `E_REPORT_ID` an id that is not that of the content · `E_NUMBER` a number that
    /// does not follow from the counts · `E_VERDICT` a decision or verdict that does not follow
    /// from the numbers · `E_EXPIRED` used too late · `E_FUTURE` made later than now · `E_SNAPSHOT`
    /// other data · `E_REFERENCE` compared with other data than was asked for · `E_POLICY` another policy, or not what it says · `E_DETAILS` other details ·
    /// `E_SCOPE` for another environment, or signed by somebody who may not speak for it ·
    /// `E_REPLAY` for another request · `E_RECOMPUTE` the data give another report; and, with a keyring, those of [`Shortfall::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Signature(refusal) => refusal.code(),
            Self::Statement(_) | Self::Spelling { .. } | Self::Instant { .. } => "E_STATEMENT",
            Self::StatementType { .. } => "E_STATEMENT_TYPE",
            Self::PredicateType { .. } => "E_PREDICATE_TYPE",
            Self::SchemaVersion { .. } => "E_SCHEMA_VERSION",
            Self::Subjects { .. } | Self::Subject { .. } => "E_SUBJECT",
            Self::ReportId { .. } => "E_REPORT_ID",
            Self::Disagreement(wrong) if wrong.figure.is_number() => "E_NUMBER",
            Self::Disagreement(_) => "E_VERDICT",
            Self::Expired { .. } | Self::TooOld { .. } => "E_EXPIRED",
            Self::Future { .. } => "E_FUTURE",
            Self::Snapshot { .. } => "E_SNAPSHOT",
            Self::Reference { .. } => "E_REFERENCE",
            Self::Policy { .. } | Self::Rules(_) | Self::Selection { .. } => "E_POLICY",
            Self::Signers(shortfall) => shortfall.code(),
            Self::Environment { .. } => "E_SCOPE",
            Self::Request { .. } => "E_REPLAY",
            Self::Recomputed { .. } => "E_RECOMPUTE",
            Self::Details { .. } => "E_DETAILS",
        }
    }
}

fn named(found: Option<&str>, nothing: &str) -> String {
    found.map_or(nothing.to_owned(), |found| format!("`{found}`"))
}

fn or_none(version: Option<u64>) -> String {
    version.map_or("none".to_owned(), |version| version.to_string())
}

/// ``the gates `auc`, `drift` alone``
fn gates(names: &[String]) -> String {
    if names.is_empty() {
        return "all gates of its policy".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("the gates {} alone", quoted.join(", "))
}

fn found_id(found: Option<&SnapshotId>) -> String {
    found.map_or("unknown".to_owned(), |id| format!("`{id}`"))
}

/// ``: `part-0.parquet` changed, … and 3 more``
fn listed(files: &[FileDifference]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = files.iter().take(FILES_SHOWN).map(ToString::to_string).collect();
    let rest = files.len() - shown.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!(": {}{more}", shown.join(", "))
}

/// Files named in a message.
const FILES_SHOWN: usize = 5;
