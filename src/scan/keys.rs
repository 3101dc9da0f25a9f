//! Arrow arrays of fixed-width values as order keys.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type,
    Decimal64Type, Decimal128Type, Decimal256Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, downcast_dictionary_array};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::stats::order_key::{from_f64, from_i64};

/// The keys of a batch: one per row, meaningless where null.
#[derive(Debug, Default)]
pub(super) struct KeyRows {
    /// One key per row. NaN has a key outside `[−∞, +∞]`: see [`is_nan`].
    pub(super) keys: Vec<u64>,
    /// Which rows hold a value; all when absent.
    pub(super) validity: Option<NullBuffer>,
    /// Whether keys may stand for NaN.
    pub(super) floats: bool,
}

impl KeyRows {
    /// Fills the rows from an array.
    ///
    /// # Errors
    /// A reason, for people, when the type or a value has no order key.
    pub(super) fn fill(&mut self, array: &dyn Array) -> Result<(), String> {
        self.keys.clear();
        self.validity = array.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let data_type = array.data_type();
        self.floats = data_type.is_floating()
            || matches!(data_type, DataType::Dictionary(_, values) if values.is_floating());
        let keys = &mut self.keys;
        match data_type {
            DataType::Boolean => {
                keys.extend(array.as_boolean().values().iter().map(u64::from));
            }
            DataType::Int8 => extend::<Int8Type>(keys, array, |v| from_i64(v.into())),
            DataType::Int16 => extend::<Int16Type>(keys, array, |v| from_i64(v.into())),
            DataType::Int32 => extend::<Int32Type>(keys, array, |v| from_i64(v.into())),
            DataType::Int64 => extend::<Int64Type>(keys, array, from_i64),
            DataType::UInt8 => extend::<UInt8Type>(keys, array, u64::from),
            DataType::UInt16 => extend::<UInt16Type>(keys, array, u64::from),
            DataType::UInt32 => extend::<UInt32Type>(keys, array, u64::from),
            DataType::UInt64 => extend::<UInt64Type>(keys, array, |v| v),
            DataType::Float16 => extend::<Float16Type>(keys, array, |v| from_f64(v.to_f64())),
            DataType::Float32 => extend::<Float32Type>(keys, array, |v| from_f64(v.into())),
            DataType::Float64 => extend::<Float64Type>(keys, array, from_f64),
            DataType::Date32 => extend::<Date32Type>(keys, array, |v| from_i64(v.into())),
            DataType::Date64 => {
                extend::<Date64Type>(keys, array, |v| from_i64(v.div_euclid(MILLISECONDS_PER_DAY)));
            }
            DataType::Decimal32(..) => {
                extend::<Decimal32Type>(keys, array, |v| from_i64(v.into()));
            }
            DataType::Decimal64(..) => extend::<Decimal64Type>(keys, array, from_i64),
            DataType::Decimal128(..) => {
                narrow::<Decimal128Type>(keys, array, |v| i64::try_from(v).ok())?;
            }
            DataType::Decimal256(..) => {
                narrow::<Decimal256Type>(keys, array, |v| v.to_i128()?.try_into().ok())?;
            }
            DataType::Dictionary(..) => return self.fill_from_dictionary(array),
            _ => fill_time(keys, array)?,
        }
        Ok(())
    }

    fn fill_from_dictionary(&mut self, array: &dyn Array) -> Result<(), String> {
        downcast_dictionary_array!(
            array => {
                let mut values = Self::default();
                values.fill(array.values().as_ref())?;
                spread(&mut self.keys, array.keys(), &values.keys);
                Ok(())
            },
            other => Err(unsupported(other))
        )
    }
}

/// Whether the key of a float column stands for NaN.
#[inline]
pub(super) fn is_nan(key: u64) -> bool {
    !(NEGATIVE_INFINITY..=POSITIVE_INFINITY).contains(&key)
}

fn extend<T: ArrowPrimitiveType>(
    keys: &mut Vec<u64>,
    array: &dyn Array,
    key: impl Fn(T::Native) -> u64,
) {
    keys.extend(array.as_primitive::<T>().values().iter().map(|&value| key(value)));
}

/// As [`extend`], for values that may not fit 64 bits. Nulls may hold anything.
fn narrow<T: ArrowPrimitiveType>(
    keys: &mut Vec<u64>,
    array: &dyn Array,
    value: impl Fn(T::Native) -> Option<i64>,
) -> Result<(), String> {
    let array = array.as_primitive::<T>();
    for (row, &wide) in array.values().iter().enumerate() {
        match value(wide) {
            Some(narrow) => keys.push(from_i64(narrow)),
            None if array.is_null(row) => keys.push(0),
            None => return Err("a decimal beyond 64 significant bits has no order key".to_owned()),
        }
    }
    Ok(())
}

fn fill_time(keys: &mut Vec<u64>, array: &dyn Array) -> Result<(), String> {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    match array.data_type() {
        DataType::Time32(Second) => extend::<Time32SecondType>(keys, array, |v| from_i64(v.into())),
        DataType::Time32(Millisecond) => {
            extend::<Time32MillisecondType>(keys, array, |v| from_i64(v.into()));
        }
        DataType::Time64(Microsecond) => extend::<Time64MicrosecondType>(keys, array, from_i64),
        DataType::Time64(Nanosecond) => extend::<Time64NanosecondType>(keys, array, from_i64),
        DataType::Timestamp(Second, _) => extend::<TimestampSecondType>(keys, array, from_i64),
        DataType::Timestamp(Millisecond, _) => {
            extend::<TimestampMillisecondType>(keys, array, from_i64);
        }
        DataType::Timestamp(Microsecond, _) => {
            extend::<TimestampMicrosecondType>(keys, array, from_i64);
        }
        DataType::Timestamp(Nanosecond, _) => {
            extend::<TimestampNanosecondType>(keys, array, from_i64);
        }
        DataType::Duration(Second) => extend::<DurationSecondType>(keys, array, from_i64),
        DataType::Duration(Millisecond) => extend::<DurationMillisecondType>(keys, array, from_i64),
        DataType::Duration(Microsecond) => extend::<DurationMicrosecondType>(keys, array, from_i64),
        DataType::Duration(Nanosecond) => extend::<DurationNanosecondType>(keys, array, from_i64),
        other => return Err(unsupported(other)),
    }
    Ok(())
}

fn spread<K: ArrowDictionaryKeyType>(
    keys: &mut Vec<u64>,
    codes: &arrow_array::PrimitiveArray<K>,
    values: &[u64],
) {
    use arrow_buffer::ArrowNativeType;
    keys.extend(
        codes.values().iter().map(|code| values.get(code.as_usize()).copied().unwrap_or(0)),
    );
}

fn unsupported(data_type: &DataType) -> String {
    format!("values of type {data_type} have no order key")
}

const MILLISECONDS_PER_DAY: i64 = 86_400_000;
/// `from_f64(−∞)` and `from_f64(+∞)`: all numbers lie between.
const NEGATIVE_INFINITY: u64 = !0xFFF0_0000_0000_0000;
const POSITIVE_INFINITY: u64 = 0xFFF0_0000_0000_0000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        Date64Array, Decimal128Array, DictionaryArray, Float32Array, Int8Array, Int64Array,
        UInt8Array, UInt64Array,
    };
    use half::f16;

    use super::*;
    use crate::stats::order_key::to_f64;

    fn keys(array: &dyn Array) -> Vec<u64> {
        let mut rows = KeyRows::default();
        rows.fill(array).unwrap();
        rows.keys
    }

    #[test]
    fn the_infinities_bound_all_numbers_and_nan_lies_outside() {
        assert_eq!(from_f64(f64::NEG_INFINITY), NEGATIVE_INFINITY);
        assert_eq!(from_f64(f64::INFINITY), POSITIVE_INFINITY);
        for nan in [f64::NAN, -f64::NAN] {
            assert!(is_nan(from_f64(nan)));
        }
        assert!(!is_nan(from_f64(-0.0)));
    }

    #[test]
    fn narrow_floats_keep_their_value() {
        let array = Float32Array::from(vec![0.1f32, -0.0, f32::INFINITY]);
        let values: Vec<f64> = keys(&array).into_iter().map(to_f64).collect();
        assert_eq!(values, [f64::from(0.1f32), 0.0, f64::INFINITY]);
        let half: arrow_array::Float16Array = vec![Some(f16::from_f32(1.5))].into();
        assert_eq!(to_f64(keys(&half)[0]), 1.5);
    }

    #[test]
    fn integers_of_all_widths_share_one_order() {
        let wide = Int64Array::from(vec![i64::MIN, -1, 7]);
        let narrow = Int8Array::from(vec![-1, 7]);
        assert_eq!(keys(&wide)[1..], keys(&narrow)[..]);
        assert_eq!(keys(&UInt64Array::from(vec![7, u64::MAX])), [7, u64::MAX]);
        assert_eq!(keys(&UInt8Array::from(vec![7])), [7]);
    }

    #[test]
    fn a_decimal_beyond_64_bits_is_refused_unless_it_is_null() {
        let wide = i128::from(i64::MAX) + 1;
        let array = Decimal128Array::from(vec![Some(5), Some(wide)]);
        assert!(KeyRows::default().fill(&array).unwrap_err().contains("64 significant bits"));
        let nulls = NullBuffer::from(vec![true, false]);
        let hidden = Decimal128Array::new(vec![5, wide].into(), Some(nulls));
        assert_eq!(keys(&hidden)[0], from_i64(5));
    }

    #[test]
    fn dictionaries_of_numbers_are_their_values() {
        let codes = Int8Array::from(vec![Some(1), None, Some(0)]);
        let values = Int64Array::from(vec![10, 20]);
        let array = DictionaryArray::new(codes, Arc::new(values));
        let mut rows = KeyRows::default();
        rows.fill(&array).unwrap();
        assert_eq!((rows.keys[0], rows.keys[2]), (from_i64(20), from_i64(10)));
        assert!(rows.validity.unwrap().is_null(1));
    }

    #[test]
    fn dates_in_milliseconds_are_days() {
        let array = Date64Array::from(vec![-1, 86_400_000]);
        assert_eq!(keys(&array), [from_i64(-1), from_i64(1)]);
    }
}
