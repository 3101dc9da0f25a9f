//! What a security gate demands.

use std::collections::BTreeMap;

use super::allowance::Allowance;
use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::evidence::{
    ScanError, ScanFacts, Severity, cargo_audit, grype, pip_audit, sarif, trivy,
};
use crate::verdict::Comparator;

/// What a security gate demands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SecurityRule {
    /// The reports it must be given.
    pub(super) reports: Vec<Report>,
    /// Most findings of a severity, with the line of the limit.
    pub(super) most: BTreeMap<Severity, (u64, usize)>,
    /// Most findings that the scanners' own rules took out.
    pub(super) suppressed_max: Option<(u64, usize)>,
    /// Most things that a scanner could not look at.
    pub(super) unscanned_max: (u64, usize),
    /// Oldest age of a scan in seconds.
    pub(super) max_age: Option<(u64, usize)>,
    /// Oldest age in seconds of the database that a scan was made with.
    pub(super) max_database_age: Option<(u64, usize)>,
    /// What becomes of a report that does not say how old it is.
    pub(super) undated: Undated,
    /// Findings that do not count.
    pub(super) allow: Vec<Allowance>,
    /// Where the gate stands.
    pub(super) line: usize,
}

/// Reports of one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) format: Format,
    /// A path or pattern below the folder of evidence.
    pub(super) pattern: String,
    pub(super) line: usize,
}

/// What becomes of a report without a date where an age is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undated {
    /// It is an error.
    Refused,
    /// It passes for new.
    Allowed,
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    CargoAudit,
    Grype,
    PipAudit,
    Sarif,
    Trivy,
}

impl Format {
    pub(super) const ALL: [Self; 5] =
        [Self::CargoAudit, Self::Grype, Self::PipAudit, Self::Sarif, Self::Trivy];

    /// The format as policies write it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::CargoAudit => "cargo_audit",
            Self::Grype => "grype",
            Self::PipAudit => "pip_audit",
            Self::Sarif => "sarif",
            Self::Trivy => "trivy",
        }
    }

    /// What a report counts as looked at: one, and many.
    pub(super) fn nouns(self) -> [&'static str; 2] {
        match self {
            Self::CargoAudit | Self::PipAudit => ["package", "packages"],
            Self::Grype | Self::Trivy => ["target", "targets"],
            Self::Sarif => ["run", "runs"],
        }
    }

    pub(super) fn read(self, document: &[u8]) -> Result<ScanFacts, ScanError> {
        match self {
            Self::CargoAudit => cargo_audit(document),
            Self::Grype => grype(document),
            Self::PipAudit => pip_audit(document),
            Self::Sarif => sarif(document),
            Self::Trivy => trivy(document),
        }
    }
}

impl SecurityRule {
    pub(super) fn most_of(severity: Severity, (most, line): (u64, usize)) -> Demand {
        at_most(&format!("{severity}_max"), (most, line))
    }

    pub(super) fn unscanned(&self) -> Demand {
        at_most("unscanned_max", self.unscanned_max)
    }

    /// A report of nothing is no report.
    pub(super) fn scanned(&self) -> Demand {
        Demand::count("scanned_min", Comparator::AtLeast, 1, self.line)
    }

    pub(super) fn suppressed(&self) -> Option<Demand> {
        self.suppressed_max.map(|most| at_most("suppressed_max", most))
    }

    pub(super) fn age(&self) -> Option<Demand> {
        self.max_age.map(|most| at_most("max_age", most))
    }

    pub(super) fn database_age(&self) -> Option<Demand> {
        self.max_database_age.map(|most| at_most("max_database_age", most))
    }
}

fn at_most(rule: &str, (most, line): (u64, usize)) -> Demand {
    Demand::count(rule, Comparator::AtMost, most, line)
}

impl Criterion for SecurityRule {
    fn needs(&self) -> Vec<Need> {
        let files =
            |report: &Report| Need::Files { pattern: report.pattern.clone(), line: report.line };
        self.reports.iter().map(files).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let severities = Severity::ALL.into_iter();
        let mut demands: Vec<Demand> = severities
            .filter_map(|severity| Some(Self::most_of(severity, *self.most.get(&severity)?)))
            .collect();
        demands.extend([self.scanned(), self.unscanned()]);
        demands.extend([self.suppressed(), self.age(), self.database_age()].into_iter().flatten());
        demands
    }

    fn terms(&self) -> Vec<(String, String)> {
        let mut terms = Vec::new();
        let mut reports: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for report in &self.reports {
            reports.entry(report.format.as_str()).or_default().push(&report.pattern);
        }
        terms.extend(
            reports
                .into_iter()
                .map(|(format, patterns)| (format!("reports.{format}"), patterns.join(", "))),
        );
        if self.undated == Undated::Allowed {
            terms.push(("undated".to_owned(), "allowed".to_owned()));
        }
        terms.extend(self.allow.iter().map(Allowance::term));
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
