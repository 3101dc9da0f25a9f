//! The JSON report of Trivy (`trivy … --format json`), version 2 of its schema.
//!
//! <https://trivy.dev/latest/docs/configuration/reporting/#json>. Vulnerabilities, misconfigurations
//! that failed, secrets and licences are findings; what an ignore file or VEX took out stands in
//! `ExperimentalModifiedFindings` (with `--show-suppressed`) and is suppressed. Whether Trivy was told
//! to leave out severities (`--severity`) or what has no fix (`--ignore-unfixed`), the report does not
//! say.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::Deserialize;

use super::finding::{ScanFacts, SecurityFinding, Severity};
use super::json::{self, ScanError, shown};
use crate::clock::Timestamp;

/// Reads a report of Trivy.
///
/// # Errors
/// [`ScanError`]: no strict JSON, another document, another version of the schema.
pub fn trivy(document: &[u8]) -> Result<ScanFacts, ScanError> {
    let report: Report = json::read(document)?;
    if report.schema_version != Some(2) {
        let version = report.schema_version.map(|version| version.to_string());
        let found = format!("the schema version {}", shown(version.as_deref()));
        return Err(ScanError::OtherFormat { expected: "a Trivy report of version 2", found });
    }
    let mut facts = ScanFacts {
        tool: "trivy".to_owned(),
        version: report.trivy.and_then(|trivy| trivy.version),
        scanned_at: report.created_at.as_deref().and_then(Timestamp::parse_rfc3339),
        ..ScanFacts::default()
    };
    let results = report.results.unwrap_or_default();
    facts.looked_at = results.len() as u64;
    for result in results {
        let target = result.target.unwrap_or_default();
        let lists =
            [result.vulnerabilities, result.misconfigurations, result.secrets, result.licenses];
        for found in lists.into_iter().flatten().flatten() {
            match found.status.as_deref() {
                Some("PASS") => {}
                Some("EXCEPTION") => facts.suppressed.push(found.into_finding(&target)),
                _ => facts.findings.push(found.into_finding(&target)),
            }
        }
        for modified in result.modified.unwrap_or_default() {
            if let Some(found) = modified.finding {
                facts.suppressed.push(found.into_finding(&target));
            }
        }
    }
    Ok(facts)
}

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "SchemaVersion")]
    schema_version: Option<u64>,
    #[serde(rename = "CreatedAt")]
    created_at: Option<String>,
    #[serde(rename = "Trivy")]
    trivy: Option<Trivy>,
    #[serde(rename = "Results")]
    results: Option<Vec<TargetResult>>,
}

#[derive(Deserialize)]
struct Trivy {
    #[serde(rename = "Version")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct TargetResult {
    #[serde(rename = "Target")]
    target: Option<String>,
    #[serde(rename = "Vulnerabilities")]
    vulnerabilities: Option<Vec<Found>>,
    #[serde(rename = "Misconfigurations")]
    misconfigurations: Option<Vec<Found>>,
    #[serde(rename = "Secrets")]
    secrets: Option<Vec<Found>>,
    #[serde(rename = "Licenses")]
    licenses: Option<Vec<Found>>,
    #[serde(rename = "ExperimentalModifiedFindings")]
    modified: Option<Vec<Modified>>,
}

#[derive(Deserialize)]
struct Modified {
    #[serde(rename = "Finding")]
    finding: Option<Found>,
}

/// A finding of any kind: each kind has another key for its name.
#[derive(Deserialize)]
struct Found {
    #[serde(rename = "VulnerabilityID")]
    vulnerability: Option<String>,
    #[serde(rename = "ID")]
    check: Option<String>,
    #[serde(rename = "RuleID")]
    rule: Option<String>,
    #[serde(rename = "Name")]
    license: Option<String>,
    #[serde(rename = "PkgName")]
    package: Option<String>,
    #[serde(rename = "InstalledVersion")]
    version: Option<String>,
    #[serde(rename = "Title")]
    title: Option<String>,
    #[serde(rename = "Severity")]
    severity: Option<String>,
    /// Of a misconfiguration whether it passed; of a vulnerability whether there is a fix.
    #[serde(rename = "Status")]
    status: Option<String>,
}

impl Found {
    fn into_finding(self, target: &str) -> SecurityFinding {
        let name = self.vulnerability.or(self.check).or(self.rule).or(self.license);
        SecurityFinding {
            id: name.unwrap_or_else(|| "without a name".to_owned()),
            aliases: Vec::new(),
            severity: self.severity.as_deref().map_or(Severity::Unknown, Severity::of_word),
            package: self.package,
            version: self.version,
            title: self.title,
            place: Some(target.to_owned()),
            source: "trivy".to_owned(),
        }
    }
}
