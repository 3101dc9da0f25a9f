//! Real numbers in JSON, which has neither NaN nor infinity.

use std::collections::BTreeMap;

/// Why fields of one object are null: the field's name and what stood there.
pub(super) type NotFinite = BTreeMap<String, String>;

/// The number, or nothing and a note of why.
pub(super) fn finite(value: f64, field: &str, notes: &mut NotFinite) -> Option<f64> {
    if value.is_finite() {
        return Some(value);
    }
    let found = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "infinity"
    } else {
        "-infinity"
    };
    notes.insert(field.to_owned(), found.to_owned());
    None
}
