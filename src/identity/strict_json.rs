//! JSON from outside, read so that no two readers can disagree about what it says.
//!
//! RFC 8259 leaves repeated keys, lone surrogates and nesting depth to the reader; a document that
//! one program checks and another obeys must not live in those gaps. [`read`] therefore walks the
//! whole text once with `serde_json` itself and refuses, at any depth: repeated keys (compared
//! after unescaping), invalid UTF-8, lone surrogates, numbers beyond `f64`, more than [`DEPTH_MAX`]
//! levels, a byte-order mark, anything after the document, and more bytes than the caller allows.
//! Only then is the text read again into the type asked for, by the same parser.
//!
//! Stricter than RFC 8259 and than `serde_json` alone, which keeps the last of repeated keys in
//! maps and skips ignored values without looking at their keys or their UTF-8.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::quantity::Bytes;

/// Reads one JSON document of at most `limit` bytes into `T`, strictly.
///
/// Unknown keys are `T`'s decision (`deny_unknown_fields`); everything else in the module's
/// description is refused whatever `T` is.
///
/// # Errors
/// [`StrictJsonError`]: the fault, where it stands in the text, and the path to it.
pub fn read<'text, T: Deserialize<'text>>(
    text: &'text [u8],
    limit: Bytes,
) -> Result<T, StrictJsonError> {
    check(text, limit)?;
    let mut parser = serde_json::Deserializer::from_slice(text);
    T::deserialize(&mut parser).map_err(|error| {
        let fault = StrictJsonFault::Shape { reason: reason(&error) };
        StrictJsonError { fault, path: String::new(), offset: offset(text, &error) }
    })
}

/// Checks one JSON document of at most `limit` bytes without keeping anything of it.
///
/// # Errors
/// As [`read`], without [`StrictJsonFault::Shape`].
pub fn check(text: &[u8], limit: Bytes) -> Result<(), StrictJsonError> {
    let found = Bytes(text.len() as u64);
    if found > limit {
        let fault = StrictJsonFault::TooLarge { found, limit };
        return Err(StrictJsonError { fault, path: String::new(), offset: 0 });
    }
    let mut walk = Walk { path: Vec::new(), fault: None };
    let mut parser = serde_json::Deserializer::from_slice(text);
    Value { walk: &mut walk }.deserialize(&mut parser).and_then(|()| parser.end()).map_err(
        |error| StrictJsonError {
            path: pointer(&walk.path),
            offset: offset(text, &error),
            fault: walk.fault.unwrap_or(StrictJsonFault::Syntax { reason: reason(&error) }),
        },
    )
}

/// The most levels of arrays and objects that a document may have.
///
/// Our own documents have fewer than ten; the parser itself stops at 128.
pub const DEPTH_MAX: usize = 64;

/// A fault in a JSON document, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrictJsonError {
    /// What is wrong.
    pub fault: StrictJsonFault,
    /// JSON Pointer (RFC 6901) to the innermost value begun before the fault; empty for the
    /// document itself. Long keys are shortened, control characters escaped.
    pub path: String,
    /// Bytes from the start of the text to where the parser noticed the fault.
    pub offset: usize,
}

impl fmt::Display for StrictJsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at byte {}", self.fault, self.offset)?;
        if self.path.is_empty() { Ok(()) } else { write!(formatter, " in `{}`", self.path) }
    }
}

impl std::error::Error for StrictJsonError {}

/// What can be wrong with a JSON document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrictJsonFault {
    /// The text is longer than allowed; nothing of it was read.
    #[error("{} bytes of JSON exceed the limit of {} bytes", found.0, limit.0)]
    TooLarge {
        /// Length of the text.
        found: Bytes,
        /// The most that was allowed.
        limit: Bytes,
    },
    /// Two members of one object have the same name.
    #[error("the key `{key}` appears twice")]
    DuplicateKey {
        /// The repeated key, shortened to 64 characters, control characters escaped.
        key: String,
    },
    /// Arrays and objects are nested deeper than [`DEPTH_MAX`].
    #[error("nesting is deeper than the limit of {DEPTH_MAX} levels")]
    TooDeep,
    /// The text is not JSON.
    #[error("not JSON: {reason}")]
    Syntax {
        /// The parser's words.
        reason: String,
    },
    /// The text is JSON, but not the document expected.
    #[error("not the expected document: {reason}")]
    Shape {
        /// The parser's words.
        reason: String,
    },
}

/// Where the walk stands, and the first fault that the parser itself does not know.
struct Walk {
    path: Vec<Segment>,
    fault: Option<StrictJsonFault>,
}

enum Segment {
    Key(String),
    Index(usize),
}

/// One value to be walked through and forgotten.
struct Value<'walk> {
    walk: &'walk mut Walk,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.walk.enter(Segment::Index(index))?;
            let item = items.next_element_seed(Value { walk: self.walk })?;
            self.walk.path.pop();
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            self.walk.enter(Segment::Key(excerpt(&key)))?;
            if let Some(repeated) = keys.replace(key) {
                let fault = StrictJsonFault::DuplicateKey { key: excerpt(&repeated) };
                return Err(self.walk.stop(fault));
            }
            members.next_value_seed(Value { walk: self.walk })?;
            self.walk.path.pop();
        }
        Ok(())
    }
}

impl Walk {
    fn enter<E: serde::de::Error>(&mut self, segment: Segment) -> Result<(), E> {
        if self.path.len() == DEPTH_MAX {
            return Err(self.stop(StrictJsonFault::TooDeep));
        }
        self.path.push(segment);
        Ok(())
    }

    fn stop<E: serde::de::Error>(&mut self, fault: StrictJsonFault) -> E {
        self.fault = Some(fault);
        E::custom("refused")
    }
}

fn pointer(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        text.push('/');
        match segment {
            Segment::Key(key) => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(index) => text.push_str(&index.to_string()),
        }
    }
    text
}

/// The parser's message without its own ` at line L column C`.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = text.strip_suffix(&place).unwrap_or(&text);
    words.chars().take(REASON_CHARS_MAX).flat_map(char::escape_debug).collect()
}

/// Turns the parser's line and column (in bytes, both from 1) into an offset.
fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let line_start = text
        .split_inclusive(|&byte| byte == b'\n')
        .take(lines_before)
        .map(<[u8]>::len)
        .sum::<usize>();
    line_start.saturating_add(error.column()).saturating_sub(1).min(text.len())
}

fn excerpt(key: &str) -> String {
    let mut chars = key.chars();
    let mut shown: String =
        chars.by_ref().take(KEY_CHARS_MAX).flat_map(char::escape_debug).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Keys and reasons come from strangers; a message stays under 4 KiB even at full depth of
/// ordinary keys.
const KEY_CHARS_MAX: usize = 64;
const REASON_CHARS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn fault(text: &[u8]) -> StrictJsonError {
        check(text, Bytes(1 << 20)).unwrap_err()
    }

    fn nested(levels: usize) -> Vec<u8> {
        [vec![b'['; levels], vec![b']'; levels]].concat()
    }

    #[test]
    fn an_ordinary_document_is_read_into_the_type_asked_for() {
        let text = br#" {"a": [1, 2.5e3, -7], "b": null, "c": {"a": "\u00e9\ud83d\ude00"}} "#;
        check(text, Bytes(100)).unwrap();
        let map: BTreeMap<String, serde_json::Value> = read(text, Bytes(100)).unwrap();
        assert_eq!(map["c"]["a"], "é😀");
    }

    #[test]
    fn a_key_given_twice_is_refused_at_any_depth_and_however_it_is_escaped() {
        let error = fault(br#"{"x": [0, {"verdict": 1, "\u0076erdict": 2}]}"#);
        assert_eq!(error.fault, StrictJsonFault::DuplicateKey { key: "verdict".into() });
        assert_eq!(error.path, "/x/1/verdict");
        assert_eq!(
            error.to_string(),
            "the key `verdict` appears twice at byte 38 in `/x/1/verdict`"
        );
        check(br#"{"a": {"a": 1}, "b": {"a": 1}}"#, Bytes(100)).unwrap();
    }

    #[test]
    fn a_key_given_twice_is_refused_inside_values_that_the_type_ignores() {
        #[derive(Debug, serde::Deserialize)]
        struct OnlyA {
            #[expect(dead_code, reason = "read to have a type that ignores the rest")]
            a: u8,
        }
        let error = read::<OnlyA>(br#"{"a": 1, "z": {"k": 1, "k": 2}}"#, Bytes(100)).unwrap_err();
        assert_eq!(error.fault, StrictJsonFault::DuplicateKey { key: "k".into() });
    }

    #[test]
    fn nesting_is_allowed_to_the_limit_and_refused_beyond() {
        check(&nested(DEPTH_MAX), Bytes(1000)).unwrap();
        assert_eq!(fault(&nested(DEPTH_MAX + 1)).fault, StrictJsonFault::TooDeep);
        assert_eq!(fault(&nested(100_000)).fault, StrictJsonFault::TooDeep);
        assert_eq!(fault(&vec![b'['; 100_000]).fault, StrictJsonFault::TooDeep);
        assert_eq!(fault(br#"{"a":"#.repeat(100).as_slice()).fault, StrictJsonFault::TooDeep);
    }

    #[test]
    fn a_text_over_the_limit_is_refused_unread() {
        let error = check(&[b' '; 101], Bytes(100)).unwrap_err();
        assert_eq!(error.fault, StrictJsonFault::TooLarge { found: Bytes(101), limit: Bytes(100) });
    }

    #[test]
    fn what_readers_disagree_about_is_no_json() {
        let faulty: [&[u8]; 16] = [
            b"",
            b"hello",
            b"{} {}",
            b"{}\0",
            b"[1,]",
            b"{\"a\":1,}",
            b"[NaN]",
            b"[Infinity]",
            b"[1e999]",
            b"[01]",
            b"\xef\xbb\xbf{}",
            b"[\"\xff\"]",
            b"{\"\xc3\x28\": 1}",
            br#"["\ud800"]"#,
            br#"["\ud800\u0041"]"#,
            b"[\"a\nb\"]",
        ];
        for text in faulty {
            let error = fault(text);
            assert!(
                matches!(error.fault, StrictJsonFault::Syntax { .. }),
                "{:?}: {error}",
                String::from_utf8_lossy(text)
            );
            assert!(error.offset <= text.len());
        }
    }

    #[test]
    fn a_fault_is_placed_by_its_byte_in_the_text() {
        let error = fault(b"{\n  \"a\": 1,\n  \"b\": x\n}");
        assert_eq!(error.offset, 19);
        assert_eq!(error.path, "/b");
        let error = read::<Vec<u8>>(b"[1,\n\"a\"]", Bytes(100)).unwrap_err();
        assert!(matches!(error.fault, StrictJsonFault::Shape { .. }), "{error}");
        assert!((4..8).contains(&error.offset), "{error}");
    }

    #[test]
    fn a_hostile_key_is_shown_short_and_harmless() {
        let key = "\\u001b[31m".to_string() + &"k".repeat(10_000);
        let error = fault(format!(r#"{{"{key}": 1, "{key}": 2}}"#).as_bytes());
        assert!(error.to_string().len() < 400, "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
