//! Findings that the policy allows for a while.

use crate::clock::Timestamp;
use crate::evidence::SecurityFinding;
use crate::verdict::text;

/// A finding that does not count until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Its name in any database.
    pub(super) id: String,
    /// The package it is allowed in; every one when absent.
    pub(super) package: Option<String>,
    /// Who answers for it.
    pub(super) owner: String,
    /// Why.
    pub(super) reason: String,
    /// Until when, that instant included.
    pub(super) expires: Timestamp,
    /// Where it stands.
    pub(super) line: usize,
}

/// What the policy says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed<'a> {
    /// Nothing.
    No,
    /// It does not count.
    Yes(&'a Allowance),
    /// It did not count until this ended.
    Once(&'a Allowance),
}

impl Allowance {
    /// What a list says of a finding: of several entries that fit, one that holds, or else the one
    /// that held last.
    pub(super) fn of<'a>(
        list: &'a [Self],
        finding: &SecurityFinding,
        now: Timestamp,
    ) -> Allowed<'a> {
        let fitting = list.iter().filter(|entry| entry.fits(finding));
        match fitting.max_by_key(|entry| entry.expires) {
            None => Allowed::No,
            Some(entry) if now <= entry.expires => Allowed::Yes(entry),
            Some(entry) => Allowed::Once(entry),
        }
    }

    fn fits(&self, finding: &SecurityFinding) -> bool {
        let in_package =
            |wanted: &String| finding.package.as_ref().is_some_and(|found| found == wanted);
        finding.is_called(&self.id) && self.package.as_ref().is_none_or(in_package)
    }

    /// What `policy diff` compares.
    pub(super) fn term(&self) -> (String, String) {
        let Self { id, package, owner, reason, expires, .. } = self;
        let package = package.as_ref().map_or_else(String::new, |package| format!(" in {package}"));
        (format!("allow.{id}{package}"), format!("until {expires} by {owner}: {reason}"))
    }

    /// How a sentence names it while it holds.
    pub(super) fn words(&self) -> String {
        format!("until {} by {}", self.expires, text::name(&self.owner))
    }

    /// How a sentence names it afterwards.
    pub(super) fn ended(&self) -> String {
        let Self { expires, owner, line, .. } = self;
        format!("whose allowance by {} on line {line} ended {expires}", text::name(owner))
    }
}
