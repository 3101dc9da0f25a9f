//! The gates: one reader for each kind.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::expectation::sides;
use super::selector::selector;
use super::threshold::{self, drift};
use crate::checklist;
use crate::policy::{
    ChecklistRule, ExpectationsRule, FreshnessRule, GateKind, GateRule, Reaction, SchemaRule,
    Selector, Severity, Sides, VolumeRule,
};
use crate::quantity::Rows;
use crate::yaml::{
    Faults, Fields, Node, boolean, choice, count, duration, identifier, name, prose,
};

const KINDS: [&str; 5] = ["schema", "expectations", "drift", "volume", "freshness"];
const SEVERITIES: [(&str, Severity); 2] = [("block", Severity::Block), ("warn", Severity::Warn)];
const REACTIONS: [(&str, Reaction); 3] =
    [("fail", Reaction::Fail), ("warn", Reaction::Warn), ("allow", Reaction::Allow)];

/// How far in the future the newest row may lie unless the policy says otherwise: clocks of
/// two machines seldom differ by more.
const FUTURE_SECONDS_DEFAULT: u64 = 300;

/// One entry of `gates`.
pub(super) fn gate(node: &Node, faults: &mut Faults) -> Option<GateRule> {
    let mut fields = Fields::of(node, "a gate", faults)?;
    let name = fields.required("name", faults, identifier);
    let severity =
        fields.optional("severity", faults, |node, faults| choice(node, &SEVERITIES, faults));
    let owner = fields.optional("owner", faults, self::name);
    let message = fields.optional("message", faults, prose);
    let word = fields.required("kind", faults, kind_word)?;
    let kind = match word {
        "schema" => Some(GateKind::Schema(schema(&mut fields, faults))),
        "expectations" => expectations(&mut fields, faults).map(GateKind::Expectations),
        "drift" => drift(&mut fields, faults).map(|rule| GateKind::Drift(Box::new(rule))),
        "volume" => volume(&mut fields, faults).map(GateKind::Volume),
        "freshness" => freshness(&mut fields, faults).map(GateKind::Freshness),
        word => checklist(word, &mut fields, faults).map(GateKind::Checklist),
    };
    fields.finish(faults);
    Some(GateRule {
        name: name?,
        severity: severity.unwrap_or(Severity::Block),
        owner,
        message,
        kind: kind?,
        line: node.place.line,
    })
}

fn kind_word(node: &Node, faults: &mut Faults) -> Option<&'static str> {
    let further = checklist::KINDS.iter().map(|kind| kind.word);
    let words: Vec<_> = KINDS.into_iter().chain(further).map(|kind| (kind, kind)).collect();
    choice(node, &words, faults)
}

fn checklist(
    word: &'static str,
    fields: &mut Fields<'_>,
    faults: &mut Faults,
) -> Option<ChecklistRule> {
    let kind = checklist::KINDS.iter().find(|kind| kind.word == word)?;
    let criterion = (kind.read)(fields, faults)?;
    Some(ChecklistRule { kind: kind.word, criterion })
}

fn schema(fields: &mut Fields<'_>, faults: &mut Faults) -> SchemaRule {
    let mut reaction = |key, default| {
        fields
            .optional(key, faults, |node, faults| choice(node, &REACTIONS, faults))
            .unwrap_or(default)
    };
    SchemaRule {
        missing: reaction("missing", Reaction::Fail),
        added: reaction("added", Reaction::Warn),
        retyped: reaction("retyped", Reaction::Fail),
        nullability: reaction("nullability", Reaction::Warn),
    }
}

fn expectations(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<ExpectationsRule> {
    let everything =
        Selector { everything: true, line: fields.place().line, ..Selector::default() };
    let written = fields.node("columns").is_some();
    let columns = fields.optional("columns", faults, selector);
    let rows = fields.optional("rows", faults, boolean).unwrap_or(true);
    let on = fields.optional("on", faults, sides).unwrap_or(Sides::Candidate);
    let columns = if written { columns? } else { everything };
    Some(ExpectationsRule { columns, rows, on })
}

fn volume(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<VolumeRule> {
    let place = fields.place();
    let written = fields.node("rows").is_some() || fields.node("ratio").is_some();
    let rows = fields.optional("rows", faults, row_limits);
    let ratio = fields
        .optional("ratio", faults, |node, faults| threshold::between(node, "`ratio`", faults));
    if !written {
        faults.add(place, "a volume gate needs `rows` or `ratio`");
        return None;
    }
    let (min, max) = rows.unwrap_or_default();
    let (ratio_min, ratio_max) = ratio.unwrap_or_default();
    Some(VolumeRule { min, max, ratio_min, ratio_max })
}

/// A number of rows with its line.
type RowLimit = (Rows, usize);

fn row_limits(node: &Node, faults: &mut Faults) -> Option<(Option<RowLimit>, Option<RowLimit>)> {
    let mut fields = Fields::of(node, "`rows`", faults)?;
    let place = fields.place();
    let limit = |node: &Node, faults: &mut Faults| {
        Some((Rows(count(node, 0, u64::MAX, faults)?), node.place.line))
    };
    let written = fields.node("min").is_some() || fields.node("max").is_some();
    let min = fields.optional("min", faults, limit);
    let max = fields.optional("max", faults, limit);
    fields.finish(faults);
    if !written {
        faults.add(place, "`rows` needs `min` or `max`");
    }
    if let (Some((min, _)), Some((max, _))) = (min, max)
        && min > max
    {
        faults.add(place, format!("no number of rows lies between `{}` and `{}`", min.0, max.0));
    }
    Some((min, max))
}

fn freshness(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<FreshnessRule> {
    let column = fields.required("column", faults, name);
    let line = fields.node("max_age").map_or(fields.place().line, |node| node.place.line);
    let max_age = fields.required("max_age", faults, |node, faults| duration(node, 1, faults));
    let max_future =
        fields.optional("max_future", faults, |node, faults| duration(node, 0, faults));
    let must_advance = fields.optional("must_advance", faults, boolean).unwrap_or(false);
    Some(FreshnessRule {
        column: column?,
        max_age_seconds: max_age?,
        max_future_seconds: max_future.unwrap_or(FUTURE_SECONDS_DEFAULT),
        must_advance,
        line,
    })
}
