//! Failures that somebody has accepted for a while.

use super::{Finding, Verdict};
use crate::clock::Timestamp;
use crate::policy::Waiver;

/// Whose word turned a failure into a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires: Timestamp,
    /// The policy's line.
    pub line: usize,
}

/// What became of one waiver of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverUse {
    /// The waiver as written.
    pub waiver: Waiver,
    /// Whether it counted.
    pub state: WaiverState,
    /// Failures it covers: turned into warnings when applied, left standing when expired.
    pub findings: usize,
}

/// Whether a waiver counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverState {
    /// It turned a failure into a warning.
    Applied,
    /// Its time is over; it changes nothing.
    Expired,
    /// Nothing failed that it covers.
    Unused,
}

impl WaiverState {
    /// What becomes of a waiver that ends at `expires` and covers so many failures.
    #[must_use]
    pub fn of(expires: Timestamp, now: Timestamp, failures: u64) -> Self {
        if now >= expires {
            Self::Expired
        } else if failures > 0 {
            Self::Applied
        } else {
            Self::Unused
        }
    }
}

/// Where a finding stands, and what a waiver is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The gate.
    pub gate: &'a str,
    /// The column; for a waiver, every column of the gate when absent.
    pub column: Option<&'a str>,
}

impl Place<'_> {
    /// Whether a waiver for this place covers a finding at another.
    #[must_use]
    pub fn covers(self, finding: Place<'_>) -> bool {
        self.gate == finding.gate && self.column.is_none_or(|name| finding.column == Some(name))
    }
}

/// Applies the waivers to the findings of one check.
///
/// A waiver counts while `now` is before its expiry. It turns `failed` into `warned` and touches
/// nothing else: somebody may accept a failure they know, nobody can accept not knowing
/// (`inconclusive`, `error`). The first one that covers a finding is named on it.
pub(super) fn apply<'a>(
    waivers: &[Waiver],
    findings: impl Iterator<Item = &'a mut Finding>,
    now: Timestamp,
) -> Vec<WaiverUse> {
    let mut covered = vec![0; waivers.len()];
    for finding in findings.filter(|finding| finding.decision == Verdict::Failed) {
        for (waiver, count) in waivers.iter().zip(&mut covered) {
            if !place_of(waiver).covers(finding.place()) {
                continue;
            }
            *count += 1;
            if now < waiver.expires && finding.waived.is_none() {
                finding.verdict = finding.verdict.softened();
                finding.waived = Some(Waived {
                    owner: waiver.owner.clone(),
                    reason: waiver.reason.clone(),
                    expires: waiver.expires,
                    line: waiver.line,
                });
            }
        }
    }
    let uses = waivers.iter().zip(covered);
    uses.map(|(waiver, findings)| WaiverUse {
        waiver: waiver.clone(),
        state: WaiverState::of(waiver.expires, now, findings as u64),
        findings,
    })
    .collect()
}

fn place_of(waiver: &Waiver) -> Place<'_> {
    Place { gate: &waiver.gate, column: waiver.column.as_deref() }
}
