//! When a new event happens.

use super::ledger::{CLOCK_SKEW_SECONDS_MAX, EventFault};
use crate::clock::Timestamp;

/// The time of a new event, and what the clock of whoever writes it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The event's time.
    pub at: Timestamp,
    /// The clock; absent where none is known but the time itself.
    pub clock: Option<Timestamp>,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { at, clock: None }
    }
}

impl Moment {
    /// That the time does not lie ahead of the clock: whoever reads the event could not tell, and
    /// nobody could write after it until that time has come.
    pub(super) fn confirm(self) -> Result<(), EventFault> {
        match self.clock {
            Some(clock)
                if self.at.unix_seconds().saturating_sub(clock.unix_seconds())
                    > CLOCK_SKEW_SECONDS_MAX =>
            {
                Err(EventFault::Ahead { at: self.at, clock })
            }
            _ => Ok(()),
        }
    }
}
