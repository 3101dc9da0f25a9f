//! The JSON report of cargo-audit (`cargo audit --json`).
//!
//! The severity of a vulnerability is that of its CVSS vector, unknown without one. Informational
//! advisories (`warnings`: unmaintained, unsound, notice, yanked) are low unless a vector says more.
//! The report does not say when it was made: the last change of the advisory database stands for it,
//! which is never later. Advisories that `settings.ignore` names are left out of the report, so they
//! are counted as suppressed by name alone.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cvss::severity as severity_of;
use super::finding::{ScanFacts, SecurityFinding, Severity};
use super::json::{self, ScanError};
use crate::clock::Timestamp;

/// Reads a report of cargo-audit.
///
/// # Errors
/// [`ScanError`]: no strict JSON, another document, a count of vulnerabilities that is not theirs.
pub fn cargo_audit(document: &[u8]) -> Result<ScanFacts, ScanError> {
    let report: Report = json::read(document)?;
    let listed = report.vulnerabilities.list.len() as u64;
    let claimed = report.vulnerabilities.count.unwrap_or(listed);
    if claimed != listed {
        return Err(ScanError::Contradiction { what: "vulnerabilities", claimed, listed });
    }
    if report.vulnerabilities.found.is_some_and(|found| found != (listed > 0)) {
        let claimed = u64::from(listed == 0);
        return Err(ScanError::Contradiction { what: "vulnerabilities found", claimed, listed });
    }
    let mut facts = ScanFacts {
        tool: TOOL.to_owned(),
        looked_at: report.lockfile.dependency_count,
        ..ScanFacts::default()
    };
    let database = report.database;
    facts.database_at = database
        .and_then(|database| database.last_updated)
        .and_then(|instant| Timestamp::parse_rfc3339(&instant));
    let vulnerabilities = report.vulnerabilities.list.into_iter();
    facts.findings.extend(vulnerabilities.map(|found| found.into_finding(None)));
    for (kind, warnings) in report.warnings.unwrap_or_default() {
        let warnings = warnings.into_iter();
        facts.findings.extend(warnings.map(|found| found.into_finding(Some(&kind))));
    }
    let ignored = report.settings.and_then(|settings| settings.ignore).unwrap_or_default();
    facts.suppressed.extend(ignored.into_iter().map(|id| SecurityFinding {
        id,
        aliases: Vec::new(),
        severity: Severity::Unknown,
        package: None,
        version: None,
        title: Some("left out by cargo-audit's own settings".to_owned()),
        place: None,
        source: TOOL.to_owned(),
    }));
    Ok(facts)
}

const TOOL: &str = "cargo-audit";

#[derive(Deserialize)]
struct Report {
    database: Option<Database>,
    lockfile: Lockfile,
    settings: Option<Settings>,
    vulnerabilities: Vulnerabilities,
    warnings: Option<BTreeMap<String, Vec<Found>>>,
}

#[derive(Deserialize)]
struct Database {
    #[serde(rename = "last-updated")]
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Lockfile {
    #[serde(rename = "dependency-count")]
    dependency_count: u64,
}

#[derive(Deserialize)]
struct Settings {
    ignore: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    found: Option<bool>,
    count: Option<u64>,
    list: Vec<Found>,
}

/// A vulnerability, or a warning, which may be about no advisory.
#[derive(Deserialize)]
struct Found {
    advisory: Option<Advisory>,
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    title: Option<String>,
    aliases: Option<Vec<String>>,
    cvss: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
    version: Option<String>,
}

impl Found {
    fn into_finding(self, warning: Option<&str>) -> SecurityFinding {
        let (package, version) =
            self.package.map_or((None, None), |package| (package.name, package.version));
        let without = || if warning.is_some() { Severity::Low } else { Severity::Unknown };
        let (id, title, aliases, severity) = match self.advisory {
            Some(advisory) => {
                let severity = advisory.cvss.map_or_else(without, |vector| severity_of(&vector));
                (advisory.id, advisory.title, advisory.aliases.unwrap_or_default(), severity)
            }
            None => (warning.unwrap_or("without a name").to_owned(), None, Vec::new(), without()),
        };
        let title = match (warning, title) {
            (Some(kind), Some(title)) => Some(format!("{kind}: {title}")),
            (Some(kind), None) => Some(kind.to_owned()),
            (None, title) => title,
        };
        SecurityFinding {
            id,
            aliases,
            severity,
            package,
            version,
            title,
            place: Some("Cargo.lock".to_owned()),
            source: TOOL.to_owned(),
        }
    }
}
