//! Puts null, NaN or a category in place of chosen values.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Scalar, StringArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};
use arrow_select::nullif::nullif;
use arrow_select::zip::zip;

use super::arithmetic::Altered;

/// Whether values of this type can be made null one by one.
pub(super) fn takes_null(data_type: &DataType) -> bool {
    !matches!(data_type, DataType::RunEndEncoded(..) | DataType::Union(..) | DataType::Null)
}

/// Makes the chosen values null. `chosen` has one entry per value, as below.
pub(super) fn put_null(values: &ArrayRef, chosen: &BooleanArray) -> Result<Altered, ArrowError> {
    let altered = nullif(values, chosen)?;
    Ok(Altered { changed: (altered.null_count() - values.null_count()) as u64, values: altered })
}

/// Makes the chosen floats NaN; nulls stay.
pub(super) fn put_nan(values: &ArrayRef, chosen: &BooleanArray) -> Result<Altered, ArrowError> {
    let numbers = cast(values, &DataType::Float64)?;
    let numbers = numbers.as_primitive::<Float64Type>();
    let mask: BooleanArray = numbers
        .iter()
        .zip(chosen.values())
        .map(|(number, chosen)| Some(chosen && number.is_some_and(|number| !number.is_nan())))
        .collect();
    let nan = cast(&Float64Array::from(vec![f64::NAN]), values.data_type())?;
    replace(values, &mask, nan)
}

/// Whether values are text: plain, or numbered by a dictionary.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// Puts the chosen values of a text column into a category; nulls stay.
///
/// # Errors
/// Of a dictionary, when its key type cannot number one more category.
pub(super) fn put_category(
    values: &ArrayRef,
    chosen: &BooleanArray,
    category: &str,
) -> Result<Altered, ArrowError> {
    let texts = cast(values, &DataType::Utf8)?;
    let mask: BooleanArray = texts
        .as_string::<i32>()
        .iter()
        .zip(chosen.values())
        .map(|(text, chosen)| Some(chosen && text.is_some_and(|text| text != category)))
        .collect();
    let category = StringArray::from(vec![category]);
    if let DataType::Dictionary(_, _) = values.data_type() {
        let altered = replace(&texts, &mask, Arc::new(category))?;
        let values = cast(&altered.values, values.data_type())?;
        return Ok(Altered { values, ..altered });
    }
    replace(values, &mask, cast(&category, values.data_type())?)
}

/// Whether categories of this type can be told apart by their text.
pub(super) fn has_categories(data_type: &DataType) -> bool {
    is_text(data_type) || data_type.is_integer() || *data_type == DataType::Boolean
}

/// Which values are this category, written as text; nulls are not.
pub(super) fn holds(values: &ArrayRef, category: &str) -> Result<Vec<bool>, ArrowError> {
    let texts = cast(values, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>().iter();
    Ok(texts.map(|text| text == Some(category)).collect())
}

fn replace(values: &ArrayRef, mask: &BooleanArray, by: ArrayRef) -> Result<Altered, ArrowError> {
    let altered = zip(mask, &Scalar::new(by), values)?;
    Ok(Altered { values: altered, changed: mask.true_count() as u64 })
}

#[cfg(test)]
mod tests {
    use arrow_array::types::{Float32Type, Int8Type};
    use arrow_array::{DictionaryArray, Float32Array, ListArray};

    use super::*;

    fn every_other(length: usize) -> BooleanArray {
        (0..length).map(|position| Some(position % 2 == 0)).collect()
    }

    #[test]
    fn nan_takes_the_place_of_numbers_but_not_of_nulls() {
        let values: ArrayRef = Arc::new(Float32Array::from(vec![
            Some(1.0),
            Some(2.0),
            None,
            Some(3.0),
            Some(f32::NAN),
        ]));
        let altered = put_nan(&values, &every_other(5)).unwrap();
        let floats = altered.values.as_primitive::<Float32Type>();
        assert!(floats.value(0).is_nan() && floats.is_null(2));
        assert_eq!((floats.value(1), floats.value(3)), (2.0, 3.0));
        assert_eq!(altered.changed, 1);
    }

    #[test]
    fn lists_become_null_too() {
        let lists = ListArray::from_iter_primitive::<Int8Type, _, _>([
            Some(vec![Some(1)]),
            Some(vec![None]),
            None,
        ]);
        let altered = put_null(&(Arc::new(lists) as ArrayRef), &every_other(3)).unwrap();
        assert_eq!((altered.changed, altered.values.null_count()), (1, 2));
        assert!(altered.values.is_valid(1));
    }

    #[test]
    fn a_category_is_put_into_every_kind_of_text() {
        let dictionary =
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::LargeUtf8));
        let texts = StringArray::from(vec![Some("a"), Some("b"), None, Some("c"), Some("z")]);
        for data_type in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary] {
            let values = cast(&texts, &data_type).unwrap();
            let altered = put_category(&values, &every_other(5), "z").unwrap();
            assert_eq!(altered.values.data_type(), &data_type);
            let expected = [Some("z"), Some("b"), None, Some("c"), Some("z")];
            let found = cast(&altered.values, &DataType::Utf8).unwrap();
            assert_eq!(found.as_string::<i32>(), &StringArray::from(expected.to_vec()));
            assert_eq!(altered.changed, 1);
        }
    }

    #[test]
    fn a_dictionary_that_is_full_refuses_one_more_category() {
        let texts: Vec<String> = (0..128).map(|n| n.to_string()).collect();
        let keys: Vec<i8> = (0..=127).collect();
        let values = StringArray::from_iter_values(&texts);
        let full = DictionaryArray::<Int8Type>::try_new(keys.into(), Arc::new(values)).unwrap();
        let full: ArrayRef = Arc::new(full);
        let none = BooleanArray::from(vec![false; 128]);
        assert!(put_category(&full, &none, "z").is_ok());
        // Two rows share a key, so that all 128 categories stay and a 129th comes.
        let keys: Vec<i8> = (0..=127).chain([0]).collect();
        let values = StringArray::from_iter_values(&texts);
        let full = DictionaryArray::<Int8Type>::try_new(keys.into(), Arc::new(values)).unwrap();
        let last = (0..129).map(|position| Some(position == 128)).collect();
        assert!(put_category(&(Arc::new(full) as ArrayRef), &last, "z").is_err());
    }

    #[test]
    fn categories_are_compared_as_text() {
        let integers: ArrayRef = Arc::new(arrow_array::Int64Array::from(vec![Some(7), None]));
        assert_eq!(holds(&integers, "7").unwrap(), [true, false]);
        let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
        assert_eq!(holds(&flags, "false").unwrap(), [false, true]);
    }
}
