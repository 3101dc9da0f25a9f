//! Reading single values: text, numbers, shares, lengths of time, words from a list.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::fault::{Faults, nearest, quoted, steers};
use super::fields::listed;
use super::tree::{Content, Node, Resolved, Scalar};
use crate::clock::Timestamp;
use crate::quantity::Fraction;

/// Most characters of a name, tag or glob.
pub(crate) const NAME_CHARS_MAX: usize = 256;
/// Most characters of a description, message or reason.
pub(crate) const PROSE_CHARS_MAX: usize = 2_000;

/// Text of one line: a column's name, an owner.
pub(crate) fn name(node: &Node, faults: &mut Faults) -> Option<String> {
    text(node, NAME_CHARS_MAX, false, faults)
}

/// Text of any number of lines.
pub(crate) fn prose(node: &Node, faults: &mut Faults) -> Option<String> {
    text(node, PROSE_CHARS_MAX, true, faults)
}

/// A short word that others refer to: letters, digits, `-`, `_` and `.`.
pub(crate) fn identifier(node: &Node, faults: &mut Faults) -> Option<String> {
    let word = name(node, faults)?;
    let fits = word.len() <= 64
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !fits {
        faults.add(
            node.place,
            format!(
                "{} is no name; expected at most 64 letters, digits, `-`, `_` and `.`, a letter \
                 or digit first",
                quoted(&word)
            ),
        );
    }
    fits.then_some(word)
}

fn text(node: &Node, chars_max: usize, lines: bool, faults: &mut Faults) -> Option<String> {
    let scalar = scalar(node, "text", faults)?;
    match scalar.resolved() {
        Resolved::Text => {}
        Resolved::Null => {
            faults.add(node.place, "expected text, found nothing");
            return None;
        }
        _ => {
            let hint = format!("write `\"{}\"` if text is meant", scalar.text);
            faults.add_with_hint(
                node.place,
                format!("expected text, found {}", node.found()),
                hint,
            );
            return None;
        }
    }
    let allowed = |c: char| !steers(c) || (lines && matches!(c, '\n' | '\t'));
    if scalar.text.trim().is_empty() {
        faults.add(node.place, "expected text, found an empty one");
    } else if scalar.text.chars().count() > chars_max {
        faults.add(node.place, format!("the text is longer than {chars_max} characters"));
    } else if let Some(character) = scalar.text.chars().find(|&c| !allowed(c)) {
        let escape = character.escape_unicode();
        faults.add(node.place, format!("the text holds the control character `{escape}`"));
    } else {
        return Some(scalar.text.clone());
    }
    None
}

/// A value of a column as it is written: `0.1` stays `0.1`, a date stays text.
pub(crate) fn value(node: &Node, faults: &mut Faults) -> Option<String> {
    let scalar = scalar(node, "a value", faults)?;
    match scalar.resolved() {
        Resolved::Null => {
            let hint = "nulls are the business of `nulls`; quote the word if text is meant";
            faults.add_with_hint(node.place, "expected a value, found nothing", hint);
            None
        }
        Resolved::NotFinite => {
            let message = format!("expected a finite value, found {}", node.found());
            faults.add_with_hint(node.place, message, "leave the limit out where there is none");
            None
        }
        _ if scalar.text.chars().count() > PROSE_CHARS_MAX => {
            faults
                .add(node.place, format!("the value is longer than {PROSE_CHARS_MAX} characters"));
            None
        }
        _ => Some(scalar.text.clone()),
    }
}

/// Which numbers a limit may be.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// 0 or more.
    NonNegative,
    /// From 0 to 1: a distance, a p-value.
    Unit,
    /// Above 0 and below 1: an error rate.
    Rate,
}

/// A finite number within a limit.
pub(crate) fn number(node: &Node, limit: Limit, faults: &mut Faults) -> Option<f64> {
    let (expected, fits): (_, fn(f64) -> bool) = match limit {
        Limit::NonNegative => ("a number from 0 up", |n| n >= 0.0),
        Limit::Unit => ("a number from 0 to 1", |n| (0.0..=1.0).contains(&n)),
        Limit::Rate => ("a number above 0 and below 1", |n| n > 0.0 && n < 1.0),
    };
    let scalar = decimal(node, expected, faults)?;
    let number: f64 = scalar.text.parse().ok()?;
    if number.is_finite() && fits(number) {
        return Some(number);
    }
    faults.add(node.place, format!("expected {expected}, found {}", node.found()));
    None
}

/// A whole number between two others.
pub(crate) fn count(node: &Node, min: u64, max: u64, faults: &mut Faults) -> Option<u64> {
    let expected = match (min, max) {
        (0, u64::MAX) => "a whole number".to_owned(),
        (_, u64::MAX) => format!("a whole number from {min} up"),
        _ => format!("a whole number from {min} to {max}"),
    };
    let scalar = decimal(node, &expected, faults)?;
    let number = scalar.text.parse::<u64>().ok().filter(|n| (min..=max).contains(n));
    if number.is_none() {
        faults.add(node.place, format!("expected {expected}, found {}", node.found()));
    }
    number
}

/// A share of a whole: `0.05` or `5%`, read exactly.
pub(crate) fn share(node: &Node, faults: &mut Faults) -> Option<Fraction> {
    const EXPECTED: &str = "a share such as `0.05` or `5%`";
    let scalar = scalar(node, EXPECTED, faults)?;
    let percent = scalar.text.ends_with('%');
    let number = if percent {
        percentage(&scalar.text).unwrap_or(f64::NAN)
    } else {
        decimal(node, EXPECTED, faults)?.text.parse().ok()?
    };
    if let Some(share) = Fraction::new(number) {
        return Some(share);
    }
    let message = format!("expected {EXPECTED}, found {}", node.found());
    if !percent && (1.0..=100.0).contains(&number) {
        faults.add_with_hint(node.place, message, format!("write `{}%`", scalar.text));
    } else {
        faults.add(node.place, message);
    }
    None
}

/// A length of time in seconds: `90s`, `15m`, `12h`, `7d`, `2w`.
pub(crate) fn duration(node: &Node, seconds_min: u64, faults: &mut Faults) -> Option<u64> {
    const EXPECTED: &str = "a length of time such as `90s`, `15m`, `12h`, `7d` or `2w`";
    let scalar = scalar(node, EXPECTED, faults)?;
    let seconds = parse_duration(&scalar.text);
    if let Some(seconds) = seconds.filter(|&seconds| seconds >= seconds_min) {
        return Some(seconds);
    }
    let message = format!("expected {EXPECTED}, found {}", node.found());
    match (seconds, scalar.resolved()) {
        (Some(_), _) => {
            faults.add(node.place, format!("{message}; the shortest is {seconds_min} s"));
        }
        (None, Resolved::Integer) => {
            let hint = format!("add the unit, as in `{}d`", scalar.text);
            faults.add_with_hint(node.place, message, hint);
        }
        _ => faults.add(node.place, message),
    }
    None
}

/// `true` or `false` and nothing else.
pub(crate) fn boolean(node: &Node, faults: &mut Faults) -> Option<bool> {
    let scalar = scalar(node, "`true` or `false`", faults)?;
    if let Resolved::Boolean(truth) = scalar.resolved() {
        return Some(truth);
    }
    let message = format!("expected `true` or `false`, found {}", node.found());
    match scalar.text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "true" => faults.add_with_hint(node.place, message, "write `true`"),
        "no" | "n" | "off" | "false" => faults.add_with_hint(node.place, message, "write `false`"),
        _ => faults.add(node.place, message),
    }
    None
}

/// One of the words given, with what it stands for.
pub(crate) fn choice<T: Copy>(
    node: &Node,
    words: &[(&'static str, T)],
    faults: &mut Faults,
) -> Option<T> {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let scalar = scalar(node, "a word", faults)?;
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == scalar.text) {
        return Some(*meaning);
    }
    let message = format!("expected one of {}, found {}", listed(&names), node.found());
    match nearest(&scalar.text, names.iter().copied()) {
        Some(hint) => faults.add_with_hint(node.place, message, hint),
        None => faults.add(node.place, message),
    }
    None
}

/// A date (the end of that day in UTC) or an RFC 3339 instant.
pub(crate) fn instant(node: &Node, faults: &mut Faults) -> Option<Timestamp> {
    const EXPECTED: &str = "a date such as `2027-01-31` or an instant such as \
                            `2027-01-31T12:00:00Z`";
    let scalar = scalar(node, EXPECTED, faults)?;
    let end_of_day = format!("{}T23:59:59Z", scalar.text);
    let instant =
        Timestamp::parse_rfc3339(&scalar.text).or_else(|| Timestamp::parse_rfc3339(&end_of_day));
    if instant.is_none() {
        faults.add(node.place, format!("expected {EXPECTED}, found {}", node.found()));
    }
    instant
}

/// The items of a list, each read; a list must not be empty.
pub(crate) fn list<T>(
    node: &Node,
    what: &str,
    faults: &mut Faults,
    mut read: impl FnMut(&Node, &mut Faults) -> Option<T>,
) -> Option<Vec<T>> {
    match &node.content {
        Content::Refused => None,
        Content::List(items) if items.is_empty() => {
            faults.add(node.place, format!("expected {what}, found an empty list"));
            None
        }
        Content::List(items) => Some(items.iter().filter_map(|item| read(item, faults)).collect()),
        _ => {
            faults.add(node.place, format!("expected {what}, found {}", node.found()));
            None
        }
    }
}

/// A scalar of any kind; a list or map is a fault.
fn scalar<'n>(node: &'n Node, expected: &str, faults: &mut Faults) -> Option<&'n Scalar> {
    match &node.content {
        Content::Scalar(scalar) => Some(scalar),
        Content::Refused => None,
        Content::List(_) | Content::Map(_) => {
            faults.add(node.place, format!("expected {expected}, found {}", node.found()));
            None
        }
    }
}

/// A scalar that is a number in decimal notation.
fn decimal<'n>(node: &'n Node, expected: &str, faults: &mut Faults) -> Option<&'n Scalar> {
    let scalar = scalar(node, expected, faults)?;
    let message = format!("expected {expected}, found {}", node.found());
    let plain = scalar.text.replace('_', "");
    match scalar.resolved() {
        Resolved::Integer | Resolved::Float if padded(&scalar.text) => {
            let hint = "remove the leading zeros: some readers take them for base 8";
            faults.add_with_hint(node.place, message, hint);
        }
        Resolved::Integer | Resolved::Float => return Some(scalar),
        Resolved::OtherBase => faults.add_with_hint(node.place, message, "write it in base 10"),
        Resolved::Text if plain_decimal(&scalar.text) => {
            faults.add_with_hint(node.place, message, "remove the quotes");
        }
        Resolved::Text if plain != scalar.text && plain_decimal(&plain) => {
            faults.add_with_hint(node.place, message, format!("write `{plain}`"));
        }
        Resolved::Text => match percentage(&scalar.text) {
            Some(number) => {
                let hint = format!("this is no share; write `{number}`");
                faults.add_with_hint(node.place, message, hint);
            }
            None => faults.add(node.place, message),
        },
        _ => faults.add(node.place, message),
    }
    None
}

/// The number that `20%` stands for, read exactly.
fn percentage(text: &str) -> Option<f64> {
    let digits = text.strip_suffix('%')?;
    if plain_decimal(digits) { format!("{digits}e-2").parse().ok() } else { None }
}

/// Whether a number begins with a zero that says nothing.
fn padded(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']).as_bytes();
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

fn plain_decimal(text: &str) -> bool {
    let scalar = Scalar { text: text.to_owned(), quoted: false };
    matches!(scalar.resolved(), Resolved::Integer | Resolved::Float) && !padded(text)
}

/// Seconds of a length of time as policies spell it: `90s`, `15m`, `12h`, `7d`, `2w`, at most six
/// digits.
#[must_use]
pub fn parse_duration(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?;
    let plain =
        !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse::<u64>().ok()?.checked_mul(seconds) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::fault::Place;

    fn node(text: &str) -> Node {
        let scalar = Scalar { text: text.to_owned(), quoted: false };
        Node { place: Place { line: 1, column: 1 }, content: Content::Scalar(scalar) }
    }

    fn read_share(text: &str) -> Result<f64, Option<String>> {
        let mut faults = Faults::default();
        let share = share(&node(text), &mut faults);
        share
            .map(Fraction::value)
            .ok_or_else(|| faults.into_vec().into_iter().next().and_then(|fault| fault.hint))
    }

    #[test]
    fn a_share_is_a_number_up_to_1_or_a_percentage_read_exactly() {
        for (text, expected) in
            [("0.05", 0.05), ("5%", 0.05), ("0.1%", 0.001), ("0", 0.0), ("1", 1.0), ("100%", 1.0)]
        {
            assert_eq!(read_share(text), Ok(expected), "{text}");
        }
        assert_eq!(read_share("5"), Err(Some("write `5%`".to_owned())));
        for text in ["-1%", "101%", "200", "5 %", "%", ".nan", "~", "five", "0x1"] {
            assert!(read_share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_length_of_time_needs_its_unit() {
        assert_eq!(parse_duration("2w"), Some(1_209_600));
        assert_eq!(parse_duration("0s"), Some(0));
        for text in ["", "d", "7", "7 d", "-7d", "7D", "1.5h", "1234567d", "7é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_means_the_end_of_its_day() {
        let mut faults = Faults::default();
        let instant = instant(&node("2027-01-31"), &mut faults).unwrap();
        assert_eq!(instant.to_string(), "2027-01-31T23:59:59Z");
    }
}
