//! The first thing in which two documents differ.

use serde_json::Value;

use crate::verdict::text;

/// Where two documents differ first, and what stands there in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// `gates.1.checks.0.results.2.1`: names and positions from 0.
    pub(super) place: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

/// The first difference in the order of `ours`, keys that `theirs` alone has last; `None` for equal
/// documents. A document's depth is bounded by its type.
pub(super) fn first_difference(ours: &Value, theirs: &Value) -> Option<Difference> {
    let found = match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let added = theirs.keys().filter(|key| !ours.contains_key(*key));
            ours.keys().chain(added).find_map(|key| {
                let nothing = &Value::Null;
                let pair = (ours.get(key).unwrap_or(nothing), theirs.get(key).unwrap_or(nothing));
                below(key, first_difference(pair.0, pair.1))
            })
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let places = 0..ours.len().max(theirs.len());
            places.into_iter().find_map(|at| {
                let nothing = &Value::Null;
                let pair = (ours.get(at).unwrap_or(nothing), theirs.get(at).unwrap_or(nothing));
                below(&at.to_string(), first_difference(pair.0, pair.1))
            })
        }
        _ => None,
    };
    let here = || Difference { place: String::new(), ours: shown(ours), theirs: shown(theirs) };
    found.or_else(|| (ours != theirs).then(here))
}

fn below(name: &str, found: Option<Difference>) -> Option<Difference> {
    let Difference { place, ours, theirs } = found?;
    let name = text::name(name);
    let place = if place.is_empty() { name } else { format!("{name}.{place}") };
    Some(Difference { place, ours, theirs })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "absent".to_owned(),
        other => format!("`{}`", text::phrase(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_told_with_its_place() {
        let ours = json!({"a": [1, {"b": 2.5}], "c": "x"});
        assert_eq!(first_difference(&ours, &ours.clone()), None);
        let cases = [
            (json!({"a": [1, {"b": 2.25}], "c": "y"}), "a.1.b", "`2.5`", "`2.25`"),
            (json!({"a": [1], "c": "x"}), "a.1", "`{\"b\":2.5}`", "absent"),
            (json!({"a": [1, {"b": 2.5}], "c": "x", "d": 0}), "d", "absent", "`0`"),
            (json!(7), "", "`{\"a\":[1,{\"b\":2.5}],\"c\":\"x\"}`", "`7`"),
        ];
        for (theirs, place, before, after) in cases {
            let found = first_difference(&ours, &theirs).unwrap();
            let told = (found.place.as_str(), found.ours.as_str(), found.theirs.as_str());
            assert_eq!(told, (place, before, after));
        }
    }
}
