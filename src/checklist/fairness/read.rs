//! A fairness gate as people write it.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::sync::Arc;

use super::rule::{Fairness, Limited, Measure, SPREADS, Smaller};
use super::shape;
use crate::checklist::predicted::{Groups, read_deciding, read_predicted};
use crate::checklist::{Criterion, Kind};
use crate::measure::predictions::DecidedBy;
use crate::verdict::Threshold;
use crate::yaml::{Faults, Fields, Limit, Node, choice, count, number};

/// The kind.
pub(in crate::checklist) const KIND: Kind = Kind { word: "fairness", read, schema: shape::schema };

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let place = fields.place();
    let before = faults.len();
    let predictions = fields.required("predictions", faults, |node, faults| {
        read_predicted(node, Groups::Wanted, faults)
    });
    let deciding = read_deciding(fields, faults);
    let at = fields.optional("at", faults, |node, faults| number(node, Limit::NonNegative, faults));
    let group_size = fields.optional("group_size", faults, group_size);
    let mut limits = Vec::new();
    for spread in SPREADS {
        let limit = fields
            .optional(spread.key, faults, |node, faults| one_limit(node, spread.measure, faults));
        limits.extend(limit.map(|limit| Limited { spread, limit }));
    }
    if faults.len() > before {
        return None;
    }
    let predictions = predictions?;
    if limits.is_empty() {
        faults.add_with_hint(
            place,
            "a fairness gate needs at least one limit",
            "write `parity_ratio: {min: 0.8}`, or another",
        );
    }
    let by = at.map_or(DecidedBy::Stored, DecidedBy::score);
    let named = &predictions.columns;
    let missing = match by {
        DecidedBy::Stored => named.decision.is_none(),
        DecidedBy::Score(_) => named.score.is_none(),
    };
    if missing {
        faults.add_with_hint(
            place,
            "a fairness gate needs decisions",
            "name the column `decision` of `predictions`, or `score` and the smallest positive \
             one, `at: 0.5`",
        );
    }
    if named.weight.is_some() {
        let message = "groups are counted by rows, which have no weight here";
        faults.add_with_hint(place, message, "leave `weight` out");
    }
    if faults.len() > before {
        return None;
    }
    let (group_min, smaller) = group_size.unwrap_or((GROUP_MIN_DEFAULT, Smaller::Inconclusive));
    Some(Arc::new(Fairness { predictions, by, deciding, group_min, smaller, limits }))
}

/// `{max: …}` of a difference, `{min: …}` of a ratio.
fn one_limit(node: &Node, measure: Measure, faults: &mut Faults) -> Option<Threshold> {
    let (what, key) = match measure {
        Measure::Difference => ("a difference", "max"),
        Measure::Ratio => ("a ratio", "min"),
    };
    let mut fields = Fields::of(node, what, faults)?;
    let limit = fields.required(key, faults, |node, faults| {
        Some(Threshold { value: number(node, Limit::Unit, faults)?, line: node.place.line })
    });
    fields.finish(faults);
    limit
}

/// `{min: 100, smaller: left_out}`.
fn group_size(node: &Node, faults: &mut Faults) -> Option<(u64, Smaller)> {
    const WORDS: [(&str, Smaller); 2] =
        [("inconclusive", Smaller::Inconclusive), ("left_out", Smaller::LeftOut)];
    let mut fields = Fields::of(node, "`group_size`", faults)?;
    let min = fields.required("min", faults, |node, faults| count(node, 1, u64::MAX, faults));
    let smaller = fields.optional("smaller", faults, |node, faults| choice(node, &WORDS, faults));
    fields.finish(faults);
    Some((min?, smaller.unwrap_or(Smaller::Inconclusive)))
}

/// Rows of a group unless the policy says otherwise: below that a rate is known to no better than
/// ten points.
const GROUP_MIN_DEFAULT: u64 = 100;
