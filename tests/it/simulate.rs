//! Altered copies of snapshots: every value held against an independent computation.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the numbers of this table are small"
)]
#![expect(clippy::from_iter_instead_of_collect, reason = "the array's type stands in front")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int16Type, Int64Type, TimestampMillisecondType,
    UInt8Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int16Array, Int64Array, ListArray, RecordBatch, StringArray, TimestampMillisecondArray,
    UInt8Array,
};
use arrow_schema::SchemaRef;
use arrow_select::concat::concat_batches;
use driftgate::durable::DurableError;
use driftgate::quantity::Rows;
use driftgate::scan::ScanError;
use driftgate::simulate::{
    Alteration, AlterationError, SimulateError, SimulationSummary, simulate,
};
use driftgate::snapshot::{Listing, ListingRules, Location};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::{KeyValue, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

/// Rows of the test table.
const ROWS: i64 = 10_000;

/// A table of every kind of column that can be altered, and some that cannot.
fn table() -> RecordBatch {
    let every = |step: i64, at: i64| (at % step != 0).then_some(at);
    let carriers = ["AA", "B6", "DL", "UA"];
    let carrier = |at: i64| every(11, at).map(|at| carriers[usize::try_from(at % 4).unwrap()]);
    let prices = (0..ROWS).map(|at| match at % 101 {
        0 => None,
        1 => Some(f64::NAN),
        2 => Some(f64::INFINITY),
        _ => Some((at as f64 * 0.37).sin() * 100.0),
    });
    let lists = (0..ROWS).map(|at| every(5, at).map(|at| vec![Some(at), None]));
    let cents = Decimal128Array::from_iter((0..ROWS).map(|at| Some(i128::from(at) - 500)));
    let cents = cents.with_precision_and_scale(12, 2).unwrap();
    let instants = TimestampMillisecondArray::from_iter((0..ROWS).map(|at| every(7, at)));
    let small = UInt8Array::from_iter((0..ROWS).map(|at| u8::try_from(at % 200).ok()));
    let columns: [(&str, ArrayRef); 11] = [
        ("id", Arc::new(Int64Array::from_iter_values(0..ROWS))),
        ("price", Arc::new(Float64Array::from_iter(prices))),
        ("count", Arc::new((0..ROWS).map(|at| every(3, at)).collect::<Int64Array>())),
        ("small", Arc::new(small)),
        ("short", Arc::new(Int16Array::from_iter_values((0..ROWS).map(|at| at as i16)))),
        ("amount", Arc::new(cents)),
        ("day", Arc::new(Date32Array::from_iter_values((0..ROWS).map(|at| at as i32)))),
        ("at", Arc::new(instants.with_timezone("UTC"))),
        ("carrier", Arc::new((0..ROWS).map(carrier).collect::<StringArray>())),
        ("code", Arc::new((0..ROWS).map(carrier).collect::<DictionaryArray<Int16Type>>())),
        ("list", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))),
    ];
    let flag = BooleanArray::from_iter((0..ROWS).map(|at| Some(at % 2 == 0)));
    let columns = columns.into_iter().chain([("flag", Arc::new(flag) as ArrayRef)]);
    RecordBatch::try_from_iter(columns).unwrap()
}

/// A folder with a snapshot in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes rows below `in/` in row groups of so many rows.
    fn write(&self, name: &str, rows: &RecordBatch, row_group: usize) {
        let path = self.path("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let note = KeyValue::new("written-by".to_owned(), "a test".to_owned());
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(row_group))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_column_compression("id".into(), Compression::SNAPPY)
            .set_column_dictionary_enabled("price".into(), false)
            .set_key_value_metadata(Some(vec![note]));
        let file = File::create(path).unwrap();
        let mut writer =
            ArrowWriter::try_new(file, rows.schema(), Some(properties.build())).unwrap();
        writer.write(rows).unwrap();
        writer.close().unwrap();
    }

    fn simulate(
        &self,
        alterations: &[Alteration],
        seed: u64,
        out: &str,
    ) -> Result<SimulationSummary, SimulateError> {
        let location = Location::find(&[self.path("in")]).unwrap();
        let listing = Listing::of(&location, &ListingRules::default()).unwrap();
        simulate(&listing, alterations, seed, &self.path(out))
    }

    /// Simulates on the whole table, in two row groups and a bit.
    fn of_table() -> Self {
        let folder = Self::new();
        folder.write("part.parquet", &table(), 4_000);
        folder
    }

    fn altered(alteration: Result<Alteration, AlterationError>) -> (RecordBatch, u64) {
        let folder = Self::of_table();
        let summary = folder.simulate(&[alteration.unwrap()], 7, "out").unwrap();
        (read(&folder.path("out")), summary.effects[0].rows.0)
    }

    /// Everything in the folder, hidden names too.
    fn names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// All rows below a folder, files in name order.
fn read(folder: &Path) -> RecordBatch {
    let location = Location::find(&[folder]).unwrap();
    let listing = Listing::of(&location, &ListingRules::default()).unwrap();
    let mut schema: Option<SchemaRef> = None;
    let mut batches = Vec::new();
    for file in listing.files {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(file.path).unwrap());
        let builder = builder.unwrap();
        schema.get_or_insert(Arc::clone(builder.schema()));
        batches.extend(builder.build().unwrap().map(Result::unwrap));
    }
    concat_batches(&schema.unwrap(), &batches).unwrap()
}

/// All columns but one are what they were.
fn assert_others_unchanged(altered: &RecordBatch, column: &str) {
    let original = table();
    for (field, values) in original.schema().fields().iter().zip(original.columns()) {
        if field.name() != column {
            let found = altered.column_by_name(field.name()).unwrap();
            assert_eq!(found.to_data(), values.to_data(), "{}", field.name());
        }
    }
}

#[test]
fn a_shift_in_deviations_moves_every_finite_value_alike() {
    let (altered, changed) = Folder::altered(Alteration::shift("price=+0.5sd"));
    let original = table();
    let before = original["price"].as_primitive::<Float64Type>();
    let after = altered["price"].as_primitive::<Float64Type>();
    let finite: Vec<f64> = before.iter().flatten().filter(|x| x.is_finite()).collect();
    let n = finite.len() as f64;
    let mean = finite.iter().sum::<f64>() / n;
    let deviation = (finite.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    for (before, after) in before.iter().zip(after) {
        match (before, after) {
            (None, None) => {}
            (Some(before), Some(after)) if before.is_finite() => {
                assert!((after - before - deviation / 2.0).abs() < 1e-12);
            }
            (Some(before), Some(after)) => {
                assert!(before == after || (before.is_nan() && after.is_nan()));
            }
            pair => panic!("{pair:?}"),
        }
    }
    assert_eq!(changed, finite.len() as u64);
    assert_others_unchanged(&altered, "price");
}

#[test]
fn integers_decimals_dates_and_timestamps_are_shifted_exactly() {
    let original = table();
    let (altered, changed) = Folder::altered(Alteration::shift("count=-3"));
    let (before, after) = (&original["count"], &altered["count"]);
    let expected: Int64Array =
        before.as_primitive::<Int64Type>().iter().map(|x| x.map(|x| x - 3)).collect();
    assert_eq!(after.as_primitive::<Int64Type>(), &expected);
    assert_eq!(changed, (before.len() - before.null_count()) as u64);

    let (altered, _) = Folder::altered(Alteration::shift("amount=3.25"));
    let values = altered["amount"].as_primitive::<Decimal128Type>();
    assert!(values.values().iter().zip(-500i128..).all(|(&found, old)| found == old + 325));
    assert_eq!(altered["amount"].data_type(), original["amount"].data_type());

    let (altered, _) = Folder::altered(Alteration::shift("day=3d"));
    let values = altered["day"].as_primitive::<Date32Type>();
    assert!(values.values().iter().zip(3..).all(|(&found, new)| found == new));

    let (altered, changed) = Folder::altered(Alteration::shift("at=-2h"));
    let values = altered["at"].as_primitive::<TimestampMillisecondType>();
    let expected = (0..ROWS).map(|at| (at % 7 != 0).then_some(at - 7_200_000));
    assert!(values.iter().eq(expected));
    assert_eq!(changed, (values.len() - values.null_count()) as u64);
    assert_eq!(altered["at"].data_type(), original["at"].data_type());
}

#[test]
fn a_shift_in_deviations_of_integers_and_dates_is_a_whole_number() {
    // The deviation of 0..n is √((n² − 1) / 12); half of it for 10,000 rows is 1443.375….
    for column in ["id", "day"] {
        let (altered, _) = Folder::altered(Alteration::shift(&format!("{column}=0.5sd")));
        let values = arrow_cast_to_i64(&altered[column]);
        assert_eq!(values.iter().zip(0..).map(|(x, old)| x - old).max(), Some(1443));
        assert_eq!(values.iter().zip(0..).map(|(x, old)| x - old).min(), Some(1443));
    }
}

fn arrow_cast_to_i64(values: &ArrayRef) -> Vec<i64> {
    match values.as_primitive_opt::<Date32Type>() {
        Some(days) => days.values().iter().map(|&day| day.into()).collect(),
        None => values.as_primitive::<Int64Type>().values().to_vec(),
    }
}

#[test]
fn scaling_rounds_halves_away_from_zero() {
    let (altered, changed) = Folder::altered(Alteration::scale("amount=0.5"));
    let values = altered["amount"].as_primitive::<Decimal128Type>();
    for (&found, old) in values.values().iter().zip(-500i128..) {
        let doubled = old + old.signum();
        assert_eq!(found, if old % 2 == 0 { old / 2 } else { doubled / 2 }, "{old}");
    }
    // 0, 1 and -1 stay.
    assert_eq!(changed, 10_000 - 3);
    let (altered, _) = Folder::altered(Alteration::scale("small=1.2"));
    let values = altered["small"].as_primitive::<UInt8Type>();
    assert!(values.values().iter().zip(0u32..).all(|(&found, at)| {
        let old = at % 200;
        u32::from(found) == (old * 12 + 5) / 10
    }));
}

#[test]
fn a_share_of_rows_becomes_null_in_any_type() {
    for column in ["id", "price", "carrier", "code", "list", "flag", "day"] {
        let (altered, changed) = Folder::altered(Alteration::null(&format!("{column}=5%")));
        let before = table();
        let (before, after) = (&before[column], &altered[column]);
        assert!(altered.schema().field_with_name(column).unwrap().is_nullable());
        assert_eq!(changed as usize, after.null_count() - before.null_count());
        // 500 rows drawn, of which some were null; standard deviation 22.
        let present = before.len() - before.null_count();
        let expected = present as f64 * 0.05;
        assert!((changed as f64 - expected).abs() < 110.0, "{column}: {changed}");
        for row in 0..before.len() {
            assert!(after.is_null(row) || before.slice(row, 1) == after.slice(row, 1));
        }
        assert_others_unchanged(&altered, column);
    }
}

#[test]
fn a_share_of_floats_becomes_nan() {
    let (altered, changed) = Folder::altered(Alteration::nan("price=1%"));
    let count = |rows: &RecordBatch| {
        let values = rows["price"].as_primitive::<Float64Type>().clone();
        let nan = values.iter().flatten().filter(|x| x.is_nan()).count();
        (nan as u64, values.null_count())
    };
    let (before, after) = (count(&table()), count(&altered));
    assert_eq!((after.0 - before.0, after.1), (changed, before.1));
    assert!((50..150).contains(&changed), "{changed}");
}

#[test]
fn a_dropped_category_takes_its_rows_along() {
    for column in ["carrier", "code"] {
        let (altered, removed) =
            Folder::altered(Alteration::drop_category(&format!("{column}=UA")));
        let expected: Vec<i64> = (0..ROWS).filter(|at| at % 4 != 3 || at % 11 == 0).collect();
        assert_eq!(altered["id"].as_primitive::<Int64Type>().values(), &expected[..]);
        assert_eq!(removed, 10_000 - expected.len() as u64);
    }
    let (altered, removed) = Folder::altered(Alteration::drop_category("flag=true"));
    assert_eq!((altered.num_rows(), removed), (5_000, 5_000));
    let (altered, _) = Folder::altered(Alteration::drop_category("small=0"));
    assert_eq!(altered.num_rows(), 9_950);
}

#[test]
fn an_added_category_appears_in_its_share_of_rows() {
    for column in ["carrier", "code"] {
        let (altered, changed) =
            Folder::altered(Alteration::add_category(&format!("{column}=ZZ:3%")));
        assert_eq!(altered[column].data_type(), table()[column].data_type());
        let texts: StringArray = if let Some(texts) = altered[column].as_string_opt::<i32>() {
            texts.clone()
        } else {
            let codes = altered[column].as_dictionary::<Int16Type>();
            let texts = codes.downcast_dict::<StringArray>().unwrap();
            texts.into_iter().collect()
        };
        let added = texts.iter().flatten().filter(|text| *text == "ZZ").count();
        assert_eq!(added as u64, changed);
        assert!((190..370).contains(&added), "{added}");
        assert_eq!(texts.null_count(), table()["carrier"].null_count());
        assert_others_unchanged(&altered, column);
    }
}

#[test]
fn a_sample_keeps_its_share_in_order() {
    let (altered, removed) = Folder::altered(Alteration::sample("10%"));
    let ids = altered["id"].as_primitive::<Int64Type>();
    assert!((850..1150).contains(&ids.len()), "{}", ids.len());
    assert!(ids.values().is_sorted_by(|a, b| a < b));
    assert_eq!(removed, 10_000 - ids.len() as u64);
}

#[test]
fn files_folders_row_groups_codecs_and_metadata_are_kept() {
    let folder = Folder::new();
    let rows = table();
    folder.write("month=2026-10/a.parquet", &rows.slice(0, 4_500), 2_000);
    folder.write("month=2026-11/b.parquet", &rows.slice(4_500, 5_500), 5_000);
    let alterations =
        [Alteration::shift("price=1").unwrap(), Alteration::drop_category("small=0").unwrap()];
    let summary = folder.simulate(&alterations, 7, "out").unwrap();
    assert_eq!((summary.files, summary.rows_read), (2, Rows(10_000)));
    assert_eq!(summary.rows_written, Rows(9_950));
    for (name, groups) in [
        ("month=2026-10/a.parquet", [1990, 1990, 497].as_slice()),
        ("month=2026-11/b.parquet", &[4975, 498]),
    ] {
        let open = |root: &str| {
            let file = File::open(folder.path(root).join(name)).unwrap();
            ParquetRecordBatchReaderBuilder::try_new(file).unwrap()
        };
        let (source, copy) = (open("in"), open("out"));
        assert_eq!(source.schema().fields(), copy.schema().fields());
        let found = copy.metadata();
        let rows = found.row_groups().iter().map(RowGroupMetaData::num_rows);
        assert!(rows.eq(groups.iter().copied()));
        for (ours, theirs) in found.row_groups().iter().zip(source.metadata().row_groups()) {
            for (ours, theirs) in ours.columns().iter().zip(theirs.columns()) {
                assert_eq!(ours.compression(), theirs.compression());
                let dictionary = |offset: Option<i64>| offset.is_some();
                assert_eq!(
                    dictionary(ours.dictionary_page_offset()),
                    dictionary(theirs.dictionary_page_offset())
                );
            }
        }
        let metadata = found.file_metadata().key_value_metadata().unwrap();
        let value = |key: &str| {
            let pair = metadata.iter().find(|pair| pair.key == key).unwrap();
            pair.value.clone().unwrap()
        };
        assert_eq!(value("written-by"), "a test");
        let note = "seed 7; shift price=1; drop-category small=0";
        assert_eq!(value("driftgate.simulation"), note);
    }
}

#[test]
fn the_same_rows_and_seed_give_the_same_values_however_they_are_cut() {
    let alterations = [
        Alteration::null("price=5%").unwrap(),
        Alteration::shift("price=0.1sd").unwrap(),
        Alteration::add_category("carrier=ZZ:3%").unwrap(),
        Alteration::sample("50%").unwrap(),
    ];
    let whole = Folder::of_table();
    whole.simulate(&alterations, 7, "out").unwrap();
    let expected = read(&whole.path("out"));

    let cut = Folder::new();
    cut.write("a.parquet", &table().slice(0, 3), 1);
    cut.write("b.parquet", &table().slice(3, 9_000), 777);
    cut.write("c.parquet", &table().slice(9_003, 997), 100_000);
    let summary = cut.simulate(&alterations, 7, "out").unwrap();
    assert_eq!(read(&cut.path("out")), expected);

    assert_eq!(whole.simulate(&alterations, 7, "again").unwrap().effects, summary.effects);
    let bytes = |out: &str| fs::read(whole.path(out).join("part.parquet")).unwrap();
    assert_eq!(bytes("out"), bytes("again"));
    whole.simulate(&alterations, 8, "other").unwrap();
    assert_ne!(read(&whole.path("other")), expected);
}

#[test]
fn alterations_of_one_column_are_applied_in_order() {
    let folder = Folder::of_table();
    let alterations = [Alteration::shift("id=1").unwrap(), Alteration::scale("id=10").unwrap()];
    folder.simulate(&alterations, 7, "out").unwrap();
    let rows = read(&folder.path("out"));
    let ids = rows["id"].as_primitive::<Int64Type>();
    assert!(ids.values().iter().zip(0..).all(|(&id, old)| id == (old + 1) * 10));
}

#[test]
fn what_cannot_be_done_is_refused_by_name_and_leaves_nothing() {
    let folder = Folder::new();
    folder.write("year=2026/part.parquet", &table(), 4_000);
    let cases = [
        (Alteration::shift("prize=1"), "no column is called `prize`; the nearest name is `price`"),
        (Alteration::shift("xyz=1"), "no column is called `xyz`"),
        (
            Alteration::null("year=5%"),
            "column `year` stands in the names of folders, where it cannot be altered",
        ),
        (
            Alteration::shift("carrier=1sd"),
            "cannot shift carrier=1sd: `carrier` is string; expected a whole number, a float, \
             a decimal, a date or a timestamp",
        ),
        (
            Alteration::shift("day=3"),
            "cannot shift day=3: `day` is date; expected a length of time as amount, such as \
             `3d` or `90s`",
        ),
        (
            Alteration::shift("id=2h"),
            "cannot shift id=2h: `id` is int64; expected a date or timestamp",
        ),
        (
            Alteration::shift("day=36h"),
            "cannot shift day=36h: 36h is no whole number of steps of `day`, date",
        ),
        (
            Alteration::shift("id=0.5"),
            "cannot shift id=0.5: 0.5 is no whole number of steps of `id`, int64",
        ),
        (
            Alteration::scale("day=2"),
            "cannot scale day=2: `day` is date; expected a whole number, a float or a decimal",
        ),
        (Alteration::nan("id=5%"), "cannot nan id=5%: `id` is int64; expected a float"),
        (
            Alteration::add_category("id=7:5%"),
            "cannot add-category id=7:5%: `id` is int64; expected text",
        ),
        (
            Alteration::drop_category("price=1"),
            "cannot drop-category price=1: `price` is float64; expected text, a whole number or \
             a boolean",
        ),
        (
            Alteration::drop_category("carrier=ZZ"),
            "cannot drop-category carrier=ZZ: no row of `carrier` holds `ZZ`",
        ),
        (
            Alteration::shift("small=57"),
            "cannot shift small=57: row 199 of `year=2026/part.parquet` holds 199, and the \
             result does not fit uint8",
        ),
        (
            Alteration::shift("short=30000"),
            "cannot shift short=30000: row 2768 of `year=2026/part.parquet` holds 2768, and the \
             result does not fit int16",
        ),
    ];
    for (alteration, message) in cases {
        let error = folder.simulate(&[alteration.unwrap()], 7, "out").unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(folder.names(), BTreeSet::from(["in".to_owned()]));
    }
}

#[test]
fn a_column_that_does_not_vary_has_no_deviation_to_shift_by() {
    let folder = Folder::new();
    let same: ArrayRef = Arc::new(Float64Array::from(vec![Some(2.5), None, Some(2.5)]));
    folder.write("a.parquet", &RecordBatch::try_from_iter([("x", same)]).unwrap(), 10);
    let error = folder.simulate(&[Alteration::shift("x=1sd").unwrap()], 7, "out").unwrap_err();
    assert_eq!(error.to_string(), "cannot shift x=1sd: the finite values of `x` do not vary");
}

#[test]
fn a_snapshot_without_rows_is_copied() {
    let folder = Folder::new();
    folder.write("a.parquet", &table().slice(0, 0), 10);
    let summary = folder.simulate(&[Alteration::null("id=5%").unwrap()], 7, "out").unwrap();
    assert_eq!((summary.rows_read, summary.rows_written), (Rows(0), Rows(0)));
    assert_eq!(read(&folder.path("out")).num_rows(), 0);
}

#[test]
fn an_occupied_place_is_left_alone() {
    let folder = Folder::of_table();
    fs::create_dir(folder.path("out")).unwrap();
    fs::write(folder.path("out/notes.txt"), "mine").unwrap();
    let error = folder.simulate(&[], 7, "out").unwrap_err();
    assert!(matches!(error, SimulateError::Write(DurableError::Exists { .. })), "{error}");
    assert_eq!(fs::read(folder.path("out/notes.txt")).unwrap(), b"mine");
    assert_eq!(folder.names().len(), 2);
}

#[test]
fn damaged_pages_leave_no_copy() {
    let folder = Folder::of_table();
    let path = folder.path("in/part.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle - 2_000..middle + 2_000].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let error = folder.simulate(&[], 7, "out").unwrap_err();
    let SimulateError::Scan(ScanError::Unreadable { file, place, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!((file.as_str(), place.row_group), ("part.parquet", Some(1)));
    assert_eq!(folder.names(), BTreeSet::from(["in".to_owned()]));
}

#[test]
fn the_bundled_flights_can_be_made_to_drift() {
    let summer = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights/summer");
    let location = Location::find(&[summer]).unwrap();
    let listing = Listing::of(&location, &ListingRules::default()).unwrap();
    let folder = Folder::new();
    let alterations = [
        Alteration::shift("dep_delay=+0.5sd").unwrap(),
        Alteration::null("air_time=5%").unwrap(),
        Alteration::drop_category("carrier=UA").unwrap(),
    ];
    let summary = simulate(&listing, &alterations, 7, &folder.path("out")).unwrap();
    assert_eq!(summary.rows_read, Rows(57_668));
    assert_eq!(summary.rows_written.0 + summary.effects[2].rows.0, 57_668);
    let rows = read(&folder.path("out"));
    assert!(rows["carrier"].as_string::<i32>().iter().flatten().all(|name| name != "UA"));
}
