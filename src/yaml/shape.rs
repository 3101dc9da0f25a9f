//! Single values as JSON Schema says them: the form of documents for editors.
//!
//! Nothing is read through these types; the readers beside them accept the same.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

/// Text of one line.
#[derive(JsonSchema)]
#[schemars(extend("minLength" = 1, "maxLength" = 256, "pattern" = r"\S"))]
pub(crate) struct Name(String);

/// Text of any number of lines.
#[derive(JsonSchema)]
#[schemars(extend("minLength" = 1, "maxLength" = 2000, "pattern" = r"\S"))]
pub(crate) struct Prose(String);

/// A short word that others refer to.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
pub(crate) struct Identifier(String);

/// A length of time: `90s`, `15m`, `12h`, `7d` or `2w`.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^[0-9]{1,6}[smhdw]$"))]
pub(crate) struct Duration(String);

/// A date (the end of that day in UTC) or an RFC 3339 instant.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = concat!(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}",
    r"([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$",
)))]
pub(crate) struct Instant(String);

/// A share of a whole: `0.05` or `5%`.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Share {
    Number(Unit),
    Percent(Percent),
}

/// A number from 0 to 1.
#[derive(JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 1))]
pub(crate) struct Unit(f64);

/// A percentage such as `0.1%`.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^\+?(100(\.0*)?|[0-9]{1,2}(\.[0-9]*)?|\.[0-9]+)%$"))]
pub(crate) struct Percent(String);

/// A number from 0 up.
#[derive(JsonSchema)]
#[schemars(extend("minimum" = 0))]
pub(crate) struct NonNegative(f64);

/// A number above 0 and below 1.
#[derive(JsonSchema)]
#[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))]
pub(crate) struct Rate(f64);

/// A value of a column, as it is written: a number, a date, a word.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
    Boolean(bool),
}

/// Which snapshots are meant.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub(crate) enum Sides {
    Candidate,
    Reference,
    Both,
}
