//! Prometheus: which alerts are defined, and which targets are scraped.
//!
//! Rules come from rule files (also wrapped as `PrometheusRule` of Kubernetes, below `spec`) or from
//! the answer of `/api/v1/rules`; targets from the answer of `/api/v1/targets`. Formats:
//! <https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/> and
//! <https://prometheus.io/docs/prometheus/latest/querying/api/>.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::evidence::tree::{Format, Leaf, Path, Step, Tree, TreeFault};

/// A rule of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The group's name; empty when the group has none.
    pub group: String,
    /// The alert's name; `None` for a recording rule.
    pub alert: Option<String>,
    /// What is asked of the data.
    pub expression: String,
    /// How long it must hold, as written: `5m`, or seconds in an answer.
    pub holds_for: Option<String>,
    /// Labels of the alert: `severity`.
    pub labels: BTreeMap<String, String>,
    /// Annotations: `summary`, `runbook_url`.
    pub annotations: BTreeMap<String, String>,
    /// Whether the server could evaluate it: `ok`, `err`, `unknown`; `None` for a file.
    pub health: Option<String>,
}

/// A target that is scraped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The label `job`.
    pub job: String,
    /// The label `instance`.
    pub instance: String,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// When it was last scraped; `None` when it never was.
    pub last_scrape: Option<Timestamp>,
    /// What went wrong then; empty when nothing did.
    pub last_error: String,
}

/// A document that says nothing of rules or targets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrometheusError {
    /// It cannot be read.
    #[error("the document {0}")]
    Document(#[from] TreeFault),
    /// The server says that it failed.
    #[error("the server answered an error: {message}")]
    Answered {
        /// Its words, cut.
        message: String,
    },
    /// It is no such document.
    #[error("expected {expected}")]
    Expected {
        /// What should be there.
        expected: &'static str,
    },
    /// A rule is none.
    #[error("rule {rule} of group {group} has no `{missing}`")]
    Rule {
        /// The group's position, from 1.
        group: usize,
        /// The rule's position, from 1.
        rule: usize,
        /// What it lacks.
        missing: &'static str,
    },
}

/// The rules of a rule file, in its order.
///
/// # Errors
/// [`PrometheusError`] for what is no rule file, and for a rule without a name or expression.
pub fn rule_file(bytes: &[u8]) -> Result<Vec<Rule>, PrometheusError> {
    let tree = Tree::read_as(Format::Yaml, bytes)?;
    let wrapped = has(&tree, &["spec", "groups"]);
    let head: &[&str] = if wrapped { &["spec", "groups"] } else { &["groups"] };
    if !has(&tree, head) {
        return Err(PrometheusError::Expected { expected: "a rule file with `groups`" });
    }
    rules(&tree, head, &FILE)
}

/// The rules of an answer of `/api/v1/rules`.
///
/// # Errors
/// As [`rule_file`], and for the answer of a server that failed.
pub fn rules_answer(bytes: &[u8]) -> Result<Vec<Rule>, PrometheusError> {
    let tree = answer(bytes)?;
    if !has(&tree, &["data", "groups"]) {
        return Err(PrometheusError::Expected { expected: "an answer with `data.groups`" });
    }
    rules(&tree, &["data", "groups"], &ANSWER)
}

/// The targets of an answer of `/api/v1/targets`.
///
/// # Errors
/// [`PrometheusError`] for what is no such answer.
pub fn targets_answer(bytes: &[u8]) -> Result<Vec<Target>, PrometheusError> {
    let tree = answer(bytes)?;
    if !has(&tree, &["data", "activeTargets"]) {
        return Err(PrometheusError::Expected { expected: "an answer with `data.activeTargets`" });
    }
    let mut targets: BTreeMap<usize, Target> = BTreeMap::new();
    for (path, leaf) in tree.leaves() {
        let Some([Step::Item(position), rest @ ..]) = below(path, &["data", "activeTargets"])
        else {
            continue;
        };
        let target = targets.entry(*position).or_default();
        let text = leaf.text().unwrap_or_default();
        match keys(rest).as_slice() {
            ["labels", "job"] => target.job = text,
            ["labels", "instance"] => target.instance = text,
            ["health"] => target.health = text,
            ["lastError"] => target.last_error = text,
            // The zero of Go's time, year 1, stands for never.
            ["lastScrape"] => {
                let scraped = Timestamp::parse_rfc3339(&text);
                target.last_scrape = scraped.filter(|scraped| scraped.unix_seconds() > 0);
            }
            _ => {}
        }
    }
    let targets: Vec<Target> = targets.into_values().collect();
    if targets.iter().any(|target| target.health.is_empty()) {
        return Err(PrometheusError::Expected { expected: "a `health` of each target" });
    }
    Ok(targets)
}

/// How a source names the parts of a rule.
struct Words {
    expression: &'static str,
    holds_for: &'static str,
}

const FILE: Words = Words { expression: "expr", holds_for: "for" };
const ANSWER: Words = Words { expression: "query", holds_for: "duration" };

#[derive(Default)]
struct Draft {
    rule: Rule,
    recorded: Option<String>,
    named: Option<String>,
    kind: Option<String>,
}

fn rules(tree: &Tree, head: &[&str], words: &Words) -> Result<Vec<Rule>, PrometheusError> {
    let mut groups: BTreeMap<usize, String> = BTreeMap::new();
    let mut drafts: BTreeMap<(usize, usize), Draft> = BTreeMap::new();
    for (path, leaf) in tree.leaves() {
        let Some([Step::Item(group), rest @ ..]) = below(path, head) else { continue };
        let text = leaf.text().unwrap_or_default();
        let (rule, rest) = match rest {
            [Step::Key(list), Step::Item(rule), rest @ ..] if list == "rules" => (rule, rest),
            [Step::Key(key)] if key == "name" => {
                groups.insert(*group, text);
                continue;
            }
            _ => continue,
        };
        let draft = drafts.entry((*group, *rule)).or_default();
        match keys(rest).as_slice() {
            ["alert"] => draft.rule.alert = Some(text),
            ["record"] => draft.recorded = Some(text),
            ["name"] => draft.named = Some(text),
            ["type"] => draft.kind = Some(text),
            ["health"] => draft.rule.health = Some(text),
            ["labels", label] => drop(draft.rule.labels.insert((*label).to_owned(), text)),
            ["annotations", name] => drop(draft.rule.annotations.insert((*name).to_owned(), text)),
            [word] if *word == words.expression => draft.rule.expression = text,
            [word] if *word == words.holds_for => draft.rule.holds_for = Some(text),
            _ => {}
        }
    }
    let finish = |((group, rule), draft): ((usize, usize), Draft)| {
        let named = groups.get(&group).cloned().unwrap_or_default();
        let places = (group.saturating_add(1), rule.saturating_add(1));
        draft.finish(named, words).map_err(|missing| PrometheusError::Rule {
            group: places.0,
            rule: places.1,
            missing,
        })
    };
    drafts.into_iter().map(finish).collect()
}

impl Draft {
    fn finish(self, group: String, words: &Words) -> Result<Rule, &'static str> {
        let Self { mut rule, recorded, named, kind } = self;
        if kind.as_deref() == Some("alerting") {
            rule.alert.clone_from(&named);
        }
        let names = [rule.alert.as_ref(), recorded.as_ref(), named.as_ref()];
        if !names.into_iter().flatten().any(|name| !name.is_empty()) {
            return Err("alert");
        }
        if rule.expression.trim().is_empty() {
            return Err(words.expression);
        }
        Ok(Rule { group, ..rule })
    }
}

/// An answer of the HTTP API that says `success`.
fn answer(bytes: &[u8]) -> Result<Tree, PrometheusError> {
    let tree = Tree::read_as(Format::Json, bytes)?;
    let text = |key: &str| tree.get(&Path::of_keys([key])).and_then(Leaf::text);
    match text("status").as_deref() {
        Some("success") => Ok(tree),
        Some(_) => {
            let message = text("error").unwrap_or_default();
            let message = message.chars().take(ERROR_CHARS_MAX).collect();
            Err(PrometheusError::Answered { message })
        }
        None => {
            Err(PrometheusError::Expected { expected: "an answer of Prometheus with `status`" })
        }
    }
}

/// The steps behind some keys.
fn below<'p>(path: &'p Path, head: &[&str]) -> Option<&'p [Step]> {
    let (start, rest) = path.0.split_at_checked(head.len())?;
    let same = start.iter().zip(head).all(|(step, key)| matches!(step, Step::Key(k) if k == key));
    same.then_some(rest)
}

fn has(tree: &Tree, head: &[&str]) -> bool {
    tree.leaves().any(|(path, _)| below(path, head).is_some())
}

/// The keys of a path; none stands for a position.
fn keys(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(key_of).collect()
}

fn key_of(step: &Step) -> &str {
    match step {
        Step::Key(key) => key,
        Step::Item(_) => "",
    }
}

const ERROR_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "\
groups:
  - name: fraud
    interval: 30s
    rules:
      - alert: ModelErrorRateHigh
        expr: sum(rate(errors[5m])) > 0.01
        for: 10m
        labels: {severity: page}
        annotations:
          summary: 'errors'
      - record: job:errors:rate5m
        expr: sum(rate(errors[5m]))
  - name: empty
    rules: []
";

    #[test]
    fn a_rule_file_gives_alerts_with_their_groups() {
        let rules = rule_file(RULES.as_bytes()).unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0].alert.as_deref(), Some("ModelErrorRateHigh"));
        assert_eq!(
            (rules[0].group.as_str(), rules[0].holds_for.as_deref()),
            ("fraud", Some("10m"))
        );
        assert_eq!(rules[0].labels["severity"], "page");
        assert_eq!(rules[0].annotations["summary"], "errors");
        assert_eq!((rules[1].alert.as_ref(), rules[1].health.as_ref()), (None, None));
        let indented = RULES.replace('\n', "\n  ");
        let wrapped = format!("kind: PrometheusRule\nspec:\n  {indented}");
        assert_eq!(rule_file(wrapped.as_bytes()).unwrap(), rules);
    }

    #[test]
    fn what_is_no_rule_file_is_an_error() {
        let said = |text: &str| rule_file(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(said(""), "expected a rule file with `groups`");
        assert_eq!(said("a: 1"), "expected a rule file with `groups`");
        assert!(said("groups: [").contains("not YAML"));
        let nameless = RULES.replace("alert: ModelErrorRateHigh", "alarm: x");
        assert_eq!(said(&nameless), "rule 1 of group 1 has no `alert`");
        let empty = RULES.replacen("expr: sum(rate(errors[5m])) > 0.01", "expr: ''", 1);
        assert_eq!(said(&empty), "rule 1 of group 1 has no `expr`");
        assert_eq!(rule_file(b"groups: []").unwrap(), []);
    }

    #[test]
    fn an_answer_gives_the_same_alerts_with_their_health() {
        let answer = r#"{"status": "success", "data": {"groups": [{"name": "fraud", "file": "r.yml",
            "rules": [{"state": "inactive", "name": "ModelErrorRateHigh", "query": "x > 1",
            "duration": 600, "labels": {"severity": "page"}, "annotations": {}, "alerts": [],
            "health": "ok", "type": "alerting"},
            {"name": "job:x", "query": "sum(x)", "health": "ok", "type": "recording"}]}]}}"#;
        let rules = rules_answer(answer.as_bytes()).unwrap();
        assert_eq!(rules[0].alert.as_deref(), Some("ModelErrorRateHigh"));
        assert_eq!(rules[0].health.as_deref(), Some("ok"));
        assert_eq!((rules[0].holds_for.as_deref(), &rules[1].alert), (Some("600"), &None));
        let failed = r#"{"status": "error", "errorType": "internal", "error": "out of memory"}"#;
        let error = rules_answer(failed.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the server answered an error: out of memory");
        for wrong in ["{}", "[]", "<html>", r#"{"status": "success"}"#] {
            assert!(rules_answer(wrong.as_bytes()).is_err(), "{wrong}");
            assert!(targets_answer(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn targets_are_told_with_health_and_their_last_scrape() {
        let answer = r#"{"status": "success", "data": {"activeTargets": [
            {"discoveredLabels": {"job": "other"}, "labels": {"job": "m", "instance": "a:1"},
             "scrapePool": "m", "lastError": "", "lastScrape": "2026-11-25T10:00:00.123Z",
             "health": "up"},
            {"labels": {"job": "m", "instance": "b:1"}, "lastError": "refused",
             "lastScrape": "0001-01-01T00:00:00Z", "health": "unknown"}], "droppedTargets": []}}"#;
        let targets = targets_answer(answer.as_bytes()).unwrap();
        assert_eq!((targets[0].job.as_str(), targets[0].health.as_str()), ("m", "up"));
        assert_eq!(targets[0].last_scrape.unwrap().to_string(), "2026-11-25T10:00:00Z");
        assert_eq!((targets[1].last_scrape, targets[1].last_error.as_str()), (None, "refused"));
        let none = r#"{"status": "success", "data": {"activeTargets": [], "droppedTargets": []}}"#;
        assert_eq!(targets_answer(none.as_bytes()).unwrap(), []);
        assert!(targets_answer(answer.replace("health", "h").as_bytes()).is_err());
    }
}
