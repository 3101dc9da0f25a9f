//! Keys of fixed-width values straight from the pages of a row group.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::column::ScanRequest;
use super::key_collector::KeyCollector;
use super::key_form::Form;
use super::key_source::KeySlice;
use super::keys::is_nan;
use super::page::{Chunk, Codes, PageBuffers, PageContent};
use super::source::Task;
use crate::contract::{ColumnExpectation, KeyDomain, ValueSet};
use crate::profile::{ColumnProfile, Presence};
use crate::stats::joint::KeyCount;
use crate::stats::order_key::{extremes, from_f64};

/// Scans a row group of a column. `None` where only the general reader can tell: pages it alone
/// knows, damage, and broken expectations, whose rows must be named.
pub(super) fn scan_pages(
    task: &Task<'_>,
    request: &ScanRequest<'_>,
    domain: &KeyDomain,
) -> Option<ColumnProfile> {
    let by_row =
        |expectation: &&ColumnExpectation| matches!(expectation, ColumnExpectation::Monotonic(_));
    if request.expectations.iter().any(by_row) {
        return None;
    }
    let mut scan = request.empty();
    let mut collector = KeyCollector::new(request.values);
    let presence = for_each_slice(task, request.column, |slice| {
        let (low, high) = slice_extremes(slice)?;
        if *domain == KeyDomain::Float {
            let count = |key| if low <= key && key <= high { slice.count(key) } else { 0 };
            scan.presence.negative_infinities += count(from_f64(f64::NEG_INFINITY));
            scan.presence.positive_infinities += count(from_f64(f64::INFINITY));
        }
        scan.extend_keys(low, high);
        request.expectations.iter().all(|one| slice.meets(one, low, high)).then_some(())?;
        match slice {
            KeySlice::Plain(keys) | KeySlice::Placed { keys, .. } => collector.take(keys),
            KeySlice::Counted(pairs) => collector.take_pairs(pairs),
        }
        Some(())
    })?;
    // NaN breaks every promise about values.
    (presence.nans == 0 || request.expectations.is_empty()).then_some(())?;
    scan.presence = Presence {
        negative_infinities: scan.presence.negative_infinities,
        positive_infinities: scan.presence.positive_infinities,
        ..presence
    };
    scan.values = collector.finish();
    Some(scan)
}

/// Hands over the keys of a row group, nulls and NaN left out, none of the slices empty, and
/// counts the rows. `None` where only the general reader can tell, also after some slices.
pub(super) fn for_each_slice(
    task: &Task<'_>,
    column: &str,
    mut visit: impl FnMut(KeySlice<'_>) -> Option<()>,
) -> Option<Presence> {
    let leaf = task.file.leaf(column)?;
    let mut pages = Pages::of(task, column, leaf)?;
    let chunk = Chunk::open(task, leaf)?;
    let rows =
        with_buffers(|buffers| chunk.for_each_page(buffers, |page| pages.take(page, &mut visit)))?;
    let nans = pages.finish(&mut visit)?;
    Some(Presence { rows: rows.rows, nulls: rows.nulls, nans, ..Presence::default() })
}

/// Hands over the keys of one page of a row group: the `nth`, or the last. `None` as above.
pub(super) fn one_page_of_keys(
    task: &Task<'_>,
    column: &str,
    nth: usize,
    mut visit: impl FnMut(KeySlice<'_>) -> Option<()>,
) -> Option<()> {
    let leaf = task.file.leaf(column)?;
    let mut pages = Pages::of(task, column, leaf)?;
    let chunk = Chunk::open(task, leaf)?;
    with_buffers(|buffers| chunk.one_page(nth, buffers, |page| pages.take(page, &mut visit)))?;
    pages.finish(&mut visit).map(drop)
}

/// Works with this thread's buffers; a panic is no page.
pub(super) fn with_buffers<T>(work: impl FnOnce(&mut PageBuffers) -> Option<T>) -> Option<T> {
    thread_local! {
        static BUFFERS: RefCell<PageBuffers> = RefCell::default();
    }
    catch_unwind(AssertUnwindSafe(|| BUFFERS.with_borrow_mut(work))).unwrap_or(None)
}

/// Pages of one chunk as keys.
struct Pages {
    form: Form,
    dictionary: Vec<u64>,
    counts: Vec<u32>,
    keys: Vec<u64>,
    nans: u64,
}

impl Pages {
    fn of(task: &Task<'_>, column: &str, leaf: usize) -> Option<Self> {
        Some(Self {
            form: Form::of(task, column, leaf)?,
            dictionary: Vec::new(),
            counts: Vec::new(),
            keys: Vec::new(),
            nans: 0,
        })
    }

    fn take(
        &mut self,
        page: PageContent<'_>,
        visit: &mut impl FnMut(KeySlice<'_>) -> Option<()>,
    ) -> Option<()> {
        match page {
            PageContent::Dictionary { bytes, values } => self.take_dictionary(bytes, values),
            PageContent::Codes(codes) => self.take_codes(codes),
            PageContent::Plain { bytes, values } if self.form == Form::Bit => {
                let ones = super::page::ones(bytes, values)? as u64;
                let pairs = [(0, values as u64 - ones), (1, ones)];
                let seen = pairs.iter().filter(|pair| pair.1 > 0);
                seen.into_iter().try_for_each(|pair| visit(KeySlice::Counted(&[*pair])))
            }
            PageContent::Plain { bytes, values } => {
                let bytes = bytes.get(..values.checked_mul(self.form.width())?)?;
                for block in bytes.chunks(BLOCK_VALUES * self.form.width()) {
                    self.keys.clear();
                    self.form.keys(block, &mut self.keys)?;
                    self.leave_nans_out();
                    if !self.keys.is_empty() {
                        visit(KeySlice::Plain(&self.keys))?;
                    }
                }
                Some(())
            }
        }
    }

    fn take_dictionary(&mut self, bytes: &[u8], values: usize) -> Option<()> {
        (self.dictionary.is_empty() && self.form != Form::Bit).then_some(())?;
        let bytes = bytes.get(..values.checked_mul(self.form.width())?)?;
        self.form.keys(bytes, &mut self.dictionary)?;
        self.counts.resize(self.dictionary.len(), 0);
        Some(())
    }

    fn take_codes(&mut self, codes: Codes<'_>) -> Option<()> {
        codes.count(&mut self.counts)
    }

    fn leave_nans_out(&mut self) {
        if !self.form.is_float() {
            return;
        }
        // Keys of NaN lie outside those of the infinities.
        let Some((low, high)) = extremes(&self.keys) else {
            return;
        };
        if is_nan(low) || is_nan(high) {
            let before = self.keys.len();
            self.keys.retain(|&key| !is_nan(key));
            self.nans += (before - self.keys.len()) as u64;
        }
    }

    /// Hands over what the dictionary's codes have counted; gives the number of NaN. Where most
    /// values are different a dictionary is given up after some pages: its values are keys like
    /// others, not worth a count each.
    fn finish(mut self, visit: &mut impl FnMut(KeySlice<'_>) -> Option<()>) -> Option<u64> {
        let floats = self.form.is_float();
        let mut pairs: Vec<KeyCount> = Vec::new();
        self.keys.clear();
        self.keys.reserve(self.dictionary.len());
        for (&key, &count) in self.dictionary.iter().zip(&self.counts) {
            match count {
                _ if floats && is_nan(key) => self.nans += u64::from(count),
                0 => {}
                1 => self.keys.push(key),
                2 => self.keys.extend([key, key]),
                _ => pairs.push((key, count.into())),
            }
        }
        for keys in self.keys.chunks(BLOCK_VALUES) {
            visit(KeySlice::Plain(keys))?;
        }
        if !pairs.is_empty() {
            visit(KeySlice::Counted(&pairs))?;
        }
        Some(self.nans)
    }
}

fn slice_extremes(slice: KeySlice<'_>) -> Option<(u64, u64)> {
    match slice {
        KeySlice::Plain(keys) | KeySlice::Placed { keys, .. } => extremes(keys),
        KeySlice::Counted(pairs) => {
            let keys = || pairs.iter().map(|pair| pair.0);
            Some((keys().min()?, keys().max()?))
        }
    }
}

impl KeySlice<'_> {
    fn count(self, key: u64) -> u64 {
        match self {
            Self::Plain(keys) | Self::Placed { keys, .. } => {
                keys.iter().filter(|&&found| found == key).count() as u64
            }
            Self::Counted(pairs) => {
                pairs.iter().filter(|pair| pair.0 == key).map(|pair| pair.1).sum()
            }
        }
    }

    /// Whether all values, of which the smallest and largest are known, keep a promise.
    fn meets(self, expectation: &ColumnExpectation, low: u64, high: u64) -> bool {
        match (expectation, self) {
            (ColumnExpectation::KeyRange(range), _) => range.contains(low) && range.contains(high),
            (
                ColumnExpectation::OneOf(ValueSet::Keys(set)),
                Self::Plain(keys) | Self::Placed { keys, .. },
            ) => keys.iter().all(|key| set.contains(key)),
            (ColumnExpectation::OneOf(ValueSet::Keys(set)), Self::Counted(pairs)) => {
                pairs.iter().all(|pair| set.contains(&pair.0))
            }
            _ => true,
        }
    }
}

/// Values made into keys at a time: they stay in the first cache.
const BLOCK_VALUES: usize = 2048;
