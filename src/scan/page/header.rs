//! The header in front of each page.
//!
//! Source: parquet-format, `src/main/thrift/parquet.thrift`, `PageHeader`.

use crate::scan::thrift::{Fields, Kind, Value};

/// A page header as it stands in the file, nothing of it believed yet.
#[derive(Debug, Clone, Copy)]
pub(in crate::scan) struct HeaderClaims {
    /// `PageType` of the format.
    pub(in crate::scan) kind: i64,
    /// Bytes of the page once decompressed.
    pub(in crate::scan) plain: i64,
    /// Bytes of the page as stored.
    pub(in crate::scan) stored: i64,
    crc: Option<i64>,
    /// Of the header that the kind asks for.
    details: Option<Numbers>,
}

/// What the header of a version 2 page claims of its rows.
#[derive(Debug, Clone, Copy)]
pub(in crate::scan) struct RowClaims {
    /// Values, nulls among them.
    pub(in crate::scan) entries: usize,
    pub(in crate::scan) nulls: usize,
    pub(in crate::scan) rows: usize,
    /// Bytes of repetition and definition levels.
    pub(in crate::scan) repetition: usize,
    pub(in crate::scan) definition: usize,
}

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
        let (claims, length) = HeaderClaims::read(bytes)?;
        let HeaderClaims { kind, plain, stored, crc, details } = claims;
        let data = details?;
        let (kind, entries, encoding) = match kind {
            DATA_PAGE => {
                // Levels in the deprecated bit-packed form are left to the general reader.
                (data.get(3)? == RLE).then_some(())?;
                (PageKind::Data, data.size(1)?, data.get(2)?)
            }
            DICTIONARY_PAGE => (PageKind::Dictionary, data.size(1)?, data.get(2)?),
            DATA_PAGE_V2 => {
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
            stored: usize::try_from(stored).ok()?,
            plain: usize::try_from(plain).ok()?,
            crc: crc.map(i32::try_from).transpose().ok()?.map(i32::cast_unsigned),
            entries,
            encoding,
        };
        Some((header, length))
    }
}

impl HeaderClaims {
    /// Reads the header at the front of `bytes`, and says how long it is; `None` when it is cut
    /// off or lacks what every header has.
    pub(in crate::scan) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut fields = Fields::new(bytes, 0);
        let mut numbers = [None; 5];
        let (mut dictionary, mut data, mut data_v2) = (None, None, None);
        fields.for_each(|fields, id, value| {
            value.fits(id, PAGE_HEADER)?;
            match (id, value) {
                (1..=4, Value::Integer(number)) => {
                    *numbers.get_mut(usize::try_from(id).ok()?)? = Some(number);
                }
                (5, Value::Struct) => data = Some(Numbers::read(fields, DATA_HEADER)?),
                (7, Value::Struct) => dictionary = Some(Numbers::read(fields, DICTIONARY_HEADER)?),
                (8, Value::Struct) => data_v2 = Some(Numbers::read(fields, DATA_HEADER_V2)?),
                (_, value) => fields.pass(value)?,
            }
            Some(())
        })?;
        let [_, kind, plain, stored, crc] = numbers;
        let kind = kind?;
        let details = match kind {
            DATA_PAGE => data,
            DICTIONARY_PAGE => dictionary,
            DATA_PAGE_V2 => data_v2,
            _ => None,
        };
        let claims = Self { kind, plain: plain?, stored: stored?, crc, details };
        Some((claims, fields.position()))
    }

    /// Entries of the page; `None` where its kind has none or it does not say.
    pub(in crate::scan) fn entries(&self) -> Option<i64> {
        self.details.as_ref()?.get(1)
    }

    /// Rows and nulls, negative ones as more than there can be; `None` where the kind of page claims
    /// none, or the header lacks what every such page has.
    pub(in crate::scan) fn rows(&self) -> Option<RowClaims> {
        let data = self.details.filter(|_| self.kind == DATA_PAGE_V2)?;
        let count = |id| Some(usize::try_from(data.get(id)?).unwrap_or(usize::MAX));
        let (repetition, definition) = (data.size(6)?, data.size(5)?);
        Some(RowClaims {
            entries: data.size(1)?,
            nulls: count(2)?,
            rows: count(3)?,
            repetition,
            definition,
        })
    }

    /// How the values of a data page are written.
    pub(in crate::scan) fn encoding(&self) -> Option<i64> {
        match self.kind {
            DATA_PAGE => self.details.as_ref()?.get(2),
            DATA_PAGE_V2 => self.details.as_ref()?.get(4),
            _ => None,
        }
    }

    /// Bytes of levels in front of the values of a version 2 page, and whether the values are
    /// compressed; of other pages everything is.
    pub(in crate::scan) fn levels(&self) -> Option<(i64, bool)> {
        match (self.kind, self.details) {
            (DATA_PAGE_V2, Some(data)) => {
                Some((data.get(5)?.checked_add(data.get(6)?)?, data.compressed))
            }
            _ => Some((0, true)),
        }
    }
}

/// The numbers of a nested header by field.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    values: [Option<i64>; 7],
    compressed: bool,
}

impl Numbers {
    fn read(fields: &mut Fields<'_>, known: &[Kind]) -> Option<Self> {
        let mut found = Self { compressed: true, ..Self::default() };
        fields.structure(|fields, id, value| {
            value.fits(id, known)?;
            match value {
                Value::Struct if known.get(usize::try_from(id).ok()?.checked_sub(1)?).is_some() => {
                    fields.structure(|fields, id, value| {
                        value.fits(id, STATISTICS)?;
                        fields.pass(value)
                    })?;
                }
                Value::Integer(number) => {
                    let slot = usize::try_from(id).ok().and_then(|id| found.values.get_mut(id));
                    if let Some(slot) = slot {
                        *slot = Some(number);
                    }
                }
                Value::Bool(flag) if id == 7 => found.compressed = flag,
                value => fields.pass(value)?,
            }
            Some(())
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

/// Kinds of the fields of `PageHeader`, `DataPageHeader`, `DictionaryPageHeader`,
/// `DataPageHeaderV2` and `Statistics`, from number 1 on.
const PAGE_HEADER: &[Kind] = &[
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Struct,
    Kind::Struct,
    Kind::Struct,
    Kind::Struct,
];
const DATA_HEADER: &[Kind] =
    &[Kind::Integer, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Struct];
const DICTIONARY_HEADER: &[Kind] = &[Kind::Integer, Kind::Integer, Kind::Bool];
const DATA_HEADER_V2: &[Kind] = &[
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Integer,
    Kind::Bool,
    Kind::Struct,
];
const STATISTICS: &[Kind] = &[
    Kind::Binary,
    Kind::Binary,
    Kind::Integer,
    Kind::Integer,
    Kind::Binary,
    Kind::Binary,
    Kind::Bool,
    Kind::Bool,
];
pub(in crate::scan) const DATA_PAGE: i64 = 0;
pub(in crate::scan) const INDEX_PAGE: i64 = 1;
pub(in crate::scan) const DICTIONARY_PAGE: i64 = 2;
pub(in crate::scan) const DATA_PAGE_V2: i64 = 3;
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;
