//! The rules of a policy after parsing: what each gate demands, with the line it stands on.

use std::sync::Arc;

use super::DoorRule;
use crate::checklist::Criterion;
use crate::clock::Timestamp;
use crate::contract::{Bound, Comparison, Direction, LengthBounds, WideningRule};
use crate::quantity::{Fraction, Rows};
use crate::verdict::{Decide, Threshold};

/// A whole policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What people call it.
    pub name: String,
    /// Why it is as it is.
    pub description: Option<String>,
    /// How long a report made under it may be used, in seconds.
    pub valid_for_seconds: Option<u64>,
    /// Globs of files in a snapshot's folder that are no data and no fault.
    pub ignored_files: Vec<String>,
    /// Whether a wider type is a change.
    pub widening: WideningRule,
    /// What is said of columns, in file order; later entries add to earlier ones.
    pub columns: Vec<ColumnRule>,
    /// What is said of whole rows.
    pub rows: Vec<RowRule>,
    /// The gates, in file order.
    pub gates: Vec<GateRule>,
    /// What may fail for a while, by whose word.
    pub waivers: Vec<Waiver>,
    /// The doors of the environments, in file order.
    pub doors: Vec<DoorRule>,
}

/// Which columns are meant. An empty selector means none; `everything` is said explicitly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// All columns.
    pub everything: bool,
    /// Columns of these names.
    pub names: Vec<String>,
    /// Columns whose names match these globs.
    pub globs: Vec<String>,
    /// Columns that carry one of these tags.
    pub tags: Vec<String>,
    /// Columns of these types, as `contract::LogicalType` writes them, or a family of them
    /// (`integer`, `float`, `decimal`, `string`, `temporal`, `boolean`, `numeric`).
    pub types: Vec<String>,
    /// Columns taken out again.
    pub except: Option<Box<Selector>>,
    /// Where it stands.
    pub line: usize,
}

/// Tags, kind and expectations of the columns a selector means.
#[derive(Debug, Clone)]
pub struct ColumnRule {
    /// Which columns.
    pub selector: Selector,
    /// Tags they get.
    pub tags: Vec<String>,
    /// How drift is to be measured, when the type's default is not wanted.
    pub kind: Option<ColumnKind>,
    /// What their values promise.
    pub expectations: Vec<ExpectationRule>,
}

/// How a column's distribution is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Quantile bins and KS.
    Numeric,
    /// One bin per value.
    Categorical,
    /// Left out of drift even when a selector means it.
    Identifier,
}

/// One promise about a column's values.
#[derive(Debug, Clone)]
pub struct ExpectationRule {
    /// The promise, as written.
    pub promise: Promise,
    /// Share of rows that may break it (never for `NullRate` and `NanRate`, which are shares).
    pub tolerated: Fraction,
    /// Which snapshots it is checked on; the gate's choice when absent.
    pub on: Option<Sides>,
    /// Where it stands.
    pub line: usize,
}

/// A promise before it is resolved against a column's type.
#[derive(Debug, Clone)]
pub enum Promise {
    /// Between two values.
    Range {
        /// Lower end.
        min: Option<Bound>,
        /// Upper end.
        max: Option<Bound>,
    },
    /// At most this share of nulls.
    NullRate(Fraction),
    /// At most this share of NaN among all rows.
    NanRate(Fraction),
    /// One of these values, each as text.
    OneOf(Vec<String>),
    /// A regular expression matches.
    Matches(regex::Regex),
    /// So many characters.
    Length(LengthBounds),
    /// No value twice.
    Unique,
    /// In order.
    Monotonic(Direction),
}

/// One promise about whole rows.
#[derive(Debug, Clone)]
pub struct RowRule {
    /// The promise.
    pub promise: RowPromise,
    /// Share of rows that may break it.
    pub tolerated: Fraction,
    /// Which snapshots it is checked on; the gate's choice when absent.
    pub on: Option<Sides>,
    /// Where it stands.
    pub line: usize,
}

/// A promise about whole rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowPromise {
    /// No two rows agree in all these columns.
    Unique(Vec<String>),
    /// Two columns compare so.
    Compare {
        /// Left-hand column.
        left: String,
        /// The relation.
        comparison: Comparison,
        /// Right-hand column.
        right: String,
    },
}

/// Which snapshots a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// The reference alone.
    Reference,
    /// The candidate alone.
    Candidate,
    /// Both.
    Both,
}

impl Sides {
    /// Whether the reference is meant.
    #[must_use]
    pub fn reference(self) -> bool {
        self != Self::Candidate
    }

    /// Whether the candidate is meant.
    #[must_use]
    pub fn candidate(self) -> bool {
        self != Self::Reference
    }
}

/// One gate.
#[derive(Debug, Clone)]
pub struct GateRule {
    /// Its name, unique in the policy.
    pub name: String,
    /// Whether it stops or only warns.
    pub severity: Severity,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What is said, besides the findings, when it does not pass.
    pub message: Option<String>,
    /// What it demands.
    pub kind: GateKind,
    /// Where it stands.
    pub line: usize,
}

/// What a gate's failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Stops the promotion.
    Block,
    /// Turns a failure into a warning.
    Warn,
}

/// The kinds of gates.
#[derive(Debug, Clone)]
pub enum GateKind {
    /// Column names and types.
    Schema(SchemaRule),
    /// Promises about values and rows.
    Expectations(ExpectationsRule),
    /// Distributions.
    Drift(Box<DriftRule>),
    /// Numbers of rows.
    Volume(VolumeRule),
    /// Age of the newest row.
    Freshness(FreshnessRule),
    /// What others found: one of the kinds of [`checklist`](crate::checklist).
    Checklist(ChecklistRule),
}

/// A gate of the checklist.
#[derive(Debug, Clone)]
pub struct ChecklistRule {
    /// The word of its kind.
    pub kind: &'static str,
    /// What it demands.
    pub criterion: Arc<dyn Criterion>,
}

impl GateKind {
    /// The kind as documents write it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Schema(_) => "schema",
            Self::Expectations(_) => "expectations",
            Self::Drift(_) => "drift",
            Self::Volume(_) => "volume",
            Self::Freshness(_) => "freshness",
            Self::Checklist(rule) => rule.kind,
        }
    }

    /// What it demands of documents, when it is of the checklist; the others are about the columns
    /// of two snapshots.
    #[must_use]
    pub fn criterion(&self) -> Option<&dyn Criterion> {
        match self {
            Self::Checklist(rule) => Some(&*rule.criterion),
            _ => None,
        }
    }
}

/// What each kind of schema difference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaRule {
    /// A column that is gone.
    pub missing: Reaction,
    /// A column that is new.
    pub added: Reaction,
    /// A column of another type.
    pub retyped: Reaction,
    /// A required column that may now be null, or the other way round.
    pub nullability: Reaction,
}

/// What a difference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing; it is still reported.
    Allow,
    /// A warning.
    Warn,
    /// A failure.
    Fail,
}

/// Which expectations a gate checks.
#[derive(Debug, Clone)]
pub struct ExpectationsRule {
    /// Of which columns.
    pub columns: Selector,
    /// Whether the row rules belong to it.
    pub rows: bool,
    /// On which snapshots, unless an expectation says otherwise.
    pub on: Sides,
}

/// What drift is tolerated on which columns.
#[derive(Debug, Clone)]
pub struct DriftRule {
    /// On which columns.
    pub columns: Selector,
    /// Bins of a numeric PSI; 10 unless said.
    pub bins: usize,
    /// Error rate of each one-sided bound; 0.05 unless said.
    pub alpha: f64,
    /// Whether the interval or the value alone decides.
    pub decide: Decide,
    /// PSI of values must stay below this.
    pub psi_max: Option<Threshold>,
    /// PSI at or above this is a warning.
    pub psi_warn: Option<Threshold>,
    /// KS distance must stay below this.
    pub ks_d_max: Option<Threshold>,
    /// Adjusted KS p must stay above this.
    pub ks_p_min: Option<Threshold>,
    /// How p is adjusted for the number of columns.
    pub adjust: Adjustment,
    /// PSI over {null, NaN, present} must stay below this.
    pub missing_psi_max: Option<Threshold>,
    /// The null rate may differ by at most this many absolute points (as a share).
    pub null_change_max: Option<Threshold>,
    /// The NaN rate likewise.
    pub nan_change_max: Option<Threshold>,
    /// Share of candidate rows in categories the reference has not.
    pub new_categories_max: Option<Threshold>,
    /// Share of reference rows in categories the candidate has not.
    pub vanished_categories_max: Option<Threshold>,
    /// Jensen-Shannon distance, base 2.
    pub js_distance_max: Option<Threshold>,
    /// Hellinger distance.
    pub hellinger_max: Option<Threshold>,
    /// Total variation.
    pub total_variation_max: Option<Threshold>,
    /// Largest change of one bin's share.
    pub l_infinity_max: Option<Threshold>,
    /// Wasserstein-1 ÷ σ of the reference.
    pub wasserstein_scaled_max: Option<Threshold>,
    /// Cramér's V of the two-sample χ² test.
    pub cramers_v_max: Option<Threshold>,
    /// Adjusted χ² p must stay above this.
    pub chi_square_p_min: Option<Threshold>,
}

/// How p-values are adjusted for multiple columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Holm (1979): family-wise error.
    Holm,
    /// Benjamini and Hochberg (1995): false discovery rate.
    BenjaminiHochberg,
    /// Raw p.
    None,
}

/// How many rows a candidate must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeRule {
    /// At least.
    pub min: Option<(Rows, usize)>,
    /// At most.
    pub max: Option<(Rows, usize)>,
    /// At least this multiple of the reference's rows.
    pub ratio_min: Option<Threshold>,
    /// At most this multiple of the reference's rows.
    pub ratio_max: Option<Threshold>,
}

/// How old the newest row may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshnessRule {
    /// A date or timestamp column.
    pub column: String,
    /// Oldest age of its largest value, in seconds before now.
    pub max_age_seconds: u64,
    /// How far it may lie in the future, in seconds.
    pub max_future_seconds: u64,
    /// Whether the newest row must be newer than the reference's newest.
    pub must_advance: bool,
    /// Where the age stands.
    pub line: usize,
}

/// A failure that is accepted for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The gate's name.
    pub gate: String,
    /// The column, or every column of the gate.
    pub column: Option<String>,
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires: Timestamp,
    /// Where it stands.
    pub line: usize,
}
