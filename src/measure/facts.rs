//! The shapes of what is measured.

use crate::contract::{KeyDomain, LogicalType, Schema};
use crate::quantity::{PValue, Rows};

/// Everything measured for one check.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// Facts about the reference as a whole.
    pub reference: SnapshotFacts,
    /// Facts about the candidate as a whole.
    pub candidate: SnapshotFacts,
    /// Columns that any rule needed, in the reference's order, then the candidate's additions.
    pub columns: Vec<ColumnFacts>,
    /// Row expectations, in the order of the policy's row rules.
    pub rows: Vec<PairTally>,
}

impl Measurement {
    /// The column of that name, when a rule needed it.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnFacts> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// One snapshot as a whole.
#[derive(Debug, Clone)]
pub struct SnapshotFacts {
    /// Its identity, `sha256:<hex>`.
    pub snapshot_id: String,
    /// Its columns.
    pub schema: Schema,
    /// Its rows.
    pub rows: Rows,
}

/// One column on both sides.
#[derive(Debug, Clone)]
pub struct ColumnFacts {
    /// The name.
    pub name: String,
    /// How its distribution is compared.
    pub kind: DistributionKind,
    /// The type, the reference's where both have the column.
    pub logical_type: LogicalType,
    /// What keys mean, for columns of order keys.
    pub domain: Option<KeyDomain>,
    /// The reference's values; absent when it lacks the column.
    pub reference: Option<SideFacts>,
    /// The candidate's values; absent when it lacks the column.
    pub candidate: Option<SideFacts>,
    /// How far the sides lie apart; absent when no drift rule needed it.
    pub drift: Option<Drift>,
    /// Expectations in the order of the compiled plan for this column.
    pub expectations: Vec<PairTally>,
}

/// How a column's distribution is compared; decided from the reference and the policy alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DistributionKind {
    /// More than 20 distinct numbers in the reference: quantile bins.
    Numeric,
    /// At most 20 distinct numbers in the reference: one bin per value.
    LowCardinality,
    /// Text and bytes: one bin per category.
    Categorical,
    /// Booleans: one bin per value.
    Boolean,
    /// Dates, times, timestamps.
    Temporal,
    /// Types whose distribution is not measured; nulls still are.
    Unsupported,
}

impl DistributionKind {
    /// The kind as documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::LowCardinality => "low-cardinality",
            Self::Categorical => "categorical",
            Self::Boolean => "boolean",
            Self::Temporal => "temporal",
            Self::Unsupported => "unsupported",
        }
    }
}

/// One column of one snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct SideFacts {
    /// All rows.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Rows with NaN.
    pub nans: u64,
    /// Values −∞.
    pub negative_infinities: u64,
    /// Values +∞.
    pub positive_infinities: u64,
    /// Smallest value, as text, cut to a documented length.
    pub min: Option<String>,
    /// Largest value, likewise.
    pub max: Option<String>,
    /// Order key of the smallest value, for types that have one.
    pub min_key: Option<u64>,
    /// Order key of the largest value.
    pub max_key: Option<u64>,
    /// Distinct values, where they were counted.
    pub distinct: Option<u64>,
    /// Mean, where the whole multiset was known.
    pub mean: Option<f64>,
    /// Population standard deviation, likewise.
    pub standard_deviation: Option<f64>,
    /// Inverted-CDF quantiles (probability, value), for numbers.
    pub quantiles: Vec<Quantile>,
}

impl SideFacts {
    /// Rows with a value that is a number or text: neither null nor NaN.
    #[must_use]
    pub fn present(&self) -> u64 {
        self.rows.saturating_sub(self.nulls).saturating_sub(self.nans)
    }
}

/// One quantile: the smallest observed value with at least this share at or below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    /// Share in per cent, e.g. 95.
    pub percent: u8,
    /// The value as text.
    pub value: String,
}

/// How far two distributions lie apart, or why that could not be told.
#[derive(Debug, Clone)]
pub enum Drift {
    /// Numbers exist.
    Measured(Box<DriftFacts>),
    /// The distribution of this type or these values cannot be measured.
    Unmeasurable {
        /// Why, for people, without a full stop.
        reason: String,
    },
}

/// Distances between reference and candidate.
#[derive(Debug, Clone)]
pub struct DriftFacts {
    /// Values (neither null nor NaN) in the reference.
    pub reference_values: u64,
    /// Values in the candidate.
    pub candidate_values: u64,
    /// Bins with integer counts and PSI; absent when a side has no values.
    pub psi: Option<PsiFacts>,
    /// Kolmogorov–Smirnov; for ordered numbers only, absent when a side has no values.
    pub ks: Option<KsFacts>,
    /// Missingness.
    pub missing: MissingFacts,
    /// Two-sample χ² over the PSI bins.
    pub chi_square: Option<ChiSquareFacts>,
    /// Jensen-Shannon distance, base 2, over the PSI bins.
    pub js_distance_log2: Option<f64>,
    /// Hellinger distance over the PSI bins.
    pub hellinger: Option<f64>,
    /// Total variation over the PSI bins.
    pub total_variation: Option<f64>,
    /// Largest difference of a bin's share.
    pub l_infinity: Option<f64>,
    /// Wasserstein-1 in the column's unit, where the whole multiset was known.
    pub wasserstein: Option<f64>,
    /// Wasserstein-1 ÷ σ of the reference; absent for a constant reference.
    pub wasserstein_scaled: Option<f64>,
    /// Categories of one side only; absent for columns binned by quantiles.
    pub categories: Option<CategoryChange>,
}

/// PSI with everything needed to compute it again.
#[derive(Debug, Clone)]
pub struct PsiFacts {
    /// The exact variant: `psi_quantile10_jeffreys`, `psi_values_jeffreys`,
    /// `psi_categories_jeffreys`.
    pub metric_id: String,
    /// The value.
    pub value: f64,
    /// One-sided lower bound at `alpha`.
    pub lower: f64,
    /// One-sided upper bound at `alpha`.
    pub upper: f64,
    /// Error rate of each bound.
    pub alpha: f64,
    /// Smallest true PSI that a test of no drift at `alpha` sees with 90 % power.
    pub detectable: f64,
    /// Share of all values in bins that expect fewer than five values on a side under no drift.
    pub sparse_share: f64,
    /// Bins in order.
    pub bins: Vec<PsiBin>,
}

/// One bin.
#[derive(Debug, Clone, PartialEq)]
pub struct PsiBin {
    /// As people write it: `(65, 80]`, a value, a category (cut to a documented length).
    pub label: String,
    /// Reference count.
    pub reference: u64,
    /// Candidate count.
    pub candidate: u64,
    /// Share of the PSI this bin adds.
    pub contribution: f64,
}

/// The Kolmogorov–Smirnov test.
#[derive(Debug, Clone)]
pub struct KsFacts {
    /// The distance, in [0, 1].
    pub d: f64,
    /// max |c₁·m − c₂·n|, the integer D is made from.
    pub numerator: u128,
    /// Where it is reached, as text.
    pub at: String,
    /// Whether the candidate has more (`+`) or less (`-`) mass at or below that value.
    pub candidate_above: bool,
    /// Two-sided p.
    pub p: PValue,
    /// `exact` or `asymptotic_kstwo`.
    pub method: &'static str,
    /// Lower end of D at `alpha` (each one-sided).
    pub lower: f64,
    /// Upper end of D at `alpha`.
    pub upper: f64,
    /// Whether ties make p conservative.
    pub ties: bool,
}

/// How missing values changed.
#[derive(Debug, Clone)]
pub struct MissingFacts {
    /// PSI over {null, NaN, present} with its bounds; absent when a side has no rows.
    pub psi: Option<PsiFacts>,
    /// Change of the null rate.
    pub nulls: Option<RateChange>,
    /// Change of the NaN rate.
    pub nans: Option<RateChange>,
}

/// A rate on both sides, and candidate − reference with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateChange {
    /// In the reference.
    pub reference: f64,
    /// In the candidate.
    pub candidate: f64,
    /// candidate − reference.
    pub change: f64,
    /// Lower end (Newcombe 1998, hybrid score), each end one-sided at alpha.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Two-sample χ².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquareFacts {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees: u64,
    /// p.
    pub p: PValue,
    /// Cramér's V.
    pub cramers_v: f64,
}

/// Categories of one side only, largest first, at most a documented number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CategoryChange {
    /// Number of categories only the candidate has; absent where its values are too many to be
    /// told apart (see [`WHOLE_VALUES_MAX`](super::WHOLE_VALUES_MAX)).
    pub new_count: Option<u64>,
    /// Share of candidate values in them.
    pub new_share: f64,
    /// The largest of them with their counts; none where they are not counted.
    pub new_largest: Vec<(String, u64)>,
    /// Number of categories only the reference has.
    pub vanished_count: u64,
    /// Share of reference values in them.
    pub vanished_share: f64,
    /// The largest of them with their counts.
    pub vanished_largest: Vec<(String, u64)>,
}

/// One expectation on both sides; a side is absent when it was not checked there.
#[derive(Debug, Clone, Default)]
pub struct PairTally {
    /// On the reference.
    pub reference: Option<TallyOutcome>,
    /// On the candidate.
    pub candidate: Option<TallyOutcome>,
}

/// What checking an expectation gave.
#[derive(Debug, Clone, PartialEq)]
pub enum TallyOutcome {
    /// Counted.
    Counted(Tally),
    /// Could not be checked.
    Unmeasurable {
        /// Why, for people.
        reason: String,
    },
}

/// How often an expectation was broken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows of the snapshot.
    pub rows: u64,
    /// Rows that break it.
    pub violations: u64,
    /// The first rows that do.
    pub samples: Vec<RowSample>,
}

/// A row and, when values may be shown, what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSample {
    /// File, relative to the snapshot.
    pub file: String,
    /// Row group in the file, from 0.
    pub row_group: usize,
    /// Row in the row group, from 0.
    pub row: u64,
    /// The value as text, cut; only with `--show-values`.
    pub value: Option<String>,
}
