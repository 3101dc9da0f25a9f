//! Reports of scanners held against what a security gate demands.

use super::findings::{self, held, listed};
use super::rule::SecurityRule;
use super::scans::Scans;
use crate::checklist::{Answer, Demand, Given};
use crate::evidence::ScanFacts;
use crate::verdict::number::exact;
use crate::verdict::{Verdict, text};

/// The answers about each report, then those about all findings together.
pub(super) fn judge(rule: &SecurityRule, given: &Given<'_>) -> Vec<Answer> {
    let Scans { read, mut answers } = Scans::of(rule, given);
    if !read.is_empty() {
        answers.extend(findings::answers(rule, &read, given.now));
        answers.push(unscanned(rule, &read));
        answers.extend(rule.suppressed().map(|demand| suppressed(&demand, &read)));
    }
    // What no report could answer is not left out.
    for demand in crate::checklist::Criterion::demands(rule) {
        if !answers.iter().any(|answer| answer.rule == demand.rule) {
            answers.push(unanswered(rule, &demand, &read));
        }
    }
    answers
}

fn unscanned(rule: &SecurityRule, read: &[ScanFacts]) -> Answer {
    let all = || read.iter().flat_map(|facts| &facts.unscanned);
    let names = all().map(|reason| text::phrase(reason));
    let found = match all().count() {
        0 => "nothing was left unscanned".to_owned(),
        1 => "1 thing could not be scanned".to_owned(),
        many => format!("{} things could not be scanned", exact(many as u64)),
    };
    named(&rule.unscanned(), all().count(), &found, names)
}

fn suppressed(demand: &Demand, read: &[ScanFacts]) -> Answer {
    let all = || read.iter().flat_map(|facts| &facts.suppressed);
    let names = all().map(|finding| format!("`{}`", text::name(&finding.id)));
    let found = match all().count() {
        0 => "no finding was suppressed".to_owned(),
        1 => "1 finding was suppressed".to_owned(),
        many => format!("{} findings were suppressed", exact(many as u64)),
    };
    named(demand, all().count(), &found, names)
}

fn named(
    demand: &Demand,
    count: usize,
    found: &str,
    names: impl Iterator<Item = String>,
) -> Answer {
    let names = match listed(names, count) {
        list if list.is_empty() => list,
        list => format!(": {list}"),
    };
    held(demand, count as u64, found, &names)
}

/// An age that no report has, where the policy lets that pass, or a demand of which nothing is known.
fn unanswered(rule: &SecurityRule, demand: &Demand, read: &[ScanFacts]) -> Answer {
    let is_age = [rule.age(), rule.database_age()].iter().flatten().any(|age| age == demand);
    if is_age && !read.is_empty() {
        let sentence = "no report says how old it is";
        return Answer::untold(Verdict::Inconclusive, &demand.rule, demand.line, sentence);
    }
    Answer::untold(Verdict::Error, &demand.rule, demand.line, "no report could be read")
}
