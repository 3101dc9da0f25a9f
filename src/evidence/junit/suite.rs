//! A suite while it is read: what it claims, and what was counted in it.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use super::JunitFault;
use super::facts::TestCounts;

/// Attributes of an element, by name.
pub(super) type Attributes = BTreeMap<String, String>;

/// A suite that is open.
pub(super) struct OpenSuite {
    /// Its place in the list of suites; none for `<testsuites>`.
    pub(super) index: Option<usize>,
    pub(super) name: String,
    pub(super) counts: TestCounts,
    /// Cases that are the error of the teardown behind a failure: pytest counts the two as one test.
    doubles: u64,
    claims: Attributes,
    last: Option<(String, Outcome)>,
}

/// How a case ended, better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Passed,
    Skipped,
    Failed,
    Errored,
}

/// A case that is open.
pub(super) struct OpenCase {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) flaky: bool,
    seconds: f64,
}

impl OpenSuite {
    pub(super) fn new(index: Option<usize>, claims: Attributes) -> Self {
        let name = claims.get("name").cloned().unwrap_or_default();
        let counts = TestCounts::default();
        Self { index, name, counts, doubles: 0, claims, last: None }
    }

    pub(super) fn take_case(&mut self, case: &OpenCase) {
        let mut counts = TestCounts { seconds: case.seconds, ..TestCounts::default() };
        match case.outcome {
            Outcome::Passed => counts.passed = 1,
            Outcome::Skipped => counts.skipped = 1,
            Outcome::Failed => counts.failed = 1,
            Outcome::Errored => counts.errored = 1,
        }
        counts.flaky = u64::from(case.flaky && case.outcome == Outcome::Passed);
        self.counts.add(&counts);
        let again = self.last.take().is_some_and(|(name, outcome)| {
            name == case.name && (outcome, case.outcome) == (Outcome::Failed, Outcome::Errored)
        });
        self.doubles = self.doubles.saturating_add(u64::from(again));
        self.last = Some((case.name.clone(), case.outcome));
    }

    pub(super) fn take_suite(&mut self, inner: &Self) {
        self.counts.add(&inner.counts);
        self.doubles = self.doubles.saturating_add(inner.doubles);
    }

    /// An error or a failure of the suite itself.
    pub(super) fn take_error(&mut self) {
        self.counts.errored = self.counts.errored.saturating_add(1);
    }

    /// The attributes that are not what was counted.
    ///
    /// `tests` may leave out what was skipped, and pytest's double cases; `skipped` and `disabled`
    /// share what was skipped.
    pub(super) fn faults(&self) -> Vec<JunitFault> {
        let mut faults = Vec::new();
        let TestCounts { failed, errored, skipped, .. } = self.counts;
        let tests = self.counts.tests().saturating_sub(self.doubles);
        let tests_too = [self.counts.tests(), tests, tests.saturating_sub(skipped)];
        self.hold("tests", self.counts.tests(), &tests_too, &mut faults);
        self.hold("failures", failed, &[failed], &mut faults);
        self.hold("errors", errored, &[errored], &mut faults);
        let disabled = self.claims.get("disabled").and_then(|claimed| claimed.trim().parse().ok());
        let rest = skipped.saturating_sub(disabled.unwrap_or(0));
        self.hold("skipped", skipped, &[skipped, rest], &mut faults);
        faults
    }

    fn hold(
        &self,
        attribute: &'static str,
        counted: u64,
        fitting: &[u64],
        faults: &mut Vec<JunitFault>,
    ) {
        let Some(claimed) = self.claims.get(attribute).filter(|claimed| !claimed.is_empty()) else {
            return;
        };
        let number = claimed.trim().parse::<u64>().ok();
        if !number.is_some_and(|number| fitting.contains(&number)) {
            let (suite, claimed) = (self.name.clone(), claimed.clone());
            faults.push(JunitFault { suite, attribute, claimed, counted });
        }
    }
}

impl OpenCase {
    pub(super) fn new(attributes: &Attributes) -> Self {
        let get = |key: &str| attributes.get(key).map_or("", String::as_str);
        let name = match (get("classname"), get("name")) {
            ("", name) => name.to_owned(),
            (class, name) => format!("{class}::{name}"),
        };
        // GoogleTest and others have no element for it.
        let said = |word: &str| {
            get("status").eq_ignore_ascii_case(word) || get("result").eq_ignore_ascii_case(word)
        };
        let outcome = if ["failed", "fail", "failure", "error"].into_iter().any(said) {
            Outcome::Failed
        } else if ["notrun", "suppressed", "skipped", "disabled", "ignored", "pending"]
            .into_iter()
            .any(said)
        {
            Outcome::Skipped
        } else {
            Outcome::Passed
        };
        Self { name, outcome, flaky: false, seconds: seconds(get("time")) }
    }

    /// An element inside of the case; what is not known says nothing of how it ended.
    pub(super) fn take_element(&mut self, element: &str) {
        let outcome = match element {
            "failure" => Outcome::Failed,
            "error" => Outcome::Errored,
            "skipped" => Outcome::Skipped,
            "flakyFailure" | "flakyError" => {
                self.flaky = true;
                return;
            }
            _ => return,
        };
        self.outcome = self.outcome.max(outcome);
    }
}

/// Seconds, with the commas that some put between thousands; 0 where it is no such number.
fn seconds(text: &str) -> f64 {
    let seconds = text.replace(',', "").parse::<f64>().unwrap_or(0.0);
    if seconds.is_finite() && seconds > 0.0 { seconds } else { 0.0 }
}
