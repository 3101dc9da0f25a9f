//! Arrow's types in our vocabulary: the one place that knows both.

use arrow_schema::{DataType, Field, Fields, IntervalUnit, TimeUnit as ArrowUnit};

use super::{Column, LogicalType, Schema, SchemaError, TimeUnit};

/// The schema of Arrow fields. Struct fields become columns of their own under dotted paths and
/// inherit the nullability of the struct; the walk is bounded in depth and count.
///
/// # Errors
/// [`SchemaError::DuplicateColumn`], [`SchemaError::TooManyColumns`] and [`SchemaError::TooDeep`].
pub fn schema_from_arrow(
    fields: &Fields,
    column_limit: usize,
    depth_limit: usize,
) -> Result<Schema, SchemaError> {
    let mut columns = Vec::new();
    let mut pending: Vec<(String, &Field, bool, usize)> =
        fields.iter().rev().map(|field| (field.name().clone(), field.as_ref(), false, 1)).collect();
    while let Some((name, field, nullable_parent, depth)) = pending.pop() {
        let nullable = nullable_parent || field.is_nullable();
        if let DataType::Struct(children) = field.data_type() {
            if depth >= depth_limit {
                return Err(SchemaError::TooDeep { column: name, limit: depth_limit });
            }
            pending.extend(children.iter().rev().map(|child| {
                (format!("{name}.{}", child.name()), child.as_ref(), nullable, depth + 1)
            }));
            continue;
        }
        if columns.len() == column_limit {
            let found = columns.len() + pending.len() + 1;
            return Err(SchemaError::TooManyColumns { columns: found, limit: column_limit });
        }
        columns.push(Column::new(name, logical_type(field.data_type()), nullable));
    }
    Schema::new(columns)
}

/// One type for every producer's choice of it.
fn logical_type(data_type: &DataType) -> LogicalType {
    match data_type {
        DataType::Boolean => LogicalType::Boolean,
        DataType::Int8 => LogicalType::integer(8),
        DataType::Int16 => LogicalType::integer(16),
        DataType::Int32 => LogicalType::integer(32),
        DataType::Int64 => LogicalType::integer(64),
        DataType::UInt8 => LogicalType::Integer { bits: 8, signed: false },
        DataType::UInt16 => LogicalType::Integer { bits: 16, signed: false },
        DataType::UInt32 => LogicalType::Integer { bits: 32, signed: false },
        DataType::UInt64 => LogicalType::Integer { bits: 64, signed: false },
        DataType::Float16 => LogicalType::Float { bits: 16 },
        DataType::Float32 => LogicalType::Float { bits: 32 },
        DataType::Float64 => LogicalType::Float { bits: 64 },
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            LogicalType::Decimal { precision: *precision, scale: *scale }
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => LogicalType::String,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => LogicalType::Binary,
        DataType::FixedSizeBinary(length) => {
            LogicalType::FixedBinary { length: length.unsigned_abs() }
        }
        DataType::Date32 | DataType::Date64 => LogicalType::Date,
        DataType::Time32(unit) | DataType::Time64(unit) => LogicalType::Time { unit: step(*unit) },
        DataType::Timestamp(unit, zone) => {
            LogicalType::Timestamp { unit: step(*unit), zone: zone.as_deref().map(str::to_owned) }
        }
        DataType::Duration(unit) => LogicalType::Duration { unit: step(*unit) },
        DataType::Dictionary(_, values) => logical_type(values),
        DataType::RunEndEncoded(_, values) => logical_type(values.data_type()),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => {
            LogicalType::List(Box::new(item_type(item.data_type())))
        }
        DataType::Interval(IntervalUnit::YearMonth) => LogicalType::Other("interval[month]".into()),
        DataType::Interval(_) => LogicalType::Other("interval".into()),
        DataType::Null => LogicalType::Other("null".into()),
        DataType::Map(..) => LogicalType::Other("map".into()),
        DataType::Union(..) => LogicalType::Other("union".into()),
        DataType::Struct(_) => LogicalType::Other("struct".into()),
    }
}

/// The type inside a list, one level deep: what is nested further is named, not walked.
fn item_type(data_type: &DataType) -> LogicalType {
    if data_type.is_nested() && !matches!(data_type, DataType::Dictionary(..)) {
        let name = if matches!(data_type, DataType::Struct(_)) { "struct" } else { "nested" };
        LogicalType::Other(name.to_owned())
    } else {
        logical_type(data_type)
    }
}

fn step(unit: ArrowUnit) -> TimeUnit {
    match unit {
        ArrowUnit::Second => TimeUnit::Second,
        ArrowUnit::Millisecond => TimeUnit::Millisecond,
        ArrowUnit::Microsecond => TimeUnit::Microsecond,
        ArrowUnit::Nanosecond => TimeUnit::Nanosecond,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: Vec<Field>) -> Result<Schema, SchemaError> {
        schema_from_arrow(&Fields::from(fields), 100, 64)
    }

    #[test]
    fn producers_who_choose_differently_agree() {
        let dictionary =
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::LargeUtf8));
        for data_type in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary] {
            let schema = read(vec![Field::new("s", data_type, true)]).unwrap();
            assert_eq!(schema.columns()[0].logical_type, LogicalType::String);
        }
    }

    #[test]
    fn struct_fields_stand_under_dotted_paths_and_inherit_nullability() {
        let city = Field::new("city", DataType::Utf8, false);
        let address = Field::new("address", DataType::Struct(vec![city].into()), true);
        let schema = read(vec![address, Field::new("age", DataType::Int32, false)]).unwrap();
        let expected = [
            Column::new("address.city", LogicalType::String, true),
            Column::new("age", LogicalType::integer(32), false),
        ];
        assert_eq!(schema.columns(), expected);
    }

    #[test]
    fn a_dotted_name_that_collides_with_a_struct_field_is_refused() {
        let b = Field::new("b", DataType::Utf8, false);
        let a = Field::new("a", DataType::Struct(vec![b].into()), false);
        let twin = Field::new("a.b", DataType::Utf8, false);
        assert!(matches!(read(vec![a, twin]), Err(SchemaError::DuplicateColumn { .. })));
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let mut field = Field::new("leaf", DataType::Int8, false);
        for _ in 0..70 {
            field = Field::new("g", DataType::Struct(vec![field].into()), false);
        }
        assert!(matches!(read(vec![field]), Err(SchemaError::TooDeep { limit: 64, .. })));
        let many = (0..101).map(|n| Field::new(format!("c{n}"), DataType::Int8, false)).collect();
        let error = read(many).unwrap_err();
        assert_eq!(error, SchemaError::TooManyColumns { columns: 101, limit: 100 });
    }
}
