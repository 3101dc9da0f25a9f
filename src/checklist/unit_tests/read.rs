//! The keys of a tests gate.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rule::{Most, TestsRule};
use super::shape::TestsGate;
use crate::checklist::limits::{least, most_count, patterns};
use crate::checklist::{Criterion, Kind};
use crate::verdict::Threshold;
use crate::yaml::{Content, Faults, Fields, Node, count, list, name, quoted, share};

/// The tests gate.
pub(in crate::checklist) const KIND: Kind =
    Kind { word: "tests", read, schema: schemars::SchemaGenerator::subschema_for::<TestsGate> };

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let line = fields.place().line;
    let junit = fields.required("junit", faults, patterns);
    let tests = fields.optional("tests", faults, |node, faults| least(node, "`tests`", 1, faults));
    let failed =
        fields.optional("failed", faults, |node, faults| most_count(node, "`failed`", faults));
    let skipped =
        fields.optional("skipped", faults, |node, faults| most(node, "`skipped`", faults));
    let flaky = fields.optional("flaky", faults, |node, faults| most(node, "`flaky`", faults));
    let suites = fields.optional("suites", faults, suites);
    Some(Arc::new(TestsRule {
        junit: junit?,
        tests_min: tests.unwrap_or((1, line)),
        failed_max: failed.unwrap_or((0, line)),
        skipped_max: skipped,
        flaky_max: flaky,
        suites: suites.unwrap_or_default(),
        line,
    }))
}

/// `{max: 3}` or `{max: 5%}`.
fn most(node: &Node, what: &'static str, faults: &mut Faults) -> Option<Most> {
    let mut fields = Fields::of(node, what, faults)?;
    let most = fields.required("max", faults, |node, faults| {
        let line = node.place.line;
        let is_whole = match &node.content {
            Content::Scalar(scalar) => scalar.text.bytes().all(|byte| byte.is_ascii_digit()),
            _ => true,
        };
        if is_whole {
            Some(Most::Count(count(node, 0, u64::MAX, faults)?, line))
        } else {
            let value = share(node, faults)?.value();
            Some(Most::Share(Threshold { value, line }))
        }
    });
    fields.finish(faults);
    most
}

fn suites(node: &Node, faults: &mut Faults) -> Option<Vec<(String, usize)>> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    list(node, "a list of suites", faults, |node, faults| {
        let suite = name(node, faults)?;
        if let Some(first) = lines.insert(suite.clone(), node.place.line) {
            let twice = format!("the suite {} is already on line {first}", quoted(&suite));
            faults.add(node.place, twice);
        }
        Some((suite, node.place.line))
    })
}
