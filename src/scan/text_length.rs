//! Holds the lengths of texts to their limit.

use arrow_array::cast::AsArray;
use arrow_array::{Array, OffsetSizeTrait};
use arrow_buffer::OffsetBuffer;
use arrow_schema::DataType;

/// Bytes of the longest value of an array of text or bytes, null ones included; 0 for any other.
pub(super) fn longest(array: &dyn Array) -> u64 {
    match array.data_type() {
        DataType::Utf8 => of_offsets(array.as_string::<i32>().offsets()),
        DataType::LargeUtf8 => of_offsets(array.as_string::<i64>().offsets()),
        DataType::Binary => of_offsets(array.as_binary::<i32>().offsets()),
        DataType::LargeBinary => of_offsets(array.as_binary::<i64>().offsets()),
        DataType::Utf8View => of_lengths(array.as_string_view().lengths()),
        DataType::BinaryView => of_lengths(array.as_binary_view().lengths()),
        DataType::FixedSizeBinary(width) => u64::try_from(*width).unwrap_or(0),
        DataType::Dictionary(..) => longest(array.as_any_dictionary().values().as_ref()),
        _ => 0,
    }
}

fn of_offsets<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>) -> u64 {
    of_lengths(offsets.lengths())
}

fn of_lengths(lengths: impl Iterator<Item = impl TryInto<u64>>) -> u64 {
    lengths.map(|length| length.try_into().unwrap_or(u64::MAX)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray, Int64Array,
        LargeBinaryArray, LargeStringArray, StringArray, StringViewArray,
    };

    use super::*;

    #[test]
    fn the_longest_value_of_every_kind_of_text_is_found() {
        let texts = ["a", "ÄÖ", ""];
        let bytes = texts.map(str::as_bytes).to_vec();
        let coded: DictionaryArray<Int32Type> = texts.into_iter().collect();
        let arrays: [ArrayRef; 7] = [
            Arc::new(StringArray::from(texts.to_vec())),
            Arc::new(LargeStringArray::from(texts.to_vec())),
            Arc::new(StringViewArray::from(texts.to_vec())),
            Arc::new(BinaryArray::from(bytes.clone())),
            Arc::new(LargeBinaryArray::from(bytes.clone())),
            Arc::new(BinaryViewArray::from(bytes)),
            Arc::new(coded),
        ];
        for array in arrays {
            assert_eq!(longest(&array), 4, "{:?}", array.data_type());
        }
        let fixed = FixedSizeBinaryArray::try_from_iter([[0; 3], [1; 3]].into_iter()).unwrap();
        assert_eq!(longest(&fixed), 3);
        assert_eq!(longest(&Int64Array::from(vec![1])), 0);
        assert_eq!(longest(&StringArray::from(Vec::<&str>::new())), 0);
    }
}
