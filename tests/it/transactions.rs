//! A small snapshot that tests of the command share.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

/// Rows of `id`, `amount` and `country`, with amounts moved and countries added at will.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transactions {
    pub(crate) rows: usize,
    /// Added to every amount; amounts otherwise spread evenly from 0 to 100.
    pub(crate) moved: f64,
    /// Left out when `None`.
    pub(crate) countries: Option<&'static [&'static str]>,
}

pub(crate) const ORDINARY: Transactions =
    Transactions { rows: 2000, moved: 0.0, countries: Some(&["NO", "SE", "DK"]) };

impl Transactions {
    #[expect(clippy::cast_precision_loss, reason = "rows are few")]
    pub(crate) fn write(self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let rows = i64::try_from(self.rows).unwrap();
        // 61 and 101 have no common factor with the 1000 amounts there are.
        let amount = |row: i64| (row * 61 % 1000) as f64 / 10.0 + self.moved;
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(Int64Array::from_iter_values(0..rows))),
            ("amount", Arc::new(Float64Array::from_iter_values((0..rows).map(amount)))),
        ];
        if let Some(names) = self.countries {
            let country = |row: usize| names[row * 101 % 1000 % names.len()];
            let countries = StringArray::from_iter_values((0..self.rows).map(country));
            columns.push(("country", Arc::new(countries)));
        }
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
}
