//! Alerts that must be defined, and on a server evaluated.

use super::found::{each, error};
use super::rule::AlertsRule;
use crate::checklist::{Answer, Doubt, Given};
use crate::evidence::prometheus::{Rule, rule_file, rules_answer};
use crate::verdict::{Verdict, text};

/// One answer for each name: how many rules of that name there are and, on a server, work.
pub(super) fn judge(rule: &AlertsRule, given: &Given<'_>, need: usize) -> Vec<Answer> {
    let answered = rule.source.is_address();
    let read = each(given, need, |name, bytes| {
        let json = answered || std::path::Path::new(name).extension().is_some_and(|e| e == "json");
        let rules = if json { rules_answer(bytes) } else { rule_file(bytes) };
        rules.map_err(|error| error.to_string())
    });
    let rules: Result<Vec<Rule>, String> =
        read.map(|files| files.into_iter().flat_map(|(_, rules)| rules).collect());
    let place = text::phrase(&rule.source.said());
    let answer = |(name, line): &(String, usize)| {
        let demand = AlertsRule::demand(name, *line);
        let shown = text::name(name);
        let about = format!("{shown} in {place}");
        let rules = match &rules {
            Ok(rules) => rules,
            Err(reason) => {
                return error(&demand, &about, &format!("the rules cannot be read: {reason}"));
            }
        };
        let named: Vec<&Rule> =
            rules.iter().filter(|rule| rule.alert.as_deref() == Some(name.as_str())).collect();
        let health = |word: &str| named.iter().any(|rule| rule.health.as_deref() == Some(word));
        let works = |rule: &&&Rule| rule.health.as_deref().is_none_or(|health| health == "ok");
        let working = named.iter().filter(works).count() as u64;
        let sentence = match (named.len(), working) {
            (0, _) => format!("no alert `{shown}` in {place}"),
            (_, 0) if health("err") => format!("the alert `{shown}` cannot be evaluated"),
            (_, 0) => {
                let sentence = format!("the alert `{shown}` has not been evaluated yet");
                let (rule, line) = (&demand.rule, demand.line);
                return Answer::untold(Verdict::Inconclusive, rule, line, &sentence).about(about);
            }
            _ => format!("the alert `{shown}` is defined"),
        };
        Answer::count(working, &demand, Doubt::None, sentence).about(about)
    };
    rule.names.iter().map(answer).collect()
}
