//! What an observability gate demands.

use super::{alerts, dashboards, logs, targets};
use crate::checklist::source::Source;
use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::evidence::tree::PathPattern;
use crate::verdict::Comparator;

/// What an observability gate demands.
#[derive(Debug, Clone)]
pub(super) struct ObservabilityRule {
    pub(super) dashboards: Vec<DashboardRule>,
    pub(super) alerts: Vec<AlertsRule>,
    pub(super) targets: Vec<TargetsRule>,
    pub(super) logs: Vec<LogRule>,
}

/// A dashboard that must be there.
#[derive(Debug, Clone)]
pub(super) struct DashboardRule {
    pub(super) source: Source,
    /// Which of the dashboards of the source.
    pub(super) uid: Option<String>,
    pub(super) title: Option<String>,
    /// Fewest queries that it must show.
    pub(super) queries_min: (u64, usize),
}

/// Alerts that must be defined.
#[derive(Debug, Clone)]
pub(super) struct AlertsRule {
    pub(super) source: Source,
    pub(super) names: Vec<(String, usize)>,
}

/// Targets that must be scraped.
#[derive(Debug, Clone)]
pub(super) struct TargetsRule {
    pub(super) source: Source,
    pub(super) job: String,
    /// Fewest that must be up.
    pub(super) up_min: (u64, usize),
    /// How long ago the last scrape may be, in seconds.
    pub(super) max_age: u64,
}

/// A setting that must be made.
#[derive(Debug, Clone)]
pub(super) struct LogRule {
    pub(super) source: Source,
    pub(super) path: PathPattern,
    /// The values that are accepted; any when empty.
    pub(super) one_of: Vec<String>,
    pub(super) line: usize,
}

impl DashboardRule {
    /// The dashboard as answers name it.
    pub(super) fn name(&self) -> String {
        self.uid.clone().or_else(|| self.title.clone()).unwrap_or_else(|| self.source.said())
    }

    pub(super) fn demand(&self) -> Demand {
        let (least, line) = self.queries_min;
        let rule = format!("dashboards.{}.queries_min", self.name());
        Demand::count(&rule, Comparator::AtLeast, least, line)
    }
}

impl AlertsRule {
    pub(super) fn demand(name: &str, line: usize) -> Demand {
        Demand::count(&format!("alerts.{name}"), Comparator::AtLeast, 1, line)
    }
}

impl TargetsRule {
    pub(super) fn demand(&self) -> Demand {
        let (least, line) = self.up_min;
        let rule = format!("targets.{}.up_min", self.job);
        Demand::count(&rule, Comparator::AtLeast, least, line)
    }
}

impl LogRule {
    pub(super) fn demand(&self) -> Demand {
        let rule = format!("logs.{}:{}", self.source.said(), self.path);
        Demand::count(&rule, Comparator::AtLeast, 1, self.line)
    }
}

impl ObservabilityRule {
    fn sources(&self) -> impl Iterator<Item = &Source> {
        let dashboards = self.dashboards.iter().map(|rule| &rule.source);
        let alerts = self.alerts.iter().map(|rule| &rule.source);
        let targets = self.targets.iter().map(|rule| &rule.source);
        let logs = self.logs.iter().map(|rule| &rule.source);
        dashboards.chain(alerts).chain(targets).chain(logs)
    }
}

impl Criterion for ObservabilityRule {
    fn needs(&self) -> Vec<Need> {
        self.sources().map(Source::need).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let dashboards = self.dashboards.iter().map(DashboardRule::demand);
        let alerts = self.alerts.iter().flat_map(|rule| &rule.names);
        let alerts = alerts.map(|(name, line)| AlertsRule::demand(name, *line));
        let targets = self.targets.iter().map(TargetsRule::demand);
        let logs = self.logs.iter().map(LogRule::demand);
        dashboards.chain(alerts).chain(targets).chain(logs).collect()
    }

    fn terms(&self) -> Vec<(String, String)> {
        let mut terms = Vec::new();
        for rule in &self.dashboards {
            terms.push((format!("dashboards.{}.source", rule.name()), rule.source.said()));
            let title = rule.title.clone().unwrap_or_default();
            terms.push((format!("dashboards.{}.title", rule.name()), title));
        }
        for rule in &self.alerts {
            for (name, _) in &rule.names {
                terms.push((format!("alerts.{name}.source"), rule.source.said()));
            }
        }
        for rule in &self.targets {
            terms.push((format!("targets.{}.source", rule.job), rule.source.said()));
            let age = format!("{} s", rule.max_age);
            terms.push((format!("targets.{}.max_age", rule.job), age));
        }
        for rule in &self.logs {
            terms.push((format!("logs.{}.one_of", rule.path), rule.one_of.join(", ")));
        }
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        let mut answers = Vec::new();
        let mut needs = 0..;
        let mut next = || needs.next().unwrap_or(usize::MAX);
        for rule in &self.dashboards {
            answers.push(dashboards::judge(rule, given, next()));
        }
        for rule in &self.alerts {
            answers.extend(alerts::judge(rule, given, next()));
        }
        for rule in &self.targets {
            answers.push(targets::judge(rule, given, next()));
        }
        for rule in &self.logs {
            answers.push(logs::judge(rule, given, next()));
        }
        answers
    }
}
