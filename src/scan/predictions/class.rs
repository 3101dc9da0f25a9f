//! Classes of one row group: positive or not.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray};
use arrow_cast::cast;
use arrow_schema::DataType;

use super::error::RowsError;
use super::number::{fold_key_rows, unreadable};
use super::part::Missing;
use super::request::{ClassColumn, type_of};
use crate::contract::{KeyDomain, LogicalType};
use crate::profile::text_of;
use crate::scan::dense_codes::for_each_block_of_codes;
use crate::scan::error::ScanError;
use crate::scan::keys::KeyRows;
use crate::scan::read::for_each_batch_of_rows;
use crate::scan::source::{OpenSnapshot, Task};
use crate::stats::simd::widest;

/// Classes, one per row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassPart {
    /// Whether the row is of the positive class.
    pub positive: Vec<bool>,
    /// How many are.
    pub positives: u64,
    /// What else was found.
    pub others: Others,
}

/// The smallest and the largest value that is not the positive class, of rows that are kept or
/// not; equal when there is one other class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others {
    /// As people write them.
    pub ends: Option<(String, String)>,
}

impl Others {
    /// Both together. Texts are compared as texts, which tells whether there is one or more.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            ends: match (self.ends, other.ends) {
                (Some(ours), Some(theirs)) => Some((ours.0.min(theirs.0), ours.1.max(theirs.1))),
                (ours, theirs) => ours.or(theirs),
            },
        }
    }

    fn of_texts(texts: impl Iterator<Item = String> + Clone) -> Self {
        Self { ends: texts.clone().min().zip(texts.max()) }
    }
}

/// How the positive class is known from a value.
#[derive(Debug, Clone)]
pub(super) enum Positive<'a> {
    Key(KeyDomain, u64),
    Text(&'a [u8]),
}

impl<'a> Positive<'a> {
    /// The positive class of a column.
    pub(super) fn of(snapshot: &OpenSnapshot, wanted: ClassColumn<'a>) -> Result<Self, RowsError> {
        let logical_type = type_of(snapshot, wanted.column)?;
        let (column, found) = (wanted.column.to_owned(), logical_type.to_string());
        let domain = match KeyDomain::of(logical_type) {
            Some(domain) => domain,
            None if matches!(logical_type, LogicalType::String) => {
                let unnamed = || RowsError::UnnamedClass { column, found };
                return Ok(Self::Text(wanted.positive.ok_or_else(unnamed)?.as_bytes()));
            }
            None => {
                let expected = "classes: booleans, whole numbers or texts";
                return Err(RowsError::WrongType { column, found, expected });
            }
        };
        let positive = match (&domain, wanted.positive) {
            // Decisions are often booleans where labels are 0 and 1.
            (KeyDomain::Boolean, None | Some("1")) => "true",
            (_, Some(positive)) => positive,
            (KeyDomain::Signed | KeyDomain::Unsigned | KeyDomain::Float, None) => "1",
            (_, None) => return Err(RowsError::UnnamedClass { column, found }),
        };
        match domain.parse(positive) {
            Ok(Some(key)) => Ok(Self::Key(domain, key)),
            _ => Err(RowsError::NoSuchClass { column, found, positive: positive.to_owned() }),
        }
    }
}

impl ClassPart {
    /// Reads a column, and which of its rows lack a value.
    pub(super) fn read(
        task: &Task<'_>,
        column: &str,
        positive: &Positive<'_>,
    ) -> Result<(Self, Missing), ScanError> {
        match positive {
            Positive::Key(domain, key) => Self::read_keys(task, column, domain, *key),
            Positive::Text(text) => Self::read_texts(task, column, text),
        }
    }

    fn read_keys(
        task: &Task<'_>,
        column: &str,
        domain: &KeyDomain,
        wanted: u64,
    ) -> Result<(Self, Missing), ScanError> {
        let rows = usize::try_from(task.rows()).unwrap_or(0);
        let empty = || KeyClasses {
            positive: Vec::with_capacity(rows),
            missing: Missing::default(),
            others: (u64::MAX, 0),
        };
        let mut quick = empty();
        let take = |codes: &[u8], keys: &[u64]| quick.take_codes(codes, keys, wanted);
        let found = match for_each_block_of_codes(task, column, take) {
            Some(()) => quick,
            None => fold_key_rows(task, column, empty, |found, rows| found.take(rows, wanted))?,
        };
        let others = Some(found.others).filter(|(low, high)| low <= high);
        let texts = others.into_iter().flat_map(|(low, high)| [low, high]);
        let others = Others::of_texts(texts.map(|key| domain.text(key)));
        let positives = count(&found.positive);
        Ok((Self { positive: found.positive, positives, others }, found.missing))
    }

    fn read_texts(
        task: &Task<'_>,
        column: &str,
        wanted: &[u8],
    ) -> Result<(Self, Missing), ScanError> {
        let (mut part, mut missing) = (Self::default(), Missing::default());
        for_each_batch_of_rows(task, &[column], |arrays| {
            for array in arrays {
                let texts = texts_of(array).map_err(|problem| unreadable(task, column, problem))?;
                missing.take_nulls(part.positive.len(), &texts);
                part.positive.extend(texts.iter().map(|text| text == Some(wanted)));
                let others = || texts.iter().flatten().filter(|&text| text != wanted);
                if let (Some(low), Some(high)) = (others().min(), others().max()) {
                    let found = Others { ends: Some((text_of(low), text_of(high))) };
                    part.others = std::mem::take(&mut part.others).join(found);
                }
            }
            Ok(())
        })?;
        part.positives = count(&part.positive);
        Ok((part, missing))
    }

    /// Leaves rows out.
    pub(super) fn leave_out(&mut self, missing: &Missing) {
        missing.thin(&mut self.positive);
        self.positives = count(&self.positive);
    }
}

/// Positive rows.
fn count(positive: &[bool]) -> u64 {
    let count = |block: &[bool]| {
        widest(
            #[inline(always)]
            || block.iter().fold(0u32, |count, &one| count.wrapping_add(one.into())),
        )
    };
    positive.chunks(COUNTED_ROWS).map(|block| u64::from(count(block))).sum()
}

/// Rows whose count fits 32 bits, in which they are counted soonest.
const COUNTED_ROWS: usize = 1 << 16;

/// Classes told from keys.
struct KeyClasses {
    positive: Vec<bool>,
    missing: Missing,
    /// The smallest and the largest of other keys; the wrong way round while there is none.
    others: (u64, u64),
}

impl KeyClasses {
    /// Takes rows by the numbers of their values, of which every row has one.
    fn take_codes(&mut self, codes: &[u8], keys: &[u64], wanted: u64) {
        let positive = keys.iter().position(|&key| key == wanted);
        // No row has a number this large.
        let positive = positive.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX);
        let mut seen = 0u64;
        widest(
            #[inline(always)]
            || {
                self.positive.extend(codes.iter().map(|&code| code == positive));
                seen = codes.iter().fold(0, |seen, code| seen | 1 << (code % 64));
            },
        );
        for (code, &key) in keys.iter().enumerate() {
            if key != wanted && seen >> code & 1 == 1 {
                self.others = (self.others.0.min(key), self.others.1.max(key));
            }
        }
    }

    fn take(&mut self, rows: &KeyRows, wanted: u64) {
        let from = self.positive.len();
        let missing_before = self.missing.count();
        self.missing.take(from, rows);
        let wider = |ends: (u64, u64), key: u64, other: bool| {
            let (low, high) = if other { (key, key) } else { (u64::MAX, 0) };
            (ends.0.min(low), ends.1.max(high))
        };
        let whole = self.missing.count() == missing_before;
        widest(
            #[inline(always)]
            || {
                self.positive.extend(rows.keys.iter().map(|&key| key == wanted));
                if whole {
                    let keys = rows.keys.iter();
                    self.others =
                        keys.fold(self.others, |ends, &key| wider(ends, key, key != wanted));
                }
            },
        );
        if !whole {
            for (row, &key) in rows.keys.iter().enumerate() {
                let other = key != wanted && !self.missing.is_marked(from + row);
                self.others = wider(self.others, key, other);
            }
        }
    }
}

/// Texts of any layout as plain bytes.
pub(super) fn texts_of(array: &ArrayRef) -> Result<BinaryArray, String> {
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values),
        _ => Ok(array.clone()),
    };
    let bytes = plain.and_then(|plain| cast(&plain, &DataType::Binary));
    bytes.map(|array| array.as_binary::<i32>().clone()).map_err(|error| error.to_string())
}
