//! The volume gate: how many rows the candidate has.

use super::number::{counted, exact, significant};
use super::{Comparator, Finding, Pair, Quantity, Subject, Verdict, decide_rows};
use crate::measure::Measurement;
use crate::policy::{Threshold, VolumeRule};
use crate::quantity::Rows;

/// One finding for each limit. An empty candidate never passes: where no lower limit fails it, it
/// is inconclusive; a ratio to an empty reference is inconclusive too.
pub(super) fn findings(
    rule: VolumeRule,
    measurement: &Measurement,
    gate_line: usize,
) -> Vec<Finding> {
    let rows =
        Pair { reference: measurement.reference.rows.0, candidate: measurement.candidate.rows.0 };
    let counts = [("min", Comparator::AtLeast, rule.min), ("max", Comparator::AtMost, rule.max)];
    let ratios = [
        ("ratio_min", Comparator::AtLeast, rule.ratio_min),
        ("ratio_max", Comparator::AtMost, rule.ratio_max),
    ];
    let mut findings: Vec<Finding> = Vec::new();
    for (name, comparator, limit) in counts {
        findings.extend(limit.map(|limit| count(name, comparator, limit, rows)));
    }
    for (name, comparator, limit) in ratios {
        findings.extend(limit.map(|limit| ratio(name, comparator, limit, rows)));
    }
    if findings.is_empty() {
        let has = counted(rows.candidate, "row");
        let sentence = format!("the candidate has {has}; no limit is set");
        let finding = Finding::new(Verdict::Inconclusive, Subject::snapshot(), "rows", sentence);
        findings.push(finding.at(gate_line));
    }
    findings.into_iter().map(|finding| finding.counted(rows.reference, rows.candidate)).collect()
}

fn count(
    name: &str,
    comparator: Comparator,
    (Rows(limit), line): (Rows, usize),
    rows: Pair,
) -> Finding {
    let verdict = decide_rows(comparator.holds(rows.candidate, limit), rows.candidate);
    let said = said(verdict, comparator, &exact(limit));
    let sentence = format!("{} {said}", counted(rows.candidate, "row"));
    Finding::new(verdict, Subject::snapshot(), name, sentence)
        .at(line)
        .observed(Quantity::Count(rows.candidate))
        .demanded(comparator, Quantity::Count(limit))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is a float by nature")]
fn ratio(name: &str, comparator: Comparator, limit: Threshold, rows: Pair) -> Finding {
    if rows.reference == 0 {
        let sentence = "the reference has no rows to compare with".to_owned();
        return Finding::new(Verdict::Inconclusive, Subject::snapshot(), name, sentence)
            .limited(comparator, limit);
    }
    let found = rows.candidate as f64 / rows.reference as f64;
    let verdict = if limit.value.is_finite() {
        decide_rows(comparator.holds(found, limit.value), rows.candidate)
    } else {
        Verdict::Error
    };
    let said = said(verdict, comparator, &format!("{}×", limit.value));
    let sentence = format!(
        "{} rows are {}× the reference's {} {said}",
        exact(rows.candidate),
        significant(found),
        exact(rows.reference),
    );
    Finding::new(verdict, Subject::snapshot(), name, sentence)
        .limited(comparator, limit)
        .observed(Quantity::Real(found))
}

fn said(verdict: Verdict, comparator: Comparator, limit: &str) -> String {
    match verdict {
        Verdict::Inconclusive => "are too few to say anything of".to_owned(),
        Verdict::Passed => format!("{} {limit}", comparator.met()),
        Verdict::Error => format!("cannot be held against {limit}"),
        _ => format!("{} {limit}", comparator.broken()),
    }
}
