//! What scanners find, in one form for all of them.

use std::fmt;

use crate::clock::Timestamp;

/// What one report of a scanner says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanFacts {
    /// The scanner, by its own name where the document has it.
    pub tool: String,
    /// Its version.
    pub version: Option<String>,
    /// When the scan was made: the oldest of many; absent when one of them does not say.
    pub scanned_at: Option<Timestamp>,
    /// How old its knowledge was: when the database of vulnerabilities was made.
    pub database_at: Option<Timestamp>,
    /// Packages, files or runs that were looked at, as far as the document tells; 0 is a scan of
    /// nothing.
    pub looked_at: u64,
    /// What was found.
    pub findings: Vec<SecurityFinding>,
    /// What was found and then left out by the scanner's own rules: ignore lists, VEX, comments.
    pub suppressed: Vec<SecurityFinding>,
    /// What the scanner could not look at, with its reason.
    pub unscanned: Vec<String>,
    /// Why the scan did not succeed, in the scanner's words; empty when it did.
    pub failures: Vec<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityFinding {
    /// `CVE-2024-3094`, `RUSTSEC-2023-0071`, or the scanner's rule.
    pub id: String,
    /// The same in other databases.
    pub aliases: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The package it is in.
    pub package: Option<String>,
    /// The package's version.
    pub version: Option<String>,
    /// What it is, in the scanner's words.
    pub title: Option<String>,
    /// The file, image or lock file it was found in.
    pub place: Option<String>,
    /// The scanner.
    pub source: String,
}

impl SecurityFinding {
    /// Whether it goes by this name, in whatever database; letters are compared without their case.
    #[must_use]
    pub fn is_called(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(id))
    }
}

/// How bad a finding is, worst last but for what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nobody said. It may be anything.
    Unknown,
    /// CVSS below 4.
    Low,
    /// CVSS from 4 to below 7.
    Medium,
    /// CVSS from 7 to below 9.
    High,
    /// CVSS from 9 up.
    Critical,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Unknown];

    /// The severity that a scanner's word stands for, whatever its case; `negligible` is low, and a
    /// word that nobody uses is unknown.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" | "important" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" | "negligible" | "minor" => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// The severity of a CVSS score from 0 to 10 (CVSS 3.1, §5). A score of 0, which says that there
    /// is no severity, is low; one outside of the scale is unknown.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        match score {
            s if !(0.0..=10.0).contains(&s) => Self::Unknown,
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            _ => Self::Low,
        }
    }

    /// The severity as policies write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_words_have_one_severity() {
        for (score, severity) in [
            (10.0, Severity::Critical),
            (9.0, Severity::Critical),
            (8.9, Severity::High),
            (7.0, Severity::High),
            (6.9, Severity::Medium),
            (4.0, Severity::Medium),
            (3.9, Severity::Low),
            (0.0, Severity::Low),
            (10.1, Severity::Unknown),
            (-0.1, Severity::Unknown),
            (f64::NAN, Severity::Unknown),
        ] {
            assert_eq!(Severity::of_score(score), severity, "{score}");
        }
        assert_eq!(Severity::of_word("CRITICAL"), Severity::Critical);
        assert_eq!(Severity::of_word("Negligible"), Severity::Low);
        assert_eq!(Severity::of_word("catastrophic"), Severity::Unknown);
        assert_eq!(Severity::of_word(""), Severity::Unknown);
    }
}
