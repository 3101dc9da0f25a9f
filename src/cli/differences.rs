//! How two environments differ, for people and for programs.

use std::path::Path;

use serde_json::{Value, json};

use super::env_args::EnvFormat;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::print;
use crate::evidence::capture::Unknown;
use crate::evidence::tree::{Change, Comparison, Difference};
use crate::verdict::text;

/// What was found.
pub(in crate::cli) struct Differences {
    /// What differs.
    pub(in crate::cli) found: Comparison,
    /// What nobody knows.
    pub(in crate::cli) unknown: Vec<Unknown>,
}

impl Differences {
    /// Differences of things that are known.
    pub(in crate::cli) fn of(found: Comparison) -> Self {
        Self { found, unknown: Vec::new() }
    }

    /// 1 for a difference; 3 where nobody can tell: something is unknown, or there was nothing to
    /// compare.
    fn code(&self) -> ExitCode {
        if !self.found.differences.is_empty() {
            ExitCode::Failed
        } else if !self.unknown.is_empty() || self.found.compared == 0 {
            ExitCode::Inconclusive
        } else {
            ExitCode::Passed
        }
    }

    fn document(&self) -> Value {
        let differences: Vec<Value> = self.found.differences.iter().map(difference).collect();
        let unknown: Vec<Value> = self
            .unknown
            .iter()
            .map(|unknown| json!({"path": unknown.path, "reason": unknown.reason}))
            .collect();
        json!({
            "same": self.code() == ExitCode::Passed,
            "differences": differences,
            "unknown": unknown,
            "ignored": self.found.ignored,
            "compared": self.found.compared,
        })
    }
}

fn difference(difference: &Difference) -> Value {
    let Difference { file, path, change } = difference;
    let (kind, reference, candidate) = match change {
        Change::OnlyReference(value) => ("only_reference", Some(value), None),
        Change::OnlyCandidate(value) => ("only_candidate", None, Some(value)),
        Change::Values { reference, candidate } => ("values", Some(reference), Some(candidate)),
    };
    json!({
        "file": file,
        "path": path,
        "change": kind,
        "reference": reference,
        "candidate": candidate,
        "sentence": difference.to_string(),
    })
}

/// Prints what was found; gives the exit code.
///
/// # Errors
/// [`Failure`] when standard output cannot be written.
pub(in crate::cli) fn print_differences(
    found: &Differences,
    [reference, candidate]: [&Path; 2],
    format: EnvFormat,
) -> Result<ExitCode, Failure> {
    let path = |path: &Path| text::printable(&path.display().to_string());
    print(|out| {
        if format == EnvFormat::Json {
            return writeln!(out, "{:#}", found.document());
        }
        writeln!(out, "reference  {}", path(reference))?;
        writeln!(out, "candidate  {}", path(candidate))?;
        for difference in &found.found.differences {
            writeln!(out, "  {difference}")?;
        }
        for unknown in &found.unknown {
            let [path, reason] = [&unknown.path, &unknown.reason].map(|text| text::phrase(text));
            writeln!(out, "  `{path}` cannot be compared: {reason}")?;
        }
        let (differences, compared) = (found.found.differences.len(), found.found.compared);
        let (unknown, ignored) = (found.unknown.len(), found.found.ignored);
        match found.code() {
            ExitCode::Inconclusive if compared == 0 => writeln!(out, "nothing to compare"),
            _ => writeln!(
                out,
                "differences: {differences}, unknown: {unknown}, ignored: {ignored}, of {compared} \
                 values"
            ),
        }
    })?;
    Ok(found.code())
}
