//! Makes a report from facts and findings.

use std::collections::BTreeMap;

use super::statement::{ARTIFACT_SUBJECT_NAME, SUBJECT_NAME};
use super::summary::{column_summary, gate_summary, omit_findings};
use super::text::Cutter;
use super::{
    CheckOutput, ColumnDetail, Count, Details, EvidenceDocument, GateDetail, KeyDocument,
    PolicyDocument, Predicate, ReportInputs, ResourceDescriptor, SnapshotDocument, SnapshotSource,
    Statement, TestResult, ToolDocument, WaiverDocument, WaiverStateDocument,
};
use crate::checklist::Document;
use crate::contract::Schema;
use crate::gate::WaiverUse;
use crate::identity::Sha256Digest;
use crate::measure::SnapshotFacts;
use crate::quantity::Bytes;

/// The file name of the details beside a report.
pub const DETAILS_NAME: &str = "report.details.json";

/// One check, said once for all readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What is signed.
    pub predicate: Predicate,
    /// Everything else.
    pub details: Details,
    subject: ResourceDescriptor,
}

impl Report {
    /// The report on one check; the same inputs give the same bytes.
    ///
    /// # Errors
    /// [`ReportError::SnapshotId`] when a snapshot's identity is not `sha256:<64 hex digits>`;
    /// [`ReportError::NoSubject`] when neither snapshot nor model was judged.
    pub fn of(inputs: &ReportInputs<'_>) -> Result<Self, ReportError> {
        let (measurement, evaluation) = (inputs.measurement, inputs.evaluation);
        let subject = subject(inputs)?;
        if let Some(measurement) = measurement {
            hex_of(&measurement.reference.snapshot_id)?;
        }
        let mut cutter = Cutter::default();
        let gates: Vec<GateDetail> =
            evaluation.gates.iter().map(|gate| GateDetail::of(gate, &mut cutter)).collect();
        let columns = measurement.iter().flat_map(|measurement| &measurement.columns);
        let details = Details {
            schema_version: SCHEMA_VERSION,
            reference_snapshot_id: measurement.map(|pair| pair.reference.snapshot_id.clone()),
            candidate_snapshot_id: measurement.map(|pair| pair.candidate.snapshot_id.clone()),
            columns: columns.map(|facts| ColumnDetail::of(facts, &mut cutter)).collect(),
            gates,
        };
        let mut summaries: Vec<_> = details.gates.iter().map(gate_summary).collect();
        omit_findings(&mut summaries);
        let mut predicate = Predicate {
            schema_version: SCHEMA_VERSION,
            report_id: String::new(),
            verdict: evaluation.verdict,
            exit_code: evaluation.verdict.exit_code(),
            evaluated_at: inputs.evaluated_at.to_string(),
            expires_at: inputs.expires_at.map(|instant| instant.to_string()),
            environment: inputs.purpose.environment.clone(),
            request: inputs.purpose.request.clone(),
            tool: ToolDocument {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            candidate: measurement.map(|pair| snapshot(&pair.candidate, &inputs.candidate)),
            reference: measurement.map(|pair| snapshot(&pair.reference, &inputs.reference)),
            artifact: inputs.artifact.clone(),
            policy: policy(inputs, &mut cutter),
            selected: inputs.selected.to_vec(),
            evidence: evidence(inputs.documents, &mut cutter),
            gates: summaries,
            columns: details.columns.iter().map(column_summary).collect(),
            waivers: evaluation.waivers.iter().map(|used| waiver(used, &mut cutter)).collect(),
            limits: inputs.limits.clone(),
            details: details_descriptor(&details),
            key: inputs.key.map(|kind| KeyDocument { kind }),
            texts_cut: Count(cutter.cuts()),
        };
        predicate.report_id = predicate.computed_id();
        Ok(Self { predicate, details, subject })
    }

    /// The bytes to sign: the statement as compact JSON.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        json(&Statement::new(self.subject.clone(), self.predicate.clone()))
    }

    /// The bytes to sign as a test result: less than the report, for those who cannot read one.
    #[must_use]
    pub fn test_result_statement(&self) -> Vec<u8> {
        TestResult::of(&self.predicate).statement(&self.subject)
    }

    /// The bytes of [`DETAILS_NAME`], which the predicate names by digest.
    #[must_use]
    pub fn details_document(&self) -> Vec<u8> {
        json(&self.details)
    }

    /// The whole report as one document.
    #[must_use]
    pub fn check_output(&self) -> CheckOutput<'_> {
        CheckOutput::of(self)
    }
}

/// A report that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A snapshot's identity is not of the form the subject needs.
    #[error("snapshot id `{found}` is not `sha256:` and 64 hexadecimal digits")]
    SnapshotId {
        /// What it is.
        found: String,
    },
    /// A report has to be about something.
    #[error("neither a snapshot nor a model was judged")]
    NoSubject,
}

/// Version of the predicate and the details.
pub const SCHEMA_VERSION: u64 = 1;

/// The candidate, and without data the model.
fn subject(inputs: &ReportInputs<'_>) -> Result<ResourceDescriptor, ReportError> {
    let (name, id) = match (inputs.measurement, &inputs.artifact) {
        (Some(measurement), _) => (SUBJECT_NAME, &measurement.candidate.snapshot_id),
        (None, Some(artifact)) => (ARTIFACT_SUBJECT_NAME, &artifact.artifact_id),
        (None, None) => return Err(ReportError::NoSubject),
    };
    Ok(ResourceDescriptor::sha256(name, &hex_of(id)?))
}

/// The documents that were read; why the others could not be had stands in the findings.
fn evidence(
    documents: &BTreeMap<String, Vec<Document>>,
    cutter: &mut Cutter,
) -> Vec<EvidenceDocument> {
    let mut evidence = Vec::new();
    for (gate, document) in
        documents.iter().flat_map(|(gate, documents)| documents.iter().map(move |d| (gate, d)))
    {
        if let Ok(bytes) = &document.content {
            evidence.push(EvidenceDocument {
                gate: cutter.words(gate),
                name: cutter.words(&document.name),
                digest: ResourceDescriptor::sha256("", &Sha256Digest::of(bytes).to_string()).digest,
            });
        }
    }
    evidence
}

fn hex_of(id: &str) -> Result<String, ReportError> {
    let refuse = || ReportError::SnapshotId { found: id.to_owned() };
    let hex = id.strip_prefix("sha256:").ok_or_else(refuse)?;
    hex.parse::<Sha256Digest>().map(|digest| digest.to_string()).map_err(|_| refuse())
}

fn details_descriptor(details: &Details) -> ResourceDescriptor {
    let digest = Sha256Digest::of(&json(details)).to_string();
    let mut descriptor = ResourceDescriptor::sha256(DETAILS_NAME, &digest);
    descriptor.media_type = Some("application/json".to_owned());
    descriptor
}

fn snapshot(facts: &SnapshotFacts, source: &SnapshotSource) -> SnapshotDocument {
    SnapshotDocument {
        snapshot_id: facts.snapshot_id.clone(),
        rows: Count(facts.rows.0),
        bytes: source.bytes.map(|Bytes(bytes)| Count(bytes)),
        files: source.files.map(Count),
        schema_digest: schema_digest(&facts.schema),
        profile_digest: source.profile.map(|digest| format!("sha256:{digest}")),
    }
}

/// Column order is no part of a schema here, as it is none for the schema gate.
fn schema_digest(schema: &Schema) -> String {
    let mut columns: Vec<(&str, String, bool)> = schema
        .columns()
        .iter()
        .map(|column| (column.name.as_str(), column.logical_type.to_string(), column.nullable))
        .collect();
    columns.sort();
    format!("sha256:{}", Sha256Digest::of(&json(&columns)))
}

fn policy(inputs: &ReportInputs<'_>, cutter: &mut Cutter) -> PolicyDocument {
    let digest = ResourceDescriptor::sha256("", &inputs.policy.digest.to_string()).digest;
    let uri = inputs.policy.uri.as_ref().map(|uri| cutter.words(uri));
    PolicyDocument { name: cutter.words(&inputs.policy.name), digest, uri }
}

fn waiver(used: &WaiverUse, cutter: &mut Cutter) -> WaiverDocument {
    let waiver = &used.waiver;
    WaiverDocument {
        gate: cutter.words(&waiver.gate),
        column: cutter.cut_if(waiver.column.as_ref()),
        owner: cutter.words(&waiver.owner),
        reason: cutter.words(&waiver.reason),
        expires: waiver.expires.to_string(),
        line: waiver.line as u64,
        state: WaiverStateDocument::of(used.state),
        findings: Count(used.findings as u64),
    }
}

fn json(document: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("documents have string keys and write to memory")
}
