//! Predictions that say nothing: missing, broken or ambiguous columns are reasons, never numbers.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int64Array,
    RecordBatch, StringArray,
};
use driftgate::measure::predictions::{
    DecidedBy, PredictionColumns, Statistic, measure_predictions,
};
use driftgate::quantity::Fraction;
use driftgate::scan::{Pool, ScanError};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use super::measured::{columns, measure, of_classes, of_numbers, open, refusal, request};
use crate::workplace::Workplace;

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) -> PathBuf {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(7)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path.to_owned()
}

/// Twenty rows of which every second is positive, scores rising.
fn rows() -> Vec<(&'static str, ArrayRef)> {
    let labels: Int64Array = (0..20).map(|row| Some(row % 2)).collect();
    let scores: Float64Array = (0..20).map(|row| Some(f64::from(row) / 20.0)).collect();
    vec![("y", Arc::new(labels)), ("score", Arc::new(scores))]
}

#[test]
fn columns_that_are_not_there_or_hold_something_else_are_named() {
    let place = Workplace::new();
    let mut data = rows();
    let words: StringArray = (0..20).map(|row| Some(["a", "b"][row % 2])).collect();
    data.push(("words", Arc::new(words)));
    let path = write(&place.path("p.parquet"), data);
    let of = |label: &str, score: &str| {
        refusal(&path, &request(columns(label, score), &[Statistic::Auc]))
    };
    let why = of("truth", "score");
    assert!(why.contains("`truth` is not in the snapshot") && why.contains("`score`"), "{why}");
    assert!(
        of("y", "words").contains("`words` holds `string` where numbers"),
        "{}",
        of("y", "words")
    );
    assert!(of("words", "score").contains("which value is `positive`"));
    let named = PredictionColumns { positive: Some("yes".to_owned()), ..columns("y", "score") };
    let why = refusal(&path, &request(named, &[Statistic::Auc]));
    assert!(why.contains("`yes` cannot be a value of column `y`"), "{why}");
    let why = refusal(&path, &request(columns("y", "score"), &[Statistic::F1(DecidedBy::Stored)]));
    assert!(why.contains("`decision`"), "{why}");
}

#[test]
fn rows_without_a_value_are_refused_or_counted_and_left_out() {
    let place = Workplace::new();
    let labels: Int64Array = (0..20).map(|row| (row != 3).then_some(row % 2)).collect();
    let scores: Float64Array = (0..20)
        .map(|row| match row {
            5 => None,
            9 => Some(f64::NAN),
            _ => Some(f64::from(row) / 20.0),
        })
        .collect();
    let data: Vec<(&str, ArrayRef)> = vec![("y", Arc::new(labels)), ("score", Arc::new(scores))];
    let path = write(&place.path("p.parquet"), data);
    let mut wanted = request(columns("y", "score"), &[Statistic::Auc]);
    let why = refusal(&path, &wanted);
    assert!(why.contains("3 of 20 rows lack a value") && why.contains("2 in `score`"), "{why}");
    wanted.missing_tolerated = Fraction::new(0.15).unwrap();
    let facts = measure(&path, &wanted);
    assert_eq!((facts.rows, facts.left_out, facts.used()), (20, 3, 17));
    assert_eq!(facts.missing, [("score".to_owned(), 2), ("y".to_owned(), 1)]);
    // Positives are rows 1, 7, 11 … 19, less those left out.
    assert_eq!(facts.positives, Some(7));
    let expected = {
        let kept: Vec<i64> = (0..20).filter(|row| ![3, 5, 9].contains(row)).collect();
        let pairs: Vec<bool> = kept
            .iter()
            .filter(|row| *row % 2 == 1)
            .flat_map(|p| kept.iter().filter(|row| *row % 2 == 0).map(move |n| p > n))
            .collect();
        let right = u32::try_from(pairs.iter().filter(|right| **right).count()).unwrap();
        f64::from(right) / f64::from(u32::try_from(pairs.len()).unwrap())
    };
    assert_eq!(facts.estimates[&Statistic::Auc].clone().unwrap().value, expected);
}

#[test]
fn classes_of_every_type_are_read_alike() {
    let place = Workplace::new();
    let of = |name: &str, labels: ArrayRef, positive: Option<&str>| {
        let mut data = rows();
        data[0] = ("y", labels);
        let path = write(&place.path(format!("{name}.parquet")), data);
        let named =
            PredictionColumns { positive: positive.map(str::to_owned), ..columns("y", "score") };
        let facts = measure(&path, &request(named, &of_classes(0.5)));
        facts.estimates
    };
    let expected = of("integers", rows()[0].1.clone(), None);
    let text = |row: usize| ["paid", "default"][row % 2];
    let words: StringArray = (0..20).map(|row| Some(text(row))).collect();
    let dictionary: DictionaryArray<Int8Type> = (0..20).map(text).collect();
    let booleans: BooleanArray = (0..20).map(|row| Some(row % 2 == 1)).collect();
    let floats: Float64Array = (0..20).map(|row| Some(f64::from(row % 2))).collect();
    let decimals: Decimal128Array = (0..20).map(|row| Some(i128::from(row % 2 * 100))).collect();
    let decimals = decimals.with_precision_and_scale(5, 2).unwrap();
    assert_eq!(of("words", Arc::new(words), Some("default")), expected);
    assert_eq!(of("dictionary", Arc::new(dictionary), Some("default")), expected);
    assert_eq!(of("booleans", Arc::new(booleans), None), expected);
    assert_eq!(of("floats", Arc::new(floats), None), expected);
    assert_eq!(of("decimals", Arc::new(decimals), Some("1")), expected);
}

#[test]
fn a_third_class_is_no_negative_unless_the_policy_says_so() {
    let place = Workplace::new();
    let labels: Int64Array = (0..20).map(|row| Some(row % 3)).collect();
    let mut data = rows();
    data[0] = ("y", Arc::new(labels));
    let path = write(&place.path("p.parquet"), data);
    let mut named = PredictionColumns { positive: Some("2".to_owned()), ..columns("y", "score") };
    let why = refusal(&path, &request(named.clone(), &[Statistic::Auc]));
    let said =
        "two values besides the positive class `2`, `0` and `1` among them; say `one_versus_";
    assert!(why.contains(said), "{why}");
    named.one_versus_rest = true;
    assert_eq!(measure(&path, &request(named, &[Statistic::Auc])).positives, Some(6));
    let labels: Int64Array = (0..20).map(|row| Some(1 + row % 2)).collect();
    let mut data = rows();
    data[0] = ("y", Arc::new(labels));
    let path = write(&place.path("q.parquet"), data);
    let why = refusal(&path, &request(columns("y", "score"), &[Statistic::Auc]));
    assert!(why.contains("`2` besides the positive class"), "{why}");
}

#[test]
fn of_classes_none_of_which_is_known_to_be_positive_both_are_named_and_what_to_say() {
    let place = Workplace::new();
    for (name, labels) in [("two", [5, 7, 5]), ("four", [5, 6, 7])] {
        let labels: Int64Array = (0..20).map(|row| Some(labels[row % 3])).collect();
        let mut data = rows();
        data[0] = ("y", Arc::new(labels));
        let path = write(&place.path(format!("{name}.parquet")), data);
        let mut named = columns("y", "score");
        let why = refusal(&path, &request(named.clone(), &[Statistic::Auc]));
        let said = "at least two values besides the positive class `1`, `5` and `7` among them; say \
                    which value is `positive`";
        assert!(why.contains(said), "{name}: {why}");
        named.positive = Some("7".to_owned());
        named.one_versus_rest = name == "four";
        assert!(measure(&path, &request(named, &[Statistic::Auc])).positives.is_some());
    }
}

#[test]
fn what_is_not_defined_is_a_reason_and_no_number() {
    let place = Workplace::new();
    let mut data = rows();
    let scores: Float64Array = (0..20).map(|row| Some(f64::from(row))).collect();
    data[1] = ("score", Arc::new(scores));
    let path = write(&place.path("logits.parquet"), data);
    let facts = measure(&path, &request(columns("y", "score"), &of_classes(10.0)));
    for statistic in [Statistic::LogLoss, Statistic::Brier, Statistic::CalibrationError] {
        let why = facts.estimates[&statistic].clone().unwrap_err();
        assert!(why.contains("no probability"), "{statistic}: {why}");
    }
    assert!(facts.estimates[&Statistic::Auc].is_ok());

    let labels: Int64Array = (0..20).map(|_| Some(0)).collect();
    let mut data = rows();
    data[0] = ("y", Arc::new(labels));
    let path = write(&place.path("negatives.parquet"), data);
    let facts = measure(&path, &request(columns("y", "score"), &of_classes(2.0)));
    for (statistic, found) in &facts.estimates {
        let counted = [Statistic::LogLoss, Statistic::Brier, Statistic::CalibrationError];
        let defined = counted.contains(statistic) || statistic.as_str() == "accuracy";
        assert_eq!(found.is_ok(), defined, "{statistic}: {found:?}");
    }

    let targets: Float64Array = (0..20).map(|row| Some(f64::from(row))).collect();
    let data: Vec<(&str, ArrayRef)> =
        vec![("y", Arc::new(targets.clone())), ("p", Arc::new(targets))];
    let path = write(&place.path("zero.parquet"), data);
    let named = PredictionColumns {
        label: Some("y".to_owned()),
        prediction: Some("p".to_owned()),
        ..PredictionColumns::default()
    };
    let facts = measure(&path, &request(named, &of_numbers()));
    let why = facts.estimates[&Statistic::Mape].clone().unwrap_err();
    assert!(why.contains("1 rows have the target 0"), "{why}");
    assert_eq!(facts.estimates[&Statistic::Rmse].clone().unwrap().value, 0.0);
}

#[test]
fn weights_must_be_numbers_from_0_up() {
    let place = Workplace::new();
    let mut data = rows();
    let weights: Float64Array = (0..20).map(|row| Some(f64::from(row) - 1.0)).collect();
    data.push(("w", Arc::new(weights)));
    let path = write(&place.path("p.parquet"), data);
    let named = PredictionColumns { weight: Some("w".to_owned()), ..columns("y", "score") };
    let why = refusal(&path, &request(named, &[Statistic::Auc]));
    assert!(why.contains("`w` holds the weight `-1`"), "{why}");
}

#[test]
fn rows_beyond_the_memory_are_refused_with_the_budget() {
    let place = Workplace::new();
    let path = write(&place.path("p.parquet"), rows());
    let pool = Pool::new(1, 100).unwrap();
    let wanted = request(columns("y", "score"), &[Statistic::Auc]);
    let error = measure_predictions(&open(&path), None, &wanted, &pool).unwrap_err();
    assert!(matches!(error, ScanError::Memory { budget: 100, .. }), "{error}");
}

#[test]
fn other_rows_are_compared_as_another_sample_and_said_so() {
    let place = Workplace::new();
    let candidate = write(&place.path("candidate.parquet"), rows());
    let mut data = rows();
    let labels: Int64Array = (0..20).map(|row| Some(i64::from(row % 4 == 1))).collect();
    data[0] = ("y", Arc::new(labels));
    let champion = write(&place.path("champion.parquet"), data);
    let mut wanted = request(columns("y", "score"), &of_classes(0.5));
    wanted.champion = true;
    let pool = Pool::new(2, 1 << 30).unwrap();
    let facts =
        measure_predictions(&open(&candidate), Some(&open(&champion)), &wanted, &pool).unwrap();
    let comparison = facts.comparison.unwrap();
    assert!(comparison.unpaired.unwrap().contains("labels"));
    let auc = comparison.differences[&Statistic::Auc].clone().unwrap();
    let (lower, upper) = auc.bounds.unwrap();
    assert!(lower < auc.value && auc.value < upper);

    let facts =
        measure_predictions(&open(&candidate), Some(&open(&candidate)), &wanted, &pool).unwrap();
    let comparison = facts.comparison.unwrap();
    assert_eq!(comparison.unpaired, None);
    for (statistic, found) in comparison.differences {
        let found = found.unwrap();
        assert_eq!((found.value, found.bounds), (0.0, Some((0.0, 0.0))), "{statistic}");
    }
}

#[test]
fn weights_count_by_their_proportion_alone_however_small_or_large() {
    let place = Workplace::new();
    let named = PredictionColumns { weight: Some("w".to_owned()), ..columns("y", "score") };
    let statistics = [Statistic::Auc, Statistic::AveragePrecision, Statistic::Brier];
    let measured = |scale: f64| {
        let mut data = rows();
        let weights: Float64Array =
            (0..20).map(|row| Some((1.0 + f64::from(row % 7)) * scale)).collect();
        data.push(("w", Arc::new(weights)));
        let path = write(&place.path("w.parquet"), data);
        measure(&path, &request(named.clone(), &statistics)).estimates
    };
    let expected = measured(1.0);
    assert_eq!(expected.len(), 3);
    for exponent in [-1070, -600, -540, 300, 520, 1020] {
        assert_eq!(
            measured(2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)),
            expected,
            "{exponent}"
        );
    }
}
