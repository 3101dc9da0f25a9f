//! The keys of a parity gate.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::sync::Arc;

use super::rule::{ParityRule, Sides};
use super::shape::ParityGate;
use crate::checklist::limits::{most_count, pattern};
use crate::checklist::{Criterion, Kind};
use crate::evidence::tree::PathPattern;
use crate::yaml::{Faults, Fields, Node, duration, list, name};

/// The parity gate.
pub(in crate::checklist) const KIND: Kind =
    Kind { word: "parity", read, schema: schemars::SchemaGenerator::subschema_for::<ParityGate> };

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let place = fields.place();
    let written = ["reference", "candidate", "ignore", "secret", "max_age"]
        .map(|key| fields.node(key).is_some())
        .contains(&true);
    let captures = if written { Some(sides(fields, faults)) } else { None };
    let max_age = fields.optional("max_age", faults, |node, faults| {
        Some((duration(node, 1, faults)?, node.place.line))
    });
    let trees = fields.optional("trees", faults, trees);
    let differences = fields
        .optional("differences", faults, |node, faults| most_count(node, "`differences`", faults));
    if captures.is_none() && trees.is_none() {
        faults.add_with_hint(
            place,
            "a parity gate compares nothing",
            "write `reference` and `candidate` for two captures, or `trees`",
        );
        return None;
    }
    Some(Arc::new(ParityRule {
        captures: captures.map_or(Some(None), |sides| sides.map(Some))?,
        max_age,
        trees: trees.unwrap_or_default(),
        differences_max: differences.unwrap_or((0, place.line)),
    }))
}

/// `reference`, `candidate`, and what does not count.
fn sides(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Sides> {
    let line = fields.place().line;
    let reference = fields.required("reference", faults, pattern);
    let candidate = fields.required("candidate", faults, pattern);
    let ignore = fields.optional("ignore", faults, patterns);
    let secret = fields.optional("secret", faults, patterns);
    Some(Sides {
        reference: reference?,
        candidate: candidate?,
        ignore: ignore.unwrap_or_default(),
        secret: secret.unwrap_or_default(),
        line,
    })
}

fn trees(node: &Node, faults: &mut Faults) -> Option<Vec<Sides>> {
    list(node, "a list of pairs", faults, |node, faults| {
        let mut fields = Fields::of(node, "a pair of trees", faults)?;
        let pair = sides(&mut fields, faults);
        fields.finish(faults);
        pair
    })
}

fn patterns(node: &Node, faults: &mut Faults) -> Option<Vec<PathPattern>> {
    list(node, "a list of paths", faults, |node, faults| {
        let text = name(node, faults)?;
        text.parse::<PathPattern>().map_err(|error| faults.add(node.place, error.to_string())).ok()
    })
}
