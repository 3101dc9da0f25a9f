//! Counts that survive readers who keep every number as a float.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A count: a JSON number up to 2⁵³, above it a string of digits, because protobuf's `Struct`
/// and JavaScript hold numbers as `f64` and would round it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

/// Largest count written as a number.
const NUMBER_MAX: u64 = 1 << 53;

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= NUMBER_MAX {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Digits(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(count) if count <= NUMBER_MAX => Ok(Self(count)),
            Written::Number(count) => {
                Err(de::Error::custom(format!("count `{count}` above 2^53 is not a string")))
            }
            Written::Digits(digits) => match digits.parse() {
                Ok(count) if count > NUMBER_MAX && !digits.starts_with(['0', '+']) => {
                    Ok(Self(count))
                }
                _ => Err(de::Error::custom(format!("`{digits}` is no count above 2^53"))),
            },
        }
    }
}

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": NUMBER_MAX },
                { "type": "string", "pattern": "^[1-9][0-9]{15,19}$" },
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_floats_cannot_hold_are_strings() {
        let written: Vec<String> = [0, 1 << 53, (1 << 53) + 1, u64::MAX]
            .map(|count| serde_json::to_string(&Count(count)).unwrap())
            .into();
        let expected =
            ["0", "9007199254740992", "\"9007199254740993\"", "\"18446744073709551615\""];
        assert_eq!(written, expected);
        for text in written {
            let count: Count = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&count).unwrap(), text);
        }
    }

    #[test]
    fn a_count_has_one_spelling() {
        for text in ["9007199254740993", "\"5\"", "\"09007199254740993\"", "-1", "1.5", "null"] {
            assert!(serde_json::from_str::<Count>(text).is_err(), "{text}");
        }
    }
}
