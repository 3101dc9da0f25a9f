//! What stands at the end of a path.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt;

/// A scalar as it is written, or a list or map with nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// Nothing: `null`, `~`, or no value behind a key.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number or an instant, as written.
    Number(String),
    /// Text, without its quotes.
    Text(String),
    /// A list without items.
    EmptyList,
    /// A map without keys.
    EmptyMap,
}

impl Leaf {
    /// The value as text, where it has one: `INFO`, `5`, `true`.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Null | Self::EmptyList | Self::EmptyMap => None,
            Self::Boolean(truth) => Some(truth.to_string()),
            Self::Number(text) | Self::Text(text) => Some(text.clone()),
        }
    }

    /// What kind of value it is, for a message about two that read alike.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::EmptyList => "an empty list",
            Self::EmptyMap => "an empty map",
        }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Boolean(truth) => write!(formatter, "{truth}"),
            Self::Number(text) | Self::Text(text) => formatter.write_str(text),
            Self::EmptyList => formatter.write_str("[]"),
            Self::EmptyMap => formatter.write_str("{}"),
        }
    }
}
