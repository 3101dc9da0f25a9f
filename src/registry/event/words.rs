//! Names and comments as they stand in events.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::verdict::text;

/// Makes a type of each kind of name, so that a version is never taken for a model.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $pattern:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                if $pattern.fits(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err(WordError { what: $what, expected: $pattern.words, found: text::name(text) })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern.regex })
            }
        }
    )*};
}

names! {
    /// A model, such as `fraud`.
    ModelName, PLAIN, "a model";
    /// A version of a model, such as `v12` or `2026.47.0+retrained`.
    VersionName, WITH_PLUS, "a version";
    /// Where versions run, such as `prod`.
    EnvironmentName, PLAIN, "an environment";
    /// A role of the keyring, such as `ml-lead`.
    RoleName, PLAIN, "a role";
    /// A gate of a policy.
    GateName, WITH_BLANKS, "a gate";
    /// Something that is done after a decision, such as `mlflow`.
    ActionName, PLAIN, "an action";
    /// What an object is to an event, such as `report`.
    SubjectName, PLAIN, "a subject";
}

/// What names are made of.
struct Pattern {
    more: &'static str,
    chars_max: usize,
    words: &'static str,
    regex: &'static str,
}

impl Pattern {
    /// A letter or digit first: no name begins as a hidden file or an option does.
    fn fits(&self, text: &str) -> bool {
        text.len() <= self.chars_max
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || self.more.contains(c))
    }
}

const PLAIN: Pattern = Pattern {
    more: "-_.",
    chars_max: 64,
    words: "at most 64 letters, digits, `-`, `_` and `.`, a letter or digit first",
    regex: r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
};

const WITH_PLUS: Pattern = Pattern {
    more: "-_.+",
    chars_max: 64,
    words: "at most 64 letters, digits, `-`, `_`, `.` and `+`, a letter or digit first",
    regex: r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$",
};

const WITH_BLANKS: Pattern = Pattern {
    more: "-_./: ",
    chars_max: 128,
    words: "at most 128 letters, digits, blanks and `-_./:`, a letter or digit first",
    regex: r"^[A-Za-z0-9][A-Za-z0-9./: _-]{0,127}$",
};

/// Why a text is no name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no name of {what}; expected {expected}")]
pub struct WordError {
    what: &'static str,
    expected: &'static str,
    found: String,
}

/// What a person says about a decision: some text without control characters, of one or more lines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Comment(String);

impl AsRef<str> for Comment {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Comment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Comment {
    type Err = CommentError;

    fn from_str(text: &str) -> Result<Self, CommentError> {
        let found = text.chars().count();
        if text.trim().is_empty() {
            return Err(CommentError::Empty);
        }
        if found > COMMENT_CHARS_MAX {
            return Err(CommentError::Long { found });
        }
        match text.chars().find(|&c| c != '\n' && text::deceives(c)) {
            Some(found) => {
                Err(CommentError::Character { found: text::printable(&found.to_string()) })
            }
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl Serialize for Comment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Comment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Comment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Comment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "minLength": 1, "maxLength": COMMENT_CHARS_MAX, "pattern": r"\S"
        })
    }
}

/// Why a text is no comment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    /// It says nothing.
    #[error("a comment must say something")]
    Empty,
    /// It is too long.
    #[error("a comment of {found} characters exceeds the limit of {COMMENT_CHARS_MAX}")]
    Long {
        /// Its characters.
        found: usize,
    },
    /// It could deceive whoever reads it.
    #[error("a comment must not hold the character `{found}`")]
    Character {
        /// The character, escaped.
        found: String,
    },
}

/// Characters of a comment: two pages.
pub const COMMENT_CHARS_MAX: usize = 4000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_no_path_and_no_option() {
        for fine in ["fraud", "v12", "2026.47", "a-b_c"] {
            assert_eq!(fine.parse::<ModelName>().unwrap().as_ref(), fine);
        }
        for wrong in ["", ".", "..", ".hidden", "-x", "a/b", "a b", "größe", "a\n", "v1+b"] {
            assert!(wrong.parse::<ModelName>().is_err(), "{wrong}");
        }
        assert!("v1+b".parse::<VersionName>().is_ok());
        assert!("a".repeat(65).parse::<ModelName>().is_err());
    }

    #[test]
    fn a_wrong_name_says_what_was_expected() {
        let error = "a/b".parse::<ModelName>().unwrap_err().to_string();
        let expected = "`a/b` is no name of a model; expected at most 64 letters, digits, `-`, \
                        `_` and `.`, a letter or digit first";
        assert_eq!(error, expected);
    }

    #[test]
    fn a_comment_says_something_that_a_terminal_can_show() {
        assert!("two\nlines".parse::<Comment>().is_ok());
        for wrong in ["", "  \n", "a\u{1b}[2J", "a\u{202e}b", "\r", &"x".repeat(4001)] {
            assert!(wrong.parse::<Comment>().is_err(), "{wrong:?}");
        }
    }
}
