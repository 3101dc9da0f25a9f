//! Patterns of paths: which differences to ignore, which values never to show.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::path::Path;

/// A pattern such as `server.*.port`, `**.timestamp`, `cpu` or `conf/*.yaml:server.port`.
///
/// A path matches with everything below it: `cpu` ignores `cpu.model` too. Within a step, `*`
/// stands for any characters and `?` for one; a step `**` for any number of steps. Positions of
/// lists are numbers: `steps.0.name`. A step in quotes stands for itself: `labels."app.kubernetes.io/name"`.
/// Before a `:` stands a pattern of the file's name below its folder; behind it nothing, for all of
/// the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    file: Option<Vec<StepPattern>>,
    steps: Vec<StepPattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum StepPattern {
    /// `**`
    AnyNumber,
    /// Characters of which some stand for others.
    Wild(Vec<char>),
    /// In quotes: the step itself.
    Exact(String),
}

impl PathPattern {
    /// Whether the pattern names the path, or something that the path lies in.
    #[must_use]
    pub fn matches(&self, file: Option<&str>, path: &Path) -> bool {
        if let Some(pattern) = &self.file {
            let parts = file.unwrap_or_default().split('/').map(str::to_owned);
            if !reaches(pattern, parts, Extent::Whole) {
                return false;
            }
        }
        reaches(&self.steps, path.0.iter().map(super::path::Step::text), Extent::Beginning)
    }

    /// Whether the pattern names a file with all that is in it.
    #[must_use]
    pub fn matches_file(&self, file: &str) -> bool {
        let parts = file.split('/').map(str::to_owned);
        self.steps.is_empty()
            && self.file.as_ref().is_some_and(|pattern| reaches(pattern, parts, Extent::Whole))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Why a text is no pattern of a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; expected a path such as `server.*.port` or `FILE:server.port`")]
pub struct PatternError {
    /// What is wrong.
    pub reason: &'static str,
}

impl FromStr for PathPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let refused = |reason| Err(PatternError { reason });
        if text.chars().count() > PATTERN_CHARS_MAX {
            return refused("the pattern is longer than 500 characters");
        }
        let (file, steps) = match colon(text).and_then(|at| text.split_at_checked(at)) {
            Some((file, rest)) => (Some(file), rest.strip_prefix(':').unwrap_or(rest)),
            None => (None, text),
        };
        if file.is_some_and(str::is_empty) || (file.is_none() && steps.is_empty()) {
            return refused("the pattern is empty");
        }
        let file = file.map(|file| file.split('/').map(wild).collect());
        let steps = if steps.is_empty() { Some(Vec::new()) } else { split(steps) };
        let Some(steps) = steps else {
            return refused("a step of the pattern is empty, or a quote is left open");
        };
        Ok(Self { text: text.to_owned(), file, steps })
    }
}

/// Where the first `:` outside of quotes stands.
fn colon(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ':' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn split(text: &str) -> Option<Vec<StepPattern>> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        let step;
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut key = String::new();
            let mut characters = quoted.chars();
            loop {
                match characters.next()? {
                    '"' => break,
                    '\\' => key.push(characters.next()?),
                    plain => key.push(plain),
                }
            }
            step = StepPattern::Exact(key);
            rest = characters.as_str();
        } else {
            let (word, behind) = rest.split_at_checked(rest.find('.').unwrap_or(rest.len()))?;
            if word.is_empty() || word.contains('"') {
                return None;
            }
            step = wild(word);
            rest = behind;
        }
        steps.push(step);
        if rest.is_empty() {
            return Some(steps);
        }
        rest = rest.strip_prefix('.')?;
    }
}

fn wild(word: &str) -> StepPattern {
    if word == "**" { StepPattern::AnyNumber } else { StepPattern::Wild(word.chars().collect()) }
}

/// How much of the steps a pattern has to name.
#[derive(Clone, Copy, PartialEq)]
enum Extent {
    Beginning,
    Whole,
}

/// Walks all steps at once through the places of the pattern that can be reached: linear, whatever
/// the pattern.
fn reaches(pattern: &[StepPattern], steps: impl Iterator<Item = String>, extent: Extent) -> bool {
    let mut places = closed(pattern, BTreeSet::from([0]));
    for step in steps {
        if extent == Extent::Beginning && places.contains(&pattern.len()) {
            return true;
        }
        let mut next = BTreeSet::new();
        for place in places {
            match pattern.get(place) {
                Some(StepPattern::AnyNumber) => next.insert(place),
                Some(one) if one.names(&step) => next.insert(place.saturating_add(1)),
                _ => false,
            };
        }
        places = closed(pattern, next);
    }
    places.contains(&pattern.len())
}

/// With the places behind each `**`, which may stand for nothing.
fn closed(pattern: &[StepPattern], mut places: BTreeSet<usize>) -> BTreeSet<usize> {
    for place in 0..pattern.len() {
        if places.contains(&place) && pattern.get(place) == Some(&StepPattern::AnyNumber) {
            places.insert(place.saturating_add(1));
        }
    }
    places
}

impl StepPattern {
    fn names(&self, step: &str) -> bool {
        match self {
            Self::AnyNumber => true,
            Self::Exact(key) => key == step,
            Self::Wild(pattern) => glob(pattern, &step.chars().collect::<Vec<char>>()),
        }
    }
}

/// Whether a text fits a pattern of `*` and `?`: on a mismatch the last `*` takes one more.
fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut read) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(character) = text.get(read) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at = at.saturating_add(1);
            }
            Some(one) if *one == '?' || one == character => {
                at = at.saturating_add(1);
                read = read.saturating_add(1);
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                let taken = taken.saturating_add(1);
                star = Some((place, taken));
                (at, read) = (place.saturating_add(1), taken);
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|&one| one == '*'))
}

const PATTERN_CHARS_MAX: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let pattern: PathPattern = pattern.parse().unwrap();
        pattern.matches(None, &Path::of_keys(path.split('.')))
    }

    #[test]
    fn a_pattern_names_a_path_and_what_lies_below_it() {
        assert!(matches("cpu", "cpu.model"));
        assert!(matches("cpu.model", "cpu.model"));
        assert!(!matches("cpu.model", "cpu"));
        assert!(!matches("cpu", "cpus.model"));
        assert!(matches("server.*.port", "server.a.port"));
        assert!(!matches("server.*.port", "server.a.b.port"));
        assert!(matches("server.**.port", "server.a.b.port.x"));
        assert!(matches("server.**.port", "server.port"));
        assert!(matches("**.port", "port"));
        assert!(matches("a?c*", "abcdef") && !matches("a?c", "ac"));
        assert!(matches("*a*b", "xaxxb") && !matches("*a*b", "xaxxbc"));
    }

    #[test]
    fn steps_in_quotes_stand_for_themselves() {
        let pattern: PathPattern = "labels.\"app.io/a:*\"".parse().unwrap();
        assert!(pattern.matches(None, &Path::of_keys(["labels", "app.io/a:*"])));
        assert!(!pattern.matches(None, &Path::of_keys(["labels", "app.io/a:b"])));
        let path = Path::of_keys(["a.b", "c\"d\\", "", "e f", "*"]);
        let pattern: PathPattern = path.to_string().parse().unwrap();
        assert!(pattern.matches(None, &path), "{path}");
    }

    #[test]
    fn a_pattern_may_hold_for_some_files_alone() {
        let pattern: PathPattern = "conf/*.yaml:server.port".parse().unwrap();
        let path = Path::of_keys(["server", "port"]);
        assert!(pattern.matches(Some("conf/app.yaml"), &path));
        assert!(!pattern.matches(Some("conf/sub/app.yaml"), &path));
        assert!(!pattern.matches(None, &path));
        let whole: PathPattern = "**/local.env:".parse().unwrap();
        assert!(whole.matches_file("a/b/local.env") && whole.matches_file("local.env"));
        assert!(whole.matches(Some("local.env"), &Path::of_keys(["X"])));
        assert!(!whole.matches_file("local.env.d"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_and_none_is_slow() {
        for wrong in ["", ".", "a..b", "a.", ":a", "\"a", "a\"b", "\"a\"b", &"a".repeat(501)] {
            assert!(wrong.parse::<PathPattern>().is_err(), "{wrong}");
        }
        let steps = vec!["**"; 150].join(".") + ".x";
        assert!(!matches(&steps, &vec!["a"; 60].join(".")));
        let stars = "*a".repeat(200);
        assert!(!matches(&stars, &"a".repeat(150)));
    }
}
