//! The findings of all reports, counted by severity.

use super::allowance::{Allowance, Allowed};
use super::rule::SecurityRule;
use crate::checklist::{Answer, Demand, Doubt};
use crate::clock::Timestamp;
use crate::evidence::{ScanFacts, SecurityFinding, Severity};
use crate::verdict::number::exact;
use crate::verdict::{Quantity, Verdict, text};

/// One answer for each severity that has a limit.
pub(super) fn answers(rule: &SecurityRule, read: &[ScanFacts], now: Timestamp) -> Vec<Answer> {
    let limits = Severity::ALL.into_iter().filter_map(|severity| {
        Some((severity, SecurityRule::most_of(severity, *rule.most.get(&severity)?)))
    });
    limits.map(|(severity, demand)| answer(rule, read, now, severity, &demand)).collect()
}

/// Findings of one severity, as the policy sorts them.
#[derive(Default)]
struct Sorted<'a> {
    counted: Vec<(&'a SecurityFinding, Option<&'a Allowance>)>,
    allowed: Vec<(&'a SecurityFinding, &'a Allowance)>,
}

fn answer(
    rule: &SecurityRule,
    read: &[ScanFacts],
    now: Timestamp,
    severity: Severity,
    demand: &Demand,
) -> Answer {
    let mut sorted = Sorted::default();
    let findings = read.iter().flat_map(|facts| &facts.findings);
    for finding in findings.filter(|finding| finding.severity == severity) {
        match Allowance::of(&rule.allow, finding, now) {
            Allowed::No => sorted.counted.push((finding, None)),
            Allowed::Once(entry) => sorted.counted.push((finding, Some(entry))),
            Allowed::Yes(entry) => sorted.allowed.push((finding, entry)),
        }
    }
    // Those whose allowance ended come first: somebody knows them.
    sorted.counted.sort_by_key(|(_, ended)| ended.is_none());
    let of_severity = match severity {
        Severity::Unknown => "of unknown severity".to_owned(),
        known => known.to_string(),
    };
    let count = sorted.counted.len() as u64;
    let found = match (count, severity) {
        (1, Severity::Unknown) => format!("1 finding {of_severity}"),
        (many, Severity::Unknown) => format!("{} findings {of_severity}", exact(many)),
        (1, _) => format!("1 {of_severity} finding"),
        (many, _) => format!("{} {of_severity} findings", exact(many)),
    };
    held(demand, count, &found, &(counted(&sorted) + &allowed(&sorted)))
}

/// A count of something held against the most that is allowed; the names follow the limit.
pub(super) fn held(demand: &Demand, count: u64, found: &str, names: &str) -> Answer {
    let limit = match demand.threshold {
        Quantity::Count(limit) => exact(limit),
        _ => String::new(),
    };
    let answer = Answer::count(count, demand, Doubt::None, "");
    let sign = if answer.decision == Verdict::Passed {
        demand.comparator.met()
    } else {
        demand.comparator.broken()
    };
    Answer { sentence: text::printable(&format!("{found} {sign} {limit}{names}")), ..answer }
}

fn counted(sorted: &Sorted<'_>) -> String {
    let names = sorted.counted.iter().map(|(finding, ended)| match ended {
        None => named(finding),
        Some(entry) => format!("{}, {}", named(finding), entry.ended()),
    });
    match listed(names, sorted.counted.len()) {
        list if list.is_empty() => list,
        list => format!(": {list}"),
    }
}

fn allowed(sorted: &Sorted<'_>) -> String {
    let names = sorted
        .allowed
        .iter()
        .map(|(finding, entry)| format!("{} {}", named(finding), entry.words()));
    match listed(names, sorted.allowed.len()) {
        list if list.is_empty() => list,
        list => format!("; {} allowed: {list}", exact(sorted.allowed.len() as u64)),
    }
}

/// `` `CVE-2024-3094` in xz 5.6.0 ``.
fn named(finding: &SecurityFinding) -> String {
    let mut said = format!("`{}`", text::name(&finding.id));
    match (&finding.package, &finding.version, &finding.place) {
        (Some(package), version, _) => {
            let version = version.as_ref().map_or_else(String::new, |v| format!(" {v}"));
            said += &format!(" in {}", text::name(&format!("{package}{version}")));
        }
        (None, _, Some(place)) => said += &format!(" in {}", text::name(place)),
        (None, _, None) => {}
    }
    said
}

/// The first of many things, and how many there are beside them.
pub(super) fn listed(names: impl Iterator<Item = String>, all: usize) -> String {
    let mut shown: Vec<String> = names.take(NAMES_SAID).collect();
    let left = all.saturating_sub(shown.len());
    if left > 0 {
        shown.push(format!("{} more", exact(left as u64)));
    }
    shown.join("; ")
}

/// Findings named in one sentence.
const NAMES_SAID: usize = 5;
