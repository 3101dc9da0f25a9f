//! How two trees, or two folders of them, differ.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::fmt;

use super::hidden::looks_secret;
use super::leaf::Leaf;
use super::path::Path;
use super::pattern::PathPattern;
use super::read::Tree;
use crate::verdict::text;

/// What does not count, and what is never shown.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Differences at these paths are counted, and otherwise ignored.
    pub ignore: Vec<PathPattern>,
    /// Values at these paths differ like others, and are not shown; nor are those that look like a
    /// secret by their name.
    pub secret: Vec<PathPattern>,
}

/// What was found when two were compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences, by file and path.
    pub differences: Vec<Difference>,
    /// How many more were ignored.
    pub ignored: usize,
    /// How many paths both sides have together. Of none, nothing can be said.
    pub compared: usize,
}

impl Comparison {
    /// Adds what was found elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.differences.extend(other.differences);
        self.ignored = self.ignored.saturating_add(other.ignored);
        self.compared = self.compared.saturating_add(other.compared);
    }
}

/// One value, or one file, that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, below the folders that were compared.
    pub file: Option<String>,
    /// The path in it; empty for the file as a whole.
    pub path: String,
    /// What is not the same.
    pub change: Change,
}

/// What is not the same. Values are cut and made safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Only the reference has it, with this value.
    OnlyReference(String),
    /// Only the candidate has it, with this value.
    OnlyCandidate(String),
    /// Both have it, with different values.
    Values {
        /// In the reference.
        reference: String,
        /// In the candidate.
        candidate: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path, PATH_CHARS_MAX);
        match &self.file {
            Some(file) if self.path.is_empty() => {
                write!(formatter, "the file `{}`", shown(file, PATH_CHARS_MAX))?;
            }
            Some(file) => write!(formatter, "`{}:{path}`", shown(file, PATH_CHARS_MAX))?,
            None if self.path.is_empty() => formatter.write_str("the document")?,
            None => write!(formatter, "`{path}`")?,
        }
        let behind =
            |value: &str| if value.is_empty() { String::new() } else { format!(", {value}") };
        match &self.change {
            Change::OnlyReference(value) => {
                write!(formatter, " is in the reference alone{}", behind(value))
            }
            Change::OnlyCandidate(value) => {
                write!(formatter, " is in the candidate alone{}", behind(value))
            }
            Change::Values { reference, candidate } => {
                write!(
                    formatter,
                    " is {reference} in the reference and {candidate} in the candidate"
                )
            }
        }
    }
}

/// Compares two documents.
#[must_use]
pub fn compare(reference: &Tree, candidate: &Tree, rules: &Rules) -> Comparison {
    compare_named(None, reference, candidate, rules)
}

/// Compares two folders: files of the same name with each other, the others with nothing.
#[must_use]
pub fn compare_folders(
    reference: &BTreeMap<String, Tree>,
    candidate: &BTreeMap<String, Tree>,
    rules: &Rules,
) -> Comparison {
    let mut found = Comparison::default();
    let mut names: Vec<&String> = reference.keys().chain(candidate.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let change = match (reference.get(name), candidate.get(name)) {
            (Some(left), Some(right)) => {
                found.extend(compare_named(Some(name), left, right, rules));
                continue;
            }
            (Some(_), None) => Change::OnlyReference(String::new()),
            _ => Change::OnlyCandidate(String::new()),
        };
        found.compared = found.compared.saturating_add(1);
        if rules.ignore.iter().any(|pattern| pattern.matches_file(name)) {
            found.ignored = found.ignored.saturating_add(1);
        } else {
            let (file, path) = (Some(name.clone()), String::new());
            found.differences.push(Difference { file, path, change });
        }
    }
    found
}

fn compare_named(
    file: Option<&str>,
    reference: &Tree,
    candidate: &Tree,
    rules: &Rules,
) -> Comparison {
    let mut found = Comparison::default();
    let mut note = |path: &Path, left: Option<&Leaf>, right: Option<&Leaf>| {
        found.compared = found.compared.saturating_add(1);
        if left == right {
            return;
        }
        if rules.ignore.iter().any(|pattern| pattern.matches(file, path)) {
            found.ignored = found.ignored.saturating_add(1);
            return;
        }
        let named = rules.secret.iter().any(|pattern| pattern.matches(file, path));
        let secret =
            named || [left, right].into_iter().flatten().any(|leaf| looks_secret(path, leaf));
        let change = change(left, right, secret);
        let (file, path) = (file.map(str::to_owned), path.to_string());
        found.differences.push(Difference { file, path, change });
    };
    for (path, leaf) in reference.leaves() {
        note(path, Some(leaf), candidate.get(path));
    }
    for (path, leaf) in candidate.leaves().filter(|(path, _)| reference.get(path).is_none()) {
        note(path, None, Some(leaf));
    }
    found.differences.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Says what changed; of a secret only that it did.
fn change(left: Option<&Leaf>, right: Option<&Leaf>, secret: bool) -> Change {
    let value = |leaf: &Leaf| {
        if secret {
            return HIDDEN.to_owned();
        }
        format!("`{}`", shown(&leaf.to_string(), VALUE_CHARS_MAX))
    };
    match (left, right) {
        (Some(left), Some(right)) => {
            let (mut reference, mut candidate) = (value(left), value(right));
            if secret {
                "another one".clone_into(&mut candidate);
            } else if left.kind() != right.kind() {
                reference = format!("{reference} ({})", left.kind());
                candidate = format!("{candidate} ({})", right.kind());
            } else if reference == candidate {
                candidate = format!("{candidate} with another end");
            }
            Change::Values { reference, candidate }
        }
        (Some(only), None) => Change::OnlyReference(value(only)),
        (None, only) => Change::OnlyCandidate(only.map(value).unwrap_or_default()),
    }
}

fn shown(words: &str, chars_max: usize) -> String {
    text::printable(&text::cut(words, chars_max))
}

const HIDDEN: &str = "a value that is not shown";
const VALUE_CHARS_MAX: usize = 80;
const PATH_CHARS_MAX: usize = 200;
