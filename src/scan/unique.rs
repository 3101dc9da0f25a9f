//! Rows that agree in a set of columns, found exactly within bounded memory.
//!
//! A first pass keeps one 64-bit fingerprint per row and sorts them; only rows whose fingerprint
//! occurs more than once are looked at again, by their values. Different rows may share a
//! fingerprint: that costs a second look, never a wrong answer. When 8 bytes per row do not fit
//! the memory, the fingerprints are cut into as many ranges as it takes, one range per pass.

use std::hash::BuildHasher;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_cast::cast;
use arrow_schema::DataType;
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use rayon::prelude::*;

use super::error::{Place, ScanError};
use super::keys::{KeyRows, is_nan};
use super::read::for_each_batch;
use super::rows::row_sample;
use super::source::{OpenSnapshot, Task};
use crate::contract::KeyDomain;
use crate::profile::{Sample, Violations, text_of};

/// Which columns must not repeat, and within which bounds to find out.
#[derive(Debug, Clone, Copy)]
pub(super) struct UniqueKey<'a> {
    /// The columns of the key.
    pub(super) columns: &'a [String],
    /// Most repeated rows kept as samples.
    pub(super) samples_max: usize,
    /// Whether their values are kept too.
    pub(super) show_values: bool,
    /// Bytes for fingerprints, and again for the values of repeated rows.
    pub(super) memory_bytes: u64,
}

/// Counts the rows whose key occurs more than once. Rows with a null in the key are left out;
/// NaN equals NaN.
///
/// # Errors
/// [`ScanError`] of a row group that cannot be read; [`ScanError::Memory`] when the distinct
/// repeated keys themselves do not fit.
pub(super) fn find_repeated(
    snapshot: &OpenSnapshot,
    key: &UniqueKey<'_>,
) -> Result<Violations, ScanError> {
    let finder = Finder { snapshot, key, hasher: DefaultHashBuilder::default() };
    let passes = (snapshot.rows().0 * 8).div_ceil(key.memory_bytes.max(1)).max(1);
    let mut violations = Violations::default();
    for pass in 0..passes {
        let suspects = finder.suspects(Part { pass, passes })?;
        if !suspects.is_empty() {
            let repeated = finder.repeated(&suspects)?;
            violations.count += repeated.values().sum::<u64>();
            finder.add_samples(&repeated, &mut violations.samples)?;
        }
    }
    Ok(violations)
}

/// Fingerprints of one pass.
#[derive(Clone, Copy)]
struct Part {
    pass: u64,
    passes: u64,
}

impl Part {
    fn contains(self, fingerprint: u64) -> bool {
        (u128::from(fingerprint) * u128::from(self.passes)) >> 64 == u128::from(self.pass)
    }
}

struct Finder<'a> {
    snapshot: &'a OpenSnapshot,
    key: &'a UniqueKey<'a>,
    hasher: DefaultHashBuilder,
}

/// Repeated keys, encoded, with the number of rows that carry them.
type Repeated = HashMap<Box<[u8]>, u64>;

impl Finder<'_> {
    /// Fingerprints of a part that occur more than once.
    fn suspects(&self, part: Part) -> Result<HashSet<u64>, ScanError> {
        let parts = self
            .snapshot
            .tasks()
            .into_par_iter()
            .map(|task| {
                let mut fingerprints = Vec::new();
                self.for_each_key(&task, |_, encoded| {
                    let fingerprint = self.hasher.hash_one(encoded);
                    if part.contains(fingerprint) {
                        fingerprints.push(fingerprint);
                    }
                    true
                })?;
                Ok(fingerprints)
            })
            .collect::<Result<Vec<Vec<u64>>, ScanError>>()?;
        let mut fingerprints = parts.concat();
        drop(parts);
        fingerprints.par_sort_unstable();
        let repeats = fingerprints.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
        Ok(repeats.map(|run| run[0]).collect())
    }

    /// Keys among the suspects that really occur more than once.
    fn repeated(&self, suspects: &HashSet<u64>) -> Result<Repeated, ScanError> {
        let memory = || ScanError::Memory {
            task: format!("`unique` on {}", self.key.columns.join(", ")),
            budget: self.key.memory_bytes,
        };
        let fits = |counts: &Repeated| {
            let bytes: usize = counts.keys().map(|key| key.len() + ENTRY_BYTES).sum();
            bytes as u64 <= self.key.memory_bytes
        };
        let counts = self
            .snapshot
            .tasks()
            .into_par_iter()
            .map(|task| {
                let mut counts = Repeated::new();
                let mut bytes = 0u64;
                self.for_each_key(&task, |_, encoded| {
                    if suspects.contains(&self.hasher.hash_one(encoded)) {
                        if let Some(count) = counts.get_mut(encoded) {
                            *count += 1;
                        } else {
                            bytes += (encoded.len() + ENTRY_BYTES) as u64;
                            counts.insert(encoded.into(), 1);
                        }
                    }
                    bytes <= self.key.memory_bytes
                })?;
                if bytes > self.key.memory_bytes { Err(memory()) } else { Ok(counts) }
            })
            .try_reduce(Repeated::new, |mut ours, theirs| {
                for (key, count) in theirs {
                    *ours.entry(key).or_insert(0) += count;
                }
                if fits(&ours) { Ok(ours) } else { Err(memory()) }
            })?;
        Ok(counts.into_iter().filter(|&(_, count)| count > 1).collect())
    }

    /// The first repeated rows in file order, merged with those of other passes.
    fn add_samples(&self, repeated: &Repeated, samples: &mut Vec<Sample>) -> Result<(), ScanError> {
        let mut found = Vec::new();
        for task in self.snapshot.tasks() {
            if repeated.is_empty() || found.len() >= self.key.samples_max {
                break;
            }
            self.for_each_key(&task, |row, encoded| {
                if repeated.contains_key(encoded) {
                    let text = || text_of_key(encoded);
                    found.push(row_sample(&task, row, self.key.show_values, text));
                }
                found.len() < self.key.samples_max
            })?;
        }
        samples.append(&mut found);
        samples.sort_by(|a, b| (&a.file, a.row_group, a.row).cmp(&(&b.file, b.row_group, b.row)));
        samples.truncate(self.key.samples_max);
        Ok(())
    }

    /// Hands over row and encoded key of every row without a null, until `visit` says stop.
    fn for_each_key(
        &self,
        task: &Task<'_>,
        mut visit: impl FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), ScanError> {
        let stored: Vec<&str> = self.key.columns.iter().map(String::as_str).collect();
        let partitions = &task.file.listed.partitions;
        let constant = |column: &str| partitions.iter().find(|p| p.name == column);
        let columns: Vec<&str> =
            stored.iter().copied().filter(|column| constant(column).is_none()).collect();
        if stored.iter().any(|column| constant(column).is_some_and(|p| p.value.is_none())) {
            return Ok(());
        }
        let mut prefix = Vec::new();
        for value in stored.iter().filter_map(|column| constant(column)?.value.as_ref()) {
            push_text(&mut prefix, value.as_bytes());
        }
        if columns.is_empty() {
            for row in 0..task.rows() {
                if !visit(row, &prefix) {
                    break;
                }
            }
            return Ok(());
        }
        let (mut before, mut wanted) = (0u64, true);
        let mut encoded = Vec::new();
        for_each_batch(task, &columns, |arrays| {
            let parts = arrays.iter().map(KeyColumn::of).collect::<Result<Vec<_>, _>>();
            let parts = parts.map_err(|problem| ScanError::Unreadable {
                file: task.file.listed.relative.clone(),
                place: Place { row_group: Some(task.row_group), column: Some(columns.join(", ")) },
                problem,
            })?;
            let rows = arrays.first().map_or(0, |array| array.len());
            for row in 0..rows {
                encoded.clear();
                encoded.extend_from_slice(&prefix);
                if wanted && parts.iter().all(|part| part.push(row, &mut encoded)) {
                    wanted = visit(before + row as u64, &encoded);
                }
            }
            before += rows as u64;
            Ok(())
        })
    }
}

/// One column of the key in a batch.
enum KeyColumn {
    Keys(KeyRows),
    Texts(arrow_array::BinaryArray),
}

impl KeyColumn {
    fn of(array: &ArrayRef) -> Result<Self, String> {
        let mut rows = KeyRows::default();
        if rows.fill(array.as_ref()).is_ok() {
            return Ok(Self::Keys(rows));
        }
        let plain = match array.data_type() {
            DataType::Dictionary(_, values) => cast(array, values),
            _ => Ok(array.clone()),
        };
        let bytes = plain.and_then(|plain| match plain.data_type() {
            DataType::Decimal128(..) | DataType::Decimal256(..) => cast(&plain, &DataType::Utf8),
            _ => Ok(plain),
        });
        let bytes = bytes.and_then(|plain| cast(&plain, &DataType::Binary));
        bytes.map(|array| Self::Texts(array.as_binary::<i32>().clone())).map_err(|e| e.to_string())
    }

    /// Appends the row's value, in a form in which equal values are equal and no two different
    /// sequences of values are; `false` for a null.
    fn push(&self, row: usize, encoded: &mut Vec<u8>) -> bool {
        match self {
            Self::Keys(rows) => {
                let valid = rows.validity.as_ref().is_none_or(|v| v.is_valid(row));
                let Some(&key) = rows.keys.get(row).filter(|_| valid) else {
                    return false;
                };
                let key = if rows.floats && is_nan(key) { u64::MAX } else { key };
                encoded.push(KEY_TAG);
                encoded.extend_from_slice(&key.to_be_bytes());
                true
            }
            Self::Texts(texts) => {
                use arrow_array::Array;
                if texts.is_null(row) {
                    return false;
                }
                push_text(encoded, texts.value(row));
                true
            }
        }
    }
}

fn push_text(encoded: &mut Vec<u8>, text: &[u8]) {
    encoded.push(TEXT_TAG);
    encoded.extend_from_slice(&(text.len() as u64).to_be_bytes());
    encoded.extend_from_slice(text);
}

/// An encoded key as a person reads it: only text parts read as they are.
fn text_of_key(encoded: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut rest = encoded;
    while let Some((&tag, after)) = rest.split_first() {
        let Some((number, after)) = after.split_first_chunk::<8>() else {
            break;
        };
        let number = u64::from_be_bytes(*number);
        if tag == TEXT_TAG {
            let length = usize::try_from(number).unwrap_or(0).min(after.len());
            let (text, after) = after.split_at(length);
            parts.push(text_of(text));
            rest = after;
        } else {
            parts.push(KeyDomain::Signed.text(number));
            rest = after;
        }
    }
    parts.join(", ")
}

const KEY_TAG: u8 = 0;
const TEXT_TAG: u8 = 1;
/// What a map keeps beside the bytes of a key.
const ENTRY_BYTES: usize = 48;
