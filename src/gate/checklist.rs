//! Gates of the checklist: answers of a criterion as findings.

use super::{Finding, Judged, Subject};
use crate::checklist::{Answer, Criterion, Given};

/// Asks a criterion about what it was given.
pub(super) fn judge(criterion: &dyn Criterion, given: &Given<'_>) -> Judged {
    let answers = criterion.judge(given);
    Judged { findings: answers.into_iter().map(finding).collect(), not_applicable: Vec::new() }
}

fn finding(answer: Answer) -> Finding {
    let subject = Subject { column: answer.about, side: None };
    let mut finding = Finding::new(answer.decision, subject, &answer.rule, answer.sentence);
    finding.metric = answer.metric;
    finding.observed = answer.observed;
    finding.interval = answer.interval;
    finding.decided_by = answer.decided_by;
    finding.comparator = answer.comparator;
    finding.threshold = answer.threshold;
    finding.line = answer.line;
    finding.counts = answer.counts;
    finding
}
