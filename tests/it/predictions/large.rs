//! Areas under curves of row groups of a hundred thousand rows, against rows sorted in memory.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use driftgate::measure::predictions::{DecidedBy, SideFacts, Statistic};
use driftgate::quantity::Fraction;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use super::measured::{columns, measure, request};
use crate::workplace::Workplace;

const ROWS: u64 = 210_000;

/// Evenly spread bits of a row's number (Steele, Lea and Flood 2014, `SplitMix64`).
fn scattered(row: u64) -> u64 {
    let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn is_positive(row: u64) -> bool {
    scattered(row).is_multiple_of(10)
}

/// So many different scores, those of positive rows higher on the whole.
#[expect(clippy::cast_precision_loss, reason = "whole numbers up to 2^53")]
fn score(row: u64, distinct: u64) -> f64 {
    let part = (scattered(row ^ 0xABCD) % distinct) as f64 / distinct as f64;
    if is_positive(row) { part.sqrt() } else { part }
}

fn write(path: &Path, properties: WriterPropertiesBuilder, label: ArrayRef, score: ArrayRef) {
    let batch =
        RecordBatch::try_from_iter_with_nullable([("y", label, true), ("score", score, true)])
            .unwrap();
    let properties = properties.set_max_row_group_row_count(Some(100_000)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// What is found where curves alone are asked for, and beside another statistic of the same rows.
fn both_ways(path: &Path) -> [SideFacts; 2] {
    let mut curves = request(columns("y", "score"), &[Statistic::Auc, Statistic::AveragePrecision]);
    curves.columns.positive = Some("1".to_owned());
    curves.missing_tolerated = Fraction::new(1.0).unwrap();
    let mut beside = curves.clone();
    beside.statistics.insert(Statistic::Accuracy(DecidedBy::score(0.5)));
    [curves, beside].map(|wanted| measure(path, &wanted))
}

fn assert_same(path: &Path) -> SideFacts {
    let [alone, beside] = both_ways(path);
    for statistic in [Statistic::Auc, Statistic::AveragePrecision] {
        assert_eq!(alone.estimates[&statistic], beside.estimates[&statistic], "{statistic}");
    }
    assert_eq!(alone.positives, beside.positives);
    assert_eq!((alone.left_out, &alone.missing), (beside.left_out, &beside.missing));
    alone
}

/// The share of pairs in which the positive row scores higher, ties one half, by sorting rows.
#[expect(clippy::cast_precision_loss, reason = "products of counts below 2^53")]
fn area_of_sorted_rows(rows: impl Iterator<Item = (f64, bool)>) -> f64 {
    let mut rows: Vec<(f64, bool)> = rows.collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut doubled, mut positives) = (0u64, 0u64, 0u64);
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let here = tied.iter().filter(|row| row.1).count() as u64;
        let others = tied.len() as u64 - here;
        doubled += here * (2 * below + others);
        below += others;
        positives += here;
    }
    doubled as f64 / (2 * positives * below) as f64
}

#[test]
fn labels_and_scores_of_every_layout_give_the_area_of_sorted_rows() {
    let place = Workplace::new();
    let labels: [ArrayRef; 4] = [
        Arc::new(Int64Array::from_iter_values((0..ROWS).map(|row| is_positive(row).into()))),
        Arc::new((0..ROWS).map(|row| Some(is_positive(row))).collect::<BooleanArray>()),
        Arc::new(StringArray::from_iter_values(
            (0..ROWS).map(|row| if is_positive(row) { "1" } else { "no" }),
        )),
        Arc::new(Float64Array::from_iter_values(
            (0..ROWS).map(|row| f64::from(u8::from(is_positive(row)))),
        )),
    ];
    for (nth, distinct) in [1 << 53, 20, 1].into_iter().enumerate() {
        let expected =
            area_of_sorted_rows((0..ROWS).map(|row| (score(row, distinct), is_positive(row))));
        let scores: ArrayRef =
            Arc::new(Float64Array::from_iter_values((0..ROWS).map(|row| score(row, distinct))));
        for (label, dictionary, version) in [
            (0, true, WriterVersion::PARQUET_1_0),
            (0, false, WriterVersion::PARQUET_2_0),
            (1, true, WriterVersion::PARQUET_1_0),
            (1, true, WriterVersion::PARQUET_2_0),
            (2, true, WriterVersion::PARQUET_1_0),
            (3, true, WriterVersion::PARQUET_1_0),
        ] {
            let path = place.path(format!("{nth}-{label}-{dictionary}.parquet"));
            let properties = WriterProperties::builder()
                .set_dictionary_enabled(dictionary)
                .set_writer_version(version);
            write(&path, properties, labels[label].clone(), scores.clone());
            let area = assert_same(&path).estimates[&Statistic::Auc].clone().unwrap();
            let away = (area.value - expected).abs();
            assert!(away < 1e-15, "{distinct}, {label}: {} for {expected}", area.value);
        }
    }
}

#[test]
fn rows_that_lack_a_label_or_a_score_are_left_out_of_large_row_groups_too() {
    let place = Workplace::new();
    let path = place.path("p.parquet");
    let lacks_label = |row: u64| row < 100_000 && row % 1_000 == 7;
    let lacks_score = |row: u64| row > 200_000 && row % 100 == 3;
    let labels = (0..ROWS).map(|row| (!lacks_label(row)).then(|| i64::from(is_positive(row))));
    let scores = (0..ROWS).map(|row| if lacks_score(row) { f64::NAN } else { score(row, 1 << 53) });
    write(
        &path,
        WriterProperties::builder(),
        Arc::new(labels.collect::<Int64Array>()),
        Arc::new(Float64Array::from_iter_values(scores)),
    );
    let found = assert_same(&path);
    assert_eq!(found.left_out, 200);
    assert_eq!(found.missing, [("score".to_owned(), 100), ("y".to_owned(), 100)]);
    let kept = (0..ROWS).filter(|&row| !lacks_label(row) && !lacks_score(row));
    let expected = area_of_sorted_rows(kept.map(|row| (score(row, 1 << 53), is_positive(row))));
    let area = found.estimates[&Statistic::Auc].clone().unwrap();
    assert!((area.value - expected).abs() < 1e-15, "{} for {expected}", area.value);
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "narrow floats are what is tested")]
fn rows_sorted_by_their_score_and_narrow_floats_give_the_same_area() {
    let place = Workplace::new();
    let mut rows: Vec<(f32, bool)> =
        (0..ROWS).map(|row| (score(row, 1 << 20) as f32, is_positive(row))).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let path = place.path("p.parquet");
    write(
        &path,
        WriterProperties::builder(),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(row.1)))),
        Arc::new(Float32Array::from_iter_values(rows.iter().map(|row| row.0))),
    );
    let expected = area_of_sorted_rows(rows.iter().map(|&(score, y)| (score.into(), y)));
    let area = assert_same(&path).estimates[&Statistic::Auc].clone().unwrap();
    assert!((area.value - expected).abs() < 1e-15, "{} for {expected}", area.value);
}

#[test]
fn one_row_of_a_third_class_among_a_hundred_thousand_is_seen() {
    let place = Workplace::new();
    let path = place.path("p.parquet");
    let labels = (0..ROWS).map(|row| if row == 5 { 2 } else { i64::from(is_positive(row)) });
    let scores = (0..ROWS).map(|row| score(row, 1 << 53));
    write(
        &path,
        WriterProperties::builder(),
        Arc::new(Int64Array::from_iter_values(labels)),
        Arc::new(Float64Array::from_iter_values(scores)),
    );
    let why = super::measured::refusal(&path, &request(columns("y", "score"), &[Statistic::Auc]));
    assert!(why.contains("`0` and `2`"), "{why}");
}
