//! The bytes of a stored profile are those of the written format, and small.

use driftgate::contract::{Column, LogicalType, Schema};
use driftgate::identity::{DigestAlgorithm, Sha256Digest};
use driftgate::profile::{
    ColumnFault, ColumnProfile, DECODED_BYTES_MAX, DecodeError, Presence, Profiled, StoredProfile,
    StoredProfileError, Values,
};
use driftgate::quantity::{Bytes, Rows};
use driftgate::snapshot::Manifest;
use driftgate::stats::order_key::{from_f64, from_i64};

use super::data::Numbers;

fn profiled(columns: &[(&str, LogicalType)], rows: u64) -> Profiled {
    let file = ("day.parquet".to_owned(), Sha256Digest::of(b"").into());
    let columns = columns.iter().map(|(name, ty)| Column::new(*name, ty.clone(), true));
    Profiled {
        schema: Schema::new(columns.collect()).unwrap(),
        manifest: Manifest::new(DigestAlgorithm::Sha256, [file]).unwrap(),
        rows: Rows(rows),
        bytes: Bytes(77),
    }
}

fn counted(rows: u64, nulls: u64, pairs: Vec<(u64, u64)>) -> ColumnProfile {
    let mut column = ColumnProfile::empty(Vec::new());
    column.presence = Presence { rows, nulls, ..Presence::default() };
    if let (Some(low), Some(high)) = (pairs.first(), pairs.last()) {
        column.extend_keys(low.0, high.0);
    }
    column.values = Values::Counted(pairs);
    column
}

/// Numbers -1, 1, 1, and a null; texts `a`, `ab`, `ab`, and a null.
fn small() -> StoredProfile {
    let mut text = ColumnProfile::empty(Vec::new());
    text.presence = Presence { rows: 4, nulls: 1, ..Presence::default() };
    text.extend_texts(b"a", b"ab");
    let categories = [(b"a".as_slice().into(), 1), (b"ab".as_slice().into(), 2)];
    text.values = Values::Categories(categories.into_iter().collect());
    let columns = [("n", LogicalType::integer(8)), ("t", LogicalType::String)];
    let pairs = vec![(from_i64(-1), 1), (from_i64(1), 2)];
    StoredProfile::new(profiled(&columns, 4), vec![counted(4, 1, pairs), text]).unwrap()
}

#[test]
fn a_small_profile_is_written_as_the_format_says() {
    // SHA-256 of nothing (FIPS 180-4 example values) and of the manifest (Python's hashlib).
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let id = "825a0d848f288c8b200d7891981c360d3d521455cf22797ae168e84be0381b6d";
    let header = format!(
        "driftgate profile 1\n{{\"snapshotId\":\"sha256:{id}\",\"rows\":4,\"bytes\":77,\
         \"digest\":\"sha256\",\"manifest\":\"{nothing}  day.parquet\\n\",\"columns\":[\
         {{\"name\":\"n\",\"type\":{{\"integer\":{{\"bits\":8,\"signed\":true}}}},\
         \"nullable\":true}},{{\"name\":\"t\",\"type\":\"string\",\"nullable\":true}}]}}\n"
    );
    let mut expected = header.into_bytes();
    // Length; keys, 1 null, 2 pairs; the key of -1, lowest byte first; gaps 0 and 1 (nothing
    // but 0 lies between) in 1 bit each; counts less one, 0 and 1, in 1 bit each.
    expected.extend_from_slice(&[15, 0, 1, 2]);
    expected.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    expected.extend_from_slice(&[1, 0b10, 1, 0b10]);
    // Length; categories, 1 null, 2 texts; 1 byte `a`, once; 1 byte shared, 1 more `b`, twice.
    expected.extend_from_slice(b"\x0a\x01\x01\x02\x01a\x00\x01\x01b\x01");
    expected.extend_from_slice(Sha256Digest::of(&expected).as_bytes());
    let profile = small();
    assert_eq!(profile.encode(), expected);
    assert_eq!(StoredProfile::decode(&expected, DECODED_BYTES_MAX), Ok(profile));
    assert!(StoredProfile::is_stored(&expected[..20]));
    assert!(!StoredProfile::is_stored(b"PAR1"));
}

#[test]
fn a_newer_format_is_refused_by_its_number() {
    let mut bytes = small().encode();
    bytes.splice(18..19, *b"20");
    let error = StoredProfile::decode(&bytes, DECODED_BYTES_MAX).unwrap_err();
    assert_eq!(error, DecodeError::Version { found: 20, known: 2 });
    assert!(error.to_string().contains("newer driftgate"), "{error}");
    for other in [&b"0"[..], b"01", b"", b"x", b"99999999999", b"1 "] {
        let mut bytes = small().encode();
        bytes.splice(18..19, other.iter().copied());
        let error = StoredProfile::decode(&bytes, DECODED_BYTES_MAX).unwrap_err();
        assert_eq!(error, DecodeError::NotAProfile, "{other:?}");
    }
}

#[test]
fn a_profile_that_contradicts_itself_is_not_made() {
    let of = || profiled(&[("n", LogicalType::Float { bits: 64 })], 4);
    let fault = |column: ColumnProfile| match StoredProfile::new(of(), vec![column]) {
        Err(StoredProfileError::Column { column, fault }) if column == "n" => fault,
        other => panic!("{other:?}"),
    };
    let one = from_f64(1.0);
    let good = || {
        let mut column = counted(4, 1, vec![(one, 2)]);
        column.presence.nans = 1;
        column
    };
    assert!(StoredProfile::new(of(), vec![good()]).is_ok());
    let columns = StoredProfile::new(of(), Vec::new()).unwrap_err();
    assert_eq!(columns, StoredProfileError::Columns { found: 0, expected: 1 });
    let with = |change: fn(&mut ColumnProfile)| {
        let mut column = good();
        change(&mut column);
        fault(column)
    };
    assert_eq!(with(|c| c.presence.nans = 0), ColumnFault::Facts);
    assert_eq!(with(|c| c.keys = None), ColumnFault::Facts);
    assert_eq!(with(|c| c.texts = Some((vec![], vec![]))), ColumnFault::Facts);
    assert_eq!(with(|c| c.presence.positive_infinities = 1), ColumnFault::Facts);
    assert_eq!(with(|c| c.values = Values::Held(vec![])), ColumnFault::Kind);
    assert_eq!(with(|c| c.values = Values::NotWanted), ColumnFault::Kind);
    assert_eq!(with(|c| c.values = Values::TooManyCategories), ColumnFault::Kind);
    assert_eq!(with(|c| c.unmeasurable = Some(String::new())), ColumnFault::Kind);
    assert_eq!(with(|c| c.presence.nulls = 5), ColumnFault::Nulls { nulls: 5, rows: 4 });
    assert_eq!(with(|c| c.presence.rows = 5), ColumnFault::Rows { found: 5, expected: 4 });
    assert_eq!(fault(counted(4, 1, vec![(one, 4)])), ColumnFault::Sum { values: 4, present: 3 });
    assert_eq!(fault(counted(4, 1, vec![(one, 0)])), ColumnFault::Zero);
    assert_eq!(fault(counted(4, 1, vec![(one, 1), (one, 1)])), ColumnFault::Order);
    let nan = from_f64(f64::NAN);
    assert_eq!(fault(counted(4, 1, vec![(nan, 3)])), ColumnFault::Domain);
    let most = vec![(one, u64::MAX), (one + 1, 1)];
    assert_eq!(fault(counted(4, 1, most)), ColumnFault::Overflow);
}

/// Bytes of a stored profile of one column, per row.
fn bytes_per_row(ty: LogicalType, mut keys: Vec<u64>) -> f64 {
    keys.sort_unstable();
    let chunks = keys.chunk_by(|one, next| one == next);
    let pairs = chunks.map(|equal| (equal[0], equal.len() as u64)).collect();
    let rows = keys.len() as u64;
    let column = counted(rows, 0, pairs);
    let profile = StoredProfile::new(profiled(&[("n", ty)], rows), vec![column]).unwrap();
    let bytes = profile.encode();
    assert_eq!(StoredProfile::decode(&bytes, DECODED_BYTES_MAX), Ok(profile));
    bytes.len() as f64 / rows as f64
}

#[test]
fn a_million_values_take_little_more_than_their_information() {
    let mut numbers = Numbers(1);
    let mut draw = |key: &dyn Fn(&mut Numbers) -> u64| -> Vec<u64> {
        (0..1_000_000).map(|_| key(&mut numbers)).collect()
    };
    let normal = draw(&|n| {
        let radius = (-2.0 * (1.0 - n.share()).ln()).sqrt();
        from_f64(radius * (std::f64::consts::TAU * n.share()).cos())
    });
    let integers = draw(&|n| from_i64(n.below(1 << 40) as i64));
    let few = draw(&|n| from_i64(n.below(8) as i64));
    let sizes = [
        bytes_per_row(LogicalType::Float { bits: 64 }, normal),
        bytes_per_row(LogicalType::integer(64), integers),
        bytes_per_row(LogicalType::integer(64), few),
    ];
    // Sorted, n uniform draws of m bits hold about m − log₂ n + 1.44 bits each: 21.5 bits, or
    // 2.7 bytes, for the integers. Normal draws: 64-bit keys of about 4.7 bytes each.
    assert!(sizes[0] < 5.5 && sizes[1] < 3.2 && sizes[2] < 0.001, "{sizes:?}");
}
