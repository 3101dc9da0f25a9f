//! The documents of a need, all of them read or an error.

use crate::checklist::{Answer, Demand, Given};
use crate::verdict::{Verdict, text};

/// Reads each document of a need; the first that cannot be had or read is the reason.
pub(super) fn each<'g, T>(
    given: &Given<'g>,
    need: usize,
    read: impl Fn(&str, &'g [u8]) -> Result<T, String>,
) -> Result<Vec<(&'g str, T)>, String> {
    let mut found = Vec::new();
    for document in given.of(need) {
        let name = document.name.as_str();
        let named = |reason: &str| format!("`{}`: {reason}", text::phrase(name));
        let bytes = document.content.as_ref().map_err(|reason| named(reason))?;
        found.push((name, read(name, bytes).map_err(|reason| named(&reason))?));
    }
    if found.is_empty() { Err("no document was given".to_owned()) } else { Ok(found) }
}

/// A demand on something of which nothing can be told.
pub(super) fn error(demand: &Demand, about: &str, reason: &str) -> Answer {
    Answer::untold(Verdict::Error, &demand.rule, demand.line, reason).about(about)
}
