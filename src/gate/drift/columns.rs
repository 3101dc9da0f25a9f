//! Every column of a drift gate under every rule of it.

use super::adjusted::Adjusted;
use super::evidence::Evidence;
use super::{categories, distance, ks, missing, psi};
use crate::gate::evaluate::Judged;
use crate::gate::{Finding, NotApplicable, Pair, Subject, Verdict, text};
use crate::measure::{ColumnFacts, DistributionKind, Drift, DriftFacts, Measurement, SideFacts};
use crate::policy::{DriftRule, Threshold};

/// What the gate finds on its columns, in their order, each rule in the order of the policy's
/// vocabulary.
pub(in crate::gate) fn judge(
    rule: &DriftRule,
    columns: &[String],
    measurement: &Measurement,
    gate_line: usize,
) -> Judged {
    let adjusted = Adjusted::over(rule, columns, measurement);
    let mut judged = Judged::default();
    for name in columns {
        match drift(name, measurement) {
            Ok((facts, drift)) => {
                let scope = Scope { rule, name, facts, drift, adjusted: &adjusted };
                judge_column(&scope, gate_line, &mut judged);
            }
            Err((verdict, sentence)) => {
                let finding = Finding::new(verdict, Subject::column(name), "drift", sentence);
                judged.findings.push(finding.at(gate_line));
            }
        }
    }
    judged
}

/// One column with everything a rule may look at.
pub(super) struct Scope<'a> {
    pub(super) rule: &'a DriftRule,
    pub(super) name: &'a str,
    pub(super) facts: &'a ColumnFacts,
    pub(super) drift: &'a DriftFacts,
    pub(super) adjusted: &'a Adjusted,
}

impl Scope<'_> {
    /// Values on both sides.
    pub(super) fn values(&self) -> Pair {
        Pair { reference: self.drift.reference_values, candidate: self.drift.candidate_values }
    }

    /// Rows on both sides.
    pub(super) fn rows(&self) -> Pair {
        let side = |facts: &Option<SideFacts>| facts.as_ref().map_or(0, |facts| facts.rows);
        Pair { reference: side(&self.facts.reference), candidate: side(&self.facts.candidate) }
    }

    /// Why there is too little evidence for a rule, if there is.
    pub(super) fn doubt(&self, rule: &str) -> Option<String> {
        let sparse_share = self.drift.psi.as_ref().map_or(0.0, |psi| psi.sparse_share);
        Evidence { values: self.values(), rows: self.rows(), sparse_share }.doubt(rule)
    }

    /// Whether values have an order that a distance can be measured along.
    pub(super) fn ordered(&self) -> bool {
        use DistributionKind::{LowCardinality, Numeric, Temporal};
        matches!(self.facts.kind, Numeric | LowCardinality | Temporal)
    }

    /// The answer where a statistic is absent: too little to tell when a side has no values, a
    /// rule without meaning when `meaningless` says why, else an error.
    pub(super) fn absent(
        &self,
        rule: &'static str,
        limit: Threshold,
        meaningless: Option<&str>,
    ) -> Outcome {
        let values = self.values();
        let empty = match (values.reference, values.candidate) {
            (_, 0) => Some("the candidate has no values"),
            (0, _) => Some("the reference has no values"),
            _ => None,
        };
        let (verdict, sentence) = match (meaningless, empty) {
            (Some(reason), _) => {
                return Outcome::NotApplicable(NotApplicable {
                    rule: rule.to_owned(),
                    column: self.name.to_owned(),
                    reason: reason.to_owned(),
                });
            }
            (None, Some(reason)) => (Verdict::Inconclusive, reason.to_owned()),
            (None, None) => (Verdict::Error, "the statistic was not measured".to_owned()),
        };
        let finding = Finding::new(verdict, Subject::column(self.name), rule, sentence);
        let finding = finding.at(limit.line).counted(values.reference, values.candidate);
        Outcome::Judged(Box::new(finding))
    }

    /// Words for a rule along an order that categories lack.
    pub(super) fn unordered(&self) -> Option<&'static str> {
        (!self.ordered()).then_some("its values have no order")
    }
}

/// What one rule says of one column.
pub(super) enum Outcome {
    Judged(Box<Finding>),
    NotApplicable(NotApplicable),
}

/// A rule: nothing when the policy does not demand it.
type Rule = fn(&Scope<'_>) -> Option<Outcome>;

const RULES: [Rule; 16] = [
    psi::values,
    ks::distance,
    ks::p_value,
    missing::psi,
    missing::nulls,
    missing::nans,
    categories::new,
    categories::vanished,
    distance::jensen_shannon,
    distance::hellinger,
    distance::total_variation,
    distance::l_infinity,
    distance::wasserstein,
    distance::cramers_v,
    distance::chi_square_p,
    psi::warning,
];

fn judge_column(scope: &Scope<'_>, gate_line: usize, judged: &mut Judged) {
    let (before, mut skipped) = (judged.findings.len(), Vec::new());
    for outcome in RULES.iter().filter_map(|rule| rule(scope)) {
        match outcome {
            Outcome::Judged(finding) => judged.findings.push(*finding),
            Outcome::NotApplicable(skip) => skipped.push(skip),
        }
    }
    if judged.findings.len() == before && !skipped.is_empty() {
        let rules: Vec<&str> = skipped.iter().map(|skip| skip.rule.as_str()).collect();
        let kind = scope.facts.kind.as_str();
        let sentence =
            format!("no rule of the gate applies to a {kind} column: {}", rules.join(", "));
        let finding = Finding::new(Verdict::Error, Subject::column(scope.name), "drift", sentence);
        judged.findings.push(finding.at(gate_line));
    }
    judged.not_applicable.extend(skipped);
}

/// The column's distances, or why there are none.
fn drift<'a>(
    name: &str,
    measurement: &'a Measurement,
) -> Result<(&'a ColumnFacts, &'a DriftFacts), (Verdict, String)> {
    let lacks = |side: &str| format!("the {side}'s schema has no such column");
    if measurement.candidate.schema.column(name).is_none() {
        return Err((Verdict::Failed, lacks("candidate")));
    }
    if measurement.reference.schema.column(name).is_none() {
        return Err((Verdict::Inconclusive, lacks("reference") + ", nothing to compare with"));
    }
    let unmeasured = || (Verdict::Error, "the column was not measured".to_owned());
    let facts = measurement.column(name).ok_or_else(unmeasured)?;
    match &facts.drift {
        Some(Drift::Measured(drift)) => Ok((facts, drift)),
        Some(Drift::Unmeasurable { reason }) => {
            Err((Verdict::Error, format!("cannot be measured: {}", text::phrase(reason))))
        }
        None => Err(unmeasured()),
    }
}
