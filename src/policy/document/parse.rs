//! The whole document.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use super::environment::{check_doors, environments};
use super::expectation::{column_rule, row_rule};
use super::gate::gate;
use super::selector::checked_glob;
use crate::contract::WideningRule;
use crate::policy::{ColumnRule, GateKind, GateRule, Policy, Promise, RowRule, Waiver};
use crate::yaml::{
    Fault, Faults, Fields, Node, WhenEmpty, YamlError, choice, count, duration, instant, list,
    name, nearest, prose, quoted, tree,
};

/// Most gates of one policy: a report has one line for each.
pub const GATES_MAX: usize = 1_000;
/// Most regular expressions of one policy: each may take 2 MiB of memory.
pub const PATTERNS_MAX: usize = 256;

/// Reads a policy; `file` is what messages call it.
///
/// # Errors
/// [`YamlError`] with every fault of the document: bytes that are no YAML, YAML that a policy
/// must not use, unknown, missing and repeated keys, values of the wrong type or outside their
/// range, gates and waivers that contradict each other. At most
/// [`FAULTS_MAX`](crate::yaml::FAULTS_MAX) are kept. Whether columns exist and promises fit
/// their types is not known before [`compile`](crate::policy::compile()).
///
/// # Panics
/// Never for any input: a policy without faults is complete.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Policy, YamlError> {
    let mut faults = Faults::default();
    let policy = tree(bytes, EMPTY, &mut faults).and_then(|root| policy(&root, &mut faults));
    let faults: Vec<Fault> = faults.into_vec();
    if faults.is_empty() {
        Ok(policy.expect("what is missing in a policy is a fault"))
    } else {
        Err(YamlError::new(file, bytes, faults))
    }
}

fn policy(root: &Node, faults: &mut Faults) -> Option<Policy> {
    let mut fields = Fields::of(root, "the policy", faults)?;
    fields.required("version", faults, version);
    let name = fields.required("name", faults, name);
    let description = fields.optional("description", faults, prose);
    let valid_for_seconds =
        fields.optional("valid_for", faults, |node, faults| duration(node, 1, faults));
    let (ignored_files, widening) = fields
        .optional("snapshot", faults, snapshot)
        .unwrap_or((Vec::new(), WideningRule::Refused));
    let before = faults.len();
    let columns = fields
        .optional("columns", faults, |node, faults| {
            list(node, "a list of column rules", faults, column_rule)
        })
        .unwrap_or_default();
    let rows = fields
        .optional("rows", faults, |node, faults| {
            list(node, "a list of row rules", faults, row_rule)
        })
        .unwrap_or_default();
    let promises_whole = faults.len() == before;
    let before = faults.len();
    let gates = fields
        .required("gates", faults, |node, faults| list(node, "a list of gates", faults, gate))
        .unwrap_or_default();
    let gates_whole = faults.len() == before;
    let waivers = fields
        .optional("waivers", faults, |node, faults| list(node, "a list of waivers", faults, waiver))
        .unwrap_or_default();
    let doors = fields.optional("environments", faults, environments).unwrap_or_default();
    fields.finish(faults);
    check_limits(&columns, &gates, faults);
    check_gate_names(&gates, faults);
    // What one part says of another is judged only when that other part could be read.
    if promises_whole {
        check_expectations_gates(&columns, &rows, &gates, faults);
    }
    if gates_whole {
        check_waivers(&waivers, &gates, faults);
        check_doors(&doors, &gates, faults);
    }
    Some(Policy {
        name: name?,
        description,
        valid_for_seconds,
        ignored_files,
        widening,
        columns,
        rows,
        gates,
        waivers,
        doors,
    })
}

/// The only version there is.
fn version(node: &Node, faults: &mut Faults) -> Option<()> {
    let version = count(node, 0, u64::MAX, faults)?;
    if version != 1 {
        faults.add(node.place, format!("expected version `1` of the form, found `{version}`"));
    }
    Some(())
}

fn snapshot(node: &Node, faults: &mut Faults) -> Option<(Vec<String>, WideningRule)> {
    const WIDENING: [(&str, WideningRule); 2] =
        [("refused", WideningRule::Refused), ("allowed", WideningRule::Allowed)];
    let mut fields = Fields::of(node, "`snapshot`", faults)?;
    let ignored = fields.optional("ignore", faults, |node, faults| {
        list(node, "a list of globs", faults, checked_glob)
    });
    let widening =
        fields.optional("widening", faults, |node, faults| choice(node, &WIDENING, faults));
    fields.finish(faults);
    Some((ignored.unwrap_or_default(), widening.unwrap_or(WideningRule::Refused)))
}

fn waiver(node: &Node, faults: &mut Faults) -> Option<Waiver> {
    let mut fields = Fields::of(node, "a waiver", faults)?;
    let gate = fields.required("gate", faults, name);
    let column = fields.optional("column", faults, name);
    let owner = fields.required("owner", faults, name);
    let reason = fields.required("reason", faults, prose);
    let expires = fields.required("expires", faults, instant);
    fields.finish(faults);
    Some(Waiver {
        gate: gate?,
        column,
        owner: owner?,
        reason: reason?,
        expires: expires?,
        line: node.place.line,
    })
}

fn check_limits(columns: &[ColumnRule], gates: &[GateRule], faults: &mut Faults) {
    if let Some(first_beyond) = gates.get(GATES_MAX) {
        let found = gates.len();
        faults.add_on_line(
            first_beyond.line,
            format!("{found} gates in one policy; the limit is {GATES_MAX}"),
        );
    }
    let promises = columns.iter().flat_map(|rule| &rule.expectations);
    let mut patterns = promises.filter(|rule| matches!(rule.promise, Promise::Matches(_)));
    if let Some(first_beyond) = patterns.nth(PATTERNS_MAX) {
        faults.add_on_line(
            first_beyond.line,
            format!("more than {PATTERNS_MAX} regular expressions in one policy"),
        );
    }
}

fn check_gate_names(gates: &[GateRule], faults: &mut Faults) {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for gate in gates {
        if let Some(first) = lines.get(gate.name.as_str()) {
            let name = quoted(&gate.name);
            faults.add_on_line(gate.line, format!("gate {name} is already on line {first}"));
        }
        lines.entry(&gate.name).or_insert(gate.line);
    }
}

fn check_waivers(waivers: &[Waiver], gates: &[GateRule], faults: &mut Faults) {
    let mut lines: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for waiver in waivers {
        let names = gates.iter().map(|gate| gate.name.as_str());
        if !names.clone().any(|name| name == waiver.gate) {
            faults.add_on_line_with(
                waiver.line,
                format!("no gate is called {}", quoted(&waiver.gate)),
                nearest(&waiver.gate, names).as_deref(),
            );
        }
        let key = (waiver.gate.as_str(), waiver.column.as_deref());
        if let Some(first) = lines.get(&key) {
            faults.add_on_line(
                waiver.line,
                format!("the same gate and column are already waived on line {first}"),
            );
        }
        lines.entry(key).or_insert(waiver.line);
    }
}

/// An expectations gate must have something to check.
fn check_expectations_gates(
    columns: &[ColumnRule],
    rows: &[RowRule],
    gates: &[GateRule],
    faults: &mut Faults,
) {
    let some_of_columns = columns.iter().any(|rule| !rule.expectations.is_empty());
    for GateRule { name, kind, line, .. } in gates {
        let GateKind::Expectations(rule) = kind else { continue };
        if !(some_of_columns || (rule.rows && !rows.is_empty())) {
            faults.add_on_line_with(
                *line,
                format!("gate {} has nothing to check", quoted(name)),
                Some("say under `columns` or `rows` what is expected"),
            );
        }
    }
}

const EMPTY: WhenEmpty = WhenEmpty {
    expected: "a map with `version`, `name` and `gates`",
    hint: "`driftgate init --reference PATH` writes a first policy",
};
