//! The gates.

use schemars::JsonSchema;

use super::columns::Selector;
use crate::checklist::shape::Common;
use crate::yaml::shape::{Duration, Name, NonNegative, Rate, Share, Sides, Unit};

/// One gate; `kind` says which.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Gate {
    Schema(SchemaGate),
    Expectations(ExpectationsGate),
    Drift(Box<DriftGate>),
    Volume(VolumeGate),
    Freshness(FreshnessGate),
}

/// Column names and types.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct SchemaGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on the schema.
    #[schemars(extend("const" = "schema"))]
    kind: String,
    /// What a column that is gone does. Default: fail.
    missing: Option<Reaction>,
    /// What a column that is new does. Default: warn.
    added: Option<Reaction>,
    /// What a column of another type does. Default: fail.
    retyped: Option<Reaction>,
    /// What a required column that may now be null does, or the other way round. Default: warn.
    nullability: Option<Reaction>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Reaction {
    Fail,
    Warn,
    Allow,
}

/// Promises about values and rows.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct ExpectationsGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on expectations.
    #[schemars(extend("const" = "expectations"))]
    kind: String,
    /// Of which columns the expectations are checked. Default: all.
    columns: Option<Selector>,
    /// Whether the rules on rows are checked too. Default: true.
    rows: Option<bool>,
    /// Which snapshots are checked, where an expectation does not say. Default: candidate.
    on: Option<Sides>,
}

/// Distributions of the candidate against the reference.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct DriftGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on drift.
    #[schemars(extend("const" = "drift"))]
    kind: String,
    /// On which columns. Identifiers are left out.
    columns: Selector,
    /// Population stability index.
    psi: Option<Psi>,
    /// Kolmogorov–Smirnov, for numbers and times.
    ks: Option<Ks>,
    /// Nulls and NaN.
    missing: Option<Missing>,
    /// Values that only one side has, for columns with a bin for each value.
    categories: Option<Categories>,
    /// Jensen-Shannon distance, base 2.
    js_distance: Option<MostUnit>,
    /// Hellinger distance.
    hellinger: Option<MostUnit>,
    /// Total variation.
    total_variation: Option<MostUnit>,
    /// Largest change of one bin's share.
    l_infinity: Option<MostUnit>,
    /// Wasserstein-1 divided by the reference's standard deviation, for numbers and times.
    wasserstein_scaled: Option<Most>,
    /// Cramér's V of the two-sample χ² test.
    cramers_v: Option<MostUnit>,
    /// Two-sample χ² test.
    chi_square: Option<ChiSquare>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Psi {
    /// The PSI must stay below this; 0.1 and 0.2 are the customary marks.
    max: Option<NonNegative>,
    /// A PSI at or above this warns.
    warn: Option<NonNegative>,
    /// `interval` (default): pass when the whole interval is below the limit, fail when it is
    /// above, else inconclusive. `point`: the value alone decides. Holds for every limit of the
    /// gate that has an interval.
    decide: Option<Decide>,
    /// Error rate of each end of the interval. Default: 0.05, a 90 % interval. Holds for every
    /// limit of the gate.
    alpha: Option<Rate>,
    /// Quantile bins of a numeric column. Default: 10. Holds for every distance of the gate.
    #[schemars(range(min = 2, max = 100))]
    bins: Option<u64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Decide {
    Interval,
    Point,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Ks {
    /// The distance must stay below this.
    d_max: Option<Unit>,
    /// The adjusted p-value must stay above this. At many rows, every change is significant:
    /// prefer `d_max`.
    p_min: Option<Unit>,
    /// How p-values are adjusted for the number of columns. Default: holm.
    adjust: Option<Adjust>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Adjust {
    Holm,
    Bh,
    None,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Missing {
    /// The PSI over {null, NaN, present} must stay below this.
    psi_max: Option<NonNegative>,
    /// How far the share of nulls may move.
    null_change: Option<Change>,
    /// How far the share of NaN may move.
    nan_change: Option<Change>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Change {
    /// Points of share, up or down: with `2%`, from 3 % to at most 5 %.
    abs: Share,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Categories {
    /// Share of candidate rows in categories that the reference has not.
    new_max: Option<Share>,
    /// Share of reference rows in categories that the candidate has not.
    vanished_max: Option<Share>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MostUnit {
    /// Must stay below this.
    max: Unit,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Most {
    /// Must stay below this.
    max: NonNegative,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ChiSquare {
    /// The adjusted p-value must stay above this.
    p_min: Unit,
}

/// Number of rows.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
#[schemars(extend("anyOf" = [{"required": ["rows"]}, {"required": ["ratio"]}]))]
pub(super) struct VolumeGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on volume.
    #[schemars(extend("const" = "volume"))]
    kind: String,
    /// Rows of the candidate.
    rows: Option<RowLimits>,
    /// Rows of the candidate divided by rows of the reference.
    ratio: Option<RatioLimits>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
struct RowLimits {
    /// Fewest rows, in digits alone (`10000000`, no underscores).
    min: Option<u64>,
    /// Most rows.
    max: Option<u64>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
struct RatioLimits {
    /// Smallest ratio.
    min: Option<NonNegative>,
    /// Largest ratio.
    max: Option<NonNegative>,
}

/// Age of the newest row.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct FreshnessGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on freshness.
    #[schemars(extend("const" = "freshness"))]
    kind: String,
    /// A date or timestamp column.
    column: Name,
    /// How old its largest value may be.
    max_age: Duration,
    /// How far its largest value may lie in the future. Default: 5m.
    max_future: Option<Duration>,
    /// Whether its largest value must be greater than the reference's. Default: false.
    must_advance: Option<bool>,
}
