//! An issue about a decision: its title, its text, and by what it is found again.

use super::decision::{Decision, DecisionKind};
use crate::verdict::text;

/// An issue as it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issue {
    pub(super) title: String,
    pub(super) body: String,
    /// Stands in the body, and in the body of no issue about another event.
    pub(super) mark: String,
}

impl Issue {
    pub(super) fn of(decision: &Decision) -> Self {
        let mark = decision.event.digest.to_string();
        let headline = decision.headline();
        let mut lines = vec![
            format!("{headline} at {}.", decision.at),
            String::new(),
            format!("| model | {} |", decision.model),
            "| --- | --- |".to_owned(),
            format!("| version | {} |", decision.version),
        ];
        let mut row = |name: &str, value: Option<String>| {
            lines.extend(value.map(|value| format!("| {name} | {value} |")));
        };
        row("version before", decision.from_version.as_ref().map(ToString::to_string));
        row("environment", Some(decision.environment.to_string()));
        row("training data", decision.snapshot.map(|id| format!("`{id}`")));
        row("event", Some(format!("`{}`", decision.event)));
        row("ledger head", Some(format!("`{}`", decision.ledger_head)));
        if let Some(reason) = &decision.reason {
            // As code, so that words of one person cannot name others or look like something else.
            lines.extend([String::new(), "Why:".to_owned(), String::new()]);
            let reason = reason.as_ref().lines();
            lines.extend(reason.map(|line| format!("    {}", text::printable(line))));
        }
        lines.push(String::new());
        lines.push(format!("<!-- driftgate event {mark} -->"));
        let title = match decision.kind {
            DecisionKind::Promoted => headline,
            DecisionKind::RolledBack => format!("Incident: {headline}"),
        };
        Self { title, body: lines.join("\n"), mark }
    }

    /// Whether a text is that of an issue about the event.
    pub(super) fn is_told_in(&self, body: &str) -> bool {
        body.contains(&self.mark)
    }
}
