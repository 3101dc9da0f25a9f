//! The whole report as one document: what `check --format json` prints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    ArtifactDocument, ColumnDetail, Count, EvidenceDocument, GateDetail, KeyDocument,
    PolicyDocument, Report, ResourceDescriptor, SnapshotDocument, ToolDocument, WaiverDocument,
};
use crate::gate::Verdict;

/// The predicate with every finding and every statistic in place. Names stay stable within a
/// `schemaVersion`; fields may be added.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckOutput<'a> {
    /// Version of this format.
    pub schema_version: u64,
    /// The id of the signed report.
    pub report_id: &'a str,
    /// The answer.
    pub verdict: Verdict,
    /// The exit code of the check.
    pub exit_code: u8,
    /// The instant the gates were asked, RFC 3339.
    pub evaluated_at: &'a str,
    /// From when on the report must not be used, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<&'a str>,
    /// The environment that the report is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<&'a str>,
    /// The request that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<&'a str>,
    /// What made it.
    pub tool: &'a ToolDocument,
    /// The snapshot that was judged; absent where no gate is about data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<&'a SnapshotDocument>,
    /// The snapshot it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a SnapshotDocument>,
    /// The model that was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact: Option<&'a ArtifactDocument>,
    /// By what rules.
    pub policy: &'a PolicyDocument,
    /// The gates that were asked, where not all of the policy's were.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub selected: &'a [String],
    /// Foreign documents that gates rest on.
    #[serde(skip_serializing_if = "<[EvidenceDocument]>::is_empty")]
    pub evidence: &'a [EvidenceDocument],
    /// The gates in policy order, each with all its findings.
    pub gates: &'a [GateDetail],
    /// The columns that any rule looked at, with every statistic.
    pub columns: &'a [ColumnDetail],
    /// The policy's waivers and what became of them.
    pub waivers: &'a [WaiverDocument],
    /// Limits that were not at their default.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: &'a BTreeMap<String, String>,
    /// The document bound to the signed report that holds `gates` and `columns`.
    pub details: &'a ResourceDescriptor,
    /// Where the signing key comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyDocument>,
    /// Texts from the data that were cut.
    pub texts_cut: Count,
}

impl<'a> CheckOutput<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let (predicate, details) = (&report.predicate, &report.details);
        Self {
            schema_version: predicate.schema_version,
            report_id: &predicate.report_id,
            verdict: predicate.verdict,
            exit_code: predicate.exit_code,
            evaluated_at: &predicate.evaluated_at,
            expires_at: predicate.expires_at.as_deref(),
            environment: predicate.environment.as_deref(),
            request: predicate.request.as_deref(),
            tool: &predicate.tool,
            candidate: predicate.candidate.as_ref(),
            reference: predicate.reference.as_ref(),
            artifact: predicate.artifact.as_ref(),
            policy: &predicate.policy,
            selected: &predicate.selected,
            evidence: &predicate.evidence,
            gates: &details.gates,
            columns: &details.columns,
            waivers: &predicate.waivers,
            limits: &predicate.limits,
            details: &predicate.details,
            key: predicate.key,
            texts_cut: predicate.texts_cut,
        }
    }
}
