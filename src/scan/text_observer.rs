//! What one row group says about a column of text or bytes.

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowDictionaryKeyType;
use arrow_array::{Array, ArrayAccessor, DictionaryArray, downcast_dictionary_array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;
use hashbrown::HashMap;

use super::column::ScanRequest;
use super::key_collector::ValuesWanted;
use super::source::Task;
use crate::profile::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, ColumnProfile, Values};

/// Reads the batches of one row group, one after another.
pub(super) struct TextObserver<'a> {
    task: Task<'a>,
    request: &'a ScanRequest<'a>,
    scan: ColumnProfile,
    known: HashMap<Box<[u8]>, Known>,
    known_bytes: usize,
    overflowed: bool,
}

/// A value met before: how often, and which expectations it breaks (one bit each).
#[derive(Debug, Clone, Copy)]
struct Known {
    count: u64,
    broken: u64,
}

impl<'a> TextObserver<'a> {
    pub(super) fn new(task: Task<'a>, request: &'a ScanRequest<'a>) -> Self {
        let scan = request.empty();
        let known = HashMap::new();
        Self { task, request, scan, known, known_bytes: 0, overflowed: false }
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// A reason, for people, when the array holds no text.
    pub(super) fn observe(&mut self, array: &dyn Array) -> Result<(), String> {
        match array.data_type() {
            DataType::Utf8 => self.observe_each(array.as_string::<i32>()),
            DataType::LargeUtf8 => self.observe_each(array.as_string::<i64>()),
            DataType::Utf8View => self.observe_each(array.as_string_view()),
            DataType::Binary => self.observe_each(array.as_binary::<i32>()),
            DataType::LargeBinary => self.observe_each(array.as_binary::<i64>()),
            DataType::BinaryView => self.observe_each(array.as_binary_view()),
            DataType::FixedSizeBinary(_) => self.observe_each(array.as_fixed_size_binary()),
            DataType::Dictionary(..) => return self.observe_codes(array),
            other => return Err(format!("values of type {other} are no text")),
        }
        Ok(())
    }

    /// Takes in a value that stands in every row, as partition folders give it.
    pub(super) fn observe_constant(&mut self, value: Option<&[u8]>, rows: u64) {
        let before = self.scan.presence.rows;
        self.scan.presence.rows += rows;
        let Some(value) = value else {
            self.scan.presence.nulls += rows;
            return;
        };
        let broken = if rows > 0 { self.count(value, rows) } else { 0 };
        if broken != 0 {
            (0..rows).for_each(|row| self.break_row(broken, before + row, value));
        }
    }

    /// Takes in `count` rows of a value, wherever they are, and says whether it keeps every
    /// promise.
    pub(super) fn keeps_promises(&mut self, value: &[u8], count: u64) -> bool {
        if matches!(self.request.values, ValuesWanted::None) {
            self.scan.extend_texts(value, value);
            return self.broken_by(value) == 0;
        }
        self.count(value, count) == 0
    }

    /// What a row group of so many rows and nulls said.
    pub(super) fn finish_counted(mut self, rows: u64, nulls: u64) -> ColumnProfile {
        (self.scan.presence.rows, self.scan.presence.nulls) = (rows, nulls);
        self.finish()
    }

    /// What the row group said.
    pub(super) fn finish(mut self) -> ColumnProfile {
        self.scan.values = match (self.request.values, self.overflowed) {
            (ValuesWanted::None, _) => Values::NotWanted,
            (_, true) => Values::TooManyCategories,
            (_, false) => Values::Categories(
                self.known.into_iter().map(|(value, known)| (value, known.count)).collect(),
            ),
        };
        self.scan
    }

    #[expect(clippy::needless_pass_by_value, reason = "accessors of arrays are references")]
    fn observe_each<'v, A>(&mut self, array: A)
    where
        A: ArrayAccessor,
        A::Item: AsBytes<'v>,
    {
        let before = self.scan.presence.rows;
        self.scan.presence.rows += array.len() as u64;
        self.scan.presence.nulls += array.null_count() as u64;
        for row in 0..array.len() {
            if array.is_valid(row) {
                let value = array.value(row).bytes();
                let broken = self.count(value, 1);
                if broken != 0 {
                    self.break_row(broken, before + row as u64, value);
                }
            }
        }
    }

    /// Counts codes and looks at each value of the dictionary once.
    fn observe_codes(&mut self, array: &dyn Array) -> Result<(), String> {
        downcast_dictionary_array!(
            array => match array.values().data_type() {
                DataType::Utf8 => {
                    self.observe_dictionary(array, array.values().as_string::<i32>());
                    Ok(())
                }
                DataType::LargeUtf8 => {
                    self.observe_dictionary(array, array.values().as_string::<i64>());
                    Ok(())
                }
                DataType::Binary => {
                    self.observe_dictionary(array, array.values().as_binary::<i32>());
                    Ok(())
                }
                DataType::LargeBinary => {
                    self.observe_dictionary(array, array.values().as_binary::<i64>());
                    Ok(())
                }
                other => Err(format!("dictionaries of type {other} are no text")),
            },
            other => Err(format!("values of type {other} are no text"))
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "accessors of arrays are references")]
    fn observe_dictionary<'v, K, A>(&mut self, array: &DictionaryArray<K>, values: A)
    where
        K: ArrowDictionaryKeyType,
        A: ArrayAccessor,
        A::Item: AsBytes<'v>,
    {
        let before = self.scan.presence.rows;
        self.scan.presence.rows += array.len() as u64;
        let codes = array.keys();
        let is_value =
            |row: usize| codes.is_valid(row) && values.is_valid(codes.value(row).as_usize());
        let mut counts = vec![0u64; values.len()];
        let mut present = 0u64;
        for row in 0..codes.len() {
            if is_value(row) {
                counts[codes.value(row).as_usize()] += 1;
                present += 1;
            }
        }
        self.scan.presence.nulls += codes.len() as u64 - present;
        let mut broken = vec![0u64; values.len()];
        for (code, &count) in counts.iter().enumerate() {
            if count > 0 {
                broken[code] = self.count(values.value(code).bytes(), count);
            }
        }
        if broken.iter().any(|&bits| bits != 0) {
            for row in (0..codes.len()).filter(|&row| is_value(row)) {
                let code = codes.value(row).as_usize();
                if broken[code] != 0 {
                    let value = values.value(code).bytes();
                    self.break_row(broken[code], before + row as u64, value);
                }
            }
        }
    }

    /// Adds `count` rows of a value; gives the expectations it breaks, one bit each.
    fn count(&mut self, value: &[u8], count: u64) -> u64 {
        if !self.overflowed
            && let Some(known) = self.known.get_mut(value)
        {
            known.count += count;
            return known.broken;
        }
        self.scan.extend_texts(value, value);
        let broken = self.broken_by(value);
        if !self.overflowed {
            self.known_bytes += value.len();
            self.known.insert(value.into(), Known { count, broken });
            if self.known.len() > CATEGORIES_MAX || self.known_bytes > CATEGORY_BYTES_MAX {
                self.overflowed = true;
                self.known = HashMap::new();
            }
        }
        broken
    }

    fn broken_by(&self, value: &[u8]) -> u64 {
        let expectations = self.request.expectations.iter().enumerate();
        expectations.fold(0, |bits, (index, expectation)| {
            bits | (u64::from(!expectation.holds_for_text(value)) << index)
        })
    }

    fn break_row(&mut self, broken: u64, row: u64, value: &[u8]) {
        for (index, violations) in self.scan.violations.iter_mut().enumerate() {
            if broken >> index & 1 == 1 {
                let show = || String::from_utf8_lossy(value).into_owned();
                let sample = || self.request.sample(&self.task, row, show);
                violations.add(self.request.samples_max, sample);
            }
        }
    }
}

/// Text and bytes alike, as bytes.
trait AsBytes<'v> {
    fn bytes(self) -> &'v [u8];
}

impl<'v> AsBytes<'v> for &'v str {
    fn bytes(self) -> &'v [u8] {
        self.as_bytes()
    }
}

impl<'v> AsBytes<'v> for &'v [u8] {
    fn bytes(self) -> &'v [u8] {
        self
    }
}

/// Most expectations of one text column: one bit each.
pub const EXPECTATIONS_MAX: usize = 64;
