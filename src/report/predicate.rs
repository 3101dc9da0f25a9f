//! What is signed: the answer, and every number it rests on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Count, DecideDocument, KeyOrigin, QuantityDocument, ResourceDescriptor, WaivedDocument,
};
use crate::gate::{Comparator, Side, Verdict, WaiverState};
use crate::identity::Sha256Digest;
use crate::policy::Severity;

/// The gate report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// Version of this format.
    pub schema_version: u64,
    /// `sha256:` and the digest of this predicate with an empty `reportId`, as compact JSON in
    /// the order of this document. Two reports of one id are the same report.
    pub report_id: String,
    /// The answer.
    pub verdict: Verdict,
    /// The exit code of the check.
    pub exit_code: u8,
    /// The instant the gates were asked, RFC 3339.
    pub evaluated_at: String,
    /// From when on the report must not be used, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The environment that it is for, as whoever ran the check said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The request that it answers: a nonce that whoever asked chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What made it.
    pub tool: ToolDocument,
    /// The snapshot that was judged; also the statement's subject. Absent where no gate is about
    /// data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<SnapshotDocument>,
    /// The snapshot it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<SnapshotDocument>,
    /// The model that was judged; the statement's subject where no candidate is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<ArtifactDocument>,
    /// By what rules.
    pub policy: PolicyDocument,
    /// The gates that were asked, where not all of the policy's were: the verdict is theirs alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<String>,
    /// Foreign documents that gates rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceDocument>,
    /// The gates in policy order.
    pub gates: Vec<GateSummary>,
    /// The columns that any rule looked at.
    pub columns: Vec<ColumnSummary>,
    /// The policy's waivers and what became of them.
    pub waivers: Vec<WaiverDocument>,
    /// Limits that were not at their default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, String>,
    /// The document with everything else.
    pub details: ResourceDescriptor,
    /// Where the signing key comes from; absent when it was not to be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyDocument>,
    /// Texts from the data that were cut.
    pub texts_cut: Count,
}

impl Predicate {
    /// The id that belongs to everything else in it: what [`report_id`](Self::report_id) has to be.
    ///
    /// # Panics
    /// Never: a predicate has string keys.
    #[must_use]
    pub fn computed_id(&self) -> String {
        let nameless = Self { report_id: String::new(), ..self.clone() };
        let json = serde_json::to_vec(&nameless).expect("a predicate has string keys");
        format!("sha256:{}", Sha256Digest::of(&json))
    }
}

/// What made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolDocument {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotDocument {
    /// `sha256:<hex>` of its manifest.
    pub snapshot_id: String,
    /// Its rows.
    pub rows: Count,
    /// Bytes of its files, when they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Count>,
    /// Number of its files, when they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Count>,
    /// `sha256:<hex>` of its schema: a JSON array of `[name, type, nullable]`, sorted by name.
    pub schema_digest: String,
    /// `sha256:<hex>` of the stored profile its numbers were read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_digest: Option<String>,
}

/// A model: the files it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactDocument {
    /// Its name and version, `fraud@v12`, as whoever ran the check said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `sha256:<hex>` of its manifest, as that of a snapshot.
    pub artifact_id: String,
    /// Bytes of its files.
    pub bytes: Count,
    /// Number of its files.
    pub files: Count,
}

/// A foreign document that a gate rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceDocument {
    /// The gate.
    pub gate: String,
    /// Its path below the folder of evidence, or its address.
    pub name: String,
    /// `sha256`: hex digest of its bytes.
    pub digest: BTreeMap<String, String>,
}

/// The policy as an in-toto resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyDocument {
    /// What it calls itself.
    pub name: String,
    /// `sha256`: hex digest of its bytes.
    pub digest: BTreeMap<String, String>,
    /// Where others can fetch it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// One gate: all its numbers, and sentences on what did not pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateSummary {
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
    /// Every demand with what was found, passed ones too; those that share all but the column
    /// stand together.
    pub checks: Vec<CheckGroup>,
    /// Sentences on what did not pass, worst first; the details hold them all.
    pub findings: Vec<FindingSummary>,
    /// Sentences left out here to keep the signed document small.
    pub findings_omitted: Count,
}

/// One demand, and what was found on many columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckGroup {
    /// What is demanded, and what came of it.
    #[serde(flatten)]
    pub demand: CheckDemand,
    /// What was found, column by column.
    pub results: Vec<CheckResult>,
}

/// What the columns of a group share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckDemand {
    /// What counts, after severity and waivers.
    pub verdict: Verdict,
    /// What the numbers alone say.
    pub decision: Verdict,
    /// The demand.
    pub rule: String,
    /// The exact statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The one side it is about; absent where both were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Whether the interval or the value alone decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecideDocument>,
    /// How each observation must stand to `threshold`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// The limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<QuantityDocument>,
    /// Error rate of each end of an interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// The policy's line.
    pub line: u64,
}

/// What was found on one column; a short form each, since there are many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CheckResult {
    /// `[column, observed, lower, upper]`; null where there is no number, or no column.
    Estimate(Option<String>, Option<f64>, Option<f64>, Option<f64>),
    /// `[column, observed]`; the column is null for a snapshot as a whole.
    Value(Option<String>, Option<QuantityDocument>),
    /// Rows that break an expectation, and all rows.
    Broken {
        /// The column, or the columns joined by `, `.
        column: Option<String>,
        /// Rows that break it.
        violations: Count,
        /// All rows of the side.
        rows: Count,
    },
}

/// One thing that did not pass, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingSummary {
    /// What counts.
    pub verdict: Verdict,
    /// The column; absent for a snapshot as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The demand.
    pub rule: String,
    /// The policy's line.
    pub line: u64,
    /// What was found, for people.
    pub sentence: String,
    /// Whose word turned a failure into a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedDocument>,
}

/// One column: what is missing of it, and its bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnSummary {
    /// The name.
    pub name: String,
    /// How its distribution is compared.
    pub kind: String,
    /// Nulls of the reference and the candidate; null for a side that lacks the column.
    pub nulls: [Option<Count>; 2],
    /// NaN likewise. All other rows are values.
    pub nans: [Option<Count>; 2],
    /// Bins of the PSI of values; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bins: Option<BinCounts>,
}

/// Counts in the order of the bins, whose edges stand in the details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", untagged)]
pub enum BinCounts {
    /// Every bin.
    Counted {
        /// Reference counts.
        reference: Vec<Count>,
        /// Candidate counts.
        candidate: Vec<Count>,
    },
    /// More bins than a signed document carries; the details have them.
    Omitted {
        /// Number of bins.
        omitted: u64,
    },
}

/// One waiver of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverDocument {
    /// The gate.
    pub gate: String,
    /// The column; absent for every column of the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Who accepts the failure.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Until when, RFC 3339.
    pub expires: String,
    /// The policy's line.
    pub line: u64,
    /// Whether it counted.
    pub state: WaiverStateDocument,
    /// Failures it covers.
    pub findings: Count,
}

/// Whether a waiver counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WaiverStateDocument {
    /// It turned a failure into a warning.
    Applied,
    /// Its time is over.
    Expired,
    /// Nothing failed that it covers.
    Unused,
}

impl WaiverStateDocument {
    pub(super) fn of(state: WaiverState) -> Self {
        match state {
            WaiverState::Applied => Self::Applied,
            WaiverState::Expired => Self::Expired,
            WaiverState::Unused => Self::Unused,
        }
    }
}

/// What a gate's failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityDocument {
    /// Stops the promotion.
    Block,
    /// Only warns.
    Warn,
}

impl SeverityDocument {
    pub(super) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Block => Self::Block,
            Severity::Warn => Self::Warn,
        }
    }
}

/// Where the signing key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyDocument {
    /// Its origin.
    pub kind: KeyOrigin,
}
