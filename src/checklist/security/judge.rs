//! Reports of scanners held against what a security gate demands.

use super::findings::{self, SEPARATOR, held, listed};
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
    let count = all().count();
    let names = listed(all().map(|reason| text::phrase(reason)), count);
    let found = match count {
        0 => format!("nothing was left unscanned{SEPARATOR}"),
        1 => format!("1 thing could not be scanned{SEPARATOR}: {names}"),
        many => format!("{} things could not be scanned{SEPARATOR}: {names}", exact(many as u64)),
    };
    held(&rule.unscanned(), count as u64, &found)
}

fn suppressed(demand: &Demand, read: &[ScanFacts]) -> Answer {
    let all = || read.iter().flat_map(|facts| &facts.suppressed);
    let count = all().count();
    let names = listed(all().map(|finding| format!("`{}`", text::name(&finding.id))), count);
    let found = match count {
        0 => format!("no finding was suppressed{SEPARATOR}"),
        1 => format!("1 finding was suppressed{SEPARATOR}: {names}"),
        many => format!("{} findings were suppressed{SEPARATOR}: {names}", exact(many as u64)),
    };
    held(demand, count as u64, &found)
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
