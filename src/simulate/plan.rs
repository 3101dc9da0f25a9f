//! What is to be done to every batch of one file, and doing it.

use std::fmt;
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, BooleanArray, RecordBatch};
use arrow_cast::display::array_value_to_string;
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;

use super::arithmetic::Altered;
use super::draw::Draw;
use super::read::SourceFile;
use super::replace::{holds, put_category, put_nan, put_null};
use super::resolve::{Action, How, resolve, type_text};
use super::{Alteration, SimulateError};

/// The alterations of one file.
pub(super) struct Plan<'a> {
    /// The columns of the copy.
    pub(super) schema: SchemaRef,
    file: &'a str,
    steps: Vec<Step<'a>>,
}

struct Step<'a> {
    alteration: &'a Alteration,
    action: Action<'a>,
}

/// A batch of the snapshot and where it lies.
pub(super) struct Place {
    /// Number of its first row in the snapshot, for the draws.
    pub(super) first_in_snapshot: u64,
    /// Number of its first row in the file, for messages.
    pub(super) first_in_file: u64,
}

impl<'a> Plan<'a> {
    /// `deviations` holds one entry per alteration: the standard deviation of its column, where
    /// it needs one.
    pub(super) fn new(
        alterations: &'a [Alteration],
        deviations: &[Option<f64>],
        seed: u64,
        source: &SourceFile<'a>,
    ) -> Result<Self, SimulateError> {
        let schema = source.arrow.schema();
        let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
        let mut steps = Vec::with_capacity(alterations.len());
        for (alteration, deviation) in alterations.iter().zip(deviations) {
            let action = resolve(alteration, *deviation, seed, source)?;
            if let Action::Alter { column, how: How::Null(_) } = action {
                let nullable = fields[column].as_ref().clone().with_nullable(true);
                fields[column] = Arc::new(nullable);
            }
            steps.push(Step { alteration, action });
        }
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        Ok(Self { schema: Arc::new(schema), file: &source.file.listed.relative, steps })
    }

    /// The altered rows of a batch. Rows are removed first, by their values as they came; then
    /// columns are altered, in the alterations' order. Rows touched are added to `touched`,
    /// which has one entry per alteration.
    pub(super) fn apply(
        &self,
        batch: &RecordBatch,
        place: &Place,
        touched: &mut [u64],
    ) -> Result<RecordBatch, SimulateError> {
        let kept = self.kept_rows(batch, place, touched)?;
        let offsets: Vec<u64> =
            (0u64..).zip(&kept).filter_map(|(offset, kept)| kept.then_some(offset)).collect();
        let rows = filter_record_batch(batch, &BooleanArray::from(kept))
            .map_err(|error| self.failed(&"remove rows", error))?;
        let mut columns = rows.columns().to_vec();
        for (step, touched) in self.steps.iter().zip(touched) {
            if let Action::Alter { column, how } = &step.action {
                let altered = self.alter(step, how, &columns[*column], &offsets, place)?;
                *touched += altered.changed;
                columns[*column] = altered.values;
            }
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| self.failed(&"put columns together", error))
    }

    fn kept_rows(
        &self,
        batch: &RecordBatch,
        place: &Place,
        touched: &mut [u64],
    ) -> Result<Vec<bool>, SimulateError> {
        let mut kept = vec![true; batch.num_rows()];
        for (step, touched) in self.steps.iter().zip(touched) {
            let removed: Vec<bool> = match step.action {
                Action::Keep(draw) => (place.first_in_snapshot..)
                    .take(kept.len())
                    .map(|row| !draw.picks(row))
                    .collect(),
                Action::Drop { column, value } => holds(batch.column(column), value)
                    .map_err(|error| self.failed(step.alteration, error))?,
                Action::Alter { .. } => continue,
            };
            for (kept, removed) in kept.iter_mut().zip(removed) {
                *kept &= !removed;
                *touched += u64::from(removed);
            }
        }
        Ok(kept)
    }

    /// Alters a column whose values were the batch's rows `offsets`.
    fn alter(
        &self,
        step: &Step<'_>,
        how: &How<'_>,
        values: &ArrayRef,
        offsets: &[u64],
        place: &Place,
    ) -> Result<Altered, SimulateError> {
        let chosen = |draw: &Draw| -> BooleanArray {
            let picked = |&offset| Some(draw.picks(place.first_in_snapshot + offset));
            offsets.iter().map(picked).collect()
        };
        let altered = match how {
            How::Arithmetic(arithmetic) => {
                return arithmetic.apply(values).map_err(|position| {
                    let row = place.first_in_file + offsets[position];
                    self.out_of_range(step, values, position, row)
                });
            }
            How::Null(draw) => put_null(values, &chosen(draw)),
            How::Nan(draw) => put_nan(values, &chosen(draw)),
            How::Category(draw, category) => put_category(values, &chosen(draw), category),
        };
        altered.map_err(|error| self.failed(step.alteration, error))
    }

    fn out_of_range(
        &self,
        step: &Step<'_>,
        values: &ArrayRef,
        position: usize,
        row: u64,
    ) -> SimulateError {
        let text = array_value_to_string(values, position);
        SimulateError::OutOfRange {
            alteration: step.alteration.to_string(),
            file: self.file.to_owned(),
            row,
            value: text.unwrap_or_else(|error| error.to_string()),
            found: type_text(values.data_type()),
        }
    }

    fn failed(&self, alteration: &dyn fmt::Display, error: ArrowError) -> SimulateError {
        SimulateError::Alter {
            alteration: alteration.to_string(),
            file: self.file.to_owned(),
            source: error,
        }
    }
}
