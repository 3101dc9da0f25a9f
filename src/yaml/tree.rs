//! A document as a tree of scalars, lists and maps, each with its place in the source.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::fault::{Place, quoted};

/// One value of the document.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something refused already, so that no second fault is made of it.
    Refused,
}

/// One key of a map with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

/// Text as written; quotes decide whether it may be anything but text.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) quoted: bool,
}

/// What a scalar is by the core schema of YAML 1.2.2 (§10.3.2), where `yes`, `no`, `on` and
/// `1_000` are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    Null,
    Boolean(bool),
    /// Decimal digits with an optional sign.
    Integer,
    /// A decimal number with a point or an exponent.
    Float,
    /// `.inf`, `-.inf` and `.nan`.
    NotFinite,
    /// `0x1F` and `0o17`.
    OtherBase,
    Text,
}

impl Scalar {
    /// What it is.
    pub(crate) fn resolved(&self) -> Resolved {
        if self.quoted { Resolved::Text } else { resolve(&self.text) }
    }
}

impl Node {
    /// What stands here, for messages.
    pub(crate) fn found(&self) -> String {
        match &self.content {
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a map".to_owned(),
            Content::Refused => "a refused value".to_owned(),
            Content::Scalar(scalar) => match scalar.resolved() {
                Resolved::Null => "nothing".to_owned(),
                Resolved::Text => format!("the text {}", quoted(&scalar.text)),
                Resolved::Boolean(_) => quoted(&scalar.text),
                _ => format!("the number {}", quoted(&scalar.text)),
            },
        }
    }
}

fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Boolean(true),
        "false" | "False" | "FALSE" => return Resolved::Boolean(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::NotFinite,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Resolved::NotFinite;
    }
    let base = |prefix: &str, digit: fn(&u8) -> bool| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.as_bytes().iter().all(digit))
    };
    if base("0x", u8::is_ascii_hexdigit) || base("0o", |byte| (b'0'..b'8').contains(byte)) {
        return Resolved::OtherBase;
    }
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !unsigned.is_empty() && all_digits(unsigned) {
        return Resolved::Integer;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (unsigned, "0"),
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let number = all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && !exponent.is_empty()
        && all_digits(exponent);
    if number { Resolved::Float } else { Resolved::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of YAML 1.2.2, §10.3.2, and the words that YAML 1.1 took for booleans.
    #[test]
    fn scalars_are_what_the_core_schema_says() {
        let cases = [
            ("0", Resolved::Integer),
            ("-19", Resolved::Integer),
            ("0o7", Resolved::OtherBase),
            ("0x3A", Resolved::OtherBase),
            ("0.", Resolved::Float),
            ("-0.0", Resolved::Float),
            (".5", Resolved::Float),
            ("+12e03", Resolved::Float),
            ("-2E+05", Resolved::Float),
            ("-.INF", Resolved::NotFinite),
            (".NAN", Resolved::NotFinite),
            ("True", Resolved::Boolean(true)),
            ("FALSE", Resolved::Boolean(false)),
            ("Null", Resolved::Null),
            ("", Resolved::Null),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text), expected, "{text}");
        }
        for text in ["yes", "no", "on", "1_000", "5%", "nan", "inf", "1e", "e5", ".", "+", "1:30"] {
            assert_eq!(resolve(text), Resolved::Text, "{text}");
        }
    }
}
