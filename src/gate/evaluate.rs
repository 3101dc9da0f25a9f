//! All gates of a policy against the facts.

use std::collections::BTreeMap;

use super::{Finding, NotApplicable, Subject, Verdict, WaiverUse};
use super::{checklist, drift, expectations, freshness, schema, volume, waiver};
use crate::checklist::{Document, Given};
use crate::clock::Timestamp;
use crate::contract::WideningRule;
use crate::measure::Measurement;
use crate::measure::predictions::PredictionsFacts;
use crate::policy::{CompiledGate, CompiledPolicy, GateKind, Policy, Severity};

/// What is known.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What was measured of the snapshots; absent where no gate is about them.
    pub measurement: Option<&'a Measurement>,
    /// The documents of each gate of the checklist, by its name.
    pub documents: &'a BTreeMap<String, Vec<Document>>,
    /// What was measured of predictions for gates of the checklist, by their names.
    pub predictions: &'a BTreeMap<String, PredictionsFacts>,
    /// The instant of the question.
    pub now: Timestamp,
}

/// The whole answer.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The worst of the gates; inconclusive for a policy without gates.
    pub verdict: Verdict,
    /// One result for each gate, in policy order.
    pub gates: Vec<GateResult>,
    /// Every waiver of the policy and what became of it.
    pub waivers: Vec<WaiverUse>,
}

/// One gate's answer.
#[derive(Debug, Clone)]
pub struct GateResult {
    /// Its name.
    pub name: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// Whether it stops or only warns.
    pub severity: Severity,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What came out in one line; with the policy's own words when it did not pass.
    pub message: String,
    /// At least one: a gate that looked at nothing says so, inconclusively.
    pub findings: Vec<Finding>,
    /// Demands without meaning for some columns.
    pub not_applicable: Vec<NotApplicable>,
}

/// Asks every gate of `compiled`, which is `policy` bound to the snapshots' schemas.
///
/// A gate about snapshots that were not measured is an error.
/// A gate of severity `warn` never blocks: whatever is worse than a warning becomes one, and the
/// finding's `decision` keeps what the numbers said. Then the waivers are applied.
#[must_use]
pub fn evaluate(facts: Facts<'_>, policy: &Policy, compiled: &CompiledPolicy) -> Evaluation {
    let mut judged: Vec<Judged> =
        compiled.gates.iter().map(|gate| judge(gate, facts, policy.widening)).collect();
    let findings = judged.iter_mut().flat_map(|gate| &mut gate.findings);
    let waivers = waiver::apply(&policy.waivers, findings, facts.now);
    let gates: Vec<GateResult> =
        compiled.gates.iter().zip(judged).map(|(gate, judged)| result(gate, judged)).collect();
    let verdict = Verdict::overall(gates.iter().map(|gate| gate.verdict));
    Evaluation { verdict, gates, waivers }
}

/// What one gate found before waivers.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) not_applicable: Vec<NotApplicable>,
}

fn judge(gate: &CompiledGate, facts: Facts<'_>, widening: WideningRule) -> Judged {
    let mut judged = match (&gate.rule.kind, facts.measurement) {
        (GateKind::Checklist(rule), _) => {
            let documents = facts.documents.get(&gate.rule.name);
            let documents = documents.map_or(&[][..], Vec::as_slice);
            let predictions = facts.predictions.get(&gate.rule.name);
            checklist::judge(&*rule.criterion, &Given { now: facts.now, documents, predictions })
        }
        (_, Some(measurement)) => judge_snapshots(gate, measurement, widening, facts.now),
        (_, None) => nothing(gate, Verdict::Error, "no snapshots were given"),
    };
    if judged.findings.is_empty() {
        judged = nothing(gate, Verdict::Inconclusive, "nothing was checked");
    }
    for finding in &mut judged.findings {
        finding.gate.clone_from(&gate.rule.name);
        if gate.rule.severity == Severity::Warn {
            finding.verdict = finding.verdict.softened();
        }
    }
    judged
}

fn nothing(gate: &CompiledGate, verdict: Verdict, sentence: &str) -> Judged {
    let finding = Finding::new(verdict, Subject::snapshot(), "checked", sentence.to_owned());
    Judged { findings: vec![finding.at(gate.rule.line)], not_applicable: Vec::new() }
}

fn judge_snapshots(
    gate: &CompiledGate,
    measurement: &Measurement,
    widening: WideningRule,
    now: Timestamp,
) -> Judged {
    let line = gate.rule.line;
    let only = |findings| Judged { findings, not_applicable: Vec::new() };
    match &gate.rule.kind {
        GateKind::Schema(rule) => only(schema::findings(*rule, measurement, widening, line)),
        GateKind::Expectations(_) => only(expectations::findings(&gate.checks, measurement)),
        GateKind::Drift(rule) => drift::judge(rule, &gate.columns, measurement, line),
        GateKind::Volume(rule) => only(volume::findings(*rule, measurement, line)),
        GateKind::Freshness(rule) => only(freshness::findings(rule, measurement, now)),
        GateKind::Checklist(_) => Judged::default(),
    }
}

fn result(gate: &CompiledGate, judged: Judged) -> GateResult {
    let verdict = Verdict::overall(judged.findings.iter().map(|finding| finding.verdict));
    let mut message = summary(&judged.findings);
    if let Some(words) = gate.rule.message.as_ref().filter(|_| verdict != Verdict::Passed) {
        message = format!("{message}: {words}");
    }
    GateResult {
        name: gate.rule.name.clone(),
        kind: gate.rule.kind.as_str(),
        severity: gate.rule.severity,
        owner: gate.rule.owner.clone(),
        verdict,
        message,
        findings: judged.findings,
        not_applicable: judged.not_applicable,
    }
}

/// `2 of 12 failed, 1 warned`, or `all 12 passed`.
fn summary(findings: &[Finding]) -> String {
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let all = findings.len();
    let worst_first = [Verdict::Error, Verdict::Failed, Verdict::Inconclusive, Verdict::Warned];
    let mut parts: Vec<String> = Vec::new();
    for (verdict, count) in worst_first.map(|verdict| (verdict, count(verdict))) {
        if count == 0 {
            continue;
        }
        let of = if parts.is_empty() { format!(" of {all}") } else { String::new() };
        let word =
            if verdict == Verdict::Error { "could not be measured" } else { verdict.as_str() };
        parts.push(format!("{count}{of} {word}"));
    }
    match (parts.is_empty(), all) {
        (true, 1) => "passed".to_owned(),
        (true, _) => format!("all {all} passed"),
        (false, _) => parts.join(", "),
    }
}
