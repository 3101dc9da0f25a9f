//! The header in front of each page.
//!
//! Source: parquet-format, `src/main/thrift/parquet.thrift`, `PageHeader`.

use super::thrift::{Fields, Value};

/// A page header with what decoding needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) kind: PageKind,
    /// Bytes of the page as stored.
    pub(super) stored: usize,
    /// Bytes of the page once decompressed.
    pub(super) plain: usize,
    /// CRC-32 of the stored bytes.
    pub(super) crc: Option<u32>,
    /// Entries: rows with and without a value; of a dictionary, its values.
    pub(super) entries: usize,
    pub(super) encoding: Encoding,
}

/// What kind of page follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary,
    Data,
    DataV2 {
        /// Rows without a value.
        nulls: usize,
        /// Rows.
        rows: usize,
        /// Bytes of repetition and definition levels before the values, never compressed.
        repetition: usize,
        definition: usize,
        compressed: bool,
    },
}

/// How the values are written; others than these are left to the general reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// One after another.
    Plain,
    /// Numbers of entries in the dictionary.
    Dictionary,
}

impl PageHeader {
    /// Reads the header at the front of `bytes`, and says how long it is. `None` for headers that
    /// are cut off, contradict themselves, or announce what only the general reader knows.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut fields = Fields::new(bytes, 0);
        let mut numbers = [None; 5];
        let (mut dictionary, mut data, mut data_v2) = (None, None, None);
        fields.for_each(|fields, id, value| {
            match (id, value) {
                (1..=4, Value::Integer(number)) => {
                    numbers[usize::try_from(id).ok()?] = Some(number);
                }
                (5, Value::Struct) => data = Some(Numbers::read(fields)?),
                (7, Value::Struct) => dictionary = Some(Numbers::read(fields)?),
                (8, Value::Struct) => data_v2 = Some(Numbers::read(fields)?),
                (_, Value::Struct) => fields.skip_struct()?,
                _ => {}
            }
            Some(())
        })?;
        let [_, kind, plain, stored, crc] = numbers;
        let (kind, entries, encoding) = match kind? {
            DATA_PAGE => {
                let data = data?;
                // Levels in the deprecated bit-packed form are left to the general reader.
                (data.get(3)? == RLE).then_some(())?;
                (PageKind::Data, data.size(1)?, data.get(2)?)
            }
            DICTIONARY_PAGE => {
                let dictionary = dictionary?;
                (PageKind::Dictionary, dictionary.size(1)?, dictionary.get(2)?)
            }
            DATA_PAGE_V2 => {
                let data = data_v2?;
                let kind = PageKind::DataV2 {
                    nulls: data.size(2)?,
                    rows: data.size(3)?,
                    definition: data.size(5)?,
                    repetition: data.size(6)?,
                    compressed: data.compressed,
                };
                (kind, data.size(1)?, data.get(4)?)
            }
            _ => return None,
        };
        let encoding = match (kind, encoding) {
            (_, PLAIN) | (PageKind::Dictionary, PLAIN_DICTIONARY) => Encoding::Plain,
            (PageKind::Data | PageKind::DataV2 { .. }, PLAIN_DICTIONARY | RLE_DICTIONARY) => {
                Encoding::Dictionary
            }
            _ => return None,
        };
        let header = Self {
            kind,
            stored: usize::try_from(stored?).ok()?,
            plain: usize::try_from(plain?).ok()?,
            crc: crc.map(i32::try_from).transpose().ok()?.map(i32::cast_unsigned),
            entries,
            encoding,
        };
        Some((header, fields.position()))
    }
}

/// The numbers of a nested header by field.
#[derive(Default)]
struct Numbers {
    values: [Option<i64>; 7],
    compressed: bool,
}

impl Numbers {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut found = Self { compressed: true, ..Self::default() };
        fields.enter(|id, value| match value {
            Value::Integer(number) => {
                let slot = usize::try_from(id).ok().and_then(|id| found.values.get_mut(id));
                if let Some(slot) = slot {
                    *slot = Some(number);
                }
            }
            Value::Bool(flag) if id == 7 => found.compressed = flag,
            _ => {}
        })?;
        Some(found)
    }

    fn get(&self, id: usize) -> Option<i64> {
        *self.values.get(id)?
    }

    fn size(&self, id: usize) -> Option<usize> {
        usize::try_from(self.get(id)?).ok()
    }
}

const DATA_PAGE: i64 = 0;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;
