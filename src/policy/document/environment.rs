//! The environments: a reader of their doors.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::action::{actions, check_names};
use crate::policy::door::{APPROVAL_MAX_AGE_SECONDS, REQUEST_VALID_FOR_SECONDS};
use crate::policy::{DoorRule, DrillRule, GateRule, IdentityPart, Quorum, SelfApproval};
use crate::yaml::{
    Content, Faults, Fields, Node, choice, count, duration, identifier, list, nearest, quoted,
};

const PARTS: [(&str, IdentityPart); 5] = [
    ("code", IdentityPart::Code),
    ("training", IdentityPart::Training),
    ("features", IdentityPart::Features),
    ("config", IdentityPart::Config),
    ("environment", IdentityPart::Environment),
];
const SELF_APPROVAL: [(&str, SelfApproval); 2] =
    [("deny", SelfApproval::Deny), ("allow", SelfApproval::Allow)];

/// What is needed to make a version again, unless a door says otherwise.
const IDENTITY_DEFAULT: [IdentityPart; 2] = [IdentityPart::Code, IdentityPart::Training];

/// Most people of one role: more is a slip of the pen.
const QUORUM_MAX: u64 = 100;

/// The value of `environments`: a map from names to doors.
pub(super) fn environments(node: &Node, faults: &mut Faults) -> Option<Vec<DoorRule>> {
    let Content::Map(entries) = &node.content else {
        let found = node.found();
        faults.add(node.place, format!("expected a map from environments to doors, found {found}"));
        return None;
    };
    let mut doors = Vec::new();
    for entry in entries {
        if !is_word(&entry.key) {
            let problem = format!("{} cannot be an environment's name", quoted(&entry.key));
            let hint = "use letters, digits and `._-`, 64 at most";
            faults.add_with_hint(entry.key_place, problem, hint);
            continue;
        }
        doors.extend(door(&entry.key, &entry.value, faults));
    }
    Some(doors)
}

fn is_word(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn door(name: &str, node: &Node, faults: &mut Faults) -> Option<DoorRule> {
    let mut fields = Fields::of(node, "an environment", faults)?;
    let from = fields.optional("from", faults, one_or_more).unwrap_or_default();
    let names =
        |node: &Node, faults: &mut Faults| list(node, "a list of gates", faults, crate::yaml::name);
    let requires = fields.optional("requires", faults, names).unwrap_or_default();
    let identity = fields.optional("identity", faults, |node, faults| {
        list(node, "a list of parts", faults, |node, faults| choice(node, &PARTS, faults))
    });
    let seconds = |node: &Node, faults: &mut Faults| duration(node, 1, faults);
    let max_age_seconds = fields.optional("max_age", faults, seconds);
    let reference = fields.optional("reference", faults, identifier);
    let reports_by = fields.optional("reports_by", faults, identifier);
    let promoted_by = fields.optional("promoted_by", faults, identifier);
    let approvals = fields.optional("approvals", faults, |node, faults| {
        list(node, "a list of roles", faults, quorum)
    });
    let approval_max_age = fields.optional("approval_max_age", faults, seconds);
    let self_approval = fields
        .optional("self_approval", faults, |node, faults| choice(node, &SELF_APPROVAL, faults));
    let request_valid_for = fields.optional("request_valid_for", faults, seconds);
    let drill = fields.optional("rollback_drill", faults, drill);
    let done = fields.optional("actions", faults, actions).unwrap_or_default();
    let incidents = fields.optional("incidents", faults, actions).unwrap_or_default();
    fields.finish(faults);
    check_names(done.iter().chain(&incidents), faults);
    Some(DoorRule {
        environment: name.to_owned(),
        from,
        requires,
        identity: identity.unwrap_or_else(|| IDENTITY_DEFAULT.to_vec()),
        max_age_seconds,
        reference: reference.unwrap_or_else(|| name.to_owned()),
        reports_by,
        promoted_by,
        approvals: approvals.unwrap_or_default(),
        approval_max_age_seconds: approval_max_age.unwrap_or(APPROVAL_MAX_AGE_SECONDS),
        self_approval: self_approval.unwrap_or(SelfApproval::Deny),
        request_valid_for_seconds: request_valid_for.unwrap_or(REQUEST_VALID_FOR_SECONDS),
        drill,
        actions: done,
        incidents,
        line: node.place.line,
    })
}

fn one_or_more(node: &Node, faults: &mut Faults) -> Option<Vec<String>> {
    match node.content {
        Content::List(_) => list(node, "a list of environments", faults, identifier),
        _ => identifier(node, faults).map(|name| vec![name]),
    }
}

fn quorum(node: &Node, faults: &mut Faults) -> Option<Quorum> {
    let mut fields = Fields::of(node, "an approval", faults)?;
    let role = fields.required("role", faults, identifier);
    let min = fields.optional("min", faults, |node, faults| count(node, 1, QUORUM_MAX, faults));
    fields.finish(faults);
    Some(Quorum { role: role?, min: usize::try_from(min.unwrap_or(1)).ok()? })
}

fn drill(node: &Node, faults: &mut Faults) -> Option<DrillRule> {
    let mut fields = Fields::of(node, "`rollback_drill`", faults)?;
    let seconds = |node: &Node, faults: &mut Faults| duration(node, 1, faults);
    let max_age_seconds = fields.required("max_age", faults, seconds);
    let recovery = fields.required("max_recovery", faults, seconds);
    fields.finish(faults);
    Some(DrillRule {
        max_age_seconds: max_age_seconds?,
        recovery_ms_max: recovery?.saturating_mul(1_000),
        line: node.place.line,
    })
}

/// That doors name gates and environments that there are, and lead in no circle.
pub(super) fn check_doors(doors: &[DoorRule], gates: &[GateRule], faults: &mut Faults) {
    let environments = || doors.iter().map(|door| door.environment.as_str());
    for door in doors {
        for gate in &door.requires {
            let names = gates.iter().map(|gate| gate.name.as_str());
            if !names.clone().any(|name| name == gate) {
                let problem = format!("no gate is called {}", quoted(gate));
                faults.add_on_line_with(door.line, problem, nearest(gate, names).as_deref());
            }
        }
        for name in door.from.iter().chain([&door.reference]) {
            if !environments().any(|environment| environment == name) {
                let problem = format!("no environment is called {}", quoted(name));
                let hint = nearest(name, environments());
                faults.add_on_line_with(door.line, problem, hint.as_deref());
            }
        }
        if leads_back(door, doors) {
            let name = quoted(&door.environment);
            faults.add_on_line(door.line, format!("the way to {name} leads through itself"));
        }
    }
}

/// Whether an environment is reached only after itself, by the names in `from`.
fn leads_back(door: &DoorRule, doors: &[DoorRule]) -> bool {
    let mut pending: Vec<&str> = door.from.iter().map(String::as_str).collect();
    let mut seen: Vec<&str> = Vec::new();
    while let Some(name) = pending.pop() {
        if name == door.environment {
            return true;
        }
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let above = doors.iter().find(|other| other.environment == name);
        pending.extend(above.into_iter().flat_map(|other| &other.from).map(String::as_str));
    }
    false
}
