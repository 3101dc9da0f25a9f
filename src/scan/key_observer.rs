//! What one row group says about a column of order keys.

use arrow_array::Array;

use super::column::ScanRequest;
use super::key_collector::KeyCollector;
use super::keys::{KeyRows, is_nan};
use super::source::Task;
use crate::contract::{ColumnExpectation, KeyDomain, ValueSet};
use crate::profile::{ColumnProfile, Run};
use crate::stats::order_key::from_f64;

/// Reads the batches of one row group, one after another.
pub(super) struct KeyObserver<'a> {
    task: Task<'a>,
    request: &'a ScanRequest<'a>,
    domain: &'a KeyDomain,
    rows: KeyRows,
    dense: Vec<u64>,
    scan: ColumnProfile,
    collector: KeyCollector<'a>,
}

impl<'a> KeyObserver<'a> {
    pub(super) fn new(task: Task<'a>, request: &'a ScanRequest<'a>, domain: &'a KeyDomain) -> Self {
        let scan = request.empty();
        Self {
            task,
            request,
            domain,
            rows: KeyRows::default(),
            dense: Vec::new(),
            scan,
            collector: KeyCollector::new(request.values),
        }
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// A reason, for people, when a value has no order key.
    pub(super) fn observe(&mut self, array: &dyn Array) -> Result<(), String> {
        self.rows.fill(array)?;
        let rows = array.len() as u64;
        let nulls = self.rows.validity.as_ref().map_or(0, |v| v.null_count() as u64);
        self.compact();
        let nans = rows - nulls - self.dense().len() as u64;
        let before = self.scan.presence.rows;
        self.scan.presence.rows += rows;
        self.scan.presence.nulls += nulls;
        self.scan.presence.nans += nans;
        self.observe_extremes();
        for index in 0..self.request.expectations.len() {
            self.check(index, before, nans > 0);
        }
        let from_rows = self.rows.validity.is_none() && !self.rows.floats;
        self.collector.take(if from_rows { &self.rows.keys } else { &self.dense });
        Ok(())
    }

    /// What the row group said.
    pub(super) fn finish(mut self) -> ColumnProfile {
        self.scan.values = self.collector.finish();
        self.scan
    }

    /// Leaves nulls and NaN out; without any, the rows themselves are dense.
    fn compact(&mut self) {
        self.dense.clear();
        let KeyRows { keys, validity, floats } = &self.rows;
        let has_nan = *floats && keys.iter().any(|&key| is_nan(key));
        match validity {
            None if !has_nan => {}
            None => self.dense.extend(keys.iter().copied().filter(|&key| !is_nan(key))),
            Some(validity) => {
                for (start, end) in validity.valid_slices() {
                    let run = keys.get(start..end).unwrap_or_default();
                    if has_nan {
                        self.dense.extend(run.iter().copied().filter(|&key| !is_nan(key)));
                    } else {
                        self.dense.extend_from_slice(run);
                    }
                }
            }
        }
        self.rows.floats = has_nan;
    }

    fn dense(&self) -> &[u64] {
        if self.rows.validity.is_none() && !self.rows.floats {
            &self.rows.keys
        } else {
            &self.dense
        }
    }

    fn observe_extremes(&mut self) {
        let dense = self.dense();
        let (Some(low), Some(high)) = (dense.iter().copied().min(), dense.iter().copied().max())
        else {
            return;
        };
        if *self.domain == KeyDomain::Float {
            let count = |key| dense.iter().filter(|&&k| k == key).count() as u64;
            let (lowest, highest) = (from_f64(f64::NEG_INFINITY), from_f64(f64::INFINITY));
            let negative = if low == lowest { count(lowest) } else { 0 };
            let positive = if high == highest { count(highest) } else { 0 };
            self.scan.presence.negative_infinities += negative;
            self.scan.presence.positive_infinities += positive;
        }
        self.scan.extend_keys(low, high);
    }

    /// Checks one expectation on the batch whose first row is `before`.
    fn check(&mut self, index: usize, before: u64, has_nan: bool) {
        match self.request.expectations[index] {
            ColumnExpectation::KeyRange(range) => {
                let inside = |&key: &u64| range.contains(key);
                if has_nan || !self.dense().iter().all(inside) {
                    self.check_each(index, before, |key| range.contains(key));
                }
            }
            ColumnExpectation::OneOf(ValueSet::Keys(set)) => {
                self.check_each(index, before, |key| set.contains(&key));
            }
            ColumnExpectation::Monotonic(direction) => {
                let (task, request, domain) = (self.task, self.request, self.domain);
                let violations = &mut self.scan.violations[index];
                let mut run = violations.run.take().unwrap_or_else(|| Run::new(*direction));
                for_each_value(&self.rows, |row, key| {
                    let sample = || request.sample(&task, before + row, || domain.text(key));
                    if !run.follow(key, sample) {
                        violations.add(request.samples_max, sample);
                    }
                });
                violations.run = Some(run);
            }
            // Promises about text cannot be made of columns with order keys.
            ColumnExpectation::OneOf(ValueSet::Texts(_))
            | ColumnExpectation::TextRange { .. }
            | ColumnExpectation::Matches(_)
            | ColumnExpectation::Length(_) => {}
        }
    }

    fn check_each(&mut self, index: usize, before: u64, holds: impl Fn(u64) -> bool) {
        let (task, request, domain) = (self.task, self.request, self.domain);
        let violations = &mut self.scan.violations[index];
        let floats = *domain == KeyDomain::Float;
        for_each_value(&self.rows, |row, key| {
            let nan = floats && is_nan(key);
            if nan || !holds(key) {
                let text = || {
                    if nan { "NaN".to_owned() } else { domain.text(key) }
                };
                let sample = || request.sample(&task, before + row, text);
                violations.add(request.samples_max, sample);
            }
        });
    }
}

/// Hands over row and key of every row that is not null.
pub(super) fn for_each_value(rows: &KeyRows, mut visit: impl FnMut(u64, u64)) {
    match &rows.validity {
        None => rows.keys.iter().enumerate().for_each(|(row, &key)| visit(row as u64, key)),
        Some(validity) => {
            for row in validity.valid_indices() {
                if let Some(&key) = rows.keys.get(row) {
                    visit(row as u64, key);
                }
            }
        }
    }
}
