//! Text that came with the data, made safe to print and bounded.

use std::fmt::Write;

/// Characters of a column name or label kept in a sentence.
pub const NAME_CHARS_MAX: usize = 64;

/// Characters of a reason, a promise or a type kept in a sentence.
pub const PHRASE_CHARS_MAX: usize = 160;

/// Names listed in a sentence.
pub const NAMES_MAX: usize = 6;

/// The text on one line, with every character escaped that could move a cursor, hide or reorder
/// what stands beside it: controls (also C1), line separators, bidirectional controls, zero-width,
/// tag and noncharacters. Nothing else changes.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            hidden if deceives(hidden) => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => safe.push(plain),
        }
    }
    safe
}

/// A name as it stands in a sentence: cut to [`NAME_CHARS_MAX`], then [`printable`].
#[must_use]
pub fn name(text: &str) -> String {
    printable(&cut(text, NAME_CHARS_MAX))
}

/// A reason or a type as it stands in a sentence: cut to [`PHRASE_CHARS_MAX`], then
/// [`printable`].
#[must_use]
pub fn phrase(text: &str) -> String {
    printable(&cut(text, PHRASE_CHARS_MAX))
}

/// Names as they stand in a sentence, each as [`name`]: some of them, and how many more there are.
#[must_use]
pub fn names<'n>(all: impl IntoIterator<Item = &'n str>) -> String {
    let mut all = all.into_iter();
    let told: Vec<String> = all.by_ref().take(NAMES_MAX).map(name).collect();
    let told = told.join(", ");
    match all.count() {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// At most `chars_max` characters of the text; what is left out is counted behind an ellipsis.
#[must_use]
pub fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… (+{})", &text[..end], text[end..].chars().count()),
    }
}

/// Whether a character can deceive a reader or command a terminal.
#[must_use]
pub fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_bidirectional_controls_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(printable("a\u{9b}2Jb"), "a\\u{9b}2Jb");
        assert_eq!(printable("abc\u{202e}fed"), "abc\\u{202e}fed");
        assert_eq!(printable("two\nlines\r\n"), "two\\nlines\\r\\n");
    }

    #[test]
    fn ordinary_writing_of_any_language_is_left_alone() {
        let text = "größe 年齢 возраст 🎂 a|b `c`";
        assert_eq!(printable(text), text);
    }

    #[test]
    fn of_many_names_a_few_are_told_and_the_others_counted() {
        assert_eq!(names(["ann"]), "ann");
        assert_eq!(names(["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e, f");
        assert_eq!(
            names(["a", "b", "c", "d", "e", "f", "g\n", "h"]),
            "a, b, c, d, e, f and 2 more"
        );
    }

    #[test]
    fn what_is_cut_is_counted() {
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüß!", 2), "äö… (+3)");
        let long = "x".repeat(1 << 20);
        assert_eq!(name(&long), format!("{}… (+{})", "x".repeat(64), (1 << 20) - 64));
    }
}
