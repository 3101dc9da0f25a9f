//! The JSON report of pip-audit (`pip-audit -f json`), version 2 on.
//!
//! It has neither severities nor a time: every vulnerability is of unknown severity. A package that
//! was skipped (`skip_reason`) was not looked at. <https://github.com/pypa/pip-audit>
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::finding::{ScanFacts, SecurityFinding, Severity};
use super::json::{self, ScanError};

/// Reads a report of pip-audit.
///
/// # Errors
/// [`ScanError`]: no strict JSON, another document.
pub fn pip_audit(document: &[u8]) -> Result<ScanFacts, ScanError> {
    let report: Report = json::read(document)?;
    let mut facts = ScanFacts { tool: TOOL.to_owned(), ..ScanFacts::default() };
    for dependency in report.dependencies {
        let Dependency { name, version, vulns, skip_reason } = dependency;
        let Some(vulns) = vulns else {
            let reason = skip_reason.unwrap_or_else(|| "no `vulns`".to_owned());
            facts.unscanned.push(format!("{name}: {reason}"));
            continue;
        };
        facts.looked_at = facts.looked_at.saturating_add(1);
        facts.findings.extend(vulns.into_iter().map(|found| SecurityFinding {
            id: found.id,
            aliases: found.aliases.unwrap_or_default(),
            severity: Severity::Unknown,
            package: Some(name.clone()),
            version: version.clone(),
            title: found.description,
            place: None,
            source: TOOL.to_owned(),
        }));
    }
    Ok(facts)
}

const TOOL: &str = "pip-audit";

#[derive(Deserialize)]
struct Report {
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    vulns: Option<Vec<Found>>,
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    aliases: Option<Vec<String>>,
    description: Option<String>,
}
