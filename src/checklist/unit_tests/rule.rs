//! What a tests gate demands.

use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::verdict::{Comparator, Threshold};

/// What a tests gate demands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TestsRule {
    /// Patterns of files, with their lines.
    pub(super) junit: Vec<(String, usize)>,
    /// Fewest tests that were run.
    pub(super) tests_min: (u64, usize),
    /// Most tests that failed.
    pub(super) failed_max: (u64, usize),
    /// Most tests that were skipped.
    pub(super) skipped_max: Option<Most>,
    /// Most tests that passed only when they were run again.
    pub(super) flaky_max: Option<Most>,
    /// Suites that must be there with a test that was run, with their lines.
    pub(super) suites: Vec<(String, usize)>,
    /// Where the gate stands.
    pub(super) line: usize,
}

/// The most that is tolerated of something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Most {
    /// So many tests.
    Count(u64, usize),
    /// This share of all tests.
    Share(Threshold),
}

impl Most {
    pub(super) fn demand(self, rule: &str) -> Demand {
        match self {
            Self::Count(most, line) => Demand::count(rule, Comparator::AtMost, most, line),
            Self::Share(most) => Demand::real(rule, Comparator::AtMost, most),
        }
    }
}

impl TestsRule {
    pub(super) fn tests_min(&self) -> Demand {
        let (least, line) = self.tests_min;
        Demand::count("tests_min", Comparator::AtLeast, least, line)
    }

    pub(super) fn failed_max(&self) -> Demand {
        let (most, line) = self.failed_max;
        Demand::count("failed_max", Comparator::AtMost, most, line)
    }

    /// A test that could not be run to its end tells nothing: no number of them is tolerated.
    pub(super) fn errors_max(&self) -> Demand {
        Demand::count("errors_max", Comparator::AtMost, 0, self.line)
    }

    pub(super) fn suite(name: &str, line: usize) -> Demand {
        Demand::count(&format!("suites.{name}"), Comparator::AtLeast, 1, line)
    }
}

impl Criterion for TestsRule {
    fn needs(&self) -> Vec<Need> {
        let files = |(pattern, line): &(String, usize)| Need::Files {
            pattern: pattern.clone(),
            line: *line,
        };
        self.junit.iter().map(files).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let mut demands = vec![self.tests_min(), self.failed_max(), self.errors_max()];
        demands.extend(self.skipped_max.map(|most| most.demand("skipped_max")));
        demands.extend(self.flaky_max.map(|most| most.demand("flaky_max")));
        demands.extend(self.suites.iter().map(|(name, line)| Self::suite(name, *line)));
        demands
    }

    fn terms(&self) -> Vec<(String, String)> {
        let patterns: Vec<&str> = self.junit.iter().map(|(pattern, _)| pattern.as_str()).collect();
        vec![("junit".to_owned(), patterns.join(", "))]
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
