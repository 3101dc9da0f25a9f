//! The standard deviation of a column over a whole snapshot.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};

use super::SimulateError;
use super::read::SourceFile;

/// The standard deviation (÷ n) of the finite values of a top-level column, in its own numbers;
/// of dates and timestamps, in steps. `None` when values do not vary or there are none.
///
/// Summed in row order by Welford's recurrence (1962, "Note on a method for calculating
/// corrected sums of squares and products"), so that batches and row groups do not show.
pub(super) fn standard_deviation(
    files: &[SourceFile<'_>],
    column: &str,
    alteration: &str,
) -> Result<Option<f64>, SimulateError> {
    let mut spread = Spread::default();
    for source in files {
        let Ok(position) = source.arrow.schema().index_of(column) else {
            continue;
        };
        for row_group in 0..source.file.parquet().num_row_groups() {
            source.for_each_batch(row_group, Some(&[position]), |batch| {
                let values = numbers(batch.column(0)).map_err(|error| SimulateError::Alter {
                    alteration: alteration.to_owned(),
                    file: source.file.listed.relative.clone(),
                    source: error,
                })?;
                values
                    .as_primitive::<Float64Type>()
                    .iter()
                    .flatten()
                    .for_each(|value| spread.add(value));
                Ok::<(), SimulateError>(())
            })?;
        }
    }
    Ok(spread.deviation())
}

#[derive(Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    fn deviation(&self) -> Option<f64> {
        let deviation = (self.squares / self.count).sqrt();
        (deviation > 0.0 && deviation.is_finite()).then_some(deviation)
    }
}

/// Values as `f64`; dates and timestamps as their steps.
fn numbers(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let steps = match array.data_type() {
        DataType::Date32 => cast(array, &DataType::Int32)?,
        DataType::Date64 | DataType::Timestamp(..) => cast(array, &DataType::Int64)?,
        _ => ArrayRef::clone(array),
    };
    cast(&steps, &DataType::Float64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(values: &[f64]) -> Option<f64> {
        let mut spread = Spread::default();
        for &value in values {
            spread.add(value);
        }
        spread.deviation()
    }

    #[test]
    fn the_deviation_divides_by_n_and_passes_over_what_is_not_finite() {
        // numpy.std([2, 4, 4, 4, 5, 5, 7, 9]) is 2.
        let values = [2.0, 4.0, f64::NAN, 4.0, 4.0, 5.0, 5.0, f64::INFINITY, 7.0, 9.0];
        assert!((deviation(&values).unwrap() - 2.0).abs() < 1e-15);
    }

    #[test]
    fn a_small_spread_far_from_zero_is_kept() {
        let values: Vec<f64> = (0..1000).map(|n| 1e9 + f64::from(n % 2)).collect();
        assert!((deviation(&values).unwrap() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn values_that_do_not_vary_have_none() {
        assert_eq!(deviation(&[]), None);
        assert_eq!(deviation(&[3.5]), None);
        assert_eq!(deviation(&[7.0; 100]), None);
    }
}
