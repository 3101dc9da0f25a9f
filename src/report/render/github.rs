//! GitHub workflow commands: an annotation beside the policy's line for each finding that needs
//! a person.
//!
//! Source of the escaping rules: `actions/toolkit`, `packages/core/src/command.ts`
//! (<https://github.com/actions/toolkit>): `%`, CR and LF everywhere, `:` and `,` in properties.

use std::io::{self, Write};

use super::label::{Shown, word, worst_first};
use crate::gate::Verdict;
use crate::report::Report;

/// Writes one `::error` or `::warning` line for each finding that did not pass, worst first, and
/// nothing else. `policy_path` is the policy's path in the repository.
///
/// # Errors
/// Those of the writer.
pub fn render(report: &Report, policy_path: &str, out: &mut dyn Write) -> io::Result<()> {
    let shown = worst_first(report);
    for shown in shown.iter().filter(|shown| shown.finding.verdict != Verdict::Passed) {
        annotation(shown, policy_path, out)?;
    }
    Ok(())
}

fn annotation(shown: &Shown<'_>, policy_path: &str, out: &mut dyn Write) -> io::Result<()> {
    let verdict = shown.finding.verdict;
    let command = if verdict == Verdict::Warned { "warning" } else { "error" };
    let title = format!("{} {}", word(verdict), shown.name());
    writeln!(
        out,
        "::{command} file={},line={},title={}::{}",
        property(policy_path),
        shown.finding.line,
        property(&title),
        data(&shown.sentence(policy_path)),
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
