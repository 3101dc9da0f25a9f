//! What is wrong with a document, and where: all of it at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0 when only the line is known.
    pub column: usize,
    /// What was found and what is expected, without a full stop.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault; texts longer than a reader can use are cut.
    #[must_use]
    pub fn new(line: usize, column: usize, message: &str, hint: Option<&str>) -> Self {
        Self {
            line,
            column,
            message: cut(message, MESSAGE_CHARS_MAX),
            hint: hint.map(|hint| cut(hint, HINT_CHARS_MAX)),
        }
    }
}

/// A document that cannot be used, with everything that is wrong with it.
///
/// Its `Display` gives `file:line:column: message` for each fault, the source line with a caret
/// under the place, and the hint. Control and bidirectional characters of the source are written
/// as escapes, so that a document cannot write to a terminal through its own error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// The document's name or path, as it can be shown.
    pub file: String,
    /// The faults in the order of their places, at most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// Faults beyond that number.
    pub omitted: usize,
    /// The source lines that faults stand on.
    lines: BTreeMap<usize, String>,
}

/// Most faults told of one document: more would not be read.
pub const FAULTS_MAX: usize = 100;

impl YamlError {
    /// Faults with the source they were found in; bytes that are no UTF-8 are shown as `�`.
    #[must_use]
    pub fn new(file: &str, source: &[u8], mut faults: Vec<Fault>) -> Self {
        let lines: Vec<&[u8]> = source.split(|&byte| byte == b'\n').collect();
        let text_of = |line: usize| {
            let bytes = line.checked_sub(1).and_then(|index| lines.get(index).copied())?;
            Some(String::from_utf8_lossy(bytes).trim_end_matches('\r').to_owned())
        };
        // Once for each line: many faults may stand on one long line.
        let mut indents = BTreeMap::new();
        for fault in faults.iter_mut().filter(|fault| fault.column == 0) {
            let indent = |text: String| text.chars().take_while(|c| c.is_whitespace()).count();
            let indent_of = || text_of(fault.line).map_or(0, indent);
            fault.column = *indents.entry(fault.line).or_insert_with(indent_of) + 1;
        }
        faults.sort_by_key(|fault| (fault.line, fault.column));
        let omitted = faults.len().saturating_sub(FAULTS_MAX);
        faults.truncate(FAULTS_MAX);
        let standing: BTreeSet<usize> = faults.iter().map(|fault| fault.line).collect();
        let lines = standing
            .into_iter()
            .filter_map(|line| text_of(line).map(|text| (line, text)))
            .collect();
        Self { file: printable(file), faults, omitted, lines }
    }
}

impl std::error::Error for YamlError {}

impl fmt::Display for YamlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, fault) in self.faults.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            let Fault { line, column, message, hint } = fault;
            write!(formatter, "{}:{line}:{column}: {message}", self.file)?;
            if let Some((excerpt, caret)) =
                self.lines.get(line).and_then(|text| excerpt(text, *column))
            {
                write!(formatter, "\n  {line} | {excerpt}")?;
                write!(formatter, "\n  {:digits$} | {:caret$}^", "", "", digits = digits(*line))?;
            }
            if let Some(hint) = hint {
                write!(formatter, "\n  hint: {hint}")?;
            }
        }
        if self.omitted > 0 {
            write!(formatter, "\n… and {} more", self.omitted)?;
        }
        Ok(())
    }
}

/// Faults as they are gathered while a document is read.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Fault>,
}

/// A place in the source, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Faults {
    pub(crate) fn add(&mut self, place: Place, message: impl AsRef<str>) {
        self.found.push(Fault::new(place.line, place.column, message.as_ref(), None));
    }

    pub(crate) fn add_with_hint(
        &mut self,
        place: Place,
        message: impl AsRef<str>,
        hint: impl AsRef<str>,
    ) {
        let (message, hint) = (message.as_ref(), Some(hint.as_ref()));
        self.found.push(Fault::new(place.line, place.column, message, hint));
    }

    /// A fault of which only the line is known any more.
    pub(crate) fn add_on_line(&mut self, line: usize, message: impl AsRef<str>) {
        self.add(Place { line, column: 0 }, message);
    }

    /// As [`Self::add_on_line`], with a hint where there is one.
    pub(crate) fn add_on_line_with(
        &mut self,
        line: usize,
        message: impl AsRef<str>,
        hint: Option<&str>,
    ) {
        self.found.push(Fault::new(line, 0, message.as_ref(), hint));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}

/// Words of a document inside a message: in backticks, cut, without control characters.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", printable(&cut(text, QUOTED_CHARS_MAX)))
}

/// The hint naming the valid name nearest to what was written, if any is near.
pub(crate) fn nearest<'a>(
    written: &str,
    valid: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let written: String = written.chars().take(QUOTED_CHARS_MAX).collect();
    let (distance, name) = valid
        .into_iter()
        .map(|name| {
            (strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase()), name)
        })
        .min_by_key(|(distance, _)| *distance)?;
    let near = distance <= (name.chars().count() / 3).max(1);
    near.then(|| format!("did you mean {}?", quoted(name)))
}

/// The part of a line around a column, and how many characters stand before the column in it.
fn excerpt(text: &str, column: usize) -> Option<(String, usize)> {
    let before = column.checked_sub(1)?;
    let whole = before < EXCERPT_CHARS_MAX * 3 / 4;
    let skipped = if whole { 0 } else { before - EXCERPT_CHARS_MAX / 2 };
    let shown: String = text.chars().skip(skipped).take(EXCERPT_CHARS_MAX).collect();
    if shown.trim().is_empty() {
        return None;
    }
    let head: String = shown.chars().take(before - skipped).collect();
    let lead = if skipped > 0 { "…" } else { "" };
    let tail = if text.chars().nth(skipped + EXCERPT_CHARS_MAX).is_some() { "…" } else { "" };
    let caret = lead.chars().count() + printable(&head).chars().count();
    Some((format!("{lead}{}{tail}", printable(&shown)), caret))
}

/// Text that cannot steer a terminal: tabs become spaces, control and direction characters
/// escapes.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\t' {
            out.push(' ');
        } else if steers(character) {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}", character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether a character does something other than being shown: controls, direction overrides
/// (<https://trojansource.codes>), line separators, the byte order mark, what has no width.
pub(crate) fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{61C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{FFFE}'..='\u{FFFF}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn digits(line: usize) -> usize {
    line.to_string().len()
}

// With four bytes a character and escapes of up to ten characters, one rendered fault stays
// below 4 KiB.
const MESSAGE_CHARS_MAX: usize = 300;
const HINT_CHARS_MAX: usize = 200;
const EXCERPT_CHARS_MAX: usize = 80;
const QUOTED_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_place_the_line_and_a_caret() {
        let fault = Fault::new(2, 3, "unknown key `colour`", Some("did you mean `color`?"));
        let error = YamlError::new("p.yaml", b"a: 1\n  colour: red\n", vec![fault]);
        assert_eq!(
            error.to_string(),
            "p.yaml:2:3: unknown key `colour`\n  2 |   colour: red\n    |   ^\n  \
             hint: did you mean `color`?"
        );
    }

    #[test]
    fn a_source_cannot_write_to_the_terminal_through_its_error() {
        let fault = Fault::new(1, 8, &format!("found {}", quoted("\u{1b}[2J\u{202e}")), None);
        let error = YamlError::new("p.yaml", "a: \u{1b}[2J\tx".as_bytes(), vec![fault]);
        let shown = error.to_string();
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
        assert!(shown.contains("a: \\u{1b}[2J x"), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let (excerpt, caret) = (lines[1], lines[2]);
        assert_eq!(excerpt.chars().nth(caret.chars().count() - 1), Some(' '), "{shown}");
    }

    #[test]
    fn a_rendered_fault_stays_below_4_kib() {
        let hostile = "\u{10FFFF}\u{202e}".repeat(10_000);
        let fault = Fault::new(1, 9_000, &quoted(&hostile).repeat(50), Some(&hostile));
        let error = YamlError::new("p.yaml", hostile.as_bytes(), vec![fault]);
        assert!(error.to_string().len() < 4096, "{}", error.to_string().len());
    }

    #[test]
    fn faults_come_in_the_order_of_their_places_and_at_most_a_hundred() {
        let faults = (1..=130).rev().map(|line| Fault::new(line, 1, "x", None)).collect();
        let error = YamlError::new("p.yaml", b"", faults);
        assert_eq!(error.faults.first().map(|fault| fault.line), Some(1));
        assert_eq!((error.faults.len(), error.omitted), (100, 30));
        assert!(error.to_string().ends_with("… and 30 more"));
    }

    #[test]
    fn the_nearest_name_is_named_only_when_it_is_near() {
        let valid = ["columns", "gates", "rows"];
        assert_eq!(nearest("colums", valid).as_deref(), Some("did you mean `columns`?"));
        assert_eq!(nearest("expectations", valid), None);
    }
}
