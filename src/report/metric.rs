//! One statistic as documents carry it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Count;
use super::real::{NotFinite, finite};
use super::text::Cutter;
use crate::measure::{CategoryChange, ChiSquareFacts, DriftFacts, KsFacts, PsiFacts, RateChange};

/// One statistic; which fields stand depends on its id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    /// The value; for a rate, candidate − reference. Null when it is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Lower end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// Error rate of each end alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Kolmogorov–Smirnov distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d: Option<f64>,
    /// The integer the distance is made from: max |c₁·m − c₂·n|, as digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerator: Option<String>,
    /// Where the distance is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whether the candidate has more mass at or below that value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_above: Option<bool>,
    /// p, not adjusted; 0 when below the smallest float.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Decimal logarithm of p; null for p = 0, see `notFinite`.
    #[serde(rename = "log10P", skip_serializing_if = "Option::is_none")]
    pub log10_p: Option<f64>,
    /// How p was computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Whether ties make p conservative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ties: Option<bool>,
    /// Test statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// Degrees of freedom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees: Option<Count>,
    /// Cramér's V.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cramers_v: Option<f64>,
    /// The value ÷ σ of the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaled: Option<f64>,
    /// Smallest true value seen with 90 % power at these n.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// Share of the values in bins that expect fewer than five of them on a side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sparse_share: Option<f64>,
    /// Rate in the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<f64>,
    /// Rate in the candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<f64>,
    /// Bins in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bins: Option<Vec<Bin>>,
    /// Categories only the candidate has, and only the reference has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<CategoryDetail>,
    /// Why fields are null or absent.
    #[serde(skip_serializing_if = "NotFinite::is_empty")]
    pub not_finite: NotFinite,
}

/// One bin.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bin {
    /// `(65, 80]`, a value, a category.
    pub label: String,
    /// Reference count.
    pub reference: Count,
    /// Candidate count.
    pub candidate: Count,
    /// What it adds to the PSI; null when it is no number.
    pub contribution: Option<f64>,
}

/// Categories of one side only.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryDetail {
    /// Number of categories only the candidate has; null where its values are too many to be told
    /// apart.
    pub new_count: Option<Count>,
    /// Share of candidate values in them.
    pub new_share: Option<f64>,
    /// The largest of them; none where they are not counted.
    pub new_largest: Vec<Label>,
    /// Number of categories only the reference has.
    pub vanished_count: Count,
    /// Share of reference values in them.
    pub vanished_share: Option<f64>,
    /// The largest of them.
    pub vanished_largest: Vec<Label>,
}

/// A category and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Label {
    /// The category.
    pub label: String,
    /// Its count.
    pub count: Count,
}

/// Every statistic of a column by the id of its exact variant.
pub(super) fn metrics(drift: &DriftFacts, cutter: &mut Cutter) -> BTreeMap<String, Metric> {
    let mut metrics = BTreeMap::new();
    let mut add = |id: &str, metric: Option<Metric>| {
        metrics.extend(metric.map(|metric| (id.to_owned(), metric)));
    };
    for psi in [&drift.psi, &drift.missing.psi].into_iter().flatten() {
        add(&psi.metric_id, Some(psi_metric(psi, cutter)));
    }
    add("ks_two_sample", drift.ks.as_ref().map(|ks| ks_metric(ks, cutter)));
    add("chi_square_two_sample", drift.chi_square.map(chi_square_metric));
    add("js_distance_log2", drift.js_distance_log2.map(plain));
    add("hellinger", drift.hellinger.map(plain));
    add("total_variation", drift.total_variation.map(plain));
    add("l_infinity", drift.l_infinity.map(plain));
    add("wasserstein_1", drift.wasserstein.map(|value| wasserstein(value, drift)));
    add("null_rate_change", drift.missing.nulls.map(rate));
    add("nan_rate_change", drift.missing.nans.map(rate));
    add("category_change", drift.categories.as_ref().map(|change| categories(change, cutter)));
    metrics
}

fn psi_metric(psi: &PsiFacts, cutter: &mut Cutter) -> Metric {
    let mut notes = NotFinite::new();
    let mut real = |value, field| finite(value, field, &mut notes);
    let bins = psi.bins.iter().map(|bin| Bin {
        label: cutter.cut(&bin.label),
        reference: Count(bin.reference),
        candidate: Count(bin.candidate),
        contribution: Some(bin.contribution).filter(|value| value.is_finite()),
    });
    Metric {
        value: real(psi.value, "value"),
        lower: real(psi.lower, "lower"),
        upper: real(psi.upper, "upper"),
        alpha: real(psi.alpha, "alpha"),
        detectable: real(psi.detectable, "detectable"),
        sparse_share: real(psi.sparse_share, "sparseShare"),
        bins: Some(bins.collect()),
        not_finite: notes,
        ..Metric::default()
    }
}

fn ks_metric(ks: &KsFacts, cutter: &mut Cutter) -> Metric {
    let mut notes = NotFinite::new();
    let mut real = |value, field| finite(value, field, &mut notes);
    Metric {
        d: real(ks.d, "d"),
        lower: real(ks.lower, "lower"),
        upper: real(ks.upper, "upper"),
        p: real(ks.p.value(), "p"),
        log10_p: real(ks.p.log10(), "log10P"),
        numerator: Some(ks.numerator.to_string()),
        at: Some(cutter.cut(&ks.at)),
        candidate_above: Some(ks.candidate_above),
        method: Some(ks.method.to_owned()),
        ties: Some(ks.ties),
        not_finite: notes,
        ..Metric::default()
    }
}

fn chi_square_metric(test: ChiSquareFacts) -> Metric {
    let mut notes = NotFinite::new();
    let mut real = |value, field| finite(value, field, &mut notes);
    Metric {
        statistic: real(test.statistic, "statistic"),
        p: real(test.p.value(), "p"),
        log10_p: real(test.p.log10(), "log10P"),
        cramers_v: real(test.cramers_v, "cramersV"),
        degrees: Some(Count(test.degrees)),
        not_finite: notes,
        ..Metric::default()
    }
}

fn plain(value: f64) -> Metric {
    let mut notes = NotFinite::new();
    Metric { value: finite(value, "value", &mut notes), not_finite: notes, ..Metric::default() }
}

fn wasserstein(value: f64, drift: &DriftFacts) -> Metric {
    let mut metric = plain(value);
    let scaled = drift.wasserstein_scaled;
    metric.scaled = scaled.and_then(|scaled| finite(scaled, "scaled", &mut metric.not_finite));
    metric
}

fn rate(change: RateChange) -> Metric {
    let mut notes = NotFinite::new();
    let mut real = |value, field| finite(value, field, &mut notes);
    Metric {
        value: real(change.change, "value"),
        lower: real(change.lower, "lower"),
        upper: real(change.upper, "upper"),
        reference: real(change.reference, "reference"),
        candidate: real(change.candidate, "candidate"),
        not_finite: notes,
        ..Metric::default()
    }
}

fn categories(change: &CategoryChange, cutter: &mut Cutter) -> Metric {
    let mut labels = |largest: &[(String, u64)]| {
        let labels = largest.iter();
        labels
            .map(|(label, count)| Label { label: cutter.cut(label), count: Count(*count) })
            .collect()
    };
    let mut notes = NotFinite::new();
    let categories = CategoryDetail {
        new_largest: labels(&change.new_largest),
        vanished_largest: labels(&change.vanished_largest),
        new_count: change.new_count.map(Count),
        new_share: finite(change.new_share, "newShare", &mut notes),
        vanished_count: Count(change.vanished_count),
        vanished_share: finite(change.vanished_share, "vanishedShare", &mut notes),
    };
    Metric { categories: Some(categories), not_finite: notes, ..Metric::default() }
}
