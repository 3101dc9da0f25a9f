//! The form of `predictions` for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::yaml::shape::{Name, NonNegative, Share, Value};

/// Which predictions, and what their columns mean.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(in crate::checklist) struct Predictions {
    #[schemars(flatten)]
    source: Source,
    #[schemars(flatten)]
    columns: Columns,
}

/// Which predictions, what their columns mean, and whose values are groups.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(in crate::checklist) struct GroupedPredictions {
    #[schemars(flatten)]
    source: Source,
    #[schemars(flatten)]
    columns: Columns,
    /// Columns whose values are groups.
    #[schemars(extend("minItems" = 1))]
    groups: Vec<Name>,
    /// Columns whose values are groups together.
    #[schemars(extend("minItems" = 1))]
    intersections: Option<Vec<Vec<Name>>>,
}

/// Where predictions lie.
#[derive(JsonSchema)]
pub(in crate::checklist) struct Source {
    /// The candidate's file or folder, below the folder of evidence (`predictions.parquet`).
    file: Option<Name>,
    /// The champion's (`champion.parquet`).
    champion: Option<Name>,
    /// The share of rows that may lack a value; they are left out (none).
    missing_max: Option<Share>,
}

#[derive(JsonSchema)]
struct Columns {
    /// What was true: a class, or a number.
    label: Name,
    /// How sure the model was of the positive class.
    score: Option<Name>,
    /// What the model decided, as a class.
    decision: Option<Name>,
    /// The number that the model predicted.
    prediction: Option<Name>,
    /// The weight of a row.
    weight: Option<Name>,
    /// The value that is the positive class; needed unless classes are booleans or 0 and 1.
    positive: Option<Value>,
    /// Whether all other values are one negative class.
    one_versus_rest: Option<bool>,
}

/// Whether intervals decide, or values alone.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub(in crate::checklist) enum Deciding {
    Interval,
    Point,
}

/// An error rate of a bound.
#[derive(JsonSchema)]
#[schemars(extend("minimum" = 0.001, "maximum" = 0.25))]
pub(in crate::checklist) struct Alpha(f64);

/// A smallest and a largest number.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false, "minProperties" = 1))]
pub(in crate::checklist) struct Limits {
    /// At least so much.
    min: Option<NonNegative>,
    /// At most so much.
    max: Option<NonNegative>,
}
