//! Sizes, lengths of time and numbers of threads as people write them on the command line.

use crate::clock::Timestamp;
use crate::scan::{LimitName, Limits};
use crate::yaml::parse_duration;

/// Reads a size such as `512MiB`, `2GB` or `1000000`.
pub(in crate::cli) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        other => return Err(format!("`{other}` is no unit of size; use MiB or GiB")),
    };
    let number: u64 = digits.trim().parse().map_err(|_| format!("`{digits}` is no number"))?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_owned())
}

/// Reads a number of threads.
pub(in crate::cli) fn threads(text: &str) -> Result<usize, String> {
    let threads: Option<usize> = text.parse().ok();
    let threads = threads.filter(|&threads| threads <= THREADS_MAX);
    threads.ok_or_else(|| format!("expected a number up to {THREADS_MAX}; 0 is one per processor"))
}

/// Reads a limit such as `page=512MiB` or `rows=1000000`.
pub(in crate::cli) fn limit(text: &str) -> Result<(LimitName, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    let known = LimitName::ALL.into_iter().find(|limit| limit.name() == name);
    let limit = known.ok_or_else(|| {
        let all = LimitName::ALL.map(LimitName::name).join(", ");
        format!("`{name}` is no limit; expected one of {all}")
    })?;
    let value = if limit.is_bytes() {
        size(value)?
    } else {
        value.parse().map_err(|_| format!("`{value}` is no number"))?
    };
    Limits::default().set(limit, value).map_err(|error| error.to_string())?;
    Ok((limit, value))
}

/// Reads a length of time such as `12h` or `7d`, in seconds.
pub(in crate::cli) fn age(text: &str) -> Result<u64, String> {
    let seconds = parse_duration(text).filter(|&seconds| seconds > 0);
    seconds.ok_or_else(|| "expected a length of time such as `90s`, `12h`, `7d` or `2w`".to_owned())
}

/// Reads an instant, or a day, which then is over in UTC.
pub(in crate::cli) fn instant_or_day(text: &str) -> Result<Timestamp, String> {
    let expected = "expected an instant such as `2026-11-23T03:00:00Z`, or a day such as \
                    `2026-11-23`, which means its end in UTC";
    let end = || Timestamp::parse_rfc3339(&format!("{text}T23:59:59Z"));
    Timestamp::parse_rfc3339(text).or_else(end).ok_or_else(|| expected.to_owned())
}

/// Reads a name that is put under a signature: an environment, a role, a nonce.
pub(in crate::cli) fn word(text: &str) -> Result<String, String> {
    let fits = (1..=WORD_CHARS_MAX).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/@+=".contains(c));
    let expected = "expected at most 128 letters, digits and `-_.:/@+=`";
    fits.then(|| text.to_owned()).ok_or_else(|| expected.to_owned())
}

const WORD_CHARS_MAX: usize = 128;
/// More than any machine has processors; each takes memory of its own.
const THREADS_MAX: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_bounded() {
        assert_eq!(threads("0"), Ok(0));
        assert_eq!(threads("1024"), Ok(1_024));
        for wrong in ["1025", "999999", "-1", "two", ""] {
            assert!(threads(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_hold_nothing_that_could_be_read_in_two_ways() {
        for fine in ["prod", "2026-11-23T08:00:00Z", "a/b@c", "YWJj+/=="] {
            assert_eq!(word(fine).as_deref(), Ok(fine));
        }
        for wrong in ["", "two words", "größe", "a\nb", "\u{1b}[2J", &"a".repeat(129)] {
            assert!(word(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(size("512MiB"), Ok(512 << 20));
        assert_eq!(size("2GB"), Ok(2_000_000_000));
        assert_eq!(size("17"), Ok(17));
        assert!(size("5 parsecs").is_err());
        assert!(size("99999999999GiB").is_err());
    }

    #[test]
    fn limits_have_a_name_and_a_value_that_can_be() {
        assert_eq!(limit("page=512MiB"), Ok((LimitName::Page, 512 << 20)));
        assert_eq!(limit("rows=1000000"), Ok((LimitName::Rows, 1_000_000)));
        for wrong in ["page", "page=", "pages=1", "rows=1MiB", "rows=-1", "depth=65", "page=2GiB"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ages_need_a_unit_and_are_not_nothing() {
        assert_eq!(age("12h"), Ok(43_200));
        assert_eq!(age("7d"), Ok(604_800));
        for wrong in ["7", "0d", "-1d", "1.5h", "soon", ""] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
