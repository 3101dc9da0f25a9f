//! The columns of both snapshots, with what the policy says of each.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobMatcher};

use super::budget::{MARKS_MAX, Spent, TooMuch};
use crate::contract::{LogicalType, Schema};
use crate::policy::{ColumnKind, ColumnRule, Selector};
use crate::yaml::{Faults, nearest, quoted};

/// The reference's columns in their order, then the candidate's additions in theirs.
pub(super) struct Columns<'a> {
    list: Vec<Column<'a>>,
    index: BTreeMap<&'a str, usize>,
}

/// One column and what the policy's `columns` say of it.
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    /// Its type in the reference, or in the candidate where the reference lacks it.
    pub(super) logical_type: &'a LogicalType,
    pub(super) tags: BTreeSet<&'a str>,
    /// The last rule that names a kind decides.
    pub(super) kind: Option<ColumnKind>,
    /// Rule and expectation, both by position, in file order.
    pub(super) expectations: Vec<(usize, usize)>,
}

impl<'a> Columns<'a> {
    /// The columns of two schemas, nothing said of them yet.
    pub(super) fn of(reference: &'a Schema, candidate: &'a Schema) -> Self {
        let additions =
            candidate.columns().iter().filter(|column| reference.column(&column.name).is_none());
        let list: Vec<Column<'a>> = reference
            .columns()
            .iter()
            .chain(additions)
            .map(|column| Column {
                name: &column.name,
                logical_type: &column.logical_type,
                tags: BTreeSet::new(),
                kind: None,
                expectations: Vec::new(),
            })
            .collect();
        let index = list.iter().enumerate().map(|(at, column)| (column.name, at)).collect();
        Self { list, index }
    }

    /// Writes the policy's column rules onto the columns, in file order, so that a rule may
    /// select by a tag that an earlier one gave.
    pub(super) fn annotate(
        &mut self,
        rules: &'a [ColumnRule],
        faults: &mut Faults,
    ) -> Result<(), TooMuch> {
        let mut marks = Spent::default();
        for (rule_at, rule) in rules.iter().enumerate() {
            let faults_before = faults.len();
            let selected = self.select(&rule.selector, faults);
            if selected.is_empty() && faults.len() == faults_before {
                faults.add_on_line(rule.selector.line, "the rule matches no column");
            }
            let each = (rule.tags.len() + rule.expectations.len()).max(1);
            let limit = (MARKS_MAX, "promises and tags of columns");
            marks.add(selected.len() * each, limit, rule.selector.line, faults)?;
            for at in selected {
                let column = &mut self.list[at];
                column.tags.extend(rule.tags.iter().map(String::as_str));
                column.kind = rule.kind.or(column.kind);
                column.expectations.extend((0..rule.expectations.len()).map(|at| (rule_at, at)));
            }
        }
        Ok(())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Positions of the columns a selector means, in order. A name that no snapshot has is a
    /// fault; a glob, tag or type that matches nothing is not.
    pub(super) fn select(&self, selector: &Selector, faults: &mut Faults) -> Vec<usize> {
        let find = |name: &String| self.find(name, selector.line, faults);
        let mut meant: BTreeSet<usize> = selector.names.iter().filter_map(find).collect();
        let except: BTreeSet<usize> =
            selector.except.iter().flat_map(|except| self.select(except, faults)).collect();
        let globs: Vec<GlobMatcher> = selector
            .globs
            .iter()
            .filter_map(|glob| Glob::new(glob).ok())
            .map(|glob| glob.compile_matcher())
            .collect();
        let fits = |column: &Column<'_>| {
            selector.everything
                || globs.iter().any(|glob| glob.is_match(column.name))
                || selector.tags.iter().any(|tag| column.tags.contains(tag.as_str()))
                || selector.types.iter().any(|name| is_type(column.logical_type, name))
        };
        let criteria = selector.globs.len() + selector.tags.len() + selector.types.len();
        if selector.everything || criteria > 0 {
            let fitting = self.list.iter().enumerate().filter(|(_, column)| fits(column));
            meant.extend(fitting.map(|(at, _)| at));
        }
        meant.difference(&except).copied().collect()
    }

    /// The position of a column that must exist.
    pub(super) fn find(&self, name: &str, line: usize, faults: &mut Faults) -> Option<usize> {
        let position = self.index.get(name).copied();
        if position.is_none() {
            let names = self.list.iter().map(|column| column.name);
            let hint = if faults.len() < HINTS_MAX { nearest(name, names) } else { None };
            let message = format!("no column {} in the reference or the candidate", quoted(name));
            faults.add_on_line_with(line, message, hint.as_deref());
        }
        position
    }

    /// The column at a position that [`Self::select`] or [`Self::find`] gave.
    pub(super) fn at(&self, position: usize) -> &Column<'a> {
        &self.list[position]
    }
}

/// Whether a type is of a family, or written so.
fn is_type(logical_type: &LogicalType, name: &str) -> bool {
    let integer = matches!(logical_type, LogicalType::Integer { .. });
    let float = matches!(logical_type, LogicalType::Float { .. });
    let decimal = matches!(logical_type, LogicalType::Decimal { .. });
    match name {
        "integer" => integer,
        "float" => float,
        "decimal" => decimal,
        "numeric" => integer || float || decimal,
        "boolean" => *logical_type == LogicalType::Boolean,
        "temporal" => matches!(
            logical_type,
            LogicalType::Date
                | LogicalType::Time { .. }
                | LogicalType::Timestamp { .. }
                | LogicalType::Duration { .. }
        ),
        _ => logical_type.to_string() == name,
    }
}

/// Faults that are worth a search for the nearest name: among ten thousand it takes a while.
const HINTS_MAX: usize = 10;
