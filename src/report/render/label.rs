//! What a finding is called, and in which order findings are shown.

use super::Charset;
use crate::gate::number::{against, duration, exact, percent, percent_limit, significant};
use crate::gate::{Side, Verdict, text};
use crate::report::histogram::bars;
use crate::report::summary::is_psi_of_values;
use crate::report::{FindingDetail, GateDetail, QuantityDocument, Report};

/// The gates that did not pass with what the policy has to say about that, safe to print.
pub(super) fn spoken(report: &Report) -> impl Iterator<Item = (String, String)> {
    let gates = report.details.gates.iter();
    gates.filter_map(|gate| {
        let words = text::printable(gate.words.as_ref()?);
        Some((text::name(&gate.name), words))
    })
}

/// A finding with the gate it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) gate: &'a GateDetail,
    pub(super) finding: &'a FindingDetail,
}

impl Shown<'_> {
    /// `drift/age`, `expectations/age (reference)`, `volume`; safe to print.
    pub(super) fn name(&self) -> String {
        let gate = text::name(&self.gate.name);
        let column = self.finding.column.as_ref();
        let column = column.map_or_else(String::new, |column| format!("/{}", text::name(column)));
        let side = match self.finding.side {
            Some(Side::Reference) => " (reference)",
            _ => "",
        };
        format!("{gate}{column}{side}")
    }

    /// `FAIL drift/age: PSI 0.314 … 11.9%; policy.yaml:14`
    pub(super) fn sentence(&self, policy_path: &str) -> String {
        let finding = self.finding;
        let word = word(finding.verdict);
        format!(
            "{word} {}: {}{}; {}:{}",
            self.name(),
            finding.sentence,
            self.softened(),
            text::printable(policy_path),
            finding.line,
        )
    }

    /// Why a failure only warns, when it does.
    fn softened(&self) -> String {
        let finding = self.finding;
        match &finding.waived {
            Some(waived) => format!(
                "; waived by {} until {}: {}",
                text::name(&waived.owner),
                waived.expires,
                text::printable(&waived.reason),
            ),
            None if finding.verdict != finding.decision => {
                format!("; {} in a gate that only warns", finding.decision)
            }
            None => String::new(),
        }
    }
}

/// Every finding, worst first, else in policy order.
pub(super) fn worst_first(report: &Report) -> Vec<Shown<'_>> {
    let mut shown: Vec<Shown<'_>> = report
        .details
        .gates
        .iter()
        .flat_map(|gate| gate.findings.iter().map(move |finding| Shown { gate, finding }))
        .collect();
    shown.sort_by_key(|shown| std::cmp::Reverse(shown.finding.verdict));
    shown
}

/// The word a verdict begins a line with.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "PASS",
        Verdict::Warned => "WARN",
        Verdict::Inconclusive => "INCONCLUSIVE",
        Verdict::Failed => "FAIL",
        Verdict::Error => "ERROR",
    }
}

/// The verdict of the whole report as a word.
#[must_use]
pub fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "PASSED",
        Verdict::Warned => "PASSED WITH WARNINGS",
        Verdict::Inconclusive => "INCONCLUSIVE",
        Verdict::Failed => "FAILED",
        Verdict::Error => "ERROR",
    }
}

/// `2 failed, 1 inconclusive, 12 passed`
pub(super) fn tally(shown: &[Shown<'_>]) -> String {
    let worst_first = [
        (Verdict::Error, "could not be measured"),
        (Verdict::Failed, "failed"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Warned, "warned"),
        (Verdict::Passed, "passed"),
    ];
    let count =
        |verdict| shown.iter().filter(|shown| shown.finding.verdict == verdict).count() as u64;
    let parts: Vec<String> = worst_first
        .into_iter()
        .map(|(verdict, word)| (count(verdict), word))
        .filter(|&(count, _)| count > 0)
        .map(|(count, word)| format!("{} {word}", exact(count)))
        .collect();
    parts.join(", ")
}

/// Bars of the reference and the candidate for a finding about the distribution of values.
pub(super) fn drawn(
    report: &Report,
    shown: &Shown<'_>,
    charset: Charset,
) -> Option<(String, String)> {
    let metric_id = shown.finding.metric.as_deref().filter(|_| shown.gate.kind == "drift")?;
    if metric_id.starts_with("psi_missing") || metric_id.ends_with("_rate_change") {
        return None;
    }
    let name = shown.finding.column.as_ref()?;
    let column = report.details.columns.iter().find(|column| column.name == *name)?;
    let (_, metric) = column.metrics.iter().find(|(id, _)| is_psi_of_values(id))?;
    let counts = metric.bins.as_ref()?.iter().map(|bin| (bin.reference.0, bin.candidate.0));
    bars(&counts.collect::<Vec<_>>(), charset)
}

/// What was found and the limit, short enough for a table.
pub(super) fn found_and_limit(finding: &FindingDetail) -> (String, String) {
    let sign = finding.comparator.map_or("", |comparator| comparator.met());
    let share = finding.broken.is_some()
        || finding.rule.ends_with("_change_max")
        || finding.rule.ends_with("_categories_max");
    let (found, limit) = match (&finding.observed, &finding.threshold) {
        (Some(QuantityDocument::Real(found)), Some(QuantityDocument::Real(limit))) if share => {
            (percent(*found), percent_limit(*limit))
        }
        (Some(QuantityDocument::Real(found)), Some(QuantityDocument::Real(limit))) => {
            if finding.rule.ends_with("p_min") {
                let found = if *found > 0.0 { significant(*found) } else { "<1e-300".to_owned() };
                (found, limit.to_string())
            } else {
                against(*found, *limit)
            }
        }
        (Some(QuantityDocument::Count(found)), Some(QuantityDocument::Count(limit)))
            if matches!(finding.rule.as_str(), "max_age" | "max_future") =>
        {
            (duration(*found), duration(*limit))
        }
        (None, Some(QuantityDocument::Real(limit))) if share => {
            ("–".to_owned(), percent_limit(*limit))
        }
        (found, limit) => (quantity(found.as_ref()), quantity(limit.as_ref())),
    };
    let limit = if finding.threshold.is_some() { format!("{sign} {limit}") } else { limit };
    (found, limit)
}

fn quantity(quantity: Option<&QuantityDocument>) -> String {
    match quantity {
        None => "–".to_owned(),
        Some(QuantityDocument::Count(count)) => exact(*count),
        Some(QuantityDocument::Real(value)) => significant(*value),
        Some(QuantityDocument::Text(text)) => text::printable(text),
    }
}
