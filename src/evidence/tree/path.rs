//! Where a value stands: the keys and list positions that lead to it.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt;

/// One step from a map or list to a value in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A position in a list, from 0.
    Item(usize),
    /// A key of a map.
    Key(String),
}

/// The steps from the root; none for the document itself.
///
/// Written with points, keys in quotes where they could be misread: `steps.0."a.b"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The path of a key in the root.
    #[must_use]
    pub fn of_keys<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.to_owned())).collect())
    }

    /// The path one step further.
    pub(super) fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl Step {
    /// The step as patterns see it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Item(position) => position.to_string(),
            Self::Key(key) => key.clone(),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(position) => write!(formatter, "{position}"),
            Self::Key(key) if is_plain(key) => formatter.write_str(key),
            Self::Key(key) => {
                write!(formatter, "\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
            }
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            write!(formatter, "{step}")?;
        }
        Ok(())
    }
}

/// Whether a key stands for itself in a pattern.
fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && !key.contains(['.', '*', '?', '"', ':', '\\'])
        && !key.contains(char::is_whitespace)
}
