//! An alteration held against the column it is meant for.

use std::fmt;

use arrow_buffer::i256;
use arrow_schema::{DataType, Field, Fields, TimeUnit};

use super::alteration::Amount;
use super::arithmetic::{Arithmetic, FloatOperation, WholeOperation};
use super::draw::Draw;
use super::read::SourceFile;
use super::replace::{has_categories, is_text, takes_null};
use super::{Alteration, Number, SimulateError};
use crate::contract::schema_from_arrow;

/// What an alteration does to a batch.
pub(super) enum Action<'a> {
    /// Keeps the rows drawn.
    Keep(Draw),
    /// Removes the rows of a category.
    Drop { column: usize, value: &'a str },
    /// Alters a top-level column.
    Alter { column: usize, how: How<'a> },
}

/// What is done to the values of a column.
pub(super) enum How<'a> {
    Arithmetic(Arithmetic),
    Null(Draw),
    Nan(Draw),
    Category(Draw, &'a str),
}

/// Finds the column of an alteration in a file and checks that its type allows it. `deviation`
/// is the column's standard deviation, where the alteration counts in it.
pub(super) fn resolve<'a>(
    alteration: &'a Alteration,
    deviation: Option<f64>,
    seed: u64,
    source: &SourceFile<'_>,
) -> Result<Action<'a>, SimulateError> {
    let target = |column: &'a str| Target::find(alteration, column, source);
    let draw = |purpose: &[&str], share: &_| Draw::new(seed, purpose, *share);
    let (target, how) = match alteration {
        Alteration::Sample { share } => return Ok(Action::Keep(draw(&["sample"], share))),
        Alteration::DropCategory { column, value } => {
            let target = target(column)?;
            target.demand(has_categories, "text, a whole number or a boolean")?;
            let column = target.position;
            return Ok(Action::Drop { column, value });
        }
        Alteration::Shift { column, by } => {
            let target = target(column)?;
            let arithmetic = target.shift(*by, deviation)?;
            (target, How::Arithmetic(arithmetic))
        }
        Alteration::Scale { column, factor } => {
            let target = target(column)?;
            let arithmetic = target.scale(*factor)?;
            (target, How::Arithmetic(arithmetic))
        }
        Alteration::Null { column, share } => {
            let target = target(column)?;
            target.demand(takes_null, "a type whose values can be null one by one")?;
            (target, How::Null(draw(&["null", column], share)))
        }
        Alteration::Nan { column, share } => {
            let target = target(column)?;
            target.demand(DataType::is_floating, "a float")?;
            (target, How::Nan(draw(&["nan", column], share)))
        }
        Alteration::AddCategory { column, value, share } => {
            let target = target(column)?;
            target.demand(is_text, "text")?;
            let draw = draw(&["category", column, value], share);
            (target, How::Category(draw, value))
        }
    };
    let column = target.position;
    Ok(Action::Alter { column, how })
}

/// A type as messages name it, in the vocabulary of reports.
pub(super) fn type_text(data_type: &DataType) -> String {
    let field = Field::new("value", data_type.clone(), true);
    let schema = schema_from_arrow(&Fields::from(vec![field]), 1, 1);
    let column = schema.ok().and_then(|schema| schema.columns().first().cloned());
    column.map_or_else(|| "struct".to_owned(), |column| column.logical_type.to_string())
}

/// The column that an alteration is meant for.
struct Target<'a> {
    alteration: &'a Alteration,
    column: &'a str,
    position: usize,
    data_type: DataType,
}

impl<'a> Target<'a> {
    fn find(
        alteration: &'a Alteration,
        column: &'a str,
        source: &SourceFile<'_>,
    ) -> Result<Self, SimulateError> {
        let schema = source.arrow.schema();
        let position = schema.index_of(column).map_err(|_| {
            let column = column.to_owned();
            if source.file.schema.column(&column).is_some() {
                let place = "is a field of a struct";
                return SimulateError::OutOfReach { column, place };
            }
            SimulateError::UnknownColumn { column, nearest: None }
        })?;
        Ok(Self {
            alteration,
            column,
            position,
            data_type: schema.field(position).data_type().clone(),
        })
    }

    fn demand(
        &self,
        allows: impl Fn(&DataType) -> bool,
        expected: &'static str,
    ) -> Result<(), SimulateError> {
        if allows(&self.data_type) {
            return Ok(());
        }
        Err(self.unsupported(expected))
    }

    fn scale(&self, factor: Number) -> Result<Arithmetic, SimulateError> {
        let operation = FloatOperation::Multiply(factor.value());
        if let Some(arithmetic) = Arithmetic::float(&self.data_type, operation) {
            return Ok(arithmetic);
        }
        if !matches!(Step::of(&self.data_type), Some(Step::Number { .. })) {
            return Err(self.unsupported("a whole number, a float or a decimal"));
        }
        let ratio = factor.ratio(0).ok_or_else(|| self.not_whole(&factor))?;
        Arithmetic::whole(&self.data_type, WholeOperation::Multiply(ratio))
            .ok_or_else(|| self.unsupported("a whole number, a float or a decimal"))
    }

    fn shift(&self, by: Amount, deviation: Option<f64>) -> Result<Arithmetic, SimulateError> {
        if self.data_type.is_floating() {
            let amount = match by {
                Amount::Plain(number) => number.value(),
                Amount::Deviations(count) => count.value() * self.need(deviation)?,
                Amount::Time { .. } => return Err(self.unsupported("a date or timestamp")),
            };
            return Arithmetic::float(&self.data_type, FloatOperation::Add(amount))
                .ok_or_else(|| self.unsupported(SHIFTED));
        }
        let step = Step::of(&self.data_type).ok_or_else(|| self.unsupported(SHIFTED))?;
        let steps = match (by, step) {
            (Amount::Plain(number), Step::Number { places }) => number
                .ratio(places)
                .and_then(super::number::Ratio::whole)
                .ok_or_else(|| self.not_whole(&number))?,
            (Amount::Time { count, unit }, Step::Time { nanoseconds, units }) => count
                .ratio(0)
                .and_then(|count| count.times(unit.nanoseconds(), nanoseconds))
                .and_then(super::number::Ratio::whole)
                .and_then(|steps| steps.checked_mul(i256::from_i128(units.into())))
                .ok_or_else(|| self.not_whole(&by))?,
            (Amount::Deviations(count), step) => {
                let amount = count.value() * self.need(deviation)?;
                step.nearest(amount).ok_or_else(|| self.not_whole(&amount))?
            }
            (Amount::Time { .. }, Step::Number { .. }) => {
                return Err(self.unsupported("a date or timestamp"));
            }
            (Amount::Plain(_), Step::Time { .. }) => {
                return Err(self.unsupported("a length of time as amount, such as `3d` or `90s`"));
            }
        };
        Arithmetic::whole(&self.data_type, WholeOperation::Add(steps))
            .ok_or_else(|| self.unsupported(SHIFTED))
    }

    fn need(&self, deviation: Option<f64>) -> Result<f64, SimulateError> {
        deviation.ok_or_else(|| SimulateError::NoDeviation {
            alteration: self.alteration.to_string(),
            column: self.column.to_owned(),
        })
    }

    fn unsupported(&self, expected: &'static str) -> SimulateError {
        SimulateError::Unsupported {
            alteration: self.alteration.to_string(),
            column: self.column.to_owned(),
            found: type_text(&self.data_type),
            expected,
        }
    }

    fn not_whole(&self, amount: &dyn fmt::Display) -> SimulateError {
        SimulateError::NotWhole {
            alteration: self.alteration.to_string(),
            amount: amount.to_string(),
            column: self.column.to_owned(),
            found: type_text(&self.data_type),
        }
    }
}

/// What the whole number behind a value counts.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Ones, or the last of so many decimal places.
    Number { places: i32 },
    /// Steps of so many nanoseconds, each written as so many units.
    Time { nanoseconds: i64, units: i64 },
}

impl Step {
    fn of(data_type: &DataType) -> Option<Self> {
        let time = |nanoseconds| Self::Time { nanoseconds, units: 1 };
        Some(match data_type {
            whole if whole.is_integer() => Self::Number { places: 0 },
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => Self::Number { places: (*scale).into() },
            DataType::Date32 => time(DAY_NANOSECONDS),
            // Days counted in milliseconds: a part of a day is no date.
            DataType::Date64 => Self::Time { nanoseconds: DAY_NANOSECONDS, units: 86_400_000 },
            DataType::Timestamp(TimeUnit::Second, _) => time(1_000_000_000),
            DataType::Timestamp(TimeUnit::Millisecond, _) => time(1_000_000),
            DataType::Timestamp(TimeUnit::Microsecond, _) => time(1_000),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => time(1),
            _ => return None,
        })
    }

    /// The whole number nearest to an amount in the column's numbers (of times, in units);
    /// `None` when an amount rounds to nothing or does not fit.
    fn nearest(self, amount: f64) -> Option<i256> {
        let number = Number::from_f64(amount)?;
        let (ratio, units) = match self {
            Self::Number { places } => (number.ratio(places)?, 1),
            Self::Time { units, .. } => (number.ratio(0)?.times(1, units)?, units),
        };
        let steps = ratio.of(i256::ONE)?;
        if steps == i256::ZERO && amount != 0.0 {
            return None;
        }
        steps.checked_mul(i256::from_i128(units.into()))
    }
}

const DAY_NANOSECONDS: i64 = 86_400_000_000_000;
const SHIFTED: &str = "a whole number, a float, a decimal, a date or a timestamp";
