//! What stands outside otherwise than the ledger says.

use std::fmt;

use crate::verdict::text;

/// One thing that somebody else has changed, or that was never done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about: ``the alias `prod` of fraud``.
    pub what: String,
    /// What follows from the ledger.
    pub expected: String,
    /// What stands there; nothing when it is absent.
    pub found: Option<String>,
}

impl Difference {
    /// All of it is cut and made harmless: a server says what was found.
    pub(super) fn new(what: &str, expected: &str, found: Option<&str>) -> Self {
        let shown = |said: &str| text::printable(&text::cut(said, SAID_CHARS_MAX));
        Self { what: shown(what), expected: shown(expected), found: found.map(shown) }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.found.as_deref().unwrap_or("nothing");
        write!(formatter, "{}: expected {}, found {found}", self.what, self.expected)
    }
}

/// Longer than everything that is expected, but for a long list of reports.
const SAID_CHARS_MAX: usize = 200;
