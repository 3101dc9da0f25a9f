//! The steps of a verification: what was looked at, in order, and what came of it.

use serde_json::{Value, json};

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::print;
use super::trust_args::VerifyFormat;
use crate::report::render::headline;
use crate::verdict::text;
use crate::verification::{Refusal, VerifiedReport};

/// Why a verification ended before its last step.
pub(in crate::cli) enum Stopped {
    /// The evidence is refused.
    Refused(Refusal),
    /// Something could not be read.
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The steps so far.
#[derive(Default)]
pub(in crate::cli) struct Steps {
    done: Vec<Step>,
    current: &'static str,
}

struct Step {
    name: &'static str,
    state: &'static str,
    said: String,
}

impl Steps {
    /// Takes the result of a step, or stops at its refusal.
    ///
    /// # Errors
    /// [`Stopped::Refused`].
    pub(in crate::cli) fn take<T>(
        &mut self,
        name: &'static str,
        result: Result<T, Refusal>,
    ) -> Result<T, Stopped> {
        self.current = name;
        result.map_err(|refusal| {
            self.push("refused", refusal.code().to_owned());
            Stopped::Refused(refusal)
        })
    }

    /// Says what the step just taken has found.
    pub(in crate::cli) fn passed(&mut self, said: String) {
        self.push("ok", said);
    }

    /// Says that a step was not taken, and why.
    pub(in crate::cli) fn skipped(&mut self, name: &'static str, why: String) {
        self.current = name;
        self.push("skipped", why);
    }

    fn push(&mut self, state: &'static str, said: String) {
        self.done.push(Step { name: self.current, state, said });
    }

    /// Prints the steps of a report that is believed, and its verdict.
    ///
    /// # Errors
    /// [`Failure`] when standard output cannot be written.
    pub(in crate::cli) fn print_accepted(
        &self,
        report: &VerifiedReport,
        format: VerifyFormat,
    ) -> Result<(), Failure> {
        let verdict = report.verdict();
        match format {
            VerifyFormat::Json => self.print_json(&accepted(report)),
            VerifyFormat::Text => {
                let policy = text::name(&report.predicate().policy.name);
                self.print_text(&format!("{}  {policy}", headline(verdict)))
            }
        }
    }

    /// Prints the steps up to the one that refused.
    ///
    /// # Errors
    /// [`Failure`] when standard output cannot be written.
    pub(in crate::cli) fn print_refused(
        &self,
        refusal: &Refusal,
        format: VerifyFormat,
    ) -> Result<(), Failure> {
        match format {
            VerifyFormat::Json => self.print_json(&json!({
                "accepted": false,
                "exitCode": ExitCode::Refused as u8,
                "refusal": { "code": refusal.code(), "message": refusal.to_string() },
            })),
            VerifyFormat::Text => self.print_text("REFUSED"),
        }
    }

    fn print_text(&self, last: &str) -> Result<(), Failure> {
        print(|out| {
            for Step { name, state, said } in &self.done {
                writeln!(out, "{state:<8} {name:<10} {said}")?;
            }
            writeln!(out, "{last}")
        })
    }

    fn print_json(&self, document: &Value) -> Result<(), Failure> {
        let steps = self.done.iter().map(
            |Step { name, state, said }| json!({ "step": name, "state": state, "said": said }),
        );
        let mut document = document.clone();
        document["steps"] = steps.collect();
        print(|out| writeln!(out, "{document:#}"))
    }
}

fn accepted(report: &VerifiedReport) -> Value {
    let (predicate, found) = (report.predicate(), report.redecision());
    json!({
        "accepted": true,
        "verdict": report.verdict(),
        "exitCode": report.verdict().exit_code(),
        "reportId": predicate.report_id,
        "candidate": predicate.candidate.as_ref().map(|side| json!({ "snapshotId": side.snapshot_id })),
        "reference": predicate.reference.as_ref().map(|side| json!({ "snapshotId": side.snapshot_id })),
        "artifact": predicate.artifact,
        "selected": predicate.selected,
        "policy": predicate.policy,
        "evaluatedAt": predicate.evaluated_at,
        "expiresAt": predicate.expires_at,
        "environment": predicate.environment,
        "request": predicate.request,
        "signers": report.signers(),
        "checks": {
            "all": found.checks,
            "fromCounts": found.from_counts,
            "fromNumbers": found.from_numbers,
            "fromWords": found.from_words(),
        },
    })
}
