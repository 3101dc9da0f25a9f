//! What versions are tagged with.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::delivery::decision::{Decision, DecisionKind};
use crate::registry::event::VersionName;

/// What a version is tagged with that a decision names.
pub(super) fn tags(version: &VersionName, decision: &Decision) -> Vec<(&'static str, String)> {
    let word = match decision.kind {
        DecisionKind::Promoted => "promoted",
        DecisionKind::RolledBack if *version == decision.version => "rolled-back-to",
        DecisionKind::RolledBack => "rolled-back-from",
    };
    let mut tags = vec![
        (VERSION_TAG, version.to_string()),
        ("driftgate.decision", word.to_owned()),
        ("driftgate.environment", decision.environment.to_string()),
        ("driftgate.event", decision.event.to_string()),
        ("driftgate.ledger_head", decision.ledger_head.to_string()),
    ];
    if *version != decision.version {
        return tags;
    }
    tags.push(("driftgate.verdict", decision.answered.word().to_owned()));
    tags.extend(decision.snapshot.map(|id| ("driftgate.snapshot_id", id.to_string())));
    if !decision.reports.is_empty() {
        let shown = decision.reports.iter().take(REPORTS_MAX).map(ToString::to_string);
        let mut digests: Vec<String> = shown.collect();
        let more = decision.reports.len().saturating_sub(REPORTS_MAX);
        if more > 0 {
            digests.push(format!("+{more}"));
        }
        tags.push(("driftgate.report_digest", digests.join(",")));
    }
    tags
}

/// Our name for a version there.
pub(super) const VERSION_TAG: &str = "driftgate.version";

/// Digests that fit into a tag of 5,000 characters, the least that servers allow.
const REPORTS_MAX: usize = 70;
