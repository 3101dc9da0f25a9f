//! The form of a security gate, for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::checklist::limits::MostCount;
use crate::checklist::shape::Common;
use crate::yaml::shape::{Duration, Instant, Name, Prose};

/// Reports of scanners.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct SecurityGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on the findings of scanners.
    #[schemars(extend("const" = "security"))]
    kind: String,
    /// Reports below the folder of evidence; each must be there.
    #[schemars(length(min = 1))]
    reports: Vec<ScanReport>,
    /// Critical findings (CVSS 9 and up). Default: none.
    critical: Option<MostCount>,
    /// High findings (CVSS 7 to 8.9; SARIF's errors). Default: none.
    high: Option<MostCount>,
    /// Medium findings (CVSS 4 to 6.9; SARIF's warnings). No limit by default.
    medium: Option<MostCount>,
    /// Low findings. No limit by default.
    low: Option<MostCount>,
    /// Findings whose severity nobody knows, as all those of pip-audit. Default: none.
    unknown: Option<MostCount>,
    /// Findings that the scanners' own rules took out. No limit by default.
    suppressed: Option<MostCount>,
    /// What a scanner could not look at. Default: nothing.
    unscanned: Option<MostCount>,
    /// How old a scan may be.
    max_age: Option<Duration>,
    /// How old the database of a scan may be, where its report says so.
    max_database_age: Option<Duration>,
    /// What a report that does not say how old it is comes to: an error (`refused`, the default), or
    /// nothing (`allowed`).
    undated: Option<Undated>,
    /// Findings that do not count for a while.
    #[schemars(default, length(min = 1), with = "Vec<Allowance>")]
    allow: Option<Vec<Allowance>>,
}

/// One report, or all that a pattern fits, in the format that its key names.
#[derive(JsonSchema)]
#[schemars(
    deny_unknown_fields,
    extend("minProperties" = 1, "maxProperties" = 1)
)]
struct ScanReport {
    /// `cargo audit --json`.
    cargo_audit: Option<Name>,
    /// `grype -o json`.
    grype: Option<Name>,
    /// `pip-audit -f json`.
    pip_audit: Option<Name>,
    /// SARIF 2.1.0.
    sarif: Option<Name>,
    /// `trivy --format json`.
    trivy: Option<Name>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Undated {
    Refused,
    Allowed,
}

/// A finding that does not count for a while.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Allowance {
    /// Its name, such as `CVE-2024-3094`, in any database that the scanner knows.
    id: Name,
    /// The package it is allowed in; every one when absent.
    package: Option<Name>,
    /// Who answers for it.
    owner: Name,
    /// Why.
    reason: Prose,
    /// Until when; a date means the end of that day in UTC.
    expires: Instant,
}
