//! The reports of a security gate, one by one: whether they are there, whole and new enough.

use std::collections::BTreeSet;

use super::rule::{Format, Report, SecurityRule, Undated};
use crate::checklist::{Answer, Demand, Document, Doubt, Given};
use crate::clock::Timestamp;
use crate::evidence::ScanFacts;
use crate::verdict::number::{duration, exact};
use crate::verdict::{Quantity, Verdict, text};

/// What was read, and the answers about what was not.
pub(super) struct Scans {
    pub(super) read: Vec<ScanFacts>,
    pub(super) answers: Vec<Answer>,
}

impl Scans {
    pub(super) fn of(rule: &SecurityRule, given: &Given<'_>) -> Self {
        let mut scans = Self { read: Vec::new(), answers: Vec::new() };
        // Two patterns of one format may meet one file: its findings are counted once.
        let mut seen = BTreeSet::new();
        for (need, report) in rule.reports.iter().enumerate() {
            let mut documents = given.of(need).peekable();
            if documents.peek().is_none() {
                scans.untold(report, &report.pattern, "no file fits the pattern");
            }
            for document in documents {
                if seen.insert((report.format.as_str(), &document.name)) {
                    scans.take(rule, report, document, given.now);
                }
            }
        }
        scans
    }

    fn take(&mut self, rule: &SecurityRule, report: &Report, document: &Document, now: Timestamp) {
        let facts = document
            .content
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|bytes| report.format.read(bytes).map_err(|error| error.to_string()));
        let facts = match facts {
            Ok(facts) => facts,
            Err(reason) => return self.untold(report, &document.name, &reason),
        };
        for failure in facts.failures.iter().take(FAILURES_SAID) {
            let sentence = format!("the scan did not succeed: {}", text::phrase(failure));
            let answer = Answer::untold(Verdict::Error, "reports", report.line, &sentence);
            self.answers.push(answer.about(text::name(&document.name)));
        }
        let about = |answer: Answer| answer.about(text::name(&document.name));
        self.answers.push(about(scanned(&rule.scanned(), report.format, &facts)));
        // Where an age is demanded, its own answer says so.
        let at = facts.scanned_at.filter(|&at| rule.age().is_none() && is_future(at, now));
        if let Some(at) = at {
            let sentence = later("scan", at, now);
            let answer = Answer::untold(Verdict::Error, "reports", report.line, &sentence);
            self.answers.push(about(answer));
        }
        if let Some(demand) = rule.age() {
            // Without a time of its own, a scan is no older than what it knew.
            let at = facts.scanned_at.or(facts.database_at);
            self.answers.extend(age(&demand, "scan", at, rule.undated, now).map(about));
        }
        if let Some(demand) = rule.database_age() {
            let at = facts.database_at;
            self.answers.extend(age(&demand, "database", at, rule.undated, now).map(about));
        }
        self.read.push(facts);
    }

    fn untold(&mut self, report: &Report, name: &str, reason: &str) {
        let format = report.format.as_str();
        let sentence = format!("the report cannot be read as {format}: {reason}");
        let answer = Answer::untold(Verdict::Error, "reports", report.line, &sentence);
        self.answers.push(answer.about(text::name(name)));
    }
}

/// Reasons of one report that are told.
const FAILURES_SAID: usize = 3;

/// How far a report may lie in the future: clocks of two machines seldom differ by more.
const FUTURE_SECONDS_MAX: i64 = 300;

fn scanned(demand: &Demand, format: Format, facts: &ScanFacts) -> Answer {
    let tool = text::name(&facts.tool);
    let [one, many] = format.nouns();
    let sentence = match facts.looked_at {
        0 => "the scan looked at nothing".to_owned(),
        1 => format!("{tool} looked at 1 {one}"),
        count => format!("{tool} looked at {} {many}", exact(count)),
    };
    Answer::count(facts.looked_at, demand, Doubt::None, sentence)
}

fn is_future(at: Timestamp, now: Timestamp) -> bool {
    at.unix_seconds() - now.unix_seconds() > FUTURE_SECONDS_MAX
}

fn later(what: &str, at: Timestamp, now: Timestamp) -> String {
    format!("the {what} is of {at}, which is later than now ({now})")
}

/// The age of a scan or its database held against the oldest that is allowed; nothing when it has
/// none and needs none.
fn age(
    demand: &Demand,
    what: &str,
    at: Option<Timestamp>,
    undated: Undated,
    now: Timestamp,
) -> Option<Answer> {
    let untold =
        |sentence: &str| Some(Answer::untold(Verdict::Error, &demand.rule, demand.line, sentence));
    let Some(at) = at else {
        return match undated {
            Undated::Allowed => None,
            Undated::Refused => untold(&format!("the report does not say how old its {what} is")),
        };
    };
    if is_future(at, now) {
        return untold(&later(what, at, now));
    }
    let seconds = u64::try_from(now.unix_seconds() - at.unix_seconds()).unwrap_or(0);
    let limit = match demand.threshold {
        Quantity::Count(limit) => duration(limit),
        _ => String::new(),
    };
    let answer = Answer::count(seconds, demand, Doubt::None, "");
    let sign = if answer.decision == Verdict::Passed { "≤" } else { ">" };
    let sentence = format!("the {what} of {at} is {} old {sign} {limit}", duration(seconds));
    Some(Answer { sentence, ..answer })
}
