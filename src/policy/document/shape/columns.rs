//! What is said of columns and rows.

use schemars::JsonSchema;

use crate::yaml::shape::{Identifier, Name, Share, Sides, Value};

/// Which columns are meant: a name or glob, a list of them, or a map of criteria. `"*"` is all.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Selector {
    One(Name),
    List(#[schemars(length(min = 1))] Vec<Name>),
    Criteria(Box<Criteria>),
}

/// The columns of any of these, without those of `except`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("anyOf" = [
    {"required": ["names"]}, {"required": ["glob"]}, {"required": ["tag"]}, {"required": ["type"]}
]))]
pub(super) struct Criteria {
    /// Columns of these names, taken letter by letter.
    names: Option<OneOrMore>,
    /// Columns whose names match, such as `dep_*`; `*` is all.
    glob: Option<OneOrMore>,
    /// Columns that carry one of these tags.
    tag: Option<OneOrMore>,
    /// Columns of these types: a family (`integer`, `float`, `decimal`, `numeric`, `string`,
    /// `temporal`, `boolean`) or one type (`int64`, `float32`, `date`, `timestamp[us, UTC]`).
    #[schemars(rename = "type")]
    types: Option<OneOrMore>,
    /// Columns taken out again.
    except: Option<Selector>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OneOrMore {
    One(Name),
    List(#[schemars(length(min = 1))] Vec<Name>),
}

/// Tags, kind and expectations of some columns.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ColumnRule {
    /// Which columns.
    #[schemars(rename = "match")]
    selector: Selector,
    /// Words by which gates and later rules can select these columns.
    #[schemars(length(min = 1))]
    tags: Option<Vec<Identifier>>,
    /// How drift is measured, where the type's own way is not wanted: `numeric` (quantile bins
    /// and KS), `categorical` (a bin for each value), `identifier` (left out of drift).
    kind: Option<Kind>,
    /// What the values promise.
    #[schemars(length(min = 1))]
    expect: Option<Vec<Expectation>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Kind {
    Numeric,
    Categorical,
    Identifier,
}

/// One promise about the values of a column.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Expectation {
    Range(RangeExpectation),
    Nulls(NullsExpectation),
    Nans(NansExpectation),
    OneOf(OneOfExpectation),
    Matches(MatchesExpectation),
    Length(LengthExpectation),
    Unique(UniqueExpectation),
    Monotonic(MonotonicExpectation),
}

/// Values lie between two ends.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RangeExpectation {
    /// The ends: `min` and `max` are inside, `above` and `below` outside. For numbers, dates,
    /// timestamps, decimals and text.
    range: Range,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
struct Range {
    /// Smallest value inside.
    min: Option<Value>,
    /// Values must be greater.
    above: Option<Value>,
    /// Largest value inside.
    max: Option<Value>,
    /// Values must be less.
    below: Option<Value>,
}

/// At most so many nulls.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NullsExpectation {
    /// Largest share of nulls.
    nulls: MostShare,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

/// At most so many NaN.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NansExpectation {
    /// Largest share of NaN among all rows.
    nans: MostShare,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MostShare {
    /// At most this share.
    max: Share,
}

/// Values come from a set.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OneOfExpectation {
    /// The values allowed.
    #[schemars(length(min = 1))]
    one_of: Vec<Value>,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

/// Text matches a regular expression.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MatchesExpectation {
    /// A regular expression that matches somewhere; `^` and `$` tie it to the whole text.
    matches: Name,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

/// Text has so many characters, bytes so many bytes.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LengthExpectation {
    /// Both ends are inside.
    length: Length,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
struct Length {
    /// Fewest characters.
    min: Option<u64>,
    /// Most characters.
    max: Option<u64>,
}

/// No value stands twice.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UniqueExpectation {
    /// Always `true`.
    #[schemars(extend("const" = true))]
    unique: bool,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

/// Values come in order, nulls left out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MonotonicExpectation {
    /// Which way values go from row to row.
    monotonic: Direction,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Direction {
    Increasing,
    StrictlyIncreasing,
    Decreasing,
    StrictlyDecreasing,
}

/// One promise about whole rows.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum RowRule {
    Unique(UniqueRows),
    Compare(ComparedColumns),
}

/// No two rows agree in all these columns.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UniqueRows {
    /// The columns of the key. Rows with a null in any of them are left out.
    #[schemars(length(min = 1))]
    unique: Vec<Name>,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

/// Two columns compare so in every row.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ComparedColumns {
    /// Two columns with `<`, `<=`, `==`, `!=`, `>=` or `>` between blanks: `end >= start`.
    compare: Comparison,
    /// Share of rows that may break it. Default: 0.
    tolerate: Option<Share>,
    /// Which snapshots are checked. Default: what the gate says.
    on: Option<Sides>,
}

#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^ *[^ ].* (<|<=|==|!=|>=|>) .*[^ ] *$", "maxLength" = 256))]
struct Comparison(String);
