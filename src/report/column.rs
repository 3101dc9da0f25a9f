//! One column of the details: both sides and every statistic.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::metric::metrics;
use super::real::{NotFinite, finite};
use super::text::Cutter;
use super::{Count, Metric};
use crate::measure::{ColumnFacts, Drift, SideFacts};

/// One column on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColumnDetail {
    /// The name.
    pub name: String,
    /// How its distribution is compared.
    pub kind: String,
    /// Its type.
    #[serde(rename = "type")]
    pub logical_type: String,
    /// The reference's values; null when it lacks the column.
    pub reference: Option<SideDetail>,
    /// The candidate's values; null when it lacks the column.
    pub candidate: Option<SideDetail>,
    /// Statistics by the id that names their exact variant.
    pub metrics: BTreeMap<String, Metric>,
    /// Why there are no statistics although a rule wanted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasurable: Option<String>,
}

impl ColumnDetail {
    pub(super) fn of(facts: &ColumnFacts, cutter: &mut Cutter) -> Self {
        let mut side =
            |side: &Option<SideFacts>| side.as_ref().map(|facts| SideDetail::of(facts, cutter));
        let (reference, candidate) = (side(&facts.reference), side(&facts.candidate));
        let (metrics, unmeasurable) = match &facts.drift {
            Some(Drift::Measured(drift)) => (metrics(drift, cutter), None),
            Some(Drift::Unmeasurable { reason }) => (BTreeMap::new(), Some(cutter.cut(reason))),
            None => (BTreeMap::new(), None),
        };
        Self {
            name: cutter.cut(&facts.name),
            kind: facts.kind.as_str().to_owned(),
            logical_type: cutter.cut(&facts.logical_type.to_string()),
            reference,
            candidate,
            metrics,
            unmeasurable,
        }
    }
}

/// One column of one snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SideDetail {
    /// All rows.
    pub rows: Count,
    /// Rows without a value.
    pub nulls: Count,
    /// Rows with NaN.
    pub nans: Count,
    /// Values −∞.
    pub negative_infinities: Count,
    /// Values +∞.
    pub positive_infinities: Count,
    /// Smallest value as text; null when there is none.
    pub min: Option<String>,
    /// Largest value as text; null when there is none.
    pub max: Option<String>,
    /// Distinct values; null where they were not counted.
    pub distinct: Option<Count>,
    /// Mean; null where it was not computed, or see `notFinite`.
    pub mean: Option<f64>,
    /// Population standard deviation; null where it was not computed, or see `notFinite`.
    pub standard_deviation: Option<f64>,
    /// Quantiles by per cent: `p5`, `p50`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub quantiles: Quantiles,
    /// Why fields are null.
    #[serde(skip_serializing_if = "NotFinite::is_empty")]
    pub not_finite: NotFinite,
}

/// Values by the share of values at or below them, as `p05` … `p99`.
pub type Quantiles = BTreeMap<String, String>;

impl SideDetail {
    fn of(facts: &SideFacts, cutter: &mut Cutter) -> Self {
        let mut notes = NotFinite::new();
        let mean = facts.mean.and_then(|mean| finite(mean, "mean", &mut notes));
        let standard_deviation = facts
            .standard_deviation
            .and_then(|sigma| finite(sigma, "standardDeviation", &mut notes));
        let quantiles = facts.quantiles.iter();
        Self {
            rows: Count(facts.rows),
            nulls: Count(facts.nulls),
            nans: Count(facts.nans),
            negative_infinities: Count(facts.negative_infinities),
            positive_infinities: Count(facts.positive_infinities),
            min: cutter.cut_if(facts.min.as_ref()),
            max: cutter.cut_if(facts.max.as_ref()),
            distinct: facts.distinct.map(Count),
            mean,
            standard_deviation,
            quantiles: quantiles
                .map(|quantile| (format!("p{:02}", quantile.percent), cutter.cut(&quantile.value)))
                .collect(),
            not_finite: notes,
        }
    }
}
