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
            if !covers(waiver, finding) {
                continue;
            }
            *count += 1;
            if now < waiver.expires && finding.waived.is_none() {
                finding.verdict = finding.verdict.min(Verdict::Warned);
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
        state: state(waiver, findings, now),
        findings,
    })
    .collect()
}

fn covers(waiver: &Waiver, finding: &Finding) -> bool {
    waiver.gate == finding.gate
        && waiver
            .column
            .as_ref()
            .is_none_or(|column| finding.subject.column.as_ref() == Some(column))
}

fn state(waiver: &Waiver, findings: usize, now: Timestamp) -> WaiverState {
    if now >= waiver.expires {
        WaiverState::Expired
    } else if findings > 0 {
        WaiverState::Applied
    } else {
        WaiverState::Unused
    }
}
