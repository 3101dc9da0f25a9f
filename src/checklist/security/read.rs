//! The keys of a security gate.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::allowance::Allowance;
use super::rule::{Format, Report, SecurityRule, Undated};
use super::shape::SecurityGate;
use crate::checklist::limits::{most_count, pattern};
use crate::checklist::{Criterion, Kind};
use crate::evidence::Severity;
use crate::yaml::{
    Faults, Fields, Node, choice, duration, instant, list, listed, name, prose, quoted,
};

/// The security gate.
pub(in crate::checklist) const KIND: Kind = Kind {
    word: "security",
    read,
    schema: schemars::SchemaGenerator::subschema_for::<SecurityGate>,
};

/// Severities, and how many findings of each are allowed unless the policy says otherwise.
const SEVERITIES: [(&str, Severity, Option<u64>); 5] = [
    ("critical", Severity::Critical, Some(0)),
    ("high", Severity::High, Some(0)),
    ("medium", Severity::Medium, None),
    ("low", Severity::Low, None),
    ("unknown", Severity::Unknown, Some(0)),
];

const UNDATED: [(&str, Undated); 2] =
    [("refused", Undated::Refused), ("allowed", Undated::Allowed)];

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let line = fields.place().line;
    let reports = fields.required("reports", faults, |node, faults| {
        list(node, "a list of reports", faults, report)
    });
    let mut most = BTreeMap::new();
    for (word, severity, default) in SEVERITIES {
        let written =
            fields.optional(word, faults, |node, faults| most_count(node, "a limit", faults));
        if let Some(limit) = written.or_else(|| Some((default?, line))) {
            most.insert(severity, limit);
        }
    }
    let suppressed_max = fields
        .optional("suppressed", faults, |node, faults| most_count(node, "`suppressed`", faults));
    let unscanned_max = fields
        .optional("unscanned", faults, |node, faults| most_count(node, "`unscanned`", faults));
    let max_age = fields.optional("max_age", faults, age);
    let max_database_age = fields.optional("max_database_age", faults, age);
    let undated = fields.optional("undated", faults, |node, faults| choice(node, &UNDATED, faults));
    let allow = fields.optional("allow", faults, allowances);
    Some(Arc::new(SecurityRule {
        reports: reports?,
        most,
        suppressed_max,
        unscanned_max: unscanned_max.unwrap_or((0, line)),
        max_age,
        max_database_age,
        undated: undated.unwrap_or(Undated::Refused),
        allow: allow.unwrap_or_default(),
        line,
    }))
}

/// `trivy: "trivy.json"`.
fn report(node: &Node, faults: &mut Faults) -> Option<Report> {
    let mut fields = Fields::of(node, "a report", faults)?;
    let place = fields.place();
    let mut found = Vec::new();
    for format in Format::ALL {
        let written = fields.node(format.as_str()).is_some();
        let pattern = fields.optional(format.as_str(), faults, pattern);
        if written {
            found.push((format, pattern));
        }
    }
    let told = faults.len();
    fields.finish(faults);
    if found.is_empty() && faults.len() > told {
        return None;
    }
    let formats = Format::ALL.map(Format::as_str);
    match <[_; 1]>::try_from(found) {
        Ok([(format, pattern)]) => Some(Report { format, pattern: pattern?, line: place.line }),
        Err(found) => {
            let found = if found.is_empty() { "none" } else { "several" };
            let formats = listed(&formats);
            faults.add(place, format!("a report needs one of the keys {formats}, found {found}"));
            None
        }
    }
}

fn age(node: &Node, faults: &mut Faults) -> Option<(u64, usize)> {
    Some((duration(node, 1, faults)?, node.place.line))
}

fn allowances(node: &Node, faults: &mut Faults) -> Option<Vec<Allowance>> {
    let mut lines: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    list(node, "a list of allowed findings", faults, |node, faults| {
        let entry = allowance(node, faults)?;
        let key = (entry.id.to_lowercase(), entry.package.clone());
        if let Some(first) = lines.insert(key, entry.line) {
            let twice = format!("{} is already allowed on line {first}", quoted(&entry.id));
            faults.add(node.place, twice);
        }
        Some(entry)
    })
}

fn allowance(node: &Node, faults: &mut Faults) -> Option<Allowance> {
    let mut fields = Fields::of(node, "an allowed finding", faults)?;
    let line = fields.place().line;
    let id = fields.required("id", faults, name);
    let package = fields.optional("package", faults, name);
    let owner = fields.required("owner", faults, name);
    let reason = fields.required("reason", faults, prose);
    let expires = fields.required("expires", faults, instant);
    fields.finish(faults);
    Some(Allowance { id: id?, package, owner: owner?, reason: reason?, expires: expires?, line })
}
