//! What a gate of expectations wants of columns and rows.

use super::bind::{Binding, Wanted};
use super::columns::Column;
use super::promise::{Resolved, resolve, words};
use crate::contract::{KeyDomain, LogicalType, RowExpectation};
use crate::measure::{ExpectationRequest, RowRequest};
use crate::policy::{
    Check, CheckPlace, ExpectationRule, ExpectationsRule, GateRule, Promise, RowPromise, RowRule,
    Sides,
};
use crate::yaml::quoted;

/// What makes two row checks one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowKey {
    /// The policy's row rule at this position.
    Rule(usize),
    /// A column that promises to be unique, by expectation.
    Column(usize, (usize, usize)),
}

impl Binding<'_> {
    pub(super) fn expectations(
        &mut self,
        gate: &GateRule,
        rule: &ExpectationsRule,
        selected: &[usize],
    ) -> Vec<Check> {
        let (faults_before, policy) = (self.faults.len(), self.policy);
        let mut checks = Vec::new();
        for &at in selected {
            for place in self.columns.at(at).expectations.clone() {
                let (rule_at, expectation_at) = place;
                let expectation = &policy.columns[rule_at].expectations[expectation_at];
                let sides = expectation.on.unwrap_or(rule.on);
                checks.extend(self.column_check(at, place, expectation, sides));
            }
        }
        if rule.rows {
            for (rule_at, row) in policy.rows.iter().enumerate() {
                checks.extend(self.row_check(rule_at, row, row.on.unwrap_or(rule.on)));
            }
        }
        if checks.is_empty() && self.faults.len() == faults_before {
            let name = quoted(&gate.name);
            self.faults.add_on_line(gate.line, format!("gate {name} has nothing to check"));
        }
        checks
    }

    fn column_check(
        &mut self,
        at: usize,
        place: (usize, usize),
        rule: &ExpectationRule,
        sides: Sides,
    ) -> Option<Check> {
        let column = self.columns.at(at);
        let name = column.name.to_owned();
        let resolved = match resolve(&rule.promise, column) {
            Ok(resolved) => resolved,
            Err(message) => {
                self.faults.add_on_line(rule.line, message);
                return None;
            }
        };
        let wanted = self.wanted.entry(at).or_default();
        let (place, tolerated) = match resolved {
            Resolved::NullRate(max) => (CheckPlace::NullRate { column: name.clone() }, max),
            Resolved::NanRate(max) => (CheckPlace::NanRate { column: name.clone() }, max),
            Resolved::Value(expectation) => {
                let index = wanted.index_of(place, || ExpectationRequest {
                    expectation,
                    reference: false,
                    candidate: false,
                });
                let request = &mut wanted.expectations[index];
                request.reference |= sides.reference();
                request.candidate |= sides.candidate();
                (CheckPlace::Column { column: name.clone(), index }, rule.tolerated)
            }
            Resolved::Unique => {
                let key = RowKey::Column(at, place);
                let columns = vec![name.clone()];
                let index = self.row_index(key, RowExpectation::Unique { columns }, sides);
                (CheckPlace::Row { index }, rule.tolerated)
            }
        };
        let (promise, line) = (words(&rule.promise), rule.line);
        Some(Check { subject: name, promise, tolerated, sides, place, line })
    }

    fn row_check(&mut self, rule_at: usize, rule: &RowRule, sides: Sides) -> Option<Check> {
        let (expectation, subject, promise) = match &rule.promise {
            RowPromise::Unique(names) => {
                for name in names {
                    let at = self.column(name, rule.line)?;
                    if let Err(message) = resolve(&Promise::Unique, self.columns.at(at)) {
                        self.faults.add_on_line(rule.line, message);
                        return None;
                    }
                }
                let expectation = RowExpectation::Unique { columns: names.clone() };
                (expectation, names.join(", "), "unique".to_owned())
            }
            RowPromise::Compare { left, comparison, right } => {
                let (left_at, right_at) =
                    (self.column(left, rule.line), self.column(right, rule.line));
                let (left_at, right_at) = (left_at?, right_at?);
                if let Err(message) =
                    comparable(self.columns.at(left_at), self.columns.at(right_at))
                {
                    self.faults.add_on_line(rule.line, message);
                    return None;
                }
                let expectation = RowExpectation::Compare {
                    left: left.clone(),
                    comparison: *comparison,
                    right: right.clone(),
                };
                let promise = format!("{left} {} {right}", comparison.symbol());
                (expectation, format!("{left}, {right}"), promise)
            }
        };
        let index = self.row_index(RowKey::Rule(rule_at), expectation, sides);
        let (tolerated, place, line) = (rule.tolerated, CheckPlace::Row { index }, rule.line);
        Some(Check { subject, promise, tolerated, sides, place, line })
    }

    /// Where a row promise stands among the requests; asked for by two gates it stands once.
    fn row_index(&mut self, key: RowKey, expectation: RowExpectation, sides: Sides) -> usize {
        let next = self.rows.len();
        let index = *self.row_places.entry(key).or_insert(next);
        if index == next {
            self.rows.push(RowRequest { expectation, reference: false, candidate: false });
        }
        let request = &mut self.rows[index];
        request.reference |= sides.reference();
        request.candidate |= sides.candidate();
        index
    }
}

impl Wanted {
    fn index_of(
        &mut self,
        place: (usize, usize),
        request: impl FnOnce() -> ExpectationRequest,
    ) -> usize {
        let next = self.expectations.len();
        let index = *self.places.entry(place).or_insert(next);
        if index == next {
            self.expectations.push(request());
        }
        index
    }
}

/// Two columns compare when their keys mean the same, or both are text.
fn comparable(left: &Column<'_>, right: &Column<'_>) -> Result<(), String> {
    let (ours, theirs) = (left.logical_type, right.logical_type);
    let both_text = *ours == LogicalType::String && *theirs == LogicalType::String;
    let same_keys = KeyDomain::of(ours).is_some_and(|keys| Some(keys) == KeyDomain::of(theirs));
    if both_text || same_keys {
        return Ok(());
    }
    Err(format!(
        "columns {} and {} cannot be compared: `{ours}` and `{theirs}`",
        quoted(left.name),
        quoted(right.name)
    ))
}
