//! What a document of test results says.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::JunitFault;

/// What a document of test results says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TestFacts {
    /// Every suite, in the order of the document, each with what the suites inside of it hold.
    pub suites: Vec<TestSuite>,
    /// All test cases together.
    pub total: TestCounts,
    /// Names of the first [`NAMES_KEPT`](crate::evidence::NAMES_KEPT) cases that failed, safe to
    /// print.
    pub failures: Vec<String>,
    /// Names of the first cases, or suites, that had an error.
    pub errors: Vec<String>,
    /// Names of the first cases that passed only when they were run again.
    pub flaky: Vec<String>,
    /// The first attributes that contradict the cases.
    pub faults: Vec<JunitFault>,
    /// Contradictions beyond those.
    pub faults_omitted: u64,
}

/// One suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TestSuite {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its test cases, those of suites inside of it too.
    pub counts: TestCounts,
}

/// How test cases ended. Each is counted once, as the worst that is said of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TestCounts {
    /// Passed, at the last try at least.
    pub passed: u64,
    /// An assertion failed.
    pub failed: u64,
    /// The test could not be run to its end.
    pub errored: u64,
    /// Not run.
    pub skipped: u64,
    /// Of those that passed: only when run again.
    pub flaky: u64,
    /// Seconds that the cases took, as far as they say.
    pub seconds: f64,
}

impl TestCounts {
    /// All cases.
    #[must_use]
    pub fn tests(&self) -> u64 {
        self.ran().saturating_add(self.skipped)
    }

    /// Cases that were run.
    #[must_use]
    pub fn ran(&self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.errored)
    }

    /// Adds the cases of another.
    pub fn add(&mut self, other: &Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.errored = self.errored.saturating_add(other.errored);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.flaky = self.flaky.saturating_add(other.flaky);
        self.seconds += other.seconds;
    }
}
