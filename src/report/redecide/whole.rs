//! The whole report, decided again.

use super::check::{self, Outcome, Rest};
use super::column::Columns;
use super::{Disagreement, Figure};
use crate::checklist::KINDS;
use crate::clock::Timestamp;
use crate::gate::{Place, Verdict, WaiverState};
use crate::report::{
    CheckGroup, CheckResult, GateSummary, Predicate, SeverityDocument, WaiverDocument,
    WaiverStateDocument,
};

/// A report whose verdict follows from its numbers, and how much of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redecision {
    /// The verdict, which is the recorded one.
    pub verdict: Verdict,
    /// Checks on columns and snapshots.
    pub checks: u64,
    /// Those whose number was recomputed from signed counts, and decided again.
    pub from_counts: u64,
    /// Those decided again from the recorded number, which needs the data to recompute.
    pub from_numbers: u64,
}

impl Redecision {
    /// Checks that have no number to decide them by, or not all of it: they were held to what the
    /// report says of them, and did not pass on a number that is missing.
    #[must_use]
    pub fn from_words(&self) -> u64 {
        self.checks - self.from_counts - self.from_numbers
    }
}

/// Decides a report again, at the instant it was made.
///
/// # Errors
/// [`Disagreement`]: the first figure that does not follow from the others.
pub fn redecide(predicate: &Predicate) -> Result<Redecision, Disagreement> {
    let waivers = Waivers::of(predicate)?;
    let both = predicate.candidate.is_some() && predicate.reference.is_some();
    if let Some(gate) = predicate.gates.iter().find(|gate| !both && !is_of_checklist(gate)) {
        let wrong = Disagreement::of(Figure::Form, "about no snapshots", "about two snapshots");
        return Err(wrong.in_gate(&gate.name));
    }
    let mut columns = Columns::of(predicate)?;
    let mut found =
        Redecision { verdict: predicate.verdict, checks: 0, from_counts: 0, from_numbers: 0 };
    for gate in &predicate.gates {
        let verdict = gate_verdict(gate, &waivers, &mut columns, &mut found)
            .map_err(|disagreement| disagreement.in_gate(&gate.name))?;
        agree(Figure::GateVerdict, gate.verdict, verdict)
            .map_err(|disagreement| disagreement.in_gate(&gate.name))?;
    }
    let verdict = Verdict::overall(predicate.gates.iter().map(|gate| gate.verdict));
    agree(Figure::Verdict, predicate.verdict, verdict)?;
    agree(Figure::ExitCode, predicate.exit_code, verdict.exit_code())?;
    waivers.hold_to(predicate)?;
    Ok(found)
}

fn is_of_checklist(gate: &GateSummary) -> bool {
    KINDS.iter().any(|kind| kind.word == gate.kind)
}

/// The worst of a gate's checks, each decided again.
fn gate_verdict<'a>(
    gate: &'a GateSummary,
    waivers: &Waivers<'_>,
    columns: &mut Columns<'a>,
    found: &mut Redecision,
) -> Result<Verdict, Disagreement> {
    let mut worst = None;
    for group in &gate.checks {
        if group.results.is_empty() {
            let wrong = Disagreement::of(Figure::Form, "about nothing", "about something");
            return Err(wrong.at(&group.demand.rule, None));
        }
        for result in &group.results {
            let column = column_of(result);
            let at = |disagreement: Disagreement| disagreement.at(&group.demand.rule, column);
            let outcome = check::decide(&gate.kind, &group.demand, result, columns).map_err(at)?;
            decided(group, &outcome).map_err(at)?;
            let place = Place { gate: &gate.name, column };
            let verdict =
                waivers.apply(softened(group.demand.decision, gate.severity), group, place);
            agree(Figure::CheckVerdict, group.demand.verdict, verdict).map_err(at)?;
            worst = worst.max(Some(verdict));
            found.checks += 1;
            match outcome.rest {
                Rest::Counts => found.from_counts += 1,
                Rest::Numbers => found.from_numbers += 1,
                Rest::Words => {}
            }
        }
    }
    Ok(Verdict::overall(worst))
}

fn decided(group: &CheckGroup, outcome: &Outcome) -> Result<(), Disagreement> {
    let decision = group.demand.decision;
    if outcome.allowed.contains(&decision) {
        return Ok(());
    }
    let allowed: Vec<&str> = outcome.allowed.iter().map(|verdict| verdict.as_str()).collect();
    Err(Disagreement::of(Figure::Decision, decision, allowed.join(" or ")))
}

fn softened(decision: Verdict, severity: SeverityDocument) -> Verdict {
    match severity {
        SeverityDocument::Block => decision,
        SeverityDocument::Warn => decision.softened(),
    }
}

/// The column a result is about.
pub(super) fn column_of(result: &CheckResult) -> Option<&str> {
    match result {
        CheckResult::Estimate(column, ..)
        | CheckResult::Value(column, _)
        | CheckResult::Broken { column, .. } => column.as_deref(),
    }
}

/// The waivers of a report, with the instants they are judged by.
struct Waivers<'a> {
    now: Timestamp,
    each: Vec<(Place<'a>, Timestamp)>,
}

impl<'a> Waivers<'a> {
    fn of(predicate: &'a Predicate) -> Result<Self, Disagreement> {
        let instant = |text: &str| {
            let wrong = || Disagreement::of(Figure::Form, text, "an RFC 3339 instant");
            Timestamp::parse_rfc3339(text).ok_or_else(wrong)
        };
        let each = predicate.waivers.iter().map(|waiver| {
            let place = Place { gate: &waiver.gate, column: waiver.column.as_deref() };
            Ok((place, instant(&waiver.expires)?))
        });
        Ok(Self {
            now: instant(&predicate.evaluated_at)?,
            each: each.collect::<Result<_, Disagreement>>()?,
        })
    }

    /// What is left of a verdict where a waiver that has not expired covers the failure.
    fn apply(&self, verdict: Verdict, group: &CheckGroup, finding: Place<'_>) -> Verdict {
        let live = |(place, expires): &(Place<'_>, Timestamp)| {
            self.now < *expires && place.covers(finding)
        };
        let waived = group.demand.decision == Verdict::Failed && self.each.iter().any(live);
        if waived { verdict.softened() } else { verdict }
    }

    /// Whether each waiver's state and number of failures follow from the checks.
    fn hold_to(&self, predicate: &Predicate) -> Result<(), Disagreement> {
        for (waiver, (place, expires)) in predicate.waivers.iter().zip(&self.each) {
            let failures = failures(predicate, *place);
            let state = WaiverStateDocument::of(WaiverState::of(*expires, self.now, failures));
            held(waiver, failures, state).map_err(|wrong| wrong.in_gate(&waiver.gate))?;
        }
        Ok(())
    }
}

fn held(
    waiver: &WaiverDocument,
    failures: u64,
    state: WaiverStateDocument,
) -> Result<(), Disagreement> {
    agree(Figure::WaiverFindings, waiver.findings.0, failures)?;
    if waiver.state == state {
        return Ok(());
    }
    let word = |state| format!("{state:?}").to_lowercase();
    Err(Disagreement::of(Figure::WaiverState, word(waiver.state), word(state)))
}

/// Failures that a waiver for this place covers, whether it counts or not.
fn failures(predicate: &Predicate, place: Place<'_>) -> u64 {
    let of_gate = |gate: &GateSummary| {
        let failed = gate.checks.iter().filter(|group| group.demand.decision == Verdict::Failed);
        let results = failed.flat_map(|group| &group.results);
        let covered = results
            .filter(|result| place.covers(Place { gate: &gate.name, column: column_of(result) }));
        covered.count() as u64
    };
    predicate.gates.iter().map(of_gate).sum()
}

fn agree<T: PartialEq + ToString>(
    figure: Figure,
    recorded: T,
    expected: T,
) -> Result<(), Disagreement> {
    if recorded == expected {
        return Ok(());
    }
    Err(Disagreement::of(figure, recorded, expected))
}
