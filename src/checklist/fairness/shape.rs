//! The form of a fairness gate for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::checklist::predicted::shape::{Alpha, Deciding, GroupedPredictions};
use crate::checklist::shape::Common;
use crate::yaml::shape::{NonNegative, Unit};

pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<FairnessGate>()
}

/// Whether groups fare alike.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct FairnessGate {
    #[schemars(flatten)]
    common: Common,
    kind: FairnessWord,
    /// Predictions, and the columns whose values are groups.
    predictions: GroupedPredictions,
    /// Whether intervals decide (`interval`, the default) or values alone (`point`).
    decide: Option<Deciding>,
    /// Error rate of each bound (0.05).
    alpha: Option<Alpha>,
    /// The smallest score that is a positive decision; stored decisions when absent.
    at: Option<NonNegative>,
    /// Which groups are too small to tell (100 rows).
    group_size: Option<GroupSize>,
    /// Smallest over largest share decided positive.
    parity_ratio: Option<RatioMin>,
    /// Largest less smallest share decided positive.
    parity_difference: Option<DifferenceMax>,
    /// Smallest over largest true positive rate.
    equal_opportunity_ratio: Option<RatioMin>,
    /// Largest less smallest true positive rate.
    equal_opportunity_difference: Option<DifferenceMax>,
    /// The smaller of the ratios of true and of false positive rates.
    equalized_odds_ratio: Option<RatioMin>,
    /// The larger of the differences of true and of false positive rates.
    equalized_odds_difference: Option<DifferenceMax>,
    /// Smallest over largest precision.
    predictive_parity_ratio: Option<RatioMin>,
    /// Largest less smallest precision.
    predictive_parity_difference: Option<DifferenceMax>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum FairnessWord {
    Fairness,
}

/// Which groups are too small.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct GroupSize {
    /// Rows of a group at least.
    #[schemars(extend("minimum" = 1))]
    min: u64,
    /// What is done with smaller ones (`inconclusive`).
    smaller: Option<SmallerGroups>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum SmallerGroups {
    Inconclusive,
    LeftOut,
}

/// A ratio at least.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct RatioMin {
    min: Unit,
}

/// A difference at most.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct DifferenceMax {
    max: Unit,
}
