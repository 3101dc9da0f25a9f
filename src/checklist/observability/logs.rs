//! Settings of logs that must be made.

use super::found::{each, error};
use super::rule::LogRule;
use crate::checklist::{Answer, Doubt, Given};
use crate::evidence::tree::Tree;
use crate::verdict::text;

/// How many values stand at the path; 0 as soon as one of them is not among those accepted.
pub(super) fn judge(rule: &LogRule, given: &Given<'_>, need: usize) -> Answer {
    let demand = rule.demand();
    let about = text::phrase(&format!("{}:{}", rule.source.said(), rule.path));
    let read = |name: &str, bytes| Tree::read(name, bytes).map_err(|error| error.fault.to_string());
    let files = match each(given, need, read) {
        Ok(files) => files,
        Err(reason) => {
            return error(&demand, &about, &format!("the settings cannot be read: {reason}"));
        }
    };
    let path = text::phrase(&rule.path.to_string());
    let mut made = 0;
    for (file, tree) in files {
        let values: Vec<Option<String>> = tree
            .leaves()
            .filter(|(at, _)| rule.path.matches(None, at))
            .map(|(_, leaf)| leaf.text().filter(|value| !value.trim().is_empty()))
            .collect();
        let accepted = |value: &Option<String>| match value {
            None => false,
            Some(value) => rule.one_of.is_empty() || rule.one_of.contains(value),
        };
        let wrong = values.iter().find(|value| !accepted(value));
        if wrong.is_none() && !values.is_empty() {
            made += values.len() as u64;
            continue;
        }
        let file = text::name(file);
        let found = match wrong {
            None => format!("`{file}` has no `{path}`"),
            Some(None) => format!("`{path}` of `{file}` is empty"),
            Some(Some(value)) => {
                format!("`{path}` of `{file}` is `{}`", text::name(value))
            }
        };
        let wanted: Vec<String> =
            rule.one_of.iter().map(|value| format!("`{}`", text::name(value))).collect();
        let wanted = if wanted.is_empty() {
            "; expected a value".to_owned()
        } else {
            format!("; expected one of {}", wanted.join(", "))
        };
        return Answer::count(0, &demand, Doubt::None, found + &wanted).about(about);
    }
    let sentence = format!("`{path}` is set as demanded");
    Answer::count(made, &demand, Doubt::None, sentence).about(about)
}
