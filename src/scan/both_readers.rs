//! The same columns read page by page and by the general reader: every number must be the same.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
    Time32MillisecondArray, TimestampMicrosecondArray, UInt8Array, UInt32Array, UInt64Array,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use super::column::{scan_batches, scan_pages};
use super::dense_codes::for_each_block_of_codes;
use super::dense_rows::for_each_block;
use super::key_source::KeySource;
use super::keys::KeyRows;
use super::read::for_each_batch;
use super::source::Task;
use super::{Limits, OpenSnapshot, ScanRequest, ValuesWanted};
use crate::contract::{Column, ColumnExpectation, KeyRange, WideningRule};
use crate::profile::{ColumnProfile, Values};
use crate::snapshot::{Listing, ListingRules, Location};

const ROWS: usize = 20_000;

/// Every seventh row empty when asked for, otherwise a number that wanders over `distinct` values.
fn numbers(nulls: bool, distinct: u64) -> Vec<Option<u64>> {
    let number = |row: u64| row.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) % distinct;
    let row = |row: u64| (!nulls || row % 7 != 3).then(|| number(row));
    (0..ROWS as u64).map(row).collect()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "any value will do"
)]
fn columns(nulls: bool, distinct: u64) -> Vec<(&'static str, ArrayRef)> {
    let rows = numbers(nulls, distinct);
    let special = |n: u64| match n % 97 {
        0 => f64::NAN,
        1 => f64::NEG_INFINITY,
        2 => f64::INFINITY,
        3 => -0.0,
        _ => (n as f64 - 500.0) / 3.0,
    };
    macro_rules! column {
        ($array:ty, $value:expr) => {{
            let value = $value;
            Arc::new(rows.iter().map(|row| row.map(value)).collect::<$array>()) as ArrayRef
        }};
    }
    vec![
        ("float64", column!(Float64Array, special)),
        ("float32", column!(Float32Array, |n| special(n) as f32)),
        ("int8", column!(Int8Array, |n| n as i8)),
        ("int16", column!(Int16Array, |n| n as i16)),
        ("int32", column!(Int32Array, |n| n as i32 - 5)),
        ("int64", column!(Int64Array, |n: u64| n.cast_signed() - 5)),
        ("uint8", column!(UInt8Array, |n| n as u8)),
        ("uint32", column!(UInt32Array, |n| u32::MAX - n as u32)),
        ("uint64", column!(UInt64Array, |n| u64::MAX - n)),
        ("date", column!(Date32Array, |n| n as i32)),
        ("time", column!(Time32MillisecondArray, |n| n as i32)),
        ("timestamp", column!(TimestampMicrosecondArray, u64::cast_signed)),
        ("bool", column!(BooleanArray, |n| n % 3 == 0)),
        (
            "decimal",
            Arc::new(
                rows.iter()
                    .map(|row| row.map(i128::from))
                    .collect::<Decimal128Array>()
                    .with_precision_and_scale(15, 2)
                    .unwrap(),
            ),
        ),
        ("string", column!(StringArray, |n| format!("größe {n}"))),
        ("ascii", column!(StringArray, |n| format!("{n:x}"))),
        ("binary", column!(BinaryArray, |n: u64| n.to_le_bytes().to_vec())),
        ("empty", column!(StringArray, |_| String::new())),
    ]
}

fn open(
    folder: &tempfile::TempDir,
    properties: WriterProperties,
    batch: &RecordBatch,
) -> OpenSnapshot {
    let path = folder.path().join("part.parquet");
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    let location = Location::find(&[path]).unwrap();
    let listing = Listing::of(&location, &ListingRules::default()).unwrap();
    OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused).unwrap()
}

/// All that is known, in a form that does not show how it was found.
fn facts(profile: ColumnProfile) -> impl PartialEq + std::fmt::Debug {
    let profile = profile.settle();
    let values = match profile.values {
        Values::Held(parts) => Values::Counted(KeySource::Held(&parts).sorted_pairs().unwrap()),
        values => values,
    };
    (profile.presence, profile.keys, profile.texts, profile.violations, values)
}

fn request<'a>(column: &'a str, promise: Option<&'a ColumnExpectation>) -> ScanRequest<'a> {
    ScanRequest {
        column,
        expectations: promise.into_iter().collect(),
        values: ValuesWanted::Held(None),
        samples_max: 3,
        show_values: true,
    }
}

/// Reads every column both ways; gives the names of those that the pages alone told.
fn read_both_ways(properties: WriterPropertiesBuilder, nulls: bool, distinct: u64) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns(nulls, distinct).into_iter().map(|(name, array)| (name, array, nulls)),
    )
    .unwrap();
    let properties = properties.set_max_row_group_row_count(Some(7_000));
    let snapshot = open(&folder, properties.build(), &batch);
    let mut told = Vec::new();
    for column in snapshot.schema.columns() {
        let tasks = snapshot.tasks();
        let by_pages: Vec<bool> = tasks.iter().map(|task| pages_tell(task, column)).collect();
        told.extend((!by_pages.contains(&false)).then(|| column.name.clone()));
    }
    told
}

/// Whether the pages of a column chunk alone tell all: then the general reader must tell the same.
fn pages_tell(task: &Task<'_>, column: &Column) -> bool {
    let request = request(&column.name, None);
    let logical_type = Some(&column.logical_type);
    let Some(scan) = scan_pages(task, &request, logical_type) else {
        return false;
    };
    let general = scan_batches(*task, &request, logical_type).map_err(|error| error.to_string());
    let file = &task.file.listed.relative;
    assert_eq!(Ok(facts(scan)), general.map(facts), "{file}, column {}", column.name);
    true
}

/// The keys of a row group in the order of its rows, by pages alone and by the general reader.
fn rows_both_ways(task: &Task<'_>, column: &str) -> (Option<Vec<u64>>, Result<Vec<u64>, String>) {
    let (mut by_pages, mut general) = (Vec::new(), Vec::new());
    let told = for_each_block(task, column, |rows| by_pages.extend_from_slice(&rows.keys));
    let mut rows = KeyRows::default();
    let read = for_each_batch(task, &[column], |arrays| {
        for array in arrays {
            if let Err(problem) = rows.fill(array.as_ref()) {
                panic!("{column}: {problem}");
            }
            general.extend_from_slice(&rows.keys);
        }
        Ok(())
    });
    let general = read.map(|()| general).map_err(|error| error.to_string());
    if let Some(by_codes) = rows_by_codes(task, column) {
        assert_eq!(Ok(by_codes), general, "{column}");
    }
    (told.map(|()| by_pages), general)
}

/// The keys of a row group in the order of its rows, by the numbers of its few values.
fn rows_by_codes(task: &Task<'_>, column: &str) -> Option<Vec<u64>> {
    let mut rows = Vec::new();
    for_each_block_of_codes(task, column, |codes, keys| {
        rows.extend(codes.iter().map(|&code| keys[usize::from(code)]));
    })?;
    Some(rows)
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_data_page_row_count_limit(1_500).set_write_batch_size(500)
}

#[test]
fn every_codec_page_version_and_dictionary_gives_the_same_numbers() {
    let codecs =
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())];
    for codec in codecs {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for (nulls, distinct) in [(false, 40), (true, 40), (false, 100_000), (true, 100_000)] {
                let properties = properties()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_dictionary_page_size_limit(8_000);
                read_both_ways(properties, nulls, distinct);
            }
        }
    }
}

#[test]
fn plain_and_dictionary_pages_need_no_general_reader() {
    let all = columns(true, 2).len();
    for dictionary in [true, false] {
        let properties = properties().set_dictionary_enabled(dictionary);
        assert_eq!(read_both_ways(properties, true, 300).len(), all, "{dictionary}");
    }
}

#[test]
fn both_readers_give_the_same_rows_in_the_same_order() {
    let numbers = ["float64", "float32", "int8", "int64", "uint32", "uint64", "date", "bool"];
    for (version, distinct, dictionary) in [
        (WriterVersion::PARQUET_1_0, 2, true),
        (WriterVersion::PARQUET_1_0, 300, true),
        (WriterVersion::PARQUET_1_0, 100_000, true),
        (WriterVersion::PARQUET_1_0, 300, false),
        (WriterVersion::PARQUET_2_0, 300, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let batch = RecordBatch::try_from_iter(columns(false, distinct)).unwrap();
        let properties = properties()
            .set_writer_version(version)
            .set_dictionary_enabled(dictionary)
            .set_dictionary_page_size_limit(8_000)
            .set_max_row_group_row_count(Some(7_000));
        let snapshot = open(&folder, properties.build(), &batch);
        for (task, column) in snapshot.tasks().iter().flat_map(|task| numbers.map(|c| (task, c))) {
            let (by_pages, general) = rows_both_ways(task, column);
            // Booleans of version 2 are written in runs.
            assert!(
                by_pages.is_some() || (column, version) == ("bool", WriterVersion::PARQUET_2_0)
            );
            // The floats of two values are NaN and an infinity.
            let few = dictionary && distinct == 2 && !column.starts_with("float");
            assert!(rows_by_codes(task, column).is_some() || !few, "{column}");
            assert_eq!(by_pages.map_or_else(|| general.clone(), Ok), general, "{column}");
        }
    }
}

#[test]
fn rows_with_nulls_are_left_to_the_general_reader() {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns(true, 300).into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let snapshot = open(&folder, properties().build(), &batch);
    let (by_pages, general) = rows_both_ways(&snapshot.tasks()[0], "float64");
    assert_eq!((by_pages, general.map(|rows| rows.len())), (None, Ok(ROWS)));
}

#[test]
fn what_the_pages_do_not_tell_is_left_to_the_general_reader() {
    let codec = properties().set_compression(Compression::LZ4_RAW);
    assert_eq!(read_both_ways(codec, true, 300), Vec::<String>::new());
    let delta = properties()
        .set_dictionary_enabled(false)
        .set_column_encoding("int64".into(), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding("string".into(), Encoding::DELTA_BYTE_ARRAY);
    let told = read_both_ways(delta, true, 300);
    assert!(!told.contains(&"int64".to_owned()) && !told.contains(&"string".to_owned()));
    assert!(told.contains(&"float64".to_owned()));
}

#[test]
fn broken_promises_are_left_to_the_general_reader_and_kept_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns(true, 300).into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let snapshot = open(&folder, properties().build(), &batch);
    let task = snapshot.tasks()[0];
    let column = snapshot.schema.column("uint64").unwrap();
    let told = |low| {
        let promise = ColumnExpectation::KeyRange(KeyRange { low, high: u64::MAX });
        let request = request("uint64", Some(&promise));
        scan_pages(&task, &request, Some(&column.logical_type)).is_some()
    };
    assert!(told(u64::MAX - 299));
    assert!(!told(u64::MAX - 298));
}

#[test]
fn a_changed_byte_never_makes_pages_tell_other_numbers_than_the_general_reader() {
    [true, false].into_iter().for_each(change_bytes);
}

fn change_bytes(nulls: bool) {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns(nulls, 300).into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let properties = properties().set_compression(Compression::UNCOMPRESSED).build();
    let whole = open(&folder, properties, &batch);
    let end = whole.files[0].parquet().row_group(0).columns().iter().map(|chunk| {
        let (start, length) = chunk.byte_range();
        start + length
    });
    let end = usize::try_from(end.max().unwrap()).unwrap();
    let path = folder.path().join("part.parquet");
    let bytes = std::fs::read(&path).unwrap();
    for nth in 0..200 {
        let mut changed = bytes.clone();
        changed[4 + nth * (end - 4) / 200] ^= 1 << (nth % 8);
        std::fs::write(&path, &changed).unwrap();
        let location = Location::find(&[&path]).unwrap();
        let listing = Listing::of(&location, &ListingRules::default()).unwrap();
        let snapshot =
            OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused).unwrap();
        let task = snapshot.tasks()[0];
        for column in snapshot.schema.columns() {
            pages_tell(&task, column);
        }
        for column in ["float64", "int64", "bool"] {
            let (by_pages, general) = rows_both_ways(&task, column);
            assert_eq!(by_pages.map_or_else(|| general.clone(), Ok), general, "{column}");
        }
    }
}

#[test]
#[ignore = "needs Parquet files of other writers: DRIFTGATE_CORPORA"]
#[expect(clippy::print_stdout, reason = "what was compared is told with --nocapture")]
fn corpora_give_the_same_numbers_page_type_by_page_type() {
    let folder = std::env::var_os("DRIFTGATE_CORPORA").expect("DRIFTGATE_CORPORA names a folder");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut kinds: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(location) = Location::find(&[path]) else { continue };
            let Ok(listing) = Listing::of(&location, &ListingRules::default()) else { continue };
            let opened = OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused);
            let Ok(snapshot) = opened else { continue };
            for column in snapshot.schema.columns() {
                for task in snapshot.tasks() {
                    let Some(leaf) = task.file.leaf(&column.name) else { continue };
                    let chunk = task.file.parquet().row_group(task.row_group).column(leaf);
                    let nullable = chunk.column_descr().max_def_level() > 0;
                    let kind = format!(
                        "{}, {}, {}, {:?}",
                        chunk.column_type(),
                        if nullable { "nullable" } else { "required" },
                        chunk.compression(),
                        chunk.encodings().collect::<Vec<_>>(),
                    );
                    let told = pages_tell(&task, column);
                    kinds.entry(kind).or_default()[usize::from(told)] += 1;
                }
            }
        }
    }
    println!("chunks left to the general reader, and told by pages alone with the same numbers:");
    for (kind, [general, pages]) in &kinds {
        println!("{general:6} {pages:6}  {kind}");
    }
    let told: u64 = kinds.values().map(|counts| counts[1]).sum();
    assert!(told > 100, "the pages told of {told} chunks only");
}
