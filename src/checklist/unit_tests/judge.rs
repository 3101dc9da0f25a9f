//! Documents of test results held against what a tests gate demands.

use std::collections::BTreeMap;

use super::rule::{Most, TestsRule};
use crate::checklist::{Answer, Demand, Document, Doubt, Given};
use crate::evidence::{TestCounts, TestFacts, junit};
use crate::verdict::number::{counted, exact, percent, percent_limit};
use crate::verdict::{Quantity, Verdict, text};

/// One answer for each demand, and one more for each document that is not there, cannot be read, or
/// contradicts itself.
pub(super) fn judge(rule: &TestsRule, given: &Given<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    // Two patterns may meet one file: its tests are counted once.
    let mut read: BTreeMap<&str, TestFacts> = BTreeMap::new();
    for (need, (pattern, line)) in rule.junit.iter().enumerate() {
        let mut documents = given.of(need).peekable();
        if documents.peek().is_none() {
            answers.push(unread(*line, pattern, "no file fits the pattern"));
        }
        for document in documents {
            if read.contains_key(document.name.as_str()) {
                continue;
            }
            match facts_of(document) {
                Ok(facts) => {
                    answers.extend(contradictions(&facts, *line, &document.name));
                    read.insert(&document.name, facts);
                }
                Err(reason) => answers.push(unread(*line, &document.name, &reason)),
            }
        }
    }
    let run = Run::of(&read);
    answers.extend(run.answers(rule));
    answers
}

fn facts_of(document: &Document) -> Result<TestFacts, String> {
    let bytes = document.content.as_ref().map_err(Clone::clone)?;
    junit(bytes).map_err(|error| error.to_string())
}

fn unread(line: usize, name: &str, reason: &str) -> Answer {
    let sentence = format!("the results of tests cannot be read: {reason}");
    Answer::untold(Verdict::Error, "junit", line, &sentence).about(text::name(name))
}

fn contradictions(facts: &TestFacts, line: usize, name: &str) -> Vec<Answer> {
    let mut said: Vec<String> =
        facts.faults.iter().take(FAULTS_SAID).map(ToString::to_string).collect();
    let left = (facts.faults.len().saturating_sub(FAULTS_SAID) as u64)
        .saturating_add(facts.faults_omitted);
    if said.is_empty() {
        return Vec::new();
    }
    if left > 0 {
        said.push(format!("{left} more"));
    }
    let sentence = format!("the document contradicts itself: {}", said.join("; "));
    vec![Answer::untold(Verdict::Error, "junit", line, &sentence).about(text::name(name))]
}

/// Contradictions of one document that are told.
const FAULTS_SAID: usize = 3;

/// Names of tests in one sentence.
const NAMES_SAID: usize = 3;

/// All documents together.
struct Run {
    documents: u64,
    total: TestCounts,
    failures: Vec<String>,
    errors: Vec<String>,
    flaky: Vec<String>,
    suites: BTreeMap<String, TestCounts>,
}

impl Run {
    fn of(read: &BTreeMap<&str, TestFacts>) -> Self {
        let mut run = Self {
            documents: read.len() as u64,
            total: TestCounts::default(),
            failures: Vec::new(),
            errors: Vec::new(),
            flaky: Vec::new(),
            suites: BTreeMap::new(),
        };
        for facts in read.values() {
            run.total.add(&facts.total);
            run.failures.extend(facts.failures.iter().cloned());
            run.errors.extend(facts.errors.iter().cloned());
            run.flaky.extend(facts.flaky.iter().cloned());
            // Of suites inside each other with one name, the outer one counts the inner.
            let mut suites: BTreeMap<&str, TestCounts> = BTreeMap::new();
            for suite in &facts.suites {
                let known = suites.entry(&suite.name).or_default();
                if suite.counts.tests() > known.tests() {
                    *known = suite.counts;
                }
            }
            for (name, counts) in suites {
                run.suites.entry(name.to_owned()).or_default().add(&counts);
            }
        }
        run
    }

    fn answers(&self, rule: &TestsRule) -> Vec<Answer> {
        let mut answers = vec![
            self.answer(&rule.tests_min(), self.total.ran(), &self.ran()),
            self.answer(&rule.failed_max(), self.total.failed, &self.failed()),
            self.answer(&rule.errors_max(), self.total.errored, &self.errored()),
        ];
        if let Some(most) = rule.skipped_max {
            answers.push(self.most("skipped_max", most, self.total.skipped, "skipped", &[]));
        }
        if let Some(most) = rule.flaky_max {
            let words = "passed only when run again";
            answers.push(self.most("flaky_max", most, self.total.flaky, words, &self.flaky));
        }
        answers.extend(rule.suites.iter().map(|(name, line)| self.suite(name, *line)));
        answers
    }

    fn ran(&self) -> String {
        let (ran, skipped) = (self.total.ran(), self.total.skipped);
        let files = counted(self.documents, "file");
        match (ran, skipped) {
            (0, 0) => format!("no test in {files}"),
            (0, skipped) => format!("no test was run and {} skipped in {files}", exact(skipped)),
            (ran, 0) => format!("{} run in {files}", tests(ran)),
            (ran, skipped) => {
                format!("{} run, {} skipped in {files}", tests(ran), exact(skipped))
            }
        }
    }

    fn failed(&self) -> String {
        match self.total.failed {
            0 => "no test failed".to_owned(),
            failed => format!("{} failed{}", tests(failed), names(&self.failures, failed)),
        }
    }

    fn errored(&self) -> String {
        match self.total.errored {
            0 => "no test ended in an error".to_owned(),
            many => format!("{} ended in an error{}", tests(many), names(&self.errors, many)),
        }
    }

    fn answer(&self, demand: &Demand, observed: u64, found: &str) -> Answer {
        if self.documents == 0 {
            let sentence = "no results of tests could be read";
            return Answer::untold(Verdict::Error, &demand.rule, demand.line, sentence);
        }
        let limit = match demand.threshold {
            Quantity::Count(limit) => exact(limit),
            _ => String::new(),
        };
        let answer = Answer::count(observed, demand, Doubt::None, "");
        let sign = sign(answer.decision, demand);
        Answer { sentence: text::printable(&format!("{found} {sign} {limit}")), ..answer }
    }

    fn most(&self, rule: &str, most: Most, observed: u64, words: &str, first: &[String]) -> Answer {
        let demand = most.demand(rule);
        let named = names(first, observed);
        let Most::Share(limit) = most else {
            let found = format!("{} {words}{named}", tests(observed));
            return self.answer(&demand, observed, &found);
        };
        let all = self.total.tests();
        let Some(share) = crate::quantity::Fraction::of(observed.min(all), all) else {
            let sentence = "there is no test to take a share of";
            let verdict = if self.documents == 0 { Verdict::Error } else { Verdict::Inconclusive };
            return Answer::untold(verdict, rule, limit.line, sentence);
        };
        let answer = Answer::real(share.value(), None, &demand, Doubt::None, "");
        let sign = sign(answer.decision, &demand);
        let (found, limit) = (percent(share.value()), percent_limit(limit.value));
        let sentence = format!(
            "{} of {} {words} ({found}){named} {sign} {limit}",
            exact(observed),
            tests(all)
        );
        Answer { sentence: text::printable(&sentence), ..answer }
    }

    fn suite(&self, name: &str, line: usize) -> Answer {
        let demand = TestsRule::suite(name, line);
        let counts = self.suites.get(name).copied();
        let observed = counts.map_or(0, |counts| counts.ran());
        let found = match counts {
            None => "there is no such suite: 0 tests run".to_owned(),
            Some(counts) if observed == 0 => {
                format!("{} skipped, 0 run", tests(counts.skipped))
            }
            Some(_) => format!("{} run", tests(observed)),
        };
        self.answer(&demand, observed, &found).about(text::name(name))
    }
}

fn tests(count: u64) -> String {
    counted(count, "test")
}

/// The first names in brackets, and how many there are beside them; nothing when none is known.
fn names(first: &[String], all: u64) -> String {
    let shown: Vec<String> =
        first.iter().take(NAMES_SAID).map(|name| format!("`{name}`")).collect();
    if shown.is_empty() {
        return String::new();
    }
    match all.saturating_sub(shown.len() as u64) {
        0 => format!(" ({})", shown.join(", ")),
        left => format!(" ({} and {} more)", shown.join(", "), exact(left)),
    }
}

fn sign(decision: Verdict, demand: &Demand) -> &'static str {
    if decision == Verdict::Passed { demand.comparator.met() } else { demand.comparator.broken() }
}
