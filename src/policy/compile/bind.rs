//! The binding itself.

use std::collections::BTreeMap;

use super::budget::{FINDINGS_MAX, Spent, TooMuch, refuse_excess};
use super::columns::Columns;
use super::expectations::RowKey;
use crate::contract::{LogicalType, Schema};
use crate::measure::{
    ColumnRequest, DriftRequest, ExpectationRequest, MeasurementRequest, RowRequest,
};
use crate::policy::{
    ColumnKind, CompiledGate, CompiledPolicy, FreshnessRule, GateKind, GateRule, Policy,
};
use crate::profile::Sampling;
use crate::yaml::{Fault, Faults, quoted};

/// Binds a policy to the schemas of a reference and a candidate.
///
/// # Errors
/// Every fault that shows only against the data, each with the line it stands on: a column that
/// neither snapshot has (with the nearest name), a rule or drift gate that means no column, a
/// promise that its column's type cannot hold, a limit that says nothing of a column, two drift
/// gates that want one column with different `bins` or `alpha`, a comparison of columns of
/// different kinds. When the policy asks for more than the limits of this module allow, the faults
/// up to there.
pub fn compile(
    policy: &Policy,
    reference: &Schema,
    candidate: &Schema,
    sampling: Sampling,
) -> Result<CompiledPolicy, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut columns = Columns::of(reference, candidate);
    let allowed = refuse_excess(policy, columns.len(), &mut faults)
        .and_then(|()| columns.annotate(&policy.columns, &mut faults));
    if let Err(TooMuch) = allowed {
        return Err(once_each(faults));
    }
    let of_checklist = |name: &str| {
        policy.gates.iter().any(|gate| gate.name == name && gate.kind.criterion().is_some())
    };
    for waiver in &policy.waivers {
        // What an answer of the checklist is about is no column.
        if let Some(column) = waiver.column.as_ref().filter(|_| !of_checklist(&waiver.gate)) {
            columns.find(column, waiver.line, &mut faults);
        }
    }
    let mut binding = Binding {
        policy,
        columns,
        wanted: BTreeMap::new(),
        rows: Vec::new(),
        row_places: BTreeMap::new(),
        findings: Spent::default(),
        faults,
    };
    let gates: Result<Vec<_>, TooMuch> =
        policy.gates.iter().map(|gate| binding.gate(gate)).collect();
    let Binding { columns, wanted, rows, faults, .. } = binding;
    let Some(gates) = gates.ok().filter(|_| faults.is_empty()) else {
        return Err(once_each(faults));
    };
    let requests = wanted
        .into_iter()
        .map(|(at, wanted)| {
            let column = columns.at(at);
            ColumnRequest {
                name: column.name.to_owned(),
                as_categories: column.kind == Some(ColumnKind::Categorical),
                drift: wanted.drift.map(|(request, _)| request),
                expectations: wanted.expectations,
            }
        })
        .collect();
    let request = MeasurementRequest {
        columns: requests,
        rows,
        samples_max: sampling.positions_max,
        show_values: sampling.values,
    };
    Ok(CompiledPolicy { request, gates })
}

/// The work in progress: what is wanted so far, gate after gate.
pub(super) struct Binding<'a> {
    pub(super) policy: &'a Policy,
    pub(super) columns: Columns<'a>,
    /// By position in `columns`, so that requests come in the columns' order.
    pub(super) wanted: BTreeMap<usize, Wanted>,
    pub(super) rows: Vec<RowRequest>,
    /// Where a row check stands in `rows`.
    pub(super) row_places: BTreeMap<RowKey, usize>,
    findings: Spent,
    pub(super) faults: Faults,
}

/// What is wanted of one column.
#[derive(Default)]
pub(super) struct Wanted {
    /// The request, and the name of the gate that made it first.
    pub(super) drift: Option<(DriftRequest, String)>,
    pub(super) expectations: Vec<ExpectationRequest>,
    /// Where an expectation (rule, position) stands in `expectations`.
    pub(super) places: BTreeMap<(usize, usize), usize>,
}

impl<'a> Binding<'a> {
    fn gate(&mut self, gate: &'a GateRule) -> Result<CompiledGate, TooMuch> {
        let mut compiled =
            CompiledGate { rule: gate.clone(), columns: Vec::new(), checks: Vec::new() };
        match &gate.kind {
            GateKind::Schema(_) | GateKind::Volume(_) | GateKind::Checklist(_) => {}
            GateKind::Freshness(rule) => self.freshness(rule),
            GateKind::Drift(rule) => {
                compiled.columns = self.drift(gate, rule);
                let limits = rule.limits().filter(|limit| limit.threshold.is_some()).count();
                self.count(compiled.columns.len() * limits, gate)?;
            }
            GateKind::Expectations(rule) => {
                let selected = self.columns.select(&rule.columns, &mut self.faults);
                compiled.columns =
                    selected.iter().map(|&at| self.columns.at(at).name.to_owned()).collect();
                compiled.checks = self.expectations(gate, rule, &selected);
                self.count(compiled.checks.len(), gate)?;
            }
        }
        Ok(compiled)
    }

    fn count(&mut self, findings: usize, gate: &GateRule) -> Result<(), TooMuch> {
        self.findings.add(findings, (FINDINGS_MAX, "findings"), gate.line, &mut self.faults)
    }

    fn freshness(&mut self, rule: &FreshnessRule) {
        let Some(at) = self.column(&rule.column, rule.line) else {
            return;
        };
        let logical_type = self.columns.at(at).logical_type;
        if !matches!(logical_type, LogicalType::Date | LogicalType::Timestamp { .. }) {
            let name = quoted(&rule.column);
            self.faults.add_on_line(
                rule.line,
                format!("freshness needs a date or timestamp; column {name} is `{logical_type}`"),
            );
        }
    }

    /// A column that must exist; it is measured from now on.
    pub(super) fn column(&mut self, name: &str, line: usize) -> Option<usize> {
        let at = self.columns.find(name, line, &mut self.faults)?;
        self.wanted.entry(at).or_default();
        Some(at)
    }
}

/// A fault that several gates or columns ran into is told once.
fn once_each(faults: Faults) -> Vec<Fault> {
    let mut faults = faults.into_vec();
    faults.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
    faults.dedup();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ColumnExpectation, KeyRange};
    use crate::policy::{CheckPlace, Sides, parse};
    use crate::stats::order_key::from_i64;

    const POLICY: &str = r#"
version: 1
name: t
columns:
  - match: {type: numeric}
    tags: [number]
  - match: [age, income]
    expect:
      - range: {min: 0, max: 120}
        tolerate: 1%
      - nulls: {max: 5%}
  - match: {tag: number, except: income}
    expect:
      - unique: true
        on: reference
  - {match: id, kind: identifier}
  - {match: code, kind: categorical}
rows:
  - compare: "age <= income2"
gates:
  - {name: one, kind: expectations, columns: age}
  - {name: two, kind: expectations, columns: [age, income], rows: false, on: reference}
  - {name: drift, kind: drift, columns: "*", psi: {max: 0.2}}
  - {name: far, kind: drift, columns: age, wasserstein_scaled: {max: 1}}
"#;

    fn schema(columns: &[(&str, LogicalType)]) -> Schema {
        let columns = columns
            .iter()
            .map(|(name, ty)| crate::contract::Column::new(*name, ty.clone(), true))
            .collect();
        Schema::new(columns).unwrap()
    }

    fn compiled() -> CompiledPolicy {
        let float = LogicalType::Float { bits: 64 };
        let reference = schema(&[
            ("income", float.clone()),
            ("id", LogicalType::integer(64)),
            ("age", LogicalType::integer(32)),
            ("code", LogicalType::integer(16)),
        ]);
        let candidate = schema(&[
            ("age", LogicalType::integer(32)),
            ("income2", LogicalType::integer(8)),
            ("income", float),
        ]);
        let policy = parse("p.yaml", POLICY.as_bytes()).unwrap();
        compile(&policy, &reference, &candidate, Sampling::default()).unwrap()
    }

    #[test]
    fn columns_come_in_the_references_order_then_the_candidates_additions() {
        let compiled = compiled();
        let names: Vec<&str> =
            compiled.request.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["income", "age", "code", "income2"]);
    }

    #[test]
    fn what_two_gates_want_of_a_column_is_measured_once_on_both_their_sides() {
        let compiled = compiled();
        let age = &compiled.request.columns[1];
        assert_eq!(age.expectations.len(), 1, "{:?}", age.expectations);
        let range = &age.expectations[0];
        assert!(range.candidate && range.reference);
        let ColumnExpectation::KeyRange(KeyRange { low, high }) = range.expectation else {
            panic!("{:?}", range.expectation)
        };
        assert_eq!((low, high), (from_i64(0), from_i64(120)));
        let drift = age.drift.unwrap();
        assert!(drift.whole_multiset && drift.bins == 10);
        assert!(!compiled.request.columns[0].drift.unwrap().whole_multiset);
    }

    #[test]
    fn each_check_says_where_its_result_stands() {
        let compiled = compiled();
        let age = || "age".to_owned();
        let places: Vec<(&str, &CheckPlace, Sides)> = compiled.gates[0]
            .checks
            .iter()
            .map(|check| (check.promise.as_str(), &check.place, check.sides))
            .collect();
        let in_column = CheckPlace::Column { column: age(), index: 0 };
        let nulls = CheckPlace::NullRate { column: age() };
        assert_eq!(
            places,
            [
                ("range [0, 120]", &in_column, Sides::Candidate),
                ("nulls at most 5%", &nulls, Sides::Candidate),
                ("unique", &CheckPlace::Row { index: 0 }, Sides::Reference),
                ("age <= income2", &CheckPlace::Row { index: 1 }, Sides::Candidate),
            ]
        );
        let second: Vec<&str> =
            compiled.gates[1].checks.iter().map(|check| check.subject.as_str()).collect();
        assert_eq!(second, ["income", "income", "age", "age", "age"]);
        let rows = &compiled.request.rows;
        assert_eq!(rows.len(), 2, "the same column's promise is asked for once");
        assert!(rows[0].reference && !rows[0].candidate);
    }

    #[test]
    fn identifiers_are_left_out_of_drift_and_kinds_reach_the_request() {
        let compiled = compiled();
        assert_eq!(compiled.gates[2].columns, ["income", "age", "code", "income2"]);
        assert!(compiled.request.columns[2].as_categories);
    }
}
