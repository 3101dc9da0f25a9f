//! What several kinds read alike: patterns of files, and limits on counts.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::path::{Component, Path};

use schemars::JsonSchema;

use crate::yaml::{Faults, Fields, Node, count, list, name, quoted};

/// A list of patterns of files below the folder of evidence, each with its line.
pub(super) fn patterns(node: &Node, faults: &mut Faults) -> Option<Vec<(String, usize)>> {
    list(node, "a list of paths or patterns", faults, |node, faults| {
        Some((pattern(node, faults)?, node.place.line))
    })
}

/// One pattern of files below the folder of evidence.
pub(super) fn pattern(node: &Node, faults: &mut Faults) -> Option<String> {
    let pattern = name(node, faults)?;
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if Path::new(&pattern).components().all(inside) {
        return Some(pattern);
    }
    let message = format!("{} leads out of the folder of evidence", quoted(&pattern));
    faults.add_with_hint(node.place, message, "write a path relative to it, without `..`");
    None
}

/// `{max: 3}`: a count with its line.
pub(super) fn most_count(
    node: &Node,
    what: &'static str,
    faults: &mut Faults,
) -> Option<(u64, usize)> {
    one_count(node, what, "max", 0, faults)
}

/// `{min: 3}`: a count from `floor` up with its line.
pub(super) fn least(
    node: &Node,
    what: &'static str,
    floor: u64,
    faults: &mut Faults,
) -> Option<(u64, usize)> {
    one_count(node, what, "min", floor, faults)
}

fn one_count(
    node: &Node,
    what: &'static str,
    key: &'static str,
    floor: u64,
    faults: &mut Faults,
) -> Option<(u64, usize)> {
    let mut fields = Fields::of(node, what, faults)?;
    let limit = fields.required(key, faults, |node, faults| {
        Some((count(node, floor, u64::MAX, faults)?, node.place.line))
    });
    fields.finish(faults);
    limit
}

/// The most of something.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it exists for its JSON Schema alone")]
pub(super) struct MostCount {
    /// At most so many.
    max: u64,
}

/// The least of something, one at least.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it exists for its JSON Schema alone")]
pub(super) struct LeastOne {
    /// At least so many.
    #[schemars(range(min = 1))]
    min: u64,
}
