//! Two worlds held against each other.

use std::collections::BTreeMap;

use super::rule::{ParityRule, Sides};
use crate::checklist::{Answer, Document, Doubt, Given};
use crate::clock::Timestamp;
use crate::evidence::capture::{self, Capture, Unknown};
use crate::evidence::tree::{Comparison, Tree, compare, compare_folders};
use crate::verdict::number::{duration, exact};
use crate::verdict::{Verdict, text};

/// One answer for each pair, and one for the age of the candidate's capture.
pub(super) fn judge(rule: &ParityRule, given: &Given<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    let captures = usize::from(rule.captures.is_some());
    for (number, sides) in rule.pairs().enumerate() {
        let needs = [2 * number, 2 * number + 1];
        let compared = if number < captures {
            let read = needs.map(|need| read_capture(given, need));
            answers.extend(age(rule, &read[1], given.now, &sides.candidate));
            match &read {
                [Ok(reference), Ok(candidate)] => compare_captures(reference, candidate, sides),
                [Err(reason), _] | [_, Err(reason)] => Err(reason.clone()),
            }
        } else {
            compare_trees(given, needs, sides)
        };
        answers.push(answer(rule, sides, compared).about(text::phrase(&sides.name())));
    }
    answers
}

/// What differs, and what nobody knows.
type Found = (Comparison, Vec<Unknown>);

fn read_capture(given: &Given<'_>, need: usize) -> Result<Capture, String> {
    let mut documents = given.of(need);
    let document = documents.next().ok_or("the capture is not there")?;
    if documents.next().is_some() {
        return Err("several files fit the pattern of the capture; name one".to_owned());
    }
    let bytes = content(document)?;
    capture::read(bytes).map_err(|error| format!("`{}` {error}", text::name(&document.name)))
}

fn content(document: &Document) -> Result<&[u8], String> {
    let content = document.content.as_ref();
    let bytes = content.map_err(|reason| format!("`{}`: {reason}", text::name(&document.name)))?;
    Ok(bytes)
}

fn age(
    rule: &ParityRule,
    candidate: &Result<Capture, String>,
    now: Timestamp,
    name: &str,
) -> Option<Answer> {
    let demand = rule.max_age()?;
    let made = candidate.as_ref().map_err(Clone::clone).and_then(|capture| {
        let made = Timestamp::parse_rfc3339(&capture.captured_at);
        made.ok_or_else(|| "the capture has no instant".to_owned())
    });
    let seconds = made.map(|made| now.unix_seconds().saturating_sub(made.unix_seconds()));
    let answer = match seconds {
        Err(reason) => Answer::untold(Verdict::Error, &demand.rule, demand.line, &reason),
        // Clocks of two machines seldom differ by more.
        Ok(seconds) if seconds < -FUTURE_SECONDS_MAX => {
            let sentence = "the capture was made in the future; its age cannot be told";
            Answer::untold(Verdict::Error, &demand.rule, demand.line, sentence)
        }
        Ok(seconds) => {
            let seconds = u64::try_from(seconds).unwrap_or(0);
            let most = rule.max_age.map_or(0, |(most, _)| most);
            let sentence = format!(
                "the capture is {} old; at most {} is allowed",
                duration(seconds),
                duration(most)
            );
            Answer::count(seconds, &demand, Doubt::None, sentence)
        }
    };
    Some(answer.about(text::name(name)))
}

fn compare_captures(
    reference: &Capture,
    candidate: &Capture,
    sides: &Sides,
) -> Result<Found, String> {
    let compared = capture::compare(reference, candidate, &sides.rules());
    let compared = compared.map_err(|fault| format!("a capture {fault}"))?;
    Ok((compared.found, compared.unknown))
}

fn compare_trees(given: &Given<'_>, needs: [usize; 2], sides: &Sides) -> Result<Found, String> {
    let reference = read_trees(given, needs[0], &sides.reference)?;
    let candidate = read_trees(given, needs[1], &sides.candidate)?;
    let rules = sides.rules();
    let compared = match (reference, candidate) {
        (Side::File(reference), Side::File(candidate)) => compare(&reference, &candidate, &rules),
        (Side::Folder(reference), Side::Folder(candidate)) => {
            compare_folders(&reference, &candidate, &rules)
        }
        _ => return Err("one side is a folder and the other a file".to_owned()),
    };
    Ok((compared, Vec::new()))
}

enum Side {
    File(Tree),
    Folder(BTreeMap<String, Tree>),
}

/// The file at a path, or the files below it by their paths from there.
fn read_trees(given: &Given<'_>, need: usize, path: &str) -> Result<Side, String> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let mut trees = BTreeMap::new();
    for document in given.of(need) {
        let bytes = content(document)?;
        let below = document.name.strip_prefix(path).unwrap_or(&document.name);
        let below = below.trim_start_matches('/');
        // The format is told by the name of the file itself.
        let named = if below.is_empty() { document.name.as_str() } else { below };
        let tree = Tree::read(named, bytes)
            .map_err(|error| format!("`{}` {}", text::name(&document.name), error.fault))?;
        if below.is_empty() {
            return Ok(Side::File(tree));
        }
        trees.insert(below.to_owned(), tree);
    }
    if trees.is_empty() {
        return Err(format!("there is no file below `{}`", text::name(path)));
    }
    Ok(Side::Folder(trees))
}

fn answer(rule: &ParityRule, sides: &Sides, compared: Result<Found, String>) -> Answer {
    let demand = rule.differences_max();
    let untold = |verdict, reason: &str| Answer::untold(verdict, &demand.rule, sides.line, reason);
    let (found, unknown) = match compared {
        Ok(found) => found,
        Err(reason) => {
            let sentence = format!("the environments cannot be compared: {reason}");
            return untold(Verdict::Error, &sentence);
        }
    };
    if found.compared == 0 {
        return untold(Verdict::Error, "both sides are empty: there is nothing to compare");
    }
    let count = found.differences.len() as u64;
    let doubt = if unknown.is_empty() { Doubt::None } else { Doubt::TooLittle };
    Answer::count(count, &demand, doubt, sentence(&found, &unknown))
}

/// `2 differences (1 ignored): … ; …; and 3 more`
fn sentence(found: &Comparison, unknown: &[Unknown]) -> String {
    let mut sentence = match found.differences.len() as u64 {
        0 => format!("no difference in {} values", exact(found.compared as u64)),
        1 => "1 difference".to_owned(),
        many => format!("{} differences", exact(many)),
    };
    if found.ignored > 0 {
        sentence = format!("{sentence} ({} ignored)", exact(found.ignored as u64));
    }
    let mut said: Vec<String> =
        found.differences.iter().take(SAID_MAX).map(ToString::to_string).collect();
    let left = found.differences.len().saturating_sub(SAID_MAX) as u64;
    if left > 0 {
        said.push(format!("and {} more", exact(left)));
    }
    if !said.is_empty() {
        sentence = format!("{sentence}: {}", said.join("; "));
    }
    let mut untold: Vec<String> = unknown
        .iter()
        .take(SAID_MAX)
        .map(|unknown| {
            format!("`{}` ({})", text::phrase(&unknown.path), text::phrase(&unknown.reason))
        })
        .collect();
    if unknown.len() > SAID_MAX {
        untold.push(format!("{} more", exact((unknown.len() - SAID_MAX) as u64)));
    }
    if !untold.is_empty() {
        sentence = format!("{sentence}; not to be told: {}", untold.join(", "));
    }
    sentence
}

/// Differences that are told in a sentence; `env diff` tells all.
const SAID_MAX: usize = 5;

const FUTURE_SECONDS_MAX: i64 = 300;
