//! The JSON report of Grype (`grype … -o json`).
//!
//! `matches` are findings, `ignoredMatches` were suppressed by rules or VEX. The time of the scan is
//! `descriptor.timestamp`; the age of the database is `descriptor.db.built`, since version 0.88
//! `descriptor.db.status.built`. Schema: `schema/grype/document/json` of
//! <https://github.com/anchore/grype>.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::finding::{ScanFacts, SecurityFinding, Severity};
use super::json::{self, ScanError, shown};
use crate::clock::Timestamp;

/// Reads a report of Grype.
///
/// # Errors
/// [`ScanError`]: no strict JSON, another document.
pub fn grype(document: &[u8]) -> Result<ScanFacts, ScanError> {
    let report: Report = json::read(document)?;
    let descriptor = report.descriptor;
    if descriptor.name.as_deref() != Some("grype") {
        let found = format!("a document by {}", shown(descriptor.name.as_deref()));
        return Err(ScanError::OtherFormat { expected: "a document by `grype`", found });
    }
    let database = descriptor.db.map(|db| match db.status {
        Some(status) => status,
        None => Status { built: db.built, valid: None, error: db.error },
    });
    let place = report.source.as_ref().and_then(Source::place);
    let findings =
        |matches: Vec<Match>| matches.into_iter().map(|found| found.into_finding(place.as_deref()));
    let mut facts = ScanFacts {
        tool: "grype".to_owned(),
        version: descriptor.version,
        scanned_at: descriptor.timestamp.as_deref().and_then(Timestamp::parse_rfc3339),
        looked_at: u64::from(report.source.is_some()),
        findings: findings(report.matches).collect(),
        suppressed: findings(report.ignored_matches.unwrap_or_default()).collect(),
        ..ScanFacts::default()
    };
    if let Some(database) = database {
        facts.database_at = database.built.as_deref().and_then(Timestamp::parse_rfc3339);
        if let Some(error) = database.error.filter(|error| !error.is_empty()) {
            facts.failures.push(format!("its database cannot be used: {error}"));
        } else if database.valid == Some(false) {
            facts.failures.push("its database is not valid".to_owned());
        }
    }
    Ok(facts)
}

#[derive(Deserialize)]
struct Report {
    matches: Vec<Match>,
    #[serde(rename = "ignoredMatches")]
    ignored_matches: Option<Vec<Match>>,
    source: Option<Source>,
    descriptor: Descriptor,
}

#[derive(Deserialize)]
struct Source {
    target: Option<serde_json::Value>,
}

impl Source {
    /// A path, or the image that the user named.
    fn place(&self) -> Option<String> {
        let target = self.target.as_ref()?;
        let name = target.as_str().or_else(|| target.get("userInput")?.as_str());
        name.map(str::to_owned)
    }
}

#[derive(Deserialize)]
struct Descriptor {
    name: Option<String>,
    version: Option<String>,
    timestamp: Option<String>,
    db: Option<Database>,
}

#[derive(Deserialize)]
struct Database {
    built: Option<String>,
    error: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    built: Option<String>,
    valid: Option<bool>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Match {
    vulnerability: Vulnerability,
    #[serde(rename = "relatedVulnerabilities")]
    related: Option<Vec<Related>>,
    artifact: Artifact,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    severity: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Related {
    id: String,
}

#[derive(Deserialize)]
struct Artifact {
    name: Option<String>,
    version: Option<String>,
}

impl Match {
    fn into_finding(self, place: Option<&str>) -> SecurityFinding {
        let Vulnerability { id, severity, description } = self.vulnerability;
        let related = self.related.unwrap_or_default();
        SecurityFinding {
            aliases: related.into_iter().map(|other| other.id).filter(|o| *o != id).collect(),
            id,
            severity: severity.as_deref().map_or(Severity::Unknown, Severity::of_word),
            package: self.artifact.name,
            version: self.artifact.version,
            title: description,
            place: place.map(str::to_owned),
            source: "grype".to_owned(),
        }
    }
}
