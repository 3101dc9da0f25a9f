//! Findings as documents carry them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Count;
use super::real::{NotFinite, finite};
use super::text::Cutter;
use crate::gate::{Comparator, Finding, NotApplicable, Quantity, Side, Verdict, Waived};
use crate::policy::Decide;

/// One demand on one thing, in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingDetail {
    /// What counts, after severity and waivers.
    pub verdict: Verdict,
    /// What the numbers alone say.
    pub decision: Verdict,
    /// The column, or the columns joined by `, `; absent for a snapshot as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The one side it is about; absent where both were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// The demand: `psi_max`, `ratio_min`, or an expectation's promise in words.
    pub rule: String,
    /// The exact statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// What was found; null when it is no number, see `notFinite`.
    pub observed: Option<QuantityDocument>,
    /// Lower end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// Error rate of each end alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Whether the interval or the value alone decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecideDocument>,
    /// How `observed` must stand to `threshold`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// The limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<QuantityDocument>,
    /// The policy's line.
    pub line: u64,
    /// Rows or values the number rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<PairDocument>,
    /// Rows that break an expectation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<BrokenDocument>,
    /// What was found, for people.
    pub sentence: String,
    /// Bins that moved most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedBin>,
    /// First rows that break an expectation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SampleDocument>,
    /// Whose word turned a failure into a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedDocument>,
    /// Why fields are null.
    #[serde(default, skip_serializing_if = "NotFinite::is_empty")]
    pub not_finite: NotFinite,
}

impl FindingDetail {
    pub(super) fn of(finding: &Finding, cutter: &mut Cutter) -> Self {
        let mut notes = NotFinite::new();
        let interval = finding.interval;
        let mut real = |value: Option<f64>, field| value.and_then(|v| finite(v, field, &mut notes));
        let lower = real(interval.map(|interval| interval.lower), "lower");
        let upper = real(interval.map(|interval| interval.upper), "upper");
        let alpha = real(interval.map(|interval| interval.alpha), "alpha");
        let mut quantity = |quantity: &Option<Quantity>, field| {
            let quantity = quantity.as_ref()?;
            QuantityDocument::of(quantity, field, cutter, &mut notes)
        };
        let observed = quantity(&finding.observed, "observed");
        let threshold = quantity(&finding.threshold, "threshold");
        Self {
            verdict: finding.verdict,
            decision: finding.decision,
            column: cutter.cut_if(finding.subject.column.as_ref()),
            side: finding.subject.side,
            rule: finding.rule.clone(),
            metric: finding.metric.clone(),
            observed,
            lower,
            upper,
            alpha,
            decided_by: finding.decided_by.map(DecideDocument::of),
            comparator: finding.comparator,
            threshold,
            line: finding.line as u64,
            n: finding.counts.map(|pair| PairDocument {
                reference: Count(pair.reference),
                candidate: Count(pair.candidate),
            }),
            broken: finding.broken.map(|broken| BrokenDocument {
                violations: Count(broken.violations),
                rows: Count(broken.rows),
            }),
            sentence: finding.sentence.clone(),
            moved: finding
                .moved
                .iter()
                .map(|bin| MovedBin {
                    label: cutter.cut(&bin.label),
                    reference: Count(bin.reference),
                    candidate: Count(bin.candidate),
                    contribution: Some(bin.contribution).filter(|value| value.is_finite()),
                })
                .collect(),
            samples: finding
                .samples
                .iter()
                .map(|sample| SampleDocument {
                    file: cutter.cut(&sample.file),
                    row_group: Count(sample.row_group as u64),
                    row: Count(sample.row),
                    value: cutter.cut_if(sample.value.as_ref()),
                })
                .collect(),
            waived: finding.waived.as_ref().map(|waived| WaivedDocument::of(waived, cutter)),
            not_finite: notes,
        }
    }
}

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecideDocument {
    /// All of the interval had to meet the demand to pass, none of it to fail.
    Interval,
    /// The value alone.
    Point,
}

impl DecideDocument {
    pub(super) fn of(decide: Decide) -> Self {
        match decide {
            Decide::Interval => Self::Interval,
            Decide::Point => Self::Point,
        }
    }
}

/// A number or a word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum QuantityDocument {
    /// Whole, exact.
    Count(u64),
    /// Real.
    Real(f64),
    /// A type, a date, or a count above 2⁵³.
    Text(String),
}

impl QuantityDocument {
    fn of(
        quantity: &Quantity,
        field: &str,
        cutter: &mut Cutter,
        notes: &mut NotFinite,
    ) -> Option<Self> {
        Some(match quantity {
            Quantity::Count(count) if *count <= 1 << 53 => Self::Count(*count),
            Quantity::Count(count) => Self::Text(count.to_string()),
            Quantity::Real(value) => Self::Real(finite(*value, field, notes)?),
            Quantity::Text(text) => Self::Text(cutter.cut(text)),
        })
    }
}

/// A count on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairDocument {
    /// In the reference.
    pub reference: Count,
    /// In the candidate.
    pub candidate: Count,
}

/// Rows that break an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrokenDocument {
    /// Rows that break it.
    pub violations: Count,
    /// All rows of the side.
    pub rows: Count,
}

/// A bin with its share of the distance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MovedBin {
    /// The bin as people write it.
    pub label: String,
    /// Reference count.
    pub reference: Count,
    /// Candidate count.
    pub candidate: Count,
    /// What it adds to the PSI.
    pub contribution: Option<f64>,
}

/// A row that breaks an expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SampleDocument {
    /// File, relative to the snapshot.
    pub file: String,
    /// Row group in the file, from 0.
    pub row_group: Count,
    /// Row in the row group, from 0.
    pub row: Count,
    /// The value, when values may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Whose word turned a failure into a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaivedDocument {
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Until when, RFC 3339.
    pub expires: String,
    /// The policy's line.
    pub line: u64,
}

impl WaivedDocument {
    fn of(waived: &Waived, cutter: &mut Cutter) -> Self {
        Self {
            owner: cutter.words(&waived.owner),
            reason: cutter.words(&waived.reason),
            expires: waived.expires.to_string(),
            line: waived.line as u64,
        }
    }
}

/// A demand without meaning for a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotApplicableDocument {
    /// The demand.
    pub rule: String,
    /// The column.
    pub column: String,
    /// Why.
    pub reason: String,
}

impl NotApplicableDocument {
    pub(super) fn of(skip: &NotApplicable, cutter: &mut Cutter) -> Self {
        Self {
            rule: skip.rule.clone(),
            column: cutter.cut(&skip.column),
            reason: skip.reason.clone(),
        }
    }
}
