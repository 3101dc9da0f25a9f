//! A signed statement, read strictly.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Refusal, VerifiedReport};
use crate::identity::strict_json;
use crate::report::redecide::redecide;
use crate::report::{
    ARTIFACT_SUBJECT_NAME, PREDICATE_TYPE, Predicate, ResourceDescriptor, SCHEMA_VERSION,
    STATEMENT_TYPE, SUBJECT_NAME, Statement,
};
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::{KeyId, VerifiedPayload};
use crate::snapshot::SnapshotId;
use crate::verdict::text;

/// A gate report that trusted keys have signed, whose verdict nobody has looked into yet.
#[derive(Debug, Clone)]
pub struct SignedReport {
    predicate: Predicate,
    snapshot: SnapshotId,
    signers: BTreeSet<KeyId>,
}

impl SignedReport {
    /// Reads a verified payload as a gate report.
    ///
    /// It has to be one strict JSON document, an in-toto statement v1 of our predicate type and
    /// schema version, about exactly one subject, which is the candidate's manifest; its
    /// `reportId` has to be that of its predicate. And it has to be spelled, to the byte, as this
    /// version would spell it: whatever else it holds would be signed and not understood.
    ///
    /// # Errors
    /// [`Refusal`]: `E_STATEMENT`, `E_STATEMENT_TYPE`, `E_PREDICATE_TYPE`, `E_SCHEMA_VERSION`,
    /// `E_SUBJECT` or `E_REPORT_ID`.
    pub fn read(payload: &VerifiedPayload) -> Result<Self, Refusal> {
        Head::read(payload.bytes())?.expect()?;
        let statement: Statement = strict_json::read(payload.bytes(), ENVELOPE_BYTES_MAX)?;
        let ours = serde_json::to_vec(&statement).unwrap_or_default();
        if ours != payload.bytes() {
            let same = ours.iter().zip(payload.bytes()).take_while(|(ours, theirs)| ours == theirs);
            let version = text::name(&statement.predicate.tool.version);
            return Err(Refusal::Spelling { byte: same.count(), version });
        }
        let Statement { subject, predicate, .. } = statement;
        let snapshot = subject_of(&subject, &predicate)?;
        let expected = predicate.computed_id();
        if predicate.report_id != expected {
            let found = text::phrase(&predicate.report_id);
            return Err(Refusal::ReportId { found, expected });
        }
        Ok(Self { predicate, snapshot, signers: payload.signers().clone() })
    }

    /// The one snapshot that the report is about.
    #[must_use]
    pub fn snapshot_id(&self) -> SnapshotId {
        self.snapshot
    }

    /// Decides the report again from its own numbers.
    ///
    /// # Errors
    /// [`Refusal::Disagreement`], the first figure that does not follow from the others.
    pub fn redecide(self) -> Result<VerifiedReport, Refusal> {
        let redecision = redecide(&self.predicate)?;
        Ok(VerifiedReport::new(self.predicate, self.snapshot, self.signers, redecision))
    }
}

/// As much of a statement as says whether the rest can be read.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_type")]
    statement_type: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<IgnoredAny>,
    predicate: PredicateHead,
}

#[derive(Deserialize)]
struct PredicateHead {
    #[serde(rename = "schemaVersion")]
    schema_version: Option<u64>,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        Ok(strict_json::read(bytes, ENVELOPE_BYTES_MAX)?)
    }

    fn expect(&self) -> Result<(), Refusal> {
        if self.statement_type != STATEMENT_TYPE {
            return Err(Refusal::StatementType { found: text::phrase(&self.statement_type) });
        }
        if self.predicate_type != PREDICATE_TYPE {
            return Err(Refusal::PredicateType { found: text::phrase(&self.predicate_type) });
        }
        if self.subject.len() != 1 {
            return Err(Refusal::Subjects { found: self.subject.len() });
        }
        let found = self.predicate.schema_version;
        if found != Some(SCHEMA_VERSION) {
            return Err(Refusal::SchemaVersion { found });
        }
        Ok(())
    }
}

/// The candidate's manifest by its one name and digest, and nothing else.
fn subject_of(
    subject: &[ResourceDescriptor],
    predicate: &Predicate,
) -> Result<SnapshotId, Refusal> {
    let (name, recorded) = match (&predicate.candidate, &predicate.artifact) {
        (Some(candidate), _) => (SUBJECT_NAME, candidate.snapshot_id.as_str()),
        (None, Some(artifact)) => (ARTIFACT_SUBJECT_NAME, artifact.artifact_id.as_str()),
        (None, None) => (SUBJECT_NAME, "nothing"),
    };
    let judged: Option<SnapshotId> = recorded.parse().ok();
    let expected = judged.map(|id| ResourceDescriptor::sha256(name, &id.subject_digest()));
    match (judged, subject) {
        (Some(id), [subject]) if expected.as_ref() == Some(subject) => Ok(id),
        _ => {
            let digest = subject.first().and_then(|subject| subject.digest.get("sha256"));
            let found = digest.map_or("no sha256 digest".to_owned(), |hex| text::phrase(hex));
            let candidate = text::phrase(recorded);
            Err(Refusal::Subject { found, candidate })
        }
    }
}
