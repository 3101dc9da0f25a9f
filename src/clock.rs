//! Time as a value: an instant, and the trait that hands one out.
//!
//! Nothing below `cli` reads the machine's clock: a decision takes the instant it is made at as
//! an argument, so the same inputs give the same report. `SOURCE_DATE_EPOCH`
//! (<https://reproducible-builds.org/specs/source-date-epoch/>) fixes it from outside.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant in UTC, to the second, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
}

impl Timestamp {
    /// The instant `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// Returns `None` outside the years that RFC 3339 can write (0000 to 9999).
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        const YEAR_0000: i64 = -62_167_219_200;
        const YEAR_9999_END: i64 = 253_402_300_799;
        (YEAR_0000..=YEAR_9999_END).contains(&seconds).then_some(Self { seconds })
    }

    /// Reads an RFC 3339 instant; a fraction of a second is cut off.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|instant| Self::from_unix_seconds(instant.timestamp()))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 with a `Z`, e.g. `2026-11-23T03:00:00Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = DateTime::<Utc>::from_timestamp(self.seconds, 0).ok_or(fmt::Error)?;
        formatter.write_str(&instant.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// Hands out the present instant.
pub trait Clock {
    /// The instant that counts as now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_and_read_as_rfc_3339() {
        let instant = Timestamp::from_unix_seconds(1_795_402_800).unwrap();
        assert_eq!(instant.to_string(), "2026-11-23T03:00:00Z");
        assert_eq!(Timestamp::parse_rfc3339("2026-11-23T04:00:00+01:00"), Some(instant));
    }

    #[test]
    fn years_that_rfc_3339_cannot_write_are_refused() {
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX), None);
        assert_eq!(Timestamp::from_unix_seconds(253_402_300_800), None);
    }
}
