//! Everything a check found: the sidecar the signed predicate names by digest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Cutter;
use super::{ColumnDetail, FindingDetail, NotApplicableDocument, SeverityDocument};
use crate::gate::{GateResult, Verdict};

/// Every finding and every statistic of one check.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Version of this format.
    pub schema_version: u64,
    /// The reference's identity; absent where no gate is about data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_snapshot_id: Option<String>,
    /// The candidate's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_snapshot_id: Option<String>,
    /// The gates in policy order.
    pub gates: Vec<GateDetail>,
    /// The columns that any rule looked at.
    pub columns: Vec<ColumnDetail>,
}

/// One gate with all its findings, passed ones too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateDetail {
    /// Its name.
    pub name: String,
    /// The word of its kind: `drift`.
    pub kind: String,
    /// Whether it stops or only warns.
    pub severity: SeverityDocument,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What came out, in one line.
    pub message: String,
    /// The policy's own words, when it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Every demand on every column.
    pub findings: Vec<FindingDetail>,
    /// Demands without meaning for some columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_applicable: Vec<NotApplicableDocument>,
}

impl GateDetail {
    pub(super) fn of(gate: &GateResult, cutter: &mut Cutter) -> Self {
        let findings = gate.findings.iter();
        let findings = findings.map(|finding| FindingDetail::of(finding, cutter)).collect();
        let skipped = gate.not_applicable.iter();
        let skipped = skipped.map(|skip| NotApplicableDocument::of(skip, cutter)).collect();
        Self {
            name: cutter.words(&gate.name),
            kind: gate.kind.to_owned(),
            severity: SeverityDocument::of(gate.severity),
            owner: gate.owner.as_ref().map(|owner| cutter.words(owner)),
            verdict: gate.verdict,
            message: cutter.words(&gate.message),
            words: gate.words.as_ref().map(|words| cutter.words(words)),
            findings,
            not_applicable: skipped,
        }
    }
}
