//! Snapshots of all kinds of columns, made from a seed.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, Int32Builder, ListBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float32Array, Float64Array, Int8Array, Int64Array, NullArray, RecordBatch, StringArray,
    StructArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field};
use driftgate::contract::{
    Bound, ColumnExpectation, Comparison, Direction, KeyRange, LengthBounds, RowExpectation,
    ValueSet, WideningRule,
};
use driftgate::identity::DigestAlgorithm;
use driftgate::profile::{Sampling, StoredProfile};
use driftgate::scan::{Asked, Limits, OpenSnapshot, Pool, profile_snapshot};
use driftgate::snapshot::{Listing, ListingRules, Location, Manifest, SnapshotFile, hash_file};
use driftgate::stats::order_key::{from_f64, from_i64};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use regex::Regex;

/// Numbers without pattern: SplitMix64 (Steele, Lea, Flood, *Fast splittable pseudorandom number
/// generators*, 2014).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Uniform in [0, 1).
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn float(&mut self) -> f64 {
        let specials = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, -f64::NAN];
        match self.below(20) {
            special @ 0..6 => specials[special as usize],
            6..10 => self.below(5) as f64,
            _ => f64::from_bits(self.next()),
        }
    }

    /// One value per row, a fifth of them null.
    fn some<T>(&mut self, rows: usize, value: impl Fn(&mut Self) -> T) -> Vec<Option<T>> {
        let one = |_| (self.below(5) > 0).then(|| value(self));
        (0..rows).map(one).collect()
    }
}

/// A batch with a column of each kind.
pub(super) fn batch(seed: u64, rows: usize) -> RecordBatch {
    let mut numbers = Numbers(seed);
    let n = &mut numbers;
    let words = ["", "a", "ab", "abc", "Zürich", "☃", "b"];
    let word = |n: &mut Numbers| words[n.below(7) as usize];
    let decimal = |values: Vec<Option<i128>>| {
        Decimal128Array::from(values).with_precision_and_scale(30, 2).unwrap()
    };
    let mut lists = ListBuilder::new(Int32Builder::new());
    let mut fixed = FixedSizeBinaryBuilder::new(3);
    for row in 0..rows {
        lists.append_option((row % 3 > 0).then_some([Some(1), None]));
        fixed.append_value(&n.next().to_le_bytes()[..3]).unwrap();
    }
    let inner: ArrayRef = Arc::new(Int64Array::from(n.some(rows, |n| n.below(3) as i64)));
    let field = Arc::new(Field::new("x", DataType::Int64, true));
    // One file in four holds a decimal beyond 64 bits.
    let wide = if seed.is_multiple_of(4) { 1i128 << 70 } else { 1 };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("f64", Arc::new(Float64Array::from(n.some(rows, Numbers::float)))),
        ("f32", Arc::new(Float32Array::from(n.some(rows, |n| n.float() as f32)))),
        ("i8", Arc::new(Int8Array::from(n.some(rows, |n| n.below(9) as i8 - 4)))),
        ("i64", Arc::new(Int64Array::from(n.some(rows, |n| n.next().cast_signed())))),
        ("u64", Arc::new(UInt64Array::from(n.some(rows, Numbers::next)))),
        ("bool", Arc::new(BooleanArray::from(n.some(rows, |n| n.below(2) == 1)))),
        ("date", Arc::new(Date32Array::from(n.some(rows, |n| n.below(40) as i32)))),
        (
            "time",
            Arc::new(
                TimestampMicrosecondArray::from(n.some(rows, |n| n.below(1 << 50) as i64))
                    .with_timezone("UTC"),
            ),
        ),
        ("money", Arc::new(decimal(n.some(rows, |n| i128::from(n.below(99)) - 50)))),
        ("wide", Arc::new(decimal(n.some(rows, |n| i128::from(n.below(9)) * wide)))),
        ("word", Arc::new(StringArray::from(n.some(rows, word)))),
        ("name", Arc::new(StringArray::from(n.some(rows, |n| n.next().to_string())))),
        ("code", Arc::new(DictionaryArray::<Int8Type>::from_iter(n.some(rows, word)))),
        ("bytes", Arc::new(BinaryArray::from_iter(n.some(rows, |n| n.next().to_le_bytes())))),
        ("fixed", Arc::new(fixed.finish())),
        ("never", Arc::new(Int64Array::from(vec![None; rows]))),
        ("null", Arc::new(NullArray::new(rows))),
        ("list", Arc::new(lists.finish())),
        ("group", Arc::new(StructArray::from(vec![(field, inner)]))),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

/// Promises of each kind that the columns of [`batch`] break.
pub(super) struct Promises {
    pub(super) columns: Vec<(&'static str, ColumnExpectation)>,
    pub(super) rows: Vec<RowExpectation>,
}

impl Promises {
    /// Those whose answers join.
    pub(super) fn joining() -> Self {
        let text = |text: &str| text.to_owned();
        let bound = |text: &str| Some(Bound { text: text.to_owned(), inclusive: false });
        let few = ColumnExpectation::Length(LengthBounds { min: 3, max: 19 });
        let texts = ["a", "Zürich"].map(text).into();
        let columns = vec![
            ("i8", ColumnExpectation::KeyRange(KeyRange { low: from_i64(-2), high: from_i64(3) })),
            ("f64", ColumnExpectation::KeyRange(KeyRange { low: 0, high: from_f64(1.5) })),
            ("date", ColumnExpectation::OneOf(ValueSet::Keys([3, 9].map(from_i64).into()))),
            ("i8", ColumnExpectation::Monotonic(Direction::Decreasing)),
            ("time", ColumnExpectation::Monotonic(Direction::StrictlyIncreasing)),
            ("never", ColumnExpectation::Monotonic(Direction::Increasing)),
            ("wide", ColumnExpectation::Monotonic(Direction::Increasing)),
            ("word", ColumnExpectation::Matches(Regex::new("^a").unwrap())),
            ("word", ColumnExpectation::TextRange { min: bound("a"), max: None }),
            ("code", ColumnExpectation::OneOf(ValueSet::Texts(texts))),
            ("name", few),
        ];
        let compare = |left: &str, comparison, right: &str| RowExpectation::Compare {
            left: left.to_owned(),
            comparison,
            right: right.to_owned(),
        };
        let rows = vec![
            compare("i8", Comparison::LessOrEqual, "i64"),
            compare("f32", Comparison::NotEqual, "f64"),
            compare("word", Comparison::Equal, "code"),
        ];
        Self { columns, rows }
    }

    /// Those, and some whose answers do not.
    pub(super) fn all() -> Self {
        let mut all = Self::joining();
        for columns in [&["word", "i8"][..], &["f64"], &["land", "code"]] {
            let columns = columns.iter().map(|&name| name.to_owned()).collect();
            all.rows.push(RowExpectation::Unique { columns });
        }
        all
    }

    pub(super) fn asked(&self, positions_max: usize, values: bool) -> Asked<'_> {
        Asked {
            columns: self.columns.iter().map(|(name, promise)| (*name, promise)).collect(),
            rows: self.rows.iter().collect(),
            sampling: Sampling { positions_max, values },
        }
    }
}

/// Writes a file with at most that many rows in a row group.
pub(super) fn write(path: &Path, batch: &RecordBatch, group_rows: usize) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let builder = WriterProperties::builder();
    let properties = builder.set_max_row_group_row_count(Some(group_rows)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// The files below a folder.
pub(super) fn list(folder: &Path) -> Vec<SnapshotFile> {
    let location = Location::find(&[folder.to_owned()]).unwrap();
    Listing::of(&location, &ListingRules::default()).unwrap().files
}

/// The profile of some files of a snapshot under their names there.
pub(super) fn profile(files: &[SnapshotFile], threads: usize) -> StoredProfile {
    profile_asked(files, threads, &Asked::default())
}

/// The profile of some files with answers to what is asked.
pub(super) fn profile_asked(
    files: &[SnapshotFile],
    threads: usize,
    asked: &Asked<'_>,
) -> StoredProfile {
    let listing = Listing { files: files.to_vec(), ignored: Vec::new() };
    let open = OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused).unwrap();
    let digest = |file: &driftgate::scan::ParquetFile| {
        let digest = hash_file(&file.stable, DigestAlgorithm::Sha256).unwrap();
        (file.listed.relative.clone(), digest)
    };
    let digests = open.files.iter().map(digest);
    let manifest = Manifest::new(DigestAlgorithm::Sha256, digests).unwrap();
    let pool = Pool::new(threads, 64 << 20).unwrap();
    profile_snapshot(&pool, &open, manifest, asked).unwrap()
}
