//! The signed counts of the columns, checked before anything is computed from them.

use std::collections::BTreeMap;

use super::{Disagreement, Figure};
use crate::gate::{Evidence, Pair, Side};
use crate::measure::{DriftFacts, SideCounts, drift_from_counts};
use crate::profile::Presence;
use crate::report::text::TEXT_CHARS_MAX;
use crate::report::{BinCounts, ColumnSummary, Count, Predicate};

/// Every column of a report by name.
pub(super) struct Columns<'a> {
    rows: [u64; 2],
    /// `None` for a name that several columns were cut to.
    by_name: BTreeMap<&'a str, Option<&'a ColumnSummary>>,
    /// What follows from a column's counts at an error rate (its bits), once computed.
    counted: BTreeMap<(&'a str, u64), Counted>,
}

/// What follows from the counts of a column.
pub(super) struct Counted {
    /// Every number that counts give.
    pub(super) facts: DriftFacts,
    /// Whether numbers mean anything.
    pub(super) evidence: Evidence,
    /// Whether bins are counted in the report.
    pub(super) bins: Bins,
}

/// What a report says of a column's bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bins {
    /// Every count of them.
    Counted,
    /// How many there are; the counts stand in the details.
    Omitted,
    /// There are none.
    Absent,
}

impl<'a> Columns<'a> {
    /// # Errors
    /// [`Disagreement`] when a snapshot has more rows than any that is read, or a column whose name
    /// was not cut stands there twice.
    pub(super) fn of(predicate: &'a Predicate) -> Result<Self, Disagreement> {
        let rows = [&predicate.reference, &predicate.candidate]
            .map(|side| side.as_ref().map_or(0, |side| side.rows.0));
        if let Some(many) = rows.into_iter().find(|&rows| rows > ROWS_MAX) {
            let expected = format!("at most {ROWS_MAX} rows");
            return Err(Disagreement::of(Figure::Count, many, expected));
        }
        let mut by_name: BTreeMap<&str, Option<&ColumnSummary>> = BTreeMap::new();
        for column in &predicate.columns {
            let name = column.name.as_str();
            let first = !by_name.contains_key(name);
            by_name.insert(name, first.then_some(column));
            if !first && name.chars().count() <= TEXT_CHARS_MAX {
                let recorded = format!("{name} twice");
                return Err(Disagreement::of(Figure::Count, recorded, "each column once"));
            }
        }
        Ok(Self { rows, by_name, counted: BTreeMap::new() })
    }

    /// Rows of the reference and the candidate.
    pub(super) fn rows(&self) -> [u64; 2] {
        self.rows
    }

    /// What is missing of a column on one side; `None` when the report does not tell it apart.
    ///
    /// # Errors
    /// [`Disagreement`] when more is missing than there are rows.
    pub(super) fn presence(
        &self,
        name: &str,
        side: Side,
    ) -> Result<Option<Presence>, Disagreement> {
        let column = self.by_name.get(name).copied().flatten();
        column.map_or(Ok(None), |column| self.presence_of(column, side))
    }

    /// Whether several columns were cut to this name.
    pub(super) fn shared(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(Option::is_none)
    }

    /// What follows from the counts of a column, each bound one-sided at `alpha`; `None` when the
    /// report does not tell the column apart.
    ///
    /// # Errors
    /// [`Disagreement`] when the counts do not add up, or the column is not in the report.
    pub(super) fn counted(
        &mut self,
        name: &'a str,
        alpha: f64,
    ) -> Result<Option<&Counted>, Disagreement> {
        let Some(column) = self.by_name.get(name).copied() else {
            return Err(Disagreement::of(Figure::Count, "absent", "counts of the column"));
        };
        let Some(column) = column else { return Ok(None) };
        let key = (name, alpha.to_bits());
        if !self.counted.contains_key(&key) {
            let counted = self.count(column, alpha)?;
            self.counted.insert(key, counted);
        }
        Ok(self.counted.get(&key))
    }

    fn count(&self, column: &ColumnSummary, alpha: f64) -> Result<Counted, Disagreement> {
        let (bins, [ours, theirs]) = match &column.bins {
            None => (Bins::Absent, [Vec::new(), Vec::new()]),
            Some(BinCounts::Omitted { .. }) => (Bins::Omitted, [Vec::new(), Vec::new()]),
            Some(BinCounts::Counted { reference, candidate }) => {
                let plain = |counts: &[Count]| counts.iter().map(|count| count.0).collect();
                (Bins::Counted, [plain(reference), plain(candidate)])
            }
        };
        if ours.len() != theirs.len() {
            return Err(Disagreement::of(Figure::Count, theirs.len(), ours.len()));
        }
        let known = |side| {
            let absent = || Disagreement::of(Figure::Count, "null", "nulls and NaN of the column");
            self.presence_of(column, side)?.ok_or_else(absent)
        };
        let presence = [known(Side::Reference)?, known(Side::Candidate)?];
        if bins == Bins::Counted {
            for (counts, presence) in [&ours, &theirs].into_iter().zip(presence) {
                let total: u128 = counts.iter().map(|&count| u128::from(count)).sum();
                if total != u128::from(presence.values()) {
                    return Err(Disagreement::of(Figure::Count, total, presence.values()));
                }
            }
        }
        let [reference, candidate] = presence;
        let values = Pair { reference: reference.values(), candidate: candidate.values() };
        let rows = Pair { reference: reference.rows, candidate: candidate.rows };
        let facts = drift_from_counts(
            SideCounts { presence: reference, bins: ours },
            SideCounts { presence: candidate, bins: theirs },
            alpha,
        );
        let sparse_share = facts.psi.as_ref().map_or(0.0, |psi| psi.sparse_share);
        Ok(Counted { facts, evidence: Evidence { values, rows, sparse_share }, bins })
    }

    fn presence_of(
        &self,
        column: &ColumnSummary,
        side: Side,
    ) -> Result<Option<Presence>, Disagreement> {
        let at = usize::from(side == Side::Candidate);
        let (Some(nulls), Some(nans)) = (column.nulls[at], column.nans[at]) else {
            return Ok(None);
        };
        let missing = u128::from(nulls.0) + u128::from(nans.0);
        if missing > u128::from(self.rows[at]) {
            let expected = format!("at most {} rows", self.rows[at]);
            return Err(Disagreement::of(Figure::Count, missing, expected));
        }
        let (rows, nulls, nans) = (self.rows[at], nulls.0, nans.0);
        Ok(Some(Presence { rows, nulls, nans, ..Presence::default() }))
    }
}

/// Far more rows than are ever read, and few enough for every sum of them.
const ROWS_MAX: u64 = 1 << 53;
