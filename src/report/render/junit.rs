//! JUnit XML: a suite for each gate, a test case for each finding.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::label::Shown;
use crate::gate::{Side, Verdict, text};
use crate::report::{GateDetail, Report};

/// Writes the report so that any CI server shows it. `failed` and `inconclusive` are failures of
/// that type, `error` is an error; nothing is ever "skipped", which servers colour like a pass. A
/// warning is a success whose output says what was found.
///
/// # Errors
/// Those of the writer.
pub fn render(report: &Report, policy_path: &str, out: &mut dyn Write) -> io::Result<()> {
    let name = text::name(&report.predicate.policy.name);
    let mut document = quick_junit::Report::new(name);
    document.add_test_suites(report.details.gates.iter().map(|gate| suite(gate, policy_path)));
    // The crate would hide the kind of the writer's error, and with it that a reader went away.
    let text = document.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn suite(gate: &GateDetail, policy_path: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::name(&gate.name));
    for finding in &gate.findings {
        suite.add_test_case(case(&Shown { gate, finding }, policy_path));
    }
    suite
}

fn case(shown: &Shown<'_>, policy_path: &str) -> TestCase {
    let (gate, finding) = (shown.gate, shown.finding);
    let sentence = shown.sentence(policy_path);
    let failed = |kind: NonSuccessKind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(finding.verdict.as_str()).set_message(finding.sentence.clone());
        status.set_description(sentence.clone());
        status
    };
    let status = match finding.verdict {
        Verdict::Passed | Verdict::Warned => TestCaseStatus::success(),
        Verdict::Inconclusive | Verdict::Failed => failed(NonSuccessKind::Failure),
        Verdict::Error => failed(NonSuccessKind::Error),
    };
    let column = finding.column.as_ref().map_or("snapshot".to_owned(), |name| text::name(name));
    let side = if finding.side == Some(Side::Reference) { " (reference)" } else { "" };
    let rule = text::printable(&finding.rule);
    let mut case = TestCase::new(format!("{column}: {rule}{side}"), status);
    case.set_classname(format!("{}.{}", gate.kind, text::name(&gate.name)));
    if finding.verdict == Verdict::Warned {
        case.set_system_out(sentence);
    }
    case
}
