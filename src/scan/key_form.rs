//! How the bytes of a fixed-width value become its order key.

use parquet::basic::Type;

use super::source::Task;
use crate::contract::{LogicalType, TimeUnit};
use crate::stats::order_key::{from_f64, from_i64};
use crate::stats::simd::widest;

/// How a value's bytes become a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Float64,
    Float32,
    Signed64,
    Unsigned64,
    /// 32 bits that hold a number of so many bits.
    Signed32 {
        bits: u8,
    },
    Unsigned32 {
        bits: u8,
    },
    Bit,
}

impl Form {
    /// Of a column of a row group; `None` for what only the general reader knows.
    pub(super) fn of(task: &Task<'_>, column: &str, leaf: usize) -> Option<Self> {
        let chunk = task.file.parquet().row_group(task.row_group).column(leaf);
        Self::of_types(chunk.column_type(), &task.file.schema.column(column)?.logical_type)
    }

    fn of_types(physical: Type, logical_type: &LogicalType) -> Option<Self> {
        use LogicalType::{Boolean, Date, Decimal, Duration, Float, Integer, Time, Timestamp};
        Some(match (physical, logical_type) {
            (Type::DOUBLE, Float { bits: 64 }) => Self::Float64,
            (Type::FLOAT, Float { bits: 32 }) => Self::Float32,
            (Type::INT64, Integer { bits: 64, signed: false }) => Self::Unsigned64,
            (Type::INT64, Integer { bits: 64, .. } | Decimal { .. }) => Self::Signed64,
            // Seconds are not written as such: what the writer's notes say of them decides.
            (Type::INT64, Timestamp { unit, .. } | Time { unit } | Duration { unit })
                if *unit != TimeUnit::Second =>
            {
                Self::Signed64
            }
            (Type::INT32, Integer { bits, signed: false }) if *bits <= 32 => {
                Self::Unsigned32 { bits: *bits }
            }
            (Type::INT32, Integer { bits, .. }) if *bits <= 32 => Self::Signed32 { bits: *bits },
            (Type::INT32, Date | Time { unit: TimeUnit::Millisecond } | Decimal { .. }) => {
                Self::Signed32 { bits: 32 }
            }
            (Type::BOOLEAN, Boolean) => Self::Bit,
            _ => return None,
        })
    }

    /// Whether keys may stand for NaN.
    pub(super) fn is_float(self) -> bool {
        matches!(self, Self::Float64 | Self::Float32)
    }

    /// Bytes of a value.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Float64 | Self::Signed64 | Self::Unsigned64 => 8,
            Self::Float32 | Self::Signed32 { .. } | Self::Unsigned32 { .. } => 4,
            Self::Bit => 0,
        }
    }

    /// Appends the keys of whole values; `None` for a number beyond the bits of its type.
    pub(super) fn keys(self, bytes: &[u8], keys: &mut Vec<u64>) -> Option<()> {
        let before = keys.len();
        let (eights, fours) = (bytes.as_chunks::<8>().0, bytes.as_chunks::<4>().0);
        match self {
            Self::Float64 => extend(keys, eights, |v| from_f64(f64::from_le_bytes(v))),
            Self::Signed64 => extend(keys, eights, |v| from_i64(i64::from_le_bytes(v))),
            Self::Unsigned64 => extend(keys, eights, u64::from_le_bytes),
            Self::Float32 => extend(keys, fours, |v| from_f64(f32::from_le_bytes(v).into())),
            Self::Signed32 { .. } => {
                extend(keys, fours, |v| from_i64(i32::from_le_bytes(v).into()));
            }
            Self::Unsigned32 { .. } => extend(keys, fours, |v| u32::from_le_bytes(v).into()),
            Self::Bit => return None,
        }
        let new = keys.get(before..)?;
        match self {
            Self::Signed32 { bits } if bits < 32 => {
                let (low, high) = (from_i64(-1 << (bits - 1)), from_i64((1 << (bits - 1)) - 1));
                new.iter().all(|key| (low..=high).contains(key)).then_some(())
            }
            Self::Unsigned32 { bits } if bits < 32 => {
                new.iter().all(|&key| key < 1 << bits).then_some(())
            }
            _ => Some(()),
        }
    }
}

fn extend<const WIDTH: usize>(
    keys: &mut Vec<u64>,
    values: &[[u8; WIDTH]],
    key: impl Fn([u8; WIDTH]) -> u64,
) {
    widest(
        #[inline(always)]
        || keys.extend(values.iter().map(|value| key(*value))),
    );
}
