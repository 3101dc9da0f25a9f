//! A log, its runs and their results.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::rules::{Message, Properties, Reference, Rules, Tool};
use crate::clock::Timestamp;
use crate::evidence::finding::{ScanFacts, SecurityFinding, Severity};
use crate::evidence::json::{self, ScanError, shown};

/// Reads a SARIF log. A log without a run, and a run without `results` (it did not get that far,
/// §3.14.23), have looked at nothing.
///
/// # Errors
/// [`ScanError`]: no strict JSON, another document, another version.
pub fn sarif(document: &[u8]) -> Result<ScanFacts, ScanError> {
    let log: Log = json::read(document)?;
    if log.version.as_deref() != Some("2.1.0") {
        let found = format!("the version {}", shown(log.version.as_deref()));
        return Err(ScanError::OtherFormat { expected: "a SARIF log of version 2.1.0", found });
    }
    let mut facts = ScanFacts::default();
    let mut undated = false;
    for run in log.runs {
        add_tool(&mut facts, &run.tool);
        match run.instant() {
            Some(instant) => {
                facts.scanned_at = Some(facts.scanned_at.map_or(instant, |at| at.min(instant)));
            }
            None => undated = true,
        }
        add_run(&mut facts, run);
    }
    if undated {
        facts.scanned_at = None;
    }
    Ok(facts)
}

fn add_tool(facts: &mut ScanFacts, tool: &Tool) {
    let driver = &tool.driver;
    if facts.tool.is_empty() {
        facts.version = driver.version.clone().or_else(|| driver.semantic_version.clone());
        facts.tool.clone_from(&driver.name);
    } else if !facts.tool.split(", ").any(|name| name == driver.name) {
        facts.version = None;
        facts.tool = format!("{}, {}", facts.tool, driver.name);
    }
}

fn add_run(facts: &mut ScanFacts, run: Run) {
    let name = &run.tool.driver.name;
    for invocation in run.invocations.iter().flatten() {
        if invocation.execution_successful == Some(false) {
            facts.failures.push(invocation.failure(name));
        }
        for notification in invocation.notifications.iter().flatten() {
            if notification.level.as_deref() == Some("error") {
                facts.unscanned.push(notification.words());
            }
        }
    }
    let Some(results) = run.results else {
        facts.failures.push(format!("the run of {name} has no `results`"));
        return;
    };
    facts.looked_at = facts.looked_at.saturating_add(1);
    let rules = Rules::of(&run.tool);
    for result in results {
        if !result.is_finding() {
            continue;
        }
        let suppressed = result.is_suppressed();
        let finding = result.into_finding(&rules, name);
        if suppressed {
            facts.suppressed.push(finding);
        } else {
            facts.findings.push(finding);
        }
    }
}

#[derive(Deserialize)]
struct Log {
    version: Option<String>,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
    invocations: Option<Vec<Invocation>>,
    results: Option<Vec<RunResult>>,
}

impl Run {
    /// When it ended, or began; of several invocations the oldest, none when one does not say.
    fn instant(&self) -> Option<Timestamp> {
        let mut oldest = None;
        for invocation in self.invocations.iter().flatten() {
            let instant = invocation.end.as_ref().or(invocation.start.as_ref())?;
            let instant = Timestamp::parse_rfc3339(instant)?;
            oldest = Some(oldest.map_or(instant, |oldest: Timestamp| oldest.min(instant)));
        }
        oldest
    }
}

#[derive(Deserialize)]
struct Invocation {
    #[serde(rename = "executionSuccessful")]
    execution_successful: Option<bool>,
    #[serde(rename = "exitCodeDescription")]
    exit_code_description: Option<String>,
    #[serde(rename = "startTimeUtc")]
    start: Option<String>,
    #[serde(rename = "endTimeUtc")]
    end: Option<String>,
    #[serde(rename = "toolExecutionNotifications")]
    notifications: Option<Vec<Notification>>,
}

impl Invocation {
    fn failure(&self, tool: &str) -> String {
        match &self.exit_code_description {
            Some(words) => format!("{tool} did not succeed: {words}"),
            None => format!("{tool} did not succeed"),
        }
    }
}

#[derive(Deserialize)]
struct Notification {
    level: Option<String>,
    message: Option<Message>,
}

impl Notification {
    fn words(&self) -> String {
        let text = self.message.as_ref().and_then(|message| message.text.clone());
        text.unwrap_or_else(|| "an error without words".to_owned())
    }
}

#[derive(Deserialize)]
struct RunResult {
    #[serde(rename = "ruleId")]
    rule_id: Option<String>,
    #[serde(rename = "ruleIndex")]
    rule_index: Option<i64>,
    rule: Option<Reference>,
    kind: Option<String>,
    level: Option<String>,
    #[serde(rename = "baselineState")]
    baseline_state: Option<String>,
    message: Option<Message>,
    suppressions: Option<Vec<Suppression>>,
    locations: Option<Vec<Location>>,
    properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    #[serde(rename = "physicalLocation")]
    physical: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
struct PhysicalLocation {
    #[serde(rename = "artifactLocation")]
    artifact: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
}

#[derive(Deserialize)]
struct Region {
    #[serde(rename = "startLine")]
    start_line: Option<u64>,
}

impl RunResult {
    fn is_finding(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or("fail");
        let fine = matches!(kind, "pass" | "informational" | "notApplicable");
        !fine && self.baseline_state.as_deref() != Some("absent")
    }

    /// One suppression that is under review or was rejected, and the result stands.
    fn is_suppressed(&self) -> bool {
        let accepted = |suppression: &Suppression| {
            suppression.status.as_deref().unwrap_or("accepted") == "accepted"
        };
        let suppressions = self.suppressions.as_deref().unwrap_or_default();
        !suppressions.is_empty() && suppressions.iter().all(accepted)
    }

    fn into_finding(self, rules: &Rules<'_>, tool: &str) -> SecurityFinding {
        let rule = rules.find(self.rule_id.as_deref(), self.rule_index, self.rule.as_ref());
        let judged = self.kind.as_deref().is_none_or(|kind| kind == "fail");
        let level = self.level.as_deref().or(rule.and_then(super::rules::Rule::level));
        let by_level = match level.unwrap_or("warning") {
            _ if !judged => Severity::Unknown,
            "error" => Severity::High,
            "warning" => Severity::Medium,
            "note" => Severity::Low,
            _ => Severity::Unknown,
        };
        let own = self.properties.as_ref().and_then(Properties::severity);
        let by_score = own.or_else(|| rule?.severity());
        let id = self.rule_id.or_else(|| self.rule?.id).or_else(|| Some(rule?.id.clone()));
        let short = rule.and_then(|rule| rule.short_description.as_ref()?.text.clone());
        SecurityFinding {
            id: id.unwrap_or_else(|| "without a rule".to_owned()),
            aliases: Vec::new(),
            severity: by_score.unwrap_or(by_level),
            package: None,
            version: None,
            title: short.or_else(|| self.message?.text),
            place: self.locations.unwrap_or_default().into_iter().find_map(Location::words),
            source: tool.to_owned(),
        }
    }
}

impl Location {
    fn words(self) -> Option<String> {
        let physical = self.physical?;
        let uri = physical.artifact?.uri?;
        let line = physical.region.and_then(|region| region.start_line);
        Some(line.map_or_else(|| uri.clone(), |line| format!("{uri}:{line}")))
    }
}
