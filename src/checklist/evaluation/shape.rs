//! The form of an evaluation gate for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::checklist::imported::ImportedNumbers;
use crate::checklist::limits::LeastOne;
use crate::checklist::predicted::shape::{Alpha, Deciding, Limits, Predictions};
use crate::checklist::shape::Common;
use crate::yaml::shape::NonNegative;

pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<EvaluationGate>()
}

/// How good the model is.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct EvaluationGate {
    #[schemars(flatten)]
    common: Common,
    kind: EvaluationWord,
    /// Predictions from which statistics are computed.
    predictions: Option<Predictions>,
    /// Whether intervals decide (`interval`, the default) or values alone (`point`).
    decide: Option<Deciding>,
    /// Error rate of each bound (0.05).
    alpha: Option<Alpha>,
    /// Fewer rows are too few to tell.
    rows: Option<LeastOne>,
    #[schemars(flatten)]
    limits: Statistics<Limits, DecisionLimits, CalibrationLimits>,
    /// How much worse than the champion the model may be.
    versus_champion: Option<Versus>,
    /// Numbers that an evaluation wrote as JSON.
    metrics: Option<ImportedNumbers>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum EvaluationWord {
    Evaluation,
}

#[derive(JsonSchema)]
struct Statistics<L, D, C> {
    /// Area under the ROC curve.
    auc: Option<L>,
    /// Average precision.
    average_precision: Option<L>,
    /// F1 of the positive class.
    f1: Option<D>,
    /// Precision of the positive class.
    precision: Option<D>,
    /// Recall of the positive class.
    recall: Option<D>,
    /// Share of right decisions.
    accuracy: Option<D>,
    /// Mean of the recalls of both classes.
    balanced_accuracy: Option<D>,
    /// Mean logarithmic loss.
    log_loss: Option<L>,
    /// Brier score.
    brier: Option<L>,
    /// Expected calibration error.
    ece: Option<C>,
    /// Root of the mean squared error.
    rmse: Option<L>,
    /// Mean absolute error.
    mae: Option<L>,
    /// Coefficient of determination.
    r2: Option<L>,
    /// Mean absolute relative error.
    mape: Option<L>,
}

/// A smallest and a largest number, of decisions stored or by the score.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct DecisionLimits {
    min: Option<NonNegative>,
    max: Option<NonNegative>,
    /// The smallest score that is a positive decision; stored decisions when absent.
    at: Option<NonNegative>,
}

/// A smallest and a largest calibration error.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct CalibrationLimits {
    min: Option<NonNegative>,
    max: Option<NonNegative>,
    /// Equal bins of scores (15).
    #[schemars(extend("minimum" = 1, "maximum" = 1000))]
    bins: Option<u16>,
}

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct Versus {
    #[schemars(flatten)]
    margins: Statistics<MarginOf, DecisionMargin, MarginOf>,
}

/// How much worse than the champion's.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct MarginOf {
    margin: Margin,
}

/// How much worse than the champion's.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct DecisionMargin {
    margin: Margin,
    /// The smallest score that is a positive decision; stored decisions when absent.
    at: Option<NonNegative>,
}

/// A margin.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct Margin {
    /// So much, as the statistic counts.
    abs: NonNegative,
}
