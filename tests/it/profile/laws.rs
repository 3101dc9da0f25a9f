//! However a snapshot is cut and merged, its profile has the same bytes.

use std::sync::Arc;

use arrow_array::{Int64Array, RecordBatch, StringArray};
use driftgate::profile::{
    CATEGORIES_MAX, ColumnProfile, DECODED_BYTES_MAX, KeyPart, MergeError, StoredProfile, Values,
};
use driftgate::scan::Asked;
use proptest::prelude::*;
use tempfile::TempDir;

use super::data::{Numbers, Promises, batch, list, profile, profile_asked, write};

/// Merges parts in groups, and groups of groups, in an order that the seed decides.
fn merge_somehow(mut parts: Vec<StoredProfile>, seed: u64) -> StoredProfile {
    let mut numbers = Numbers(seed);
    while parts.len() > 1 {
        let group = 1 + numbers.below(parts.len() as u64) as usize;
        let taken = (0..group).map(|_| {
            let index = numbers.below(parts.len() as u64) as usize;
            parts.swap_remove(index)
        });
        let merged = StoredProfile::merge(taken.collect()).unwrap();
        parts.push(merged);
    }
    parts.remove(0)
}

fn folder(seed: u64, rows: &[usize], group_rows: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (index, (&rows, seed)) in rows.iter().zip(seed..).enumerate() {
        let name = format!("land={}/part-{index}.parquet", index % 2);
        write(&folder.path().join(name), &batch(seed, rows), group_rows);
    }
    folder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn merged_parts_have_the_bytes_of_the_whole(
        seed in any::<u64>(),
        rows in prop::collection::vec(prop_oneof![Just(0usize), 1usize..40, Just(5000)], 1..6),
        group_rows in 1usize..2000,
    ) {
        let group_rows = if rows.contains(&5000) { group_rows.max(500) } else { group_rows };
        let folder = folder(seed, &rows, group_rows);
        let files = list(folder.path());
        let whole = profile(&files, 2);
        let parts: Vec<_> = files.chunks(1).map(|file| profile(file, 1)).collect();
        let merged = merge_somehow(parts.clone(), seed);
        prop_assert_eq!(merged.encode(), whole.encode());
        prop_assert_eq!(merged.snapshot_id(), whole.snapshot_id());
        let back = merge_somehow(parts.into_iter().rev().collect(), !seed);
        prop_assert_eq!(&back, &whole);
        let read = StoredProfile::decode(&whole.encode(), DECODED_BYTES_MAX);
        prop_assert_eq!(read, Ok(whole));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn merged_answers_have_the_bytes_of_the_whole(
        seed in any::<u64>(),
        rows in prop::collection::vec(0usize..40, 1..6),
        group_rows in 1usize..20,
        positions in 0usize..6,
        values in any::<bool>(),
    ) {
        let folder = folder(seed, &rows, group_rows);
        let files = list(folder.path());
        let promises = Promises::joining();
        let asked = promises.asked(positions, values);
        let whole = profile_asked(&files, 2, &asked);
        let answered = whole.answers().queries().count();
        prop_assert_eq!(answered, promises.columns.len() + promises.rows.len());
        let parts = files.chunks(1).map(|file| profile_asked(file, 1, &asked)).collect();
        prop_assert_eq!(merge_somehow(parts, seed).encode(), whole.encode());
        let read = StoredProfile::decode(&whole.encode(), DECODED_BYTES_MAX);
        prop_assert_eq!(read, Ok(whole));
    }
}

#[test]
fn threads_do_not_change_the_bytes() {
    let folder = folder(7, &[6000, 1, 300], 700);
    let files = list(folder.path());
    let promises = Promises::all();
    for asked in [Asked::default(), promises.asked(4, true)] {
        let expected = profile_asked(&files, 1, &asked).encode();
        for threads in [2, 8] {
            let bytes = profile_asked(&files, threads, &asked).encode();
            assert!(bytes == expected, "{threads} threads");
        }
    }
}

#[test]
fn row_groups_do_not_change_the_columns() {
    let rows = [5500, 0, 41];
    let (one, many) = (folder(1, &rows, 1 << 20), folder(1, &rows, 100));
    let (one, many) = (profile(&list(one.path()), 2), profile(&list(many.path()), 2));
    assert_ne!(one.snapshot_id(), many.snapshot_id());
    assert_eq!(one.columns(), many.columns());
}

#[test]
fn every_kind_of_column_says_what_it_holds() {
    let folder = folder(3, &[5000, 5000], 5000);
    let stored = profile(&list(folder.path()), 2);
    let column = |name: &str| stored.column(name).unwrap();
    for number in ["f64", "f32", "i8", "i64", "u64", "bool", "date", "time", "money", "group.x"] {
        let column = column(number);
        let Values::Counted(pairs) = &column.values else {
            panic!("`{number}` holds {:?}", column.values);
        };
        let sum: u64 = pairs.iter().map(|pair| pair.1).sum();
        assert_eq!(sum, column.presence.values(), "{number}");
        assert_eq!(column.keys.unwrap(), (pairs[0].0, pairs[pairs.len() - 1].0), "{number}");
    }
    let floats = column("f64").presence;
    for count in [floats.nulls, floats.nans, floats.negative_infinities] {
        assert!(count > 100, "{floats:?}");
    }
    for text in ["word", "name", "code", "bytes", "fixed", "land"] {
        assert!(matches!(column(text).values, Values::Categories(_)), "{text}");
    }
    assert_eq!(column("never").values, Values::Counted(Vec::new()));
    for other in ["wide", "list", "null"] {
        assert_eq!(column(other).values, Values::NotWanted, "{other}");
        assert!(column(other).unmeasurable.is_some(), "{other}");
        assert_eq!(column(other).presence.rows, 10_000);
    }
}

#[test]
fn too_many_categories_of_parts_together_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let half = CATEGORIES_MAX / 2;
    for part in 0..3 {
        let texts = (part * half..(part + 1) * half).map(|n| format!("{n:06}"));
        let texts = StringArray::from_iter_values(texts);
        let batch = RecordBatch::try_from_iter([("text", Arc::new(texts) as _)]).unwrap();
        write(&folder.path().join(format!("{part}.parquet")), &batch, 30_000);
    }
    let files = list(folder.path());
    let parts: Vec<_> = files.chunks(1).map(|file| profile(file, 2)).collect();
    let kept = StoredProfile::merge(parts[..2].to_vec()).unwrap();
    assert!(matches!(&kept.columns()[0].values, Values::Categories(c) if c.len() == 2 * half));
    let whole = profile(&files, 2);
    assert_eq!(whole.columns()[0].values, Values::TooManyCategories);
    for seed in 0..4 {
        assert_eq!(merge_somehow(parts.clone(), seed).encode(), whole.encode());
    }
    let read = StoredProfile::decode(&whole.encode(), DECODED_BYTES_MAX);
    assert_eq!(read, Ok(whole));
}

#[test]
fn columns_stand_in_the_order_of_the_first_file() {
    let folder = tempfile::tempdir().unwrap();
    let column = |n: i64| Arc::new(Int64Array::from(vec![n])) as _;
    let ab = RecordBatch::try_from_iter([("a", column(1)), ("b", column(2))]).unwrap();
    let ba = RecordBatch::try_from_iter([("b", column(3)), ("a", column(4))]).unwrap();
    write(&folder.path().join("0.parquet"), &ba, 10);
    write(&folder.path().join("1.parquet"), &ab, 10);
    let files = list(folder.path());
    let parts: Vec<_> = files.chunks(1).rev().map(|file| profile(file, 1)).collect();
    let merged = StoredProfile::merge(parts).unwrap();
    assert_eq!(merged.schema().columns()[0].name, "b");
    assert_eq!(merged.encode(), profile(&files, 1).encode());
}

#[test]
fn profiles_that_are_no_parts_of_one_snapshot_do_not_merge() {
    let folder = folder(1, &[3, 3], 10);
    let files = list(folder.path());
    let (one, two) = (profile(&files[..1], 1), profile(&files[1..], 1));
    assert_eq!(StoredProfile::merge(Vec::new()), Err(MergeError::Empty));
    let twice = StoredProfile::merge(vec![one.clone(), two, one.clone()]).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "profiles of the same file do not merge: \
         the manifest names `land=0/part-0.parquet` twice"
    );
    let other = tempfile::tempdir().unwrap();
    let text = Arc::new(StringArray::from(vec!["1"])) as _;
    let retyped = batch(1, 1).project(&(1..19).collect::<Vec<_>>()).unwrap();
    let columns = retyped.schema().fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
    let columns = columns.into_iter().zip(retyped.columns().iter().cloned());
    let columns = [("f64".to_owned(), text)].into_iter().chain(columns);
    let retyped =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    write(&other.path().join("land=1/x.parquet"), &retyped.unwrap(), 10);
    let mixed = StoredProfile::merge(vec![profile(&list(other.path()), 1), one]).unwrap_err();
    assert!(mixed.to_string().contains("column `f64`"), "{mixed}");
}

/// States that a scan of one row group makes.
fn any_state() -> impl Strategy<Value = ColumnProfile> {
    let pairs = prop::collection::btree_map(0u64..9, 1u64..4, 0..5);
    let counted = pairs.prop_map(|pairs| Values::Counted(pairs.into_iter().collect()));
    let plain = prop::collection::vec(any::<u64>(), 0..4);
    let held = plain.prop_map(|keys| Values::Held(vec![KeyPart::Plain(keys.into())]));
    let values = prop_oneof![counted, held, Just(Values::NotWanted)];
    let reason = prop::option::of(prop_oneof![Just("a".to_owned()), Just("b".to_owned())]);
    (values, reason, 0u64..100).prop_map(|(values, unmeasurable, rows)| {
        let mut state = ColumnProfile::empty(Vec::new());
        (state.values, state.unmeasurable, state.presence.rows) = (values, unmeasurable, rows);
        if let Values::Counted(pairs) = &state.values
            && let (Some(low), Some(high)) = (pairs.first(), pairs.last())
        {
            state.keys = Some((low.0, high.0));
        }
        state
    })
}

proptest! {
    #[test]
    fn joining_column_profiles_is_associative(
        a in any_state(), b in any_state(), c in any_state(),
    ) {
        let left = a.clone().join(b.clone(), 3).join(c.clone(), 3);
        let right = a.join(b.join(c, 3), 3);
        prop_assert_eq!(left.settle(), right.settle());
    }
}
