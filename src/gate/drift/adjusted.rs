//! p-values adjusted for the number of columns a gate asks about.

use std::collections::BTreeMap;

use crate::measure::{Drift, DriftFacts, Measurement};
use crate::policy::{Adjustment, DriftRule};
use crate::quantity::PValue;
use crate::stats::Multiplicity;

/// Adjusted p of each column that has one; a family for each test the gate uses.
pub(super) struct Adjusted {
    ks: BTreeMap<String, PValue>,
    chi_square: BTreeMap<String, PValue>,
}

impl Adjusted {
    /// Adjusts over the gate's columns. Columns with too few values stay in the family: they were
    /// asked about.
    pub(super) fn over(rule: &DriftRule, columns: &[String], measurement: &Measurement) -> Self {
        let family = |p: fn(&DriftFacts) -> Option<PValue>| {
            let (names, p_values): (Vec<&String>, Vec<PValue>) = columns
                .iter()
                .filter_map(|name| match &measurement.column(name)?.drift {
                    Some(Drift::Measured(drift)) => Some((name, p(drift)?)),
                    _ => None,
                })
                .unzip();
            let adjusted = method(rule.adjust).adjusted(&p_values);
            names.into_iter().cloned().zip(adjusted).collect()
        };
        Self {
            ks: family(|drift| drift.ks.as_ref().map(|ks| ks.p)),
            chi_square: family(|drift| drift.chi_square.map(|test| test.p)),
        }
    }

    /// The column's adjusted KS p.
    pub(super) fn ks(&self, column: &str) -> Option<PValue> {
        self.ks.get(column).copied()
    }

    /// The column's adjusted χ² p.
    pub(super) fn chi_square(&self, column: &str) -> Option<PValue> {
        self.chi_square.get(column).copied()
    }
}

fn method(adjustment: Adjustment) -> Multiplicity {
    match adjustment {
        Adjustment::Holm => Multiplicity::Holm,
        Adjustment::BenjaminiHochberg => Multiplicity::BenjaminiHochberg,
        Adjustment::None => Multiplicity::None,
    }
}
