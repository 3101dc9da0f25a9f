//! The schema gate: column names and types of the candidate against the reference's.

use super::number::exact;
use super::{Comparator, Finding, Quantity, Subject, Verdict, text};
use crate::contract::{SchemaDifference, WideningRule};
use crate::measure::Measurement;
use crate::policy::{Reaction, SchemaRule};

/// One finding for each difference, allowed ones too, and one that counts the columns that agree.
/// Snapshots without columns are inconclusive.
pub(super) fn findings(
    rule: SchemaRule,
    measurement: &Measurement,
    widening: WideningRule,
    line: usize,
) -> Vec<Finding> {
    let (reference, candidate) = (&measurement.reference.schema, &measurement.candidate.schema);
    let differences = reference.differences(candidate, widening);
    let mut findings: Vec<Finding> =
        differences.iter().map(|difference| judge(rule, difference).at(line)).collect();
    let agreeing = reference
        .columns()
        .iter()
        .filter(|column| !differences.iter().any(|found| found.column() == column.name))
        .count() as u64;
    if reference.columns().is_empty() || candidate.columns().is_empty() {
        let sentence = "a snapshot has no columns".to_owned();
        findings.push(
            Finding::new(Verdict::Inconclusive, Subject::snapshot(), "columns", sentence).at(line),
        );
    } else if agreeing > 0 {
        let columns = if agreeing == 1 { "column agrees" } else { "columns agree" };
        let sentence = format!("{} {columns} in name and type", exact(agreeing));
        findings.push(
            Finding::new(Verdict::Passed, Subject::snapshot(), "columns", sentence)
                .at(line)
                .observed(Quantity::Count(agreeing)),
        );
    }
    findings
}

fn judge(rule: SchemaRule, difference: &SchemaDifference) -> Finding {
    let (name, reaction) = match difference {
        SchemaDifference::Missing { .. } => ("missing", rule.missing),
        SchemaDifference::Added { .. } => ("added", rule.added),
        SchemaDifference::Retyped { .. } => ("retyped", rule.retyped),
        SchemaDifference::Widened { .. } => ("widened", Reaction::Allow),
        SchemaDifference::Nullability { .. } => ("nullability", rule.nullability),
    };
    let verdict = match reaction {
        Reaction::Allow => Verdict::Passed,
        Reaction::Warn => Verdict::Warned,
        Reaction::Fail => Verdict::Failed,
    };
    let allowed = if reaction == Reaction::Allow { ", which the policy allows" } else { "" };
    let sentence = text::phrase(&format!("column {difference}")) + allowed;
    let finding = Finding::new(verdict, Subject::column(difference.column()), name, sentence);
    let (reference, candidate) = sides(difference);
    finding
        .observed(Quantity::Text(candidate))
        .demanded(Comparator::Equal, Quantity::Text(reference))
}

/// What either side says of the column.
fn sides(difference: &SchemaDifference) -> (String, String) {
    match difference {
        SchemaDifference::Missing { reference, .. } => (reference.to_string(), "absent".into()),
        SchemaDifference::Added { candidate, .. } => ("absent".into(), candidate.to_string()),
        SchemaDifference::Retyped { reference, candidate, .. }
        | SchemaDifference::Widened { reference, candidate, .. } => {
            (reference.to_string(), candidate.to_string())
        }
        SchemaDifference::Nullability { candidate_nullable, .. } => {
            let word = |nullable| if nullable { "nullable" } else { "required" };
            (word(!candidate_nullable).into(), word(*candidate_nullable).into())
        }
    }
}
