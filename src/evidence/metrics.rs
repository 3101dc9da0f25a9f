//! A number in a JSON document that a training or an evaluation wrote.
//!
//! Nothing is guessed: a number in quotes, `null`, `NaN` (which is no JSON, whatever Python writes)
//! and a path that leads elsewhere are errors that say what stands there instead.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::limits::METRICS_BYTES_MAX;
use crate::identity::{StrictJsonError, strict_json};
use crate::verdict::text;

/// The number at a path of a JSON document.
///
/// # Errors
/// [`MetricsError`]: bytes that are no strict JSON, a path that leads to nothing, a value that is no
/// finite number.
///
/// ```
/// use driftgate::evidence::metrics;
///
/// let path = r#"test.metrics["p(95)"]"#.parse()?;
/// let document = br#"{"test": {"metrics": {"p(95)": 41.5}}}"#;
/// assert_eq!(metrics::number(document, &path)?, 41.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn number(document: &[u8], path: &MetricPath) -> Result<f64, MetricsError> {
    let root: Value = strict_json::read(document, METRICS_BYTES_MAX)?;
    number_in(&root, path)
}

/// As [`number`], of a document already read.
pub(super) fn number_in(root: &Value, path: &MetricPath) -> Result<f64, MetricsError> {
    let mut value = root;
    for (depth, step) in path.steps.iter().enumerate() {
        let next = match (step, value) {
            (Step::Key(key), Value::Object(members)) => members.get(key),
            (Step::Index(index), Value::Array(items)) => items.get(*index),
            _ => None,
        };
        value = next.ok_or_else(|| MetricsError::Absent {
            path: path.to_string(),
            parent: MetricPath { steps: path.steps.iter().take(depth).cloned().collect() }
                .to_string(),
            found: described(value),
        })?;
    }
    let number = value.as_f64().filter(|number| number.is_finite());
    number.ok_or_else(|| MetricsError::NoNumber { path: path.to_string(), found: described(value) })
}

/// Why a document gives no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetricsError {
    /// The document is no JSON that two readers would understand alike.
    #[error("{0}")]
    Json(#[from] StrictJsonError),
    /// The path leads to nothing.
    #[error("nothing stands at `{path}`: {} is {found}", place(parent))]
    Absent {
        /// The whole path.
        path: String,
        /// As far as it led.
        parent: String,
        /// What stands there, with its keys.
        found: String,
    },
    /// What stands there is no finite number.
    #[error("expected a number at `{path}`, found {found}")]
    NoNumber {
        /// The path.
        path: String,
        /// What stands there.
        found: String,
    },
}

fn place(parent: &str) -> String {
    if parent.is_empty() { "the document".to_owned() } else { format!("`{parent}`") }
}

/// Where a number stands: keys joined by dots, indices and keys with other characters in brackets,
/// as in `folds[2].test.auc` and `metrics["p(95)"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricPath {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is nothing in it.
    #[error("an empty path leads to no number")]
    Empty,
    /// A step of it is empty or broken.
    #[error("`{}` is no step of a path; expected a key, `[0]`, or `[\"a key\"]`", text::name(rest))]
    Step {
        /// The text from there on.
        rest: String,
    },
    /// It has more steps than a document may have levels.
    #[error("the path has more than {} steps", strict_json::DEPTH_MAX)]
    TooDeep,
}

impl FromStr for MetricPath {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let mut rest = path;
        let mut steps = Vec::new();
        if rest.is_empty() {
            return Err(PathError::Empty);
        }
        while !rest.is_empty() {
            let (step, after) = first_step(rest, steps.is_empty())
                .ok_or_else(|| PathError::Step { rest: rest.to_owned() })?;
            steps.push(step);
            rest = after;
            if steps.len() > strict_json::DEPTH_MAX {
                return Err(PathError::TooDeep);
            }
        }
        Ok(Self { steps })
    }
}

/// The step that a path begins with, and what follows it.
fn first_step(path: &str, at_start: bool) -> Option<(Step, &str)> {
    if let Some(inside) = path.strip_prefix("[\"") {
        let (key, after) = quoted_key(inside)?;
        return Some((Step::Key(key), after.strip_prefix(']')?));
    }
    if let Some(inside) = path.strip_prefix('[') {
        let (index, after) = inside.split_once(']')?;
        let plain = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
        return if plain { Some((Step::Index(index.parse().ok()?), after)) } else { None };
    }
    let path = if at_start { path } else { path.strip_prefix('.')? };
    if let Some(inside) = path.strip_prefix('"') {
        let (key, after) = quoted_key(inside)?;
        return Some((Step::Key(key), after));
    }
    let end = path.find(['.', '[', ']', '"']).unwrap_or(path.len());
    let (key, after) = path.split_at_checked(end)?;
    if key.is_empty() { None } else { Some((Step::Key(key.to_owned()), after)) }
}

/// A key up to its closing quote, and what follows; `\"` and `\\` stand for themselves.
fn quoted_key(text: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((key, characters.as_str())),
            '\\' => match characters.next()? {
                escaped @ ('"' | '\\') => key.push(escaped),
                _ => return None,
            },
            plain => key.push(plain),
        }
    }
}

impl fmt::Display for MetricPath {
    /// Writes the path so that it can be read again; characters that steer a terminal as escapes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Key(key) if key.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)) => {
                    let dot = if position == 0 { "" } else { "." };
                    write!(formatter, "{dot}{}", text::name(key))?;
                }
                Step::Key(key) => {
                    let escaped = key.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(formatter, "[\"{}\"]", text::name(&escaped))?;
                }
            }
        }
        Ok(())
    }
}

/// What a value is, for messages: its kind, and the first keys of an object.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(truth) => format!("`{truth}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(words) => format!("the text `{}`", text::name(words)),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => {
            let mut keys: Vec<String> = members
                .keys()
                .take(KEYS_SHOWN)
                .map(|key| format!("`{}`", text::name(key)))
                .collect();
            if members.len() > KEYS_SHOWN {
                keys.push("…".to_owned());
            }
            format!("an object with {}", keys.join(", "))
        }
    }
}

/// Keys of an object named in a message.
const KEYS_SHOWN: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str, path: &str) -> Result<f64, String> {
        let path: MetricPath = path.parse().map_err(|error: PathError| error.to_string())?;
        number(document.as_bytes(), &path).map_err(|error| error.to_string())
    }

    const DOCUMENT: &str = r#"{"test": {"auc": 0.91, "rows": 12345678901, "note": "0.91"},
        "folds": [{"auc": 0.9}, {"auc": 0.92}], "a.b": {"c \"d\"": -1e-3}, "none": null}"#;

    #[test]
    fn a_path_leads_through_keys_indices_and_quoted_keys() {
        for (path, expected) in [
            ("test.auc", 0.91),
            ("test.rows", 12_345_678_901.0),
            ("folds[1].auc", 0.92),
            (r#"["test"]["auc"]"#, 0.91),
            (r#""a.b"["c \"d\""]"#, -0.001),
            (r#"["a.b"]."c \"d\"""#, -0.001),
        ] {
            assert_eq!(read(DOCUMENT, path), Ok(expected), "{path}");
            let parsed: MetricPath = path.parse().unwrap();
            assert_eq!(parsed.to_string().parse(), Ok(parsed), "{path}");
        }
    }

    #[test]
    fn what_is_no_number_is_said() {
        let said = |path| read(DOCUMENT, path).unwrap_err();
        assert_eq!(
            said("test.acc"),
            "nothing stands at `test.acc`: `test` is an object with `auc`, `note`, `rows`"
        );
        assert_eq!(
            said("metrics.auc"),
            "nothing stands at `metrics.auc`: the document is an object with `a.b`, `folds`, \
             `none`, `test`"
        );
        assert_eq!(
            said("folds[2].auc"),
            "nothing stands at `folds[2].auc`: `folds` is a list of 2"
        );
        assert_eq!(
            said("test.auc.x"),
            "nothing stands at `test.auc.x`: `test.auc` is the number 0.91"
        );
        assert_eq!(said("test.note"), "expected a number at `test.note`, found the text `0.91`");
        assert_eq!(said("none"), "expected a number at `none`, found `null`");
        assert_eq!(said("folds"), "expected a number at `folds`, found a list of 2");
    }

    #[test]
    fn a_document_that_two_readers_could_read_differently_gives_nothing() {
        let said = |document| read(document, "auc").unwrap_err();
        assert!(said(r#"{"auc": 0.9, "auc": 0.99}"#).contains("the key `auc` appears twice"));
        assert!(said(r#"{"auc": NaN}"#).contains("not JSON"));
        assert!(said(r#"{"auc": 1e999}"#).contains("not JSON"));
        assert!(said("").contains("not JSON"));
        assert!(said(&"[".repeat(100_000)).contains("deeper than the limit"));
    }

    #[test]
    fn a_broken_path_is_refused_with_what_is_broken_of_it() {
        for path in
            [".a", "a.", "a..b", "a[", "a[x]", "a[-1]", "a[\"b]", "a]b", "a\"b\"", "[\"a\\n\"]"]
        {
            let error = path.parse::<MetricPath>().unwrap_err();
            assert!(error.to_string().contains("is no step of a path"), "{path}: {error}");
        }
        assert_eq!("".parse::<MetricPath>(), Err(PathError::Empty));
        assert_eq!(
            "a.".repeat(65).trim_end_matches('.').parse::<MetricPath>(),
            Err(PathError::TooDeep)
        );
    }

    #[test]
    fn hostile_keys_do_not_steer_a_terminal() {
        let document = "{\"\\u001b[31m\": \"\\u202e\"}";
        assert!(!read(document, "x").unwrap_err().contains('\u{1b}'));
        let said = read(document, "[\"\u{1b}[31m\"]").unwrap_err();
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
    }
}
