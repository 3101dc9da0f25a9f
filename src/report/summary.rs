//! What of the details goes into the signed predicate.

use super::{
    BinCounts, CheckDemand, CheckGroup, CheckResult, ColumnDetail, ColumnSummary, Count,
    FindingDetail, FindingSummary, GateDetail, GateSummary, QuantityDocument,
};
use crate::gate::Verdict;

/// A gate with its numbers grouped by demand and its sentences worst first.
pub(super) fn gate_summary(gate: &GateDetail) -> GateSummary {
    let mut open: Vec<&FindingDetail> =
        gate.findings.iter().filter(|finding| finding.verdict != Verdict::Passed).collect();
    open.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    GateSummary {
        name: gate.name.clone(),
        kind: gate.kind.clone(),
        severity: gate.severity,
        owner: gate.owner.clone(),
        verdict: gate.verdict,
        message: gate.message.clone(),
        checks: groups(&gate.findings),
        findings: open.into_iter().map(finding_summary).collect(),
        findings_omitted: Count(0),
    }
}

/// Keeps the sentences of one signed document to [`SENTENCES_MAX`]: each gate in turn keeps its
/// worst, and counts what it leaves to the details.
pub(super) fn omit_findings(gates: &mut [GateSummary]) {
    let mut left = SENTENCES_MAX;
    let mut kept = vec![0; gates.len()];
    while left > 0 && gates.iter().zip(&kept).any(|(gate, &kept)| kept < gate.findings.len()) {
        for (gate, kept) in gates.iter().zip(&mut kept) {
            if left > 0 && *kept < gate.findings.len() {
                *kept += 1;
                left -= 1;
            }
        }
    }
    for (gate, kept) in gates.iter_mut().zip(kept) {
        gate.findings_omitted = Count((gate.findings.len() - kept) as u64);
        gate.findings.truncate(kept);
    }
}

/// A column with its bins, when they are few enough.
pub(super) fn column_summary(column: &ColumnDetail) -> ColumnSummary {
    let sides = [&column.reference, &column.candidate];
    let psi = column.metrics.iter().find(|(id, _)| is_psi_of_values(id));
    let bins = psi.and_then(|(_, metric)| metric.bins.as_ref()).map(|bins| {
        if bins.len() > SIGNED_BINS_MAX {
            return BinCounts::Omitted { omitted: bins.len() as u64 };
        }
        BinCounts::Counted {
            reference: bins.iter().map(|bin| bin.reference).collect(),
            candidate: bins.iter().map(|bin| bin.candidate).collect(),
        }
    });
    ColumnSummary {
        name: column.name.clone(),
        kind: column.kind.clone(),
        nulls: sides.map(|side| side.as_ref().map(|side| side.nulls)),
        nans: sides.map(|side| side.as_ref().map(|side| side.nans)),
        bins,
    }
}

/// Whether a metric is the PSI over a column's values, of any variant.
pub(super) fn is_psi_of_values(metric_id: &str) -> bool {
    metric_id.starts_with("psi_") && !metric_id.starts_with("psi_missing")
}

/// Sentences in one signed document.
const SENTENCES_MAX: usize = 40;

/// Bins of one column in a signed document; a column of more categories has them in the details.
const SIGNED_BINS_MAX: usize = 64;

/// Findings that share all but column and number, in the order of their first.
fn groups(findings: &[FindingDetail]) -> Vec<CheckGroup> {
    let mut groups: Vec<CheckGroup> = Vec::new();
    for finding in findings {
        let demand = demand(finding);
        match groups.iter_mut().find(|group| group.demand == demand) {
            Some(group) => group.results.push(result(finding)),
            None => groups.push(CheckGroup { demand, results: vec![result(finding)] }),
        }
    }
    groups
}

fn demand(finding: &FindingDetail) -> CheckDemand {
    CheckDemand {
        verdict: finding.verdict,
        decision: finding.decision,
        rule: finding.rule.clone(),
        metric: finding.metric.clone(),
        side: finding.side,
        decided_by: finding.decided_by,
        comparator: finding.comparator,
        threshold: finding.threshold.clone(),
        alpha: finding.alpha,
        line: finding.line,
    }
}

fn result(finding: &FindingDetail) -> CheckResult {
    let column = finding.column.clone();
    match (&column, finding.broken, &finding.observed) {
        (_, Some(broken), _) => {
            let (violations, rows) = (broken.violations, broken.rows);
            CheckResult::Broken { column, violations, rows }
        }
        (_, None, Some(QuantityDocument::Real(value))) if finding.alpha.is_some() => {
            CheckResult::Estimate(column, Some(*value), finding.lower, finding.upper)
        }
        (_, None, None) if finding.alpha.is_some() => {
            CheckResult::Estimate(column, None, finding.lower, finding.upper)
        }
        _ => CheckResult::Value(column, finding.observed.clone()),
    }
}

fn finding_summary(finding: &FindingDetail) -> FindingSummary {
    FindingSummary {
        verdict: finding.verdict,
        column: finding.column.clone(),
        rule: finding.rule.clone(),
        line: finding.line,
        sentence: finding.sentence.clone(),
        waived: finding.waived.clone(),
    }
}
