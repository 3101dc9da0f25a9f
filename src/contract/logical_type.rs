//! One vocabulary for the types that people have in Parquet.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a column's values, whatever the producer's physical choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum LogicalType {
    /// true or false
    Boolean,
    /// A whole number of `bits` (8, 16, 32, 64).
    Integer {
        /// Width in bits.
        bits: u8,
        /// Whether negative values exist.
        signed: bool,
    },
    /// An IEEE 754 number of `bits` (16, 32, 64).
    Float {
        /// Width in bits.
        bits: u8,
    },
    /// A whole number of `precision` digits, `scale` of them behind the point.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: i8,
    },
    /// UTF-8 text: `Utf8`, `LargeUtf8`, `Utf8View` and dictionaries of them.
    String,
    /// Bytes of any length.
    Binary,
    /// Bytes of one length.
    FixedBinary {
        /// Length of each value in bytes.
        length: u32,
    },
    /// Days since 1970-01-01.
    Date,
    /// Time of day.
    Time {
        /// What one step counts.
        unit: TimeUnit,
    },
    /// An instant, or a local date and time when `zone` is absent.
    Timestamp {
        /// What one step counts.
        unit: TimeUnit,
        /// The zone the writer named; values are UTC when there is one.
        zone: Option<String>,
    },
    /// A length of time.
    Duration {
        /// What one step counts.
        unit: TimeUnit,
    },
    /// Any number of values per row.
    List(Box<LogicalType>),
    /// A type that is validated for nulls alone: maps, variants, geometries, intervals.
    Other(String),
}

impl LogicalType {
    /// A signed integer of `bits`.
    #[must_use]
    pub fn integer(bits: u8) -> Self {
        Self::Integer { bits, signed: true }
    }

    /// Whether its values are texts or bytes.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::String | Self::Binary | Self::FixedBinary { .. })
    }

    /// Whether a reader of this type can take every value of `narrower` unchanged: more bits of
    /// the same family, unsigned into a wider signed integer, or more digits at the same scale.
    #[must_use]
    pub fn widens(&self, narrower: &Self) -> bool {
        match (self, narrower) {
            (
                Self::Integer { bits: wide, signed: wide_signed },
                Self::Integer { bits: narrow, signed: narrow_signed },
            ) => wide > narrow && (wide_signed == narrow_signed || *wide_signed),
            (Self::Float { bits: wide }, Self::Float { bits: narrow }) => wide > narrow,
            (
                Self::Decimal { precision: wide, scale: wide_scale },
                Self::Decimal { precision: narrow, scale: narrow_scale },
            ) => wide > narrow && wide_scale == narrow_scale,
            _ => false,
        }
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => formatter.write_str("bool"),
            Self::Integer { bits, signed: true } => write!(formatter, "int{bits}"),
            Self::Integer { bits, signed: false } => write!(formatter, "uint{bits}"),
            Self::Float { bits } => write!(formatter, "float{bits}"),
            Self::Decimal { precision, scale } => write!(formatter, "decimal({precision},{scale})"),
            Self::String => formatter.write_str("string"),
            Self::Binary => formatter.write_str("binary"),
            Self::FixedBinary { length } => write!(formatter, "binary({length})"),
            Self::Date => formatter.write_str("date"),
            Self::Time { unit } => write!(formatter, "time[{unit}]"),
            Self::Timestamp { unit, zone: None } => write!(formatter, "timestamp[{unit}]"),
            Self::Timestamp { unit, zone: Some(zone) } => {
                write!(formatter, "timestamp[{unit}, {zone}]")
            }
            Self::Duration { unit } => write!(formatter, "duration[{unit}]"),
            Self::List(item) => write!(formatter, "list<{item}>"),
            Self::Other(name) => formatter.write_str(name),
        }
    }
}

/// What one step of a time value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimeUnit {
    /// 1 s
    Second,
    /// 10⁻³ s
    Millisecond,
    /// 10⁻⁶ s
    Microsecond,
    /// 10⁻⁹ s
    Nanosecond,
}

impl TimeUnit {
    /// Steps in one second.
    #[must_use]
    pub fn per_second(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Millisecond => 1_000,
            Self::Microsecond => 1_000_000,
            Self::Nanosecond => 1_000_000_000,
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_type_that_holds_every_value_widens() {
        let uint32 = LogicalType::Integer { bits: 32, signed: false };
        let decimal = |precision, scale| LogicalType::Decimal { precision, scale };
        assert!(LogicalType::integer(64).widens(&LogicalType::integer(32)));
        assert!(LogicalType::integer(64).widens(&uint32));
        assert!(!LogicalType::integer(32).widens(&uint32));
        assert!(!LogicalType::integer(64).widens(&LogicalType::Float { bits: 32 }));
        assert!(!LogicalType::Float { bits: 64 }.widens(&LogicalType::integer(32)));
        assert!(decimal(18, 2).widens(&decimal(10, 2)));
        assert!(!decimal(18, 4).widens(&decimal(10, 2)));
    }

    #[test]
    fn a_type_is_written_as_people_write_it() {
        let zoned =
            LogicalType::Timestamp { unit: TimeUnit::Microsecond, zone: Some("UTC".to_owned()) };
        assert_eq!(zoned.to_string(), "timestamp[us, UTC]");
        assert_eq!(LogicalType::List(Box::new(LogicalType::String)).to_string(), "list<string>");
    }
}
