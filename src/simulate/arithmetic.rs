//! Adds to the values of a column, or multiplies them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowNativeTypeOp as _, PrimitiveArray};
use arrow_buffer::i256;
use arrow_schema::DataType;
use half::f16;

use super::number::Ratio;

/// Altered values.
pub(super) struct Altered {
    pub(super) values: ArrayRef,
    /// How many of them are not what they were.
    pub(super) changed: u64,
}

/// What is done to each value of a column of one type. Nulls stay.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arithmetic {
    /// Exactly, on the whole numbers behind integers, decimals, dates and timestamps.
    Whole {
        kernel: fn(&dyn Array, WholeOperation) -> Result<Altered, usize>,
        operation: WholeOperation,
    },
    /// In `f64`, rounded to the column's width. NaN and infinities stay.
    Float {
        kernel: fn(&dyn Array, FloatOperation) -> Result<Altered, usize>,
        operation: FloatOperation,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum WholeOperation {
    Add(i256),
    Multiply(Ratio),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum FloatOperation {
    Add(f64),
    Multiply(f64),
}

impl Arithmetic {
    /// `None` when the type is not behind whole numbers.
    pub(super) fn whole(data_type: &DataType, operation: WholeOperation) -> Option<Self> {
        use arrow_schema::TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
        let kernel = match data_type {
            DataType::Int8 => alter_whole::<Int8Type>,
            DataType::Int16 => alter_whole::<Int16Type>,
            DataType::Int32 => alter_whole::<Int32Type>,
            DataType::Int64 => alter_whole::<Int64Type>,
            DataType::UInt8 => alter_whole::<UInt8Type>,
            DataType::UInt16 => alter_whole::<UInt16Type>,
            DataType::UInt32 => alter_whole::<UInt32Type>,
            DataType::UInt64 => alter_whole::<UInt64Type>,
            DataType::Decimal32(..) => alter_whole::<Decimal32Type>,
            DataType::Decimal64(..) => alter_whole::<Decimal64Type>,
            DataType::Decimal128(..) => alter_whole::<Decimal128Type>,
            DataType::Decimal256(..) => alter_whole::<Decimal256Type>,
            DataType::Date32 => alter_whole::<Date32Type>,
            DataType::Date64 => alter_whole::<Date64Type>,
            DataType::Timestamp(Second, _) => alter_whole::<TimestampSecondType>,
            DataType::Timestamp(Millisecond, _) => alter_whole::<TimestampMillisecondType>,
            DataType::Timestamp(Microsecond, _) => alter_whole::<TimestampMicrosecondType>,
            DataType::Timestamp(Nanosecond, _) => alter_whole::<TimestampNanosecondType>,
            _ => return None,
        };
        Some(Self::Whole { kernel, operation })
    }

    /// `None` when the type is no float.
    pub(super) fn float(data_type: &DataType, operation: FloatOperation) -> Option<Self> {
        let kernel = match data_type {
            DataType::Float16 => alter_float::<Float16Type>,
            DataType::Float32 => alter_float::<Float32Type>,
            DataType::Float64 => alter_float::<Float64Type>,
            _ => return None,
        };
        Some(Self::Float { kernel, operation })
    }

    /// The altered values, or the position of the first whose result the type cannot hold: out
    /// of range, beyond a decimal's precision, or infinite where it was finite.
    pub(super) fn apply(&self, values: &dyn Array) -> Result<Altered, usize> {
        match self {
            Self::Whole { kernel, operation } => kernel(values, *operation),
            Self::Float { kernel, operation } => kernel(values, *operation),
        }
    }
}

fn alter_whole<T: ArrowPrimitiveType<Native: Whole>>(
    values: &dyn Array,
    operation: WholeOperation,
) -> Result<Altered, usize> {
    let limit = largest_decimal(values.data_type());
    let fits = |result: &i256| {
        limit.is_none_or(|limit| result.checked_abs().is_some_and(|size| size <= limit))
    };
    alter(values.as_primitive::<T>(), |value| {
        let value = value.widen();
        let result = match operation {
            WholeOperation::Add(steps) => value.checked_add(steps),
            WholeOperation::Multiply(factor) => factor.of(value),
        };
        T::Native::narrow(result.filter(fits)?)
    })
}

fn alter_float<T: ArrowPrimitiveType<Native: Float>>(
    values: &dyn Array,
    operation: FloatOperation,
) -> Result<Altered, usize> {
    alter(values.as_primitive::<T>(), |stored| {
        let value = stored.widen();
        if !value.is_finite() {
            return Some(stored);
        }
        let result = T::Native::narrow(match operation {
            FloatOperation::Add(amount) => value + amount,
            FloatOperation::Multiply(factor) => value * factor,
        });
        result.widen().is_finite().then_some(result)
    })
}

fn alter<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    operation: impl Fn(T::Native) -> Option<T::Native>,
) -> Result<Altered, usize> {
    let mut changed = 0;
    let mut values = array.values().to_vec();
    for (position, value) in values.iter_mut().enumerate() {
        if array.is_null(position) {
            continue;
        }
        let result = operation(*value).ok_or(position)?;
        changed += u64::from(result.is_ne(*value));
        *value = result;
    }
    let altered = PrimitiveArray::<T>::new(values.into(), array.nulls().cloned())
        .with_data_type(array.data_type().clone());
    Ok(Altered { values: Arc::new(altered), changed })
}

/// The largest whole number of so many digits; of types that are no decimals, `None`.
fn largest_decimal(data_type: &DataType) -> Option<i256> {
    let (DataType::Decimal32(digits, _)
    | DataType::Decimal64(digits, _)
    | DataType::Decimal128(digits, _)
    | DataType::Decimal256(digits, _)) = data_type
    else {
        return None;
    };
    let above = i256::from_i128(10).checked_pow((*digits).into())?;
    above.checked_sub(i256::ONE)
}

/// A whole number of any width as 256 bits and back.
trait Whole: Copy {
    fn widen(self) -> i256;
    fn narrow(value: i256) -> Option<Self>;
}

macro_rules! whole {
    ($($native:ty),+) => {$(
        impl Whole for $native {
            fn widen(self) -> i256 {
                i256::from_i128(self.into())
            }

            fn narrow(value: i256) -> Option<Self> {
                value.to_i128()?.try_into().ok()
            }
        }
    )+};
}

whole!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl Whole for i256 {
    fn widen(self) -> i256 {
        self
    }

    fn narrow(value: i256) -> Option<Self> {
        Some(value)
    }
}

/// A float of any width as 64 bits and back, rounded.
trait Float: Copy {
    fn widen(self) -> f64;
    fn narrow(value: f64) -> Self;
}

impl Float for f16 {
    fn widen(self) -> f64 {
        self.to_f64()
    }

    fn narrow(value: f64) -> Self {
        f16::from_f64(value)
    }
}

impl Float for f32 {
    fn widen(self) -> f64 {
        self.into()
    }

    #[expect(clippy::cast_possible_truncation, reason = "documented: rounded")]
    fn narrow(value: f64) -> Self {
        value as f32
    }
}

impl Float for f64 {
    fn widen(self) -> f64 {
        self
    }

    fn narrow(value: f64) -> Self {
        value
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Decimal128Array, Float32Array, Float64Array, Int8Array, UInt64Array};

    use super::*;
    use crate::simulate::Number;

    fn add(values: &dyn Array, steps: i128) -> Result<Altered, usize> {
        let operation = WholeOperation::Add(i256::from_i128(steps));
        let arithmetic = Arithmetic::whole(values.data_type(), operation).unwrap();
        arithmetic.apply(values)
    }

    fn multiply(values: &dyn Array, factor: &str) -> Result<Altered, usize> {
        let ratio = Number::parse(factor).unwrap().ratio(0).unwrap();
        let operation = WholeOperation::Multiply(ratio);
        let arithmetic = Arithmetic::whole(values.data_type(), operation).unwrap();
        arithmetic.apply(values)
    }

    #[test]
    fn the_ends_of_a_type_are_reached_and_not_passed() {
        let values = Int8Array::from(vec![Some(-128), None, Some(117)]);
        let altered = add(&values, 10).unwrap();
        let expected = Int8Array::from(vec![Some(-118), None, Some(127)]);
        assert_eq!(altered.values.as_primitive::<Int8Type>(), &expected);
        assert_eq!(altered.changed, 2);
        assert_eq!(add(&values, 11).map(|altered| altered.changed), Err(2));
        assert_eq!(add(&values, -1).map(|altered| altered.changed), Err(0));
    }

    #[test]
    fn sixty_four_bits_are_multiplied_exactly() {
        let values = UInt64Array::from(vec![u64::MAX, 0, (1 << 53) + 1]);
        let altered = multiply(&values, "0.5").unwrap();
        let expected = UInt64Array::from(vec![1 << 63, 0, (1 << 52) + 1]);
        assert_eq!(altered.values.as_primitive::<UInt64Type>(), &expected);
        assert_eq!(altered.changed, 2);
        assert_eq!(multiply(&values, "1.1").map(|altered| altered.changed), Err(0));
    }

    #[test]
    fn a_decimal_stays_within_its_precision_and_keeps_its_type() {
        let values = Decimal128Array::from(vec![98, -99]).with_precision_and_scale(2, 1).unwrap();
        assert_eq!(add(&values, 2).map(|altered| altered.changed), Err(0));
        let altered = add(&values, 1).unwrap();
        assert_eq!(altered.values.data_type(), &DataType::Decimal128(2, 1));
        let values = altered.values.as_primitive::<Decimal128Type>();
        assert_eq!(values.values().as_ref(), [99, -98]);
    }

    #[test]
    fn floats_keep_nan_and_infinities_and_never_become_infinite() {
        let values = Float64Array::from(vec![f64::NAN, f64::INFINITY, 1.5, f64::MAX]);
        let apply = |operation| {
            let arithmetic = Arithmetic::float(&DataType::Float64, operation).unwrap();
            arithmetic.apply(&values)
        };
        let altered = apply(FloatOperation::Add(0.25)).unwrap();
        let floats = altered.values.as_primitive::<Float64Type>();
        assert!(floats.value(0).is_nan());
        assert_eq!(floats.values()[1..], [f64::INFINITY, 1.75, f64::MAX]);
        assert_eq!(altered.changed, 1);
        let doubled = apply(FloatOperation::Multiply(2.0));
        assert_eq!(doubled.map(|altered| altered.changed), Err(3));
    }

    #[test]
    fn narrow_floats_are_altered_in_f64_and_rounded_once() {
        let values = Float32Array::from(vec![16_777_216.0]);
        let operation = FloatOperation::Add(1.5);
        let arithmetic = Arithmetic::float(&DataType::Float32, operation).unwrap();
        let altered = arithmetic.apply(&values).unwrap();
        // 16,777,217.5 lies between 16,777,216 and 16,777,218.
        let floats = altered.values.as_primitive::<Float32Type>();
        assert_eq!(floats.value(0), 16_777_218.0);
    }
}
