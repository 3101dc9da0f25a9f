//! Footers and pages that lie, each in one way, and whatever an honest writer writes.

#![expect(
    clippy::cast_possible_truncation,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    reason = "numbers in crafted files are small"
)]

use std::fs::File;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, ListArray, RecordBatch, StringArray,
    types::Int32Type,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;

use super::*;
use crate::scan::limits::Limits;
use crate::scan::{OpenSnapshot, ScanError};
use crate::snapshot::{Listing, ListingRules, Location};

/// Where the footer of the crafted file begins.
const DATA_END: u64 = 1_000;

/// Field numbers with values, as Thrift's compact protocol writes them.
#[derive(Default, Clone)]
struct Writer {
    bytes: Vec<u8>,
    last: u8,
}

impl Writer {
    fn varint(bytes: &mut Vec<u8>, mut value: u64) {
        while value > 127 {
            bytes.push((value & 127) as u8 | 128);
            value >>= 7;
        }
        bytes.push(value as u8);
    }

    fn head(&mut self, id: u8, kind: u8) {
        self.bytes.push((id - self.last) << 4 | kind);
        self.last = id;
    }

    fn integer(mut self, id: u8, value: i64) -> Self {
        self.head(id, 6);
        Self::varint(&mut self.bytes, (value << 1 ^ value >> 63).cast_unsigned());
        self
    }

    fn text(mut self, id: u8, text: &str) -> Self {
        self.head(id, 8);
        Self::varint(&mut self.bytes, text.len() as u64);
        self.bytes.extend(text.as_bytes());
        self
    }

    fn texts(mut self, id: u8, texts: &[&str]) -> Self {
        self.head(id, 9);
        self.bytes.push((texts.len() as u8) << 4 | 8);
        for text in texts {
            Self::varint(&mut self.bytes, text.len() as u64);
            self.bytes.extend(text.as_bytes());
        }
        self
    }

    fn structure(mut self, id: u8, inner: Self) -> Self {
        self.head(id, 12);
        self.bytes.extend(inner.end());
        self
    }

    fn list(mut self, id: u8, claimed: usize, inner: Vec<Self>) -> Self {
        self.head(id, 9);
        self.bytes.push(0xfc);
        Self::varint(&mut self.bytes, claimed as u64);
        self.bytes.extend(inner.into_iter().flat_map(Self::end));
        self
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

/// A file of two columns of ten rows, every claim of which can be changed.
#[derive(Clone)]
struct Claims {
    root_children: i64,
    nested_groups: usize,
    file_rows: i64,
    group_rows: i64,
    values: [i64; 2],
    kinds: [i64; 2],
    paths: [&'static str; 2],
    starts: [i64; 2],
    dictionary: Option<i64>,
    stored: i64,
    chunks_claimed: usize,
    external: bool,
    encrypted: bool,
}

const HONEST: Claims = Claims {
    root_children: 2,
    nested_groups: 0,
    file_rows: 10,
    group_rows: 10,
    values: [10, 10],
    kinds: [5, 5],
    paths: ["a", "b"],
    starts: [4, 104],
    dictionary: None,
    stored: 100,
    chunks_claimed: 2,
    external: false,
    encrypted: false,
};

impl Claims {
    fn footer(&self) -> Vec<u8> {
        let root = Writer::default().text(4, "schema").integer(5, self.root_children);
        let group = Writer::default().text(4, "g").integer(5, 1);
        let leaf = |name| Writer::default().integer(1, 5).integer(3, 1).text(4, name);
        let mut schema = vec![root];
        schema.extend(std::iter::repeat_n(group, self.nested_groups));
        schema.extend([leaf("a"), leaf("b")]);
        let chunks = (0..2).map(|index| {
            let claims = Writer::default()
                .integer(1, self.kinds[index])
                .texts(3, &[self.paths[index]])
                .integer(4, 0)
                .integer(5, self.values[index])
                .integer(6, 100)
                .integer(7, self.stored)
                .integer(9, self.starts[index]);
            let claims = match self.dictionary {
                Some(offset) => claims.integer(11, offset),
                None => claims,
            };
            let chunk = Writer::default();
            let chunk = if self.external { chunk.text(1, "other.parquet") } else { chunk };
            chunk.structure(3, claims)
        });
        let group = Writer::default()
            .list(1, self.chunks_claimed, chunks.collect())
            .integer(3, self.group_rows);
        let file = Writer::default()
            .integer(1, 2)
            .list(2, schema.len(), schema)
            .integer(3, self.file_rows)
            .list(4, 1, vec![group]);
        let file = if self.encrypted { file.structure(8, Writer::default()) } else { file };
        file.end()
    }

    fn said(&self) -> String {
        match check_footer(&self.footer(), DATA_END, &Limits::default()) {
            Ok(()) => "nothing".to_owned(),
            Err(fault) => fault.of("f").to_string(),
        }
    }
}

#[test]
fn an_honest_footer_is_accepted() {
    assert_eq!(HONEST.said(), "nothing");
}

#[test]
fn each_claim_that_contradicts_another_is_named_with_its_place() {
    let cases = [
        (Claims { file_rows: 9, ..HONEST }, "`f`: claims 9 rows, but its row groups claim 10"),
        (
            Claims { group_rows: 9, ..HONEST },
            "row group 0, column `a`: 10 values in a row group of 9",
        ),
        (Claims { group_rows: -1, ..HONEST }, "row group 0: claims -1 rows"),
        (Claims { values: [10, 9], ..HONEST }, "row group 0, column `b`: 9 values"),
        (Claims { values: [-10, 10], ..HONEST }, "column `a`: -10 values"),
        (Claims { kinds: [5, 1], ..HONEST }, "column `b`: physical type 1 where the schema has 5"),
        (Claims { paths: ["b", "a"], ..HONEST }, "column `a`: the chunk is of another column"),
        (Claims { starts: [4, 50], ..HONEST }, "the column chunk at 50 begins before the one at 4"),
        (Claims { starts: [-4, 104], ..HONEST }, "column `a`: 100 bytes at -4 lie outside"),
        (Claims { starts: [4, 901], ..HONEST }, "column `b`: 100 bytes at 901 lie outside"),
        (Claims { starts: [3, 104], ..HONEST }, "column `a`: 100 bytes at 3 lie outside"),
        (Claims { stored: -1, ..HONEST }, "column `a`: -1 bytes at 4 lie outside"),
        (Claims { stored: i64::MAX, ..HONEST }, "lie outside the file"),
        (
            Claims { dictionary: Some(200), ..HONEST },
            "column `a`: its values begin at 4, outside its 100 bytes at 200",
        ),
        (
            Claims { dictionary: Some(4), starts: [54, 54], ..HONEST },
            "the column chunk at 4 begins before the one at 4 has ended",
        ),
        (Claims { chunks_claimed: 3, ..HONEST }, "row group 0, column `a`: 3 column chunks"),
        (Claims { external: true, ..HONEST }, "column `a`: its values lie in another file"),
        (Claims { encrypted: true, ..HONEST }, "`f` is encrypted"),
        (Claims { root_children: 3, ..HONEST }, "the schema ends 1 children too early"),
        (Claims { root_children: 1, ..HONEST }, "the schema goes on behind its last column"),
        (Claims { root_children: i64::from(i32::MAX), ..HONEST }, "children too early"),
        (Claims { root_children: -2, ..HONEST }, "claims -2 children"),
        (Claims { nested_groups: 100, ..HONEST }, "65 levels of nesting; the limit is 64"),
        (Claims { nested_groups: 100_000, ..HONEST }, "65 levels of nesting; the limit is 64"),
    ];
    for (claims, expected) in cases {
        let said = claims.said();
        assert!(said.contains(expected), "expected `{expected}`, found `{said}`");
    }
}

#[test]
fn a_footer_cut_off_anywhere_is_refused() {
    let whole = HONEST.footer();
    for length in 0..whole.len() {
        let fault = check_footer(&whole[..length], DATA_END, &Limits::default());
        assert!(fault.is_err(), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn limits_are_named() {
    let limits = Limits { columns: 1, ..Limits::default() };
    let fault = check_footer(&HONEST.footer(), DATA_END, &limits).unwrap_err();
    assert_eq!(fault.of("f").to_string(), "`f`: 2 columns; the limit is 1");
    let limits = Limits { rows: 9, ..Limits::default() };
    let fault = check_footer(&HONEST.footer(), DATA_END, &limits).unwrap_err();
    assert_eq!(fault.of("f").to_string(), "`f`: 10 rows; the limit is 9");
}

fn opened(path: &std::path::Path, limits: &Limits) -> Result<OpenSnapshot, ScanError> {
    let location = Location::find(&[path]).unwrap();
    let listing = Listing::of(&location, &ListingRules::default()).unwrap();
    OpenSnapshot::open(listing, limits, crate::contract::WideningRule::Refused)
}

fn batch(rows: usize, distinct: i32) -> RecordBatch {
    let number = |row: usize| (!row.is_multiple_of(7)).then_some(row as i32 % distinct);
    let numbers = || (0..rows).map(number);
    let lists = (0..rows).map(|row| number(row).map(|number| vec![Some(number); row % 4]));
    let columns: [(&str, ArrayRef); 5] = [
        ("i", Arc::new(numbers().collect::<Int32Array>())),
        ("f", Arc::new(numbers().map(|number| number.map(f64::from)).collect::<Float64Array>())),
        (
            "t",
            Arc::new(
                numbers().map(|number| number.map(|n| n.to_string())).collect::<StringArray>(),
            ),
        ),
        ("b", Arc::new(numbers().map(|number| Some(number.is_some())).collect::<BooleanArray>())),
        ("l", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

#[test]
fn a_page_larger_than_the_limit_is_refused_before_it_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.parquet");
    let batch = batch(5_000, 5_000);
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let snapshot = opened(&path, &Limits { page_bytes: 1_000, ..Limits::default() }).unwrap();
    let error = snapshot.files[0].check_pages(0, 0).unwrap_err().to_string();
    assert!(
        error.contains("row group 0, column `i`: 17140 bytes of a page; the limit is 1000"),
        "{error}"
    );
}

#[test]
fn counts_inside_pages_are_held_to_what_their_headers_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lengths.parquet");
    for (encoding, version) in [
        (Encoding::DELTA_BYTE_ARRAY, WriterVersion::PARQUET_1_0),
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, WriterVersion::PARQUET_2_0),
        (Encoding::DELTA_BINARY_PACKED, WriterVersion::PARQUET_1_0),
    ] {
        let column = if encoding == Encoding::DELTA_BINARY_PACKED { "i" } else { "t" };
        let batch = batch(60, 60);
        let batch = batch.project(&[batch.schema().index_of(column).unwrap()]).unwrap();
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_dictionary_enabled(false)
            .set_encoding(encoding)
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        let mut bytes = writer.into_inner().unwrap();
        // Blocks of 128 numbers in 4 parts, and 51 numbers: rows without a value have none.
        let at = bytes.windows(4).position(|four| four == [0x80, 1, 4, 51]).unwrap();
        bytes[at + 3] = 61;
        std::fs::write(&path, bytes).unwrap();
        let snapshot = opened(&path, &Limits::default()).unwrap();
        let error = snapshot.files[0].check_pages(0, 0).unwrap_err().to_string();
        let column = format!("row group 0, column `{column}`");
        assert!(error.contains(&column) && error.contains("holds 61 numbers"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_an_honest_writer_writes_is_accepted(
        rows in 0usize..400,
        distinct in 1i32..300,
        group_rows in 1usize..300,
        page_rows in 1usize..200,
        codec in prop::sample::select(vec![
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::ZSTD(ZstdLevel::default()),
            Compression::LZ4_RAW,
        ]),
        version_2 in any::<bool>(),
        dictionary in any::<bool>(),
        differences in prop::sample::select(vec![
            None,
            Some(Encoding::DELTA_LENGTH_BYTE_ARRAY),
            Some(Encoding::DELTA_BYTE_ARRAY),
        ]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("honest.parquet");
        let version =
            if version_2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
        let mut properties = WriterProperties::builder();
        if let Some(encoding) = differences {
            properties = properties
                .set_column_encoding("t".into(), encoding)
                .set_column_encoding("i".into(), Encoding::DELTA_BINARY_PACKED)
                .set_column_encoding("l.list.item".into(), Encoding::DELTA_BINARY_PACKED);
        }
        let properties = properties
            .set_compression(codec)
            .set_writer_version(version)
            .set_dictionary_enabled(dictionary && differences.is_none())
            .set_max_row_group_row_count(Some(group_rows))
            .set_data_page_row_count_limit(page_rows)
            .set_write_batch_size(16)
            .build();
        let batch = batch(rows, distinct);
        let file = File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let snapshot = opened(&path, &Limits::default()).unwrap();
        prop_assert_eq!(snapshot.rows().0, rows as u64);
        let file = &snapshot.files[0];
        for row_group in 0..file.parquet().num_row_groups() {
            for leaf in 0..5 {
                file.check_pages(row_group, leaf).unwrap();
            }
        }
    }
}
