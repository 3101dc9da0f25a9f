//! When something happened, as it is told.

use std::fmt;

use super::State;
use super::model::Step;
use crate::clock::Timestamp;
use crate::registry::event::EventReference;

/// An event and its time. Written out it is the time, and what that counts as where the ledger does
/// not believe it, because a clock was far ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// The event.
    pub event: EventReference,
    /// The time that it bears.
    pub at: Timestamp,
    /// The time that it counts as, where the one that it bears is not believed.
    pub counts_as: Option<Timestamp>,
}

impl Dated {
    /// The time that is believed.
    #[must_use]
    pub fn believed(self) -> Timestamp {
        self.counts_as.unwrap_or(self.at)
    }
}

impl fmt::Display for Dated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.counts_as {
            None => self.at.fmt(formatter),
            Some(counts_as) => {
                write!(formatter, "{} [not believed, counts as {counts_as}]", self.at)
            }
        }
    }
}

impl State {
    /// When something happened, with what the ledger thinks of that.
    #[must_use]
    pub fn dated(&self, step: Step) -> Dated {
        let believed = self.believed_time(step);
        let counts_as = (believed != step.at).then_some(believed);
        Dated { event: step.event, at: step.at, counts_as }
    }
}
