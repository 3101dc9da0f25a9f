//! What a drift gate wants of columns.

use super::bind::Binding;
use crate::contract::KeyDomain;
use crate::measure::DriftRequest;
use crate::policy::{ColumnKind, DriftRule, GateRule, LimitReach};
use crate::yaml::quoted;

impl Binding<'_> {
    /// The columns of a drift gate, identifiers left out.
    pub(super) fn drift(&mut self, gate: &GateRule, rule: &DriftRule) -> Vec<String> {
        let faults_before = self.faults.len();
        let selected = self.columns.select(&rule.columns, &mut self.faults);
        let measured: Vec<usize> = selected
            .into_iter()
            .filter(|&at| self.columns.at(at).kind != Some(ColumnKind::Identifier))
            .collect();
        if measured.is_empty() && self.faults.len() == faults_before {
            let name = quoted(&gate.name);
            self.faults.add_on_line(
                rule.columns.line,
                format!("drift gate {name} means no column (identifiers are left out)"),
            );
        }
        for &at in &measured {
            self.drift_of(at, gate, rule);
        }
        measured.into_iter().map(|at| self.columns.at(at).name.to_owned()).collect()
    }

    fn drift_of(&mut self, at: usize, gate: &GateRule, rule: &DriftRule) {
        let column = self.columns.at(at);
        let (name, logical_type) = (quoted(column.name), column.logical_type);
        let ordered = KeyDomain::of(logical_type).is_some();
        if column.kind == Some(ColumnKind::Numeric) && !ordered {
            let message = format!("column {name} is `{logical_type}` and cannot be numeric");
            self.faults.add_on_line(rule.columns.line, message);
        }
        let as_categories = !ordered || column.kind == Some(ColumnKind::Categorical);
        let judged = rule.limits().any(|limit| {
            limit.threshold.is_some() && !(as_categories && limit.reach == LimitReach::Ordered)
        });
        if !judged {
            self.faults.add_on_line_with(
                rule.columns.line,
                format!(
                    "no limit of gate {} applies to column {name}, whose values are categories",
                    quoted(&gate.name)
                ),
                Some("add `psi: {max: 0.2}`, or leave the column out by `except`"),
            );
        }
        let request = DriftRequest {
            bins: rule.bins,
            alpha: rule.alpha,
            whole_multiset: rule.wasserstein_scaled_max.is_some(),
        };
        let wanted = self.wanted.entry(at).or_default();
        let (merged, first) = wanted.drift.get_or_insert_with(|| (request, gate.name.clone()));
        merged.whole_multiset |= request.whole_multiset;
        if (merged.bins, merged.alpha) != (request.bins, request.alpha) {
            let message = format!(
                "gates {} and {} want column {name} with different `bins` or `alpha`; a column \
                 is measured once",
                quoted(first),
                quoted(&gate.name),
            );
            self.faults.add_on_line(gate.line, message);
        }
    }
}
