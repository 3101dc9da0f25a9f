//! One change, and the list it is gathered in.

use std::fmt;

use crate::policy::LimitSense;

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whether more or less passes than before.
    pub direction: ChangeDirection,
    /// What it is about: `gates/drift/psi.max`.
    pub subject: String,
    /// Before and after in words: `0.1 → 0.2`.
    pub what: String,
}

/// Whether a policy lets more or less pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeDirection {
    /// Something that passed may fail now.
    Stricter,
    /// Something that failed may pass now.
    Looser,
    /// Not to be told from the policies alone: either may be.
    Unclear,
    /// What is decided stays the same: only words for people changed.
    NoEffect,
}

impl fmt::Display for ChangeDirection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Unclear => "unclear",
            Self::NoEffect => "no effect",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.direction, self.subject, self.what)
    }
}

/// Changes as they are found.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) list: Vec<Change>,
}

impl Changes {
    pub(super) fn add(
        &mut self,
        direction: ChangeDirection,
        subject: impl Into<String>,
        what: impl Into<String>,
    ) {
        self.list.push(Change { direction, subject: subject.into(), what: what.into() });
    }

    /// Notes a value that changed, with the direction it is said to have.
    pub(super) fn value<T: PartialEq>(
        &mut self,
        subject: &str,
        before: &T,
        after: &T,
        direction: ChangeDirection,
        show: impl Fn(&T) -> String,
    ) {
        if before != after {
            self.add(direction, subject, format!("{} → {}", show(before), show(after)));
        }
    }

    /// Notes an upper or lower limit that moved, came or went.
    pub(super) fn limit(
        &mut self,
        subject: &str,
        before: Option<f64>,
        after: Option<f64>,
        sense: LimitSense,
        show: impl Fn(f64) -> String,
    ) {
        let direction = match (before, after) {
            (None, Some(_)) => ChangeDirection::Stricter,
            (Some(before), Some(after)) if (after < before) == (sense == LimitSense::Upper) => {
                ChangeDirection::Stricter
            }
            _ => ChangeDirection::Looser,
        };
        let words = |limit: &Option<f64>| limit.map_or_else(|| "no limit".to_owned(), &show);
        self.value(subject, &before, &after, direction, words);
    }

    /// Notes what a set gained and lost; `gain` is the direction of a gain, and its
    /// opposite that of a loss.
    pub(super) fn set<'a>(
        &mut self,
        subject: &str,
        before: &'a [String],
        after: &'a [String],
        gain: ChangeDirection,
    ) {
        let beyond = |items: &'a [String], others: &[String]| {
            items.iter().filter(|item| !others.contains(item)).cloned().collect::<Vec<_>>()
        };
        let (gained, lost) = (beyond(after, before), beyond(before, after));
        if !gained.is_empty() {
            self.add(gain, subject, format!("added {}", gained.join(", ")));
        }
        if !lost.is_empty() {
            self.add(gain.opposite(), subject, format!("removed {}", lost.join(", ")));
        }
    }
}

impl ChangeDirection {
    /// The other way round.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Stricter => Self::Looser,
            Self::Looser => Self::Stricter,
            Self::Unclear => Self::Unclear,
            Self::NoEffect => Self::NoEffect,
        }
    }
}
