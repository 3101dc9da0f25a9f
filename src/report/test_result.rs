//! The answer in the words of in-toto's `test-result`, for consumers that know no gate report.
//!
//! It holds less than the report: who can read a gate report should.

use schemars::JsonSchema;
use serde::Serialize;

use super::statement::{STATEMENT_TYPE, SUBJECT_NAME};
use super::{Predicate, ResourceDescriptor};
use crate::gate::Verdict;

/// The type of a test result's predicate.
pub const TEST_RESULT_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// The file name of the signed test result in a folder that a check writes.
pub const TEST_RESULT_NAME: &str = "test-result.dsse.json";

/// The file name of its sigstore bundle.
pub const TEST_RESULT_BUNDLE_NAME: &str = "test-result.sigstore.json";

/// What came out, gate by gate. Source: in-toto attestation, predicate *Test Result* v0.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// The answer.
    pub result: TestOutcome,
    /// The policy, then the reference's manifest.
    pub configuration: Vec<ResourceDescriptor>,
    /// Gates that passed.
    pub passed_tests: Vec<String>,
    /// Gates that passed with warnings.
    pub warned_tests: Vec<String>,
    /// Gates that failed, could not be asked, or could not tell.
    pub failed_tests: Vec<String>,
}

/// The three answers that the predicate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TestOutcome {
    /// Everything passed.
    Passed,
    /// Passed, with warnings.
    Warned,
    /// Anything else: the predicate has no word for too little evidence, which is no pass.
    Failed,
}

impl TestResult {
    /// What a report comes to.
    #[must_use]
    pub fn of(predicate: &Predicate) -> Self {
        let named = |outcome: TestOutcome| {
            let gates = predicate.gates.iter();
            let gates = gates.filter(|gate| TestOutcome::of(gate.verdict) == outcome);
            gates.map(|gate| gate.name.clone()).collect()
        };
        let policy = ResourceDescriptor {
            name: predicate.policy.name.clone(),
            digest: predicate.policy.digest.clone(),
            media_type: None,
        };
        let reference = predicate.reference.as_ref().map(|reference| {
            let id = &reference.snapshot_id;
            let hex = id.strip_prefix("sha256:").unwrap_or(id);
            ResourceDescriptor::sha256(&format!("reference/{SUBJECT_NAME}"), hex)
        });
        Self {
            result: TestOutcome::of(predicate.verdict),
            configuration: std::iter::once(policy).chain(reference).collect(),
            passed_tests: named(TestOutcome::Passed),
            warned_tests: named(TestOutcome::Warned),
            failed_tests: named(TestOutcome::Failed),
        }
    }

    /// The bytes to sign: a statement on what was judged.
    ///
    /// # Panics
    /// Never: a test result has string keys.
    #[must_use]
    pub(super) fn statement(&self, subject: &ResourceDescriptor) -> Vec<u8> {
        let statement = TestResultStatement {
            statement_type: STATEMENT_TYPE,
            subject: [subject.clone()],
            predicate_type: TEST_RESULT_TYPE,
            predicate: self,
        };
        serde_json::to_vec(&statement).expect("a test result has string keys")
    }
}

impl TestOutcome {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Warned => Self::Warned,
            Verdict::Inconclusive | Verdict::Failed | Verdict::Error => Self::Failed,
        }
    }
}

#[derive(Serialize)]
struct TestResultStatement<'a> {
    #[serde(rename = "_type")]
    statement_type: &'static str,
    subject: [ResourceDescriptor; 1],
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: &'a TestResult,
}
