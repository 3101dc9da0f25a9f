//! How much a policy may ask of the columns at hand.
//!
//! A policy is small and a snapshot's schema is small, but their product is not: a thousand gates
//! on each of ten thousand columns make more findings than memory holds.

use crate::policy::{GateKind, Policy, Selector};
use crate::yaml::Faults;

/// Most comparisons of a glob, tag or type with a column; some seconds of work.
pub const COMPARISONS_MAX: usize = 20_000_000;
/// Most tags and promises that column rules give to columns, a rule that gives none counted as one.
pub const MARKS_MAX: usize = 500_000;
/// Most findings of one check: each limit and promise on each column. A signed report holds them.
pub const FINDINGS_MAX: usize = 200_000;
/// Most waivers, each of which is held against every finding.
pub const WAIVERS_MAX: usize = 1_000;

/// The policy asks for more than a limit allows, and a fault says so: nothing more is bound.
pub(super) struct TooMuch;

/// Something counted against its limit.
#[derive(Default)]
pub(super) struct Spent(usize);

impl Spent {
    /// Counts some more of it; `what` names it in the fault.
    pub(super) fn add(
        &mut self,
        more: usize,
        (max, what): (usize, &str),
        line: usize,
        faults: &mut Faults,
    ) -> Result<(), TooMuch> {
        self.0 = self.0.saturating_add(more);
        if self.0 <= max {
            return Ok(());
        }
        faults.add_on_line(line, format!("the policy makes more than {max} {what} up to here"));
        Err(TooMuch)
    }
}

/// Holds what can be counted without looking at a column to its limits.
pub(super) fn refuse_excess(
    policy: &Policy,
    columns: usize,
    faults: &mut Faults,
) -> Result<(), TooMuch> {
    let mut waivers = Spent::default();
    for waiver in &policy.waivers {
        waivers.add(1, (WAIVERS_MAX, "waivers"), waiver.line, faults)?;
    }
    let mut comparisons = Spent::default();
    let of_rules = policy.columns.iter().map(|rule| &rule.selector);
    let of_gates = policy.gates.iter().filter_map(|gate| match &gate.kind {
        GateKind::Drift(rule) => Some(&rule.columns),
        GateKind::Expectations(rule) => Some(&rule.columns),
        GateKind::Schema(_)
        | GateKind::Volume(_)
        | GateKind::Freshness(_)
        | GateKind::Checklist(_) => None,
    });
    for selector in of_rules.chain(of_gates) {
        let more = criteria(selector).saturating_mul(columns);
        let limit = (COMPARISONS_MAX, "comparisons with columns");
        comparisons.add(more, limit, selector.line, faults)?;
    }
    Ok(())
}

/// What of a selector has to be held against each column; a name is looked up.
fn criteria(mut selector: &Selector) -> usize {
    let mut count = 0;
    loop {
        count += selector.globs.len() + selector.tags.len() + selector.types.len();
        match &selector.except {
            Some(except) => selector = except,
            None => return count,
        }
    }
}
