//! What is said of columns and rows.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

use super::selector::selector;
use crate::contract::{Bound, Comparison, Direction, LengthBounds};
use crate::policy::{ColumnKind, ColumnRule, ExpectationRule, Promise, RowPromise, RowRule, Sides};
use crate::quantity::Fraction;
use crate::yaml::{
    Faults, Fields, Node, boolean, choice, count, identifier, list, listed, name, quoted, share,
    value,
};

/// Most memory a compiled regular expression may take.
const PATTERN_BYTES_MAX: usize = 2 * 1024 * 1024;

const KINDS: [(&str, ColumnKind); 3] = [
    ("numeric", ColumnKind::Numeric),
    ("categorical", ColumnKind::Categorical),
    ("identifier", ColumnKind::Identifier),
];

const DIRECTIONS: [(&str, Direction); 4] = [
    ("increasing", Direction::Increasing),
    ("strictly_increasing", Direction::StrictlyIncreasing),
    ("decreasing", Direction::Decreasing),
    ("strictly_decreasing", Direction::StrictlyDecreasing),
];

const COMPARISONS: [Comparison; 6] = [
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::GreaterOrEqual,
    Comparison::Greater,
];

const PROMISES: [&str; 8] =
    ["range", "nulls", "nans", "one_of", "matches", "length", "unique", "monotonic"];

/// One entry of `columns`.
pub(super) fn column_rule(node: &Node, faults: &mut Faults) -> Option<ColumnRule> {
    let mut fields = Fields::of(node, "a column rule", faults)?;
    let selector = fields.required("match", faults, selector);
    let tags = fields
        .optional("tags", faults, |node, faults| list(node, "a list of tags", faults, identifier));
    let kind = fields.optional("kind", faults, |node, faults| choice(node, &KINDS, faults));
    let expectations = fields.optional("expect", faults, |node, faults| {
        list(node, "a list of expectations", faults, expectation)
    });
    fields.finish(faults);
    Some(ColumnRule {
        selector: selector?,
        tags: tags.unwrap_or_default(),
        kind,
        expectations: expectations.unwrap_or_default(),
    })
}

/// One entry of `rows`.
pub(super) fn row_rule(node: &Node, faults: &mut Faults) -> Option<RowRule> {
    let mut fields = Fields::of(node, "a row rule", faults)?;
    let unique = fields.node("unique");
    let compare = fields.node("compare");
    let (tolerated, on) = conditions(&mut fields, faults);
    let place = fields.place();
    fields.finish(faults);
    let promise = match (unique, compare) {
        (Some(node), None) => unique_columns(node, faults)?,
        (None, Some(node)) => comparison(node, faults)?,
        (Some(_), Some(_)) => {
            faults.add(place, "a row rule holds one promise, found `unique` and `compare`");
            return None;
        }
        (None, None) => {
            faults.add(place, "a row rule needs `unique` or `compare`");
            return None;
        }
    };
    let tolerated = tolerated.unwrap_or_else(nothing);
    Some(RowRule { promise, tolerated, on, line: node.place.line })
}

/// `on: candidate`, and the like.
pub(super) fn sides(node: &Node, faults: &mut Faults) -> Option<Sides> {
    const SIDES: [(&str, Sides); 3] =
        [("candidate", Sides::Candidate), ("reference", Sides::Reference), ("both", Sides::Both)];
    choice(node, &SIDES, faults)
}

fn conditions(fields: &mut Fields<'_>, faults: &mut Faults) -> (Option<Fraction>, Option<Sides>) {
    let tolerated = fields.optional("tolerate", faults, share);
    (tolerated, fields.optional("on", faults, sides))
}

fn expectation(node: &Node, faults: &mut Faults) -> Option<ExpectationRule> {
    let mut fields = Fields::of(node, "an expectation", faults)?;
    let found: Vec<(&str, &Node)> =
        PROMISES.iter().filter_map(|&key| fields.node(key).map(|node| (key, node))).collect();
    let tolerate_place = fields.node("tolerate").map(|node| node.place);
    let (tolerated, on) = conditions(&mut fields, faults);
    let place = fields.place();
    fields.finish(faults);
    let (key, value) = match found[..] {
        [one] => one,
        [] => {
            faults.add(place, format!("an expectation needs one of {}", listed(&PROMISES)));
            return None;
        }
        [(first, _), (second, node), ..] => {
            faults.add_with_hint(
                node.place,
                format!("an expectation holds one promise, found `{first}` and `{second}`"),
                format!("begin another entry with `- {second}:`"),
            );
            return None;
        }
    };
    let promise = promise(key, value, faults);
    if let (Some(place), "nulls" | "nans") = (tolerate_place, key) {
        faults.add(place, format!("`{key}` has its limit in `max`; remove `tolerate`"));
    }
    let tolerated = tolerated.unwrap_or_else(nothing);
    Some(ExpectationRule { promise: promise?, tolerated, on, line: node.place.line })
}

fn promise(key: &str, node: &Node, faults: &mut Faults) -> Option<Promise> {
    match key {
        "range" => range(node, faults),
        "nulls" => share_max(node, "`nulls`", faults).map(Promise::NullRate),
        "nans" => share_max(node, "`nans`", faults).map(Promise::NanRate),
        "one_of" => list(node, "a list of values", faults, value).map(Promise::OneOf),
        "matches" => pattern(node, faults).map(Promise::Matches),
        "length" => length(node, faults).map(Promise::Length),
        "unique" if boolean(node, faults)? => Some(Promise::Unique),
        "unique" => {
            faults.add(node.place, "`unique: false` promises nothing; remove it");
            None
        }
        _ => choice(node, &DIRECTIONS, faults).map(Promise::Monotonic),
    }
}

fn range(node: &Node, faults: &mut Faults) -> Option<Promise> {
    let mut fields = Fields::of(node, "`range`", faults)?;
    let place = fields.place();
    let mut end = |inside: &'static str, outside: &'static str, faults: &mut Faults| {
        let inclusive = fields.optional(inside, faults, value);
        let exclusive = fields.optional(outside, faults, value);
        if inclusive.is_some() && exclusive.is_some() {
            faults.add(place, format!("`range` holds both `{inside}` and `{outside}`"));
        }
        let bound = |inclusive| move |text| Bound { text, inclusive };
        inclusive.map(bound(true)).or(exclusive.map(bound(false)))
    };
    let (min, max) = (end("min", "above", faults), end("max", "below", faults));
    let written = ["min", "above", "max", "below"].iter().any(|key| fields.node(key).is_some());
    fields.finish(faults);
    if !written {
        faults.add(place, "`range` needs `min`, `above`, `max` or `below`");
    }
    if let (Some(low), Some(high)) = (&min, &max)
        && is_empty(low, high)
    {
        let (low, high) = (quoted(&low.text), quoted(&high.text));
        faults.add(place, format!("no value lies between {low} and {high}"));
    }
    (min.is_some() || max.is_some()).then_some(Promise::Range { min, max })
}

/// Whether two ends leave nothing between them, as far as numbers tell; other values wait for
/// their column's type.
fn is_empty(low: &Bound, high: &Bound) -> bool {
    let number = |bound: &Bound| bound.text.parse::<f64>().ok();
    let both_inside = low.inclusive && high.inclusive;
    match (number(low), number(high)) {
        (Some(from), Some(to)) => from > to || (!both_inside && low.text == high.text),
        _ => false,
    }
}

fn share_max(node: &Node, what: &'static str, faults: &mut Faults) -> Option<Fraction> {
    let mut fields = Fields::of(node, what, faults)?;
    let max = fields.required("max", faults, share);
    fields.finish(faults);
    max
}

fn pattern(node: &Node, faults: &mut Faults) -> Option<Regex> {
    let text = name(node, faults)?;
    match RegexBuilder::new(&text).size_limit(PATTERN_BYTES_MAX).build() {
        Ok(pattern) => Some(pattern),
        Err(regex::Error::CompiledTooBig(limit)) => {
            let found = quoted(&text);
            faults.add(node.place, format!("{found} takes more than {limit} bytes compiled"));
            None
        }
        Err(error) => {
            // The crate draws the pattern over several lines; its last one says what is wrong.
            let said = error.to_string();
            let reason = said.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let found = quoted(&text);
            faults.add(node.place, format!("{found} is no regular expression: {reason}"));
            None
        }
    }
}

fn length(node: &Node, faults: &mut Faults) -> Option<LengthBounds> {
    let mut fields = Fields::of(node, "`length`", faults)?;
    let whole = |node: &Node, faults: &mut Faults| count(node, 0, u64::MAX, faults);
    let written = fields.node("min").is_some() || fields.node("max").is_some();
    let min = fields.optional("min", faults, whole).unwrap_or(0);
    let max = fields.optional("max", faults, whole).unwrap_or(u64::MAX);
    let place = fields.place();
    fields.finish(faults);
    if !written {
        faults.add(place, "`length` needs `min` or `max`");
    }
    if min > max {
        faults.add(place, format!("no length lies between `{min}` and `{max}`"));
    }
    Some(LengthBounds { min, max })
}

fn unique_columns(node: &Node, faults: &mut Faults) -> Option<RowPromise> {
    let columns = list(node, "a list of columns", faults, name)?;
    let mut seen = BTreeSet::new();
    if let Some(name) = columns.iter().find(|name| !seen.insert(*name)) {
        faults.add(node.place, format!("column {} stands twice in the key", quoted(name)));
    }
    Some(RowPromise::Unique(columns))
}

/// `left >= right`: two columns with a relation between blanks. A name may hold blanks, but no
/// relation that stands alone.
fn comparison(node: &Node, faults: &mut Faults) -> Option<RowPromise> {
    let text = name(node, faults)?;
    let mut found = Vec::new();
    let words: Vec<&str> = text.split(' ').collect();
    for (at, word) in words.iter().enumerate() {
        let relation = COMPARISONS.iter().find(|comparison| comparison.symbol() == *word);
        found.extend(relation.map(|relation| (at, *relation)));
    }
    if let [(at, comparison)] = found[..]
        && let Some((left, [_, right @ ..])) = words.split_at_checked(at)
    {
        let side = |words: &[&str]| words.join(" ").trim().to_owned();
        let (left, right) = (side(left), side(right));
        if left == right {
            faults.add(node.place, format!("column {} is compared with itself", quoted(&left)));
        }
        if !left.is_empty() && !right.is_empty() {
            return Some(RowPromise::Compare { left, comparison, right });
        }
    }
    faults.add_with_hint(
        node.place,
        format!("expected two columns with a relation, found {}", quoted(&text)),
        "write `end >= start`, with blanks around one of `<`, `<=`, `==`, `!=`, `>=`, `>`",
    );
    None
}

fn nothing() -> Fraction {
    Fraction::of(0, 1).expect("0 of 1 is a share")
}
