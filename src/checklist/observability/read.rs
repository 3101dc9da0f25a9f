//! The keys of an observability gate.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rule::{AlertsRule, DashboardRule, LogRule, ObservabilityRule, TargetsRule};
use super::shape::ObservabilityGate;
use crate::checklist::limits::least;
use crate::checklist::source::Source;
use crate::checklist::{Criterion, Demand, Kind};
use crate::evidence::tree::PathPattern;
use crate::yaml::{Faults, Fields, Node, duration, list, name, quoted, value};

/// The observability gate.
pub(in crate::checklist) const KIND: Kind = Kind {
    word: "observability",
    read,
    schema: schemars::SchemaGenerator::subschema_for::<ObservabilityGate>,
};

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let place = fields.place();
    let dashboards = fields.optional("dashboards", faults, |node, faults| {
        list(node, "a list of dashboards", faults, dashboard)
    });
    let alerts = fields
        .optional("alerts", faults, |node, faults| list(node, "a list of rules", faults, alerts));
    let targets = fields.optional("targets", faults, |node, faults| {
        list(node, "a list of targets", faults, targets)
    });
    let logs = fields
        .optional("logs", faults, |node, faults| list(node, "a list of settings", faults, log));
    let nothing = ["dashboards", "alerts", "targets", "logs"].map(|key| fields.node(key).is_none());
    if !nothing.contains(&false) {
        faults.add_with_hint(
            place,
            "an observability gate demands nothing",
            "write at least one of `dashboards`, `alerts`, `targets` and `logs`",
        );
        return None;
    }
    let rule = ObservabilityRule {
        dashboards: dashboards.unwrap_or_default(),
        alerts: alerts.unwrap_or_default(),
        targets: targets.unwrap_or_default(),
        logs: logs.unwrap_or_default(),
    };
    one_limit_each(&rule, faults);
    Some(Arc::new(rule))
}

/// A demand is known by its name: of one name, all have one limit.
fn one_limit_each(rule: &ObservabilityRule, faults: &mut Faults) {
    let mut limits: BTreeMap<String, Demand> = BTreeMap::new();
    for demand in rule.demands() {
        match limits.get(&demand.rule) {
            Some(first) if first.threshold != demand.threshold => {
                let (rule, line) = (quoted(&demand.rule), first.line);
                faults.add_on_line(demand.line, format!("{rule} has another limit on line {line}"));
            }
            _ => drop(limits.insert(demand.rule.clone(), demand)),
        }
    }
}

fn dashboard(node: &Node, faults: &mut Faults) -> Option<DashboardRule> {
    let mut fields = Fields::of(node, "a dashboard", faults)?;
    let source = file_or_url(&mut fields, "a dashboard", faults);
    let uid = fields.optional("uid", faults, name);
    let title = fields.optional("title", faults, name);
    let line = fields.place().line;
    let queries =
        fields.optional("queries", faults, |node, faults| least(node, "`queries`", 1, faults));
    fields.finish(faults);
    Some(DashboardRule { source: source?, uid, title, queries_min: queries.unwrap_or((1, line)) })
}

fn alerts(node: &Node, faults: &mut Faults) -> Option<AlertsRule> {
    let mut fields = Fields::of(node, "an entry of `alerts`", faults)?;
    let source = fields.required("rules", faults, Source::either);
    let names = fields.required("names", faults, |node, faults| {
        list(node, "a list of alerts", faults, |node, faults| {
            Some((name(node, faults)?, node.place.line))
        })
    });
    fields.finish(faults);
    Some(AlertsRule { source: source?, names: names? })
}

fn targets(node: &Node, faults: &mut Faults) -> Option<TargetsRule> {
    let mut fields = Fields::of(node, "an entry of `targets`", faults)?;
    let source = file_or_url(&mut fields, "an entry of `targets`", faults);
    let job = fields.required("job", faults, name);
    let line = fields.place().line;
    let up = fields.optional("up", faults, |node, faults| least(node, "`up`", 1, faults));
    let max_age = fields.optional("max_age", faults, |node, faults| duration(node, 1, faults));
    fields.finish(faults);
    Some(TargetsRule {
        source: source?,
        job: job?,
        up_min: up.unwrap_or((1, line)),
        max_age: max_age.unwrap_or(MAX_AGE_DEFAULT),
    })
}

fn log(node: &Node, faults: &mut Faults) -> Option<LogRule> {
    let mut fields = Fields::of(node, "an entry of `logs`", faults)?;
    let source = fields.required("file", faults, Source::file);
    let path = fields.required("path", faults, |node, faults| {
        let text = name(node, faults)?;
        text.parse::<PathPattern>().map_err(|error| faults.add(node.place, error.to_string())).ok()
    });
    let one_of = fields
        .optional("one_of", faults, |node, faults| list(node, "a list of values", faults, value));
    let line = fields.place().line;
    fields.finish(faults);
    Some(LogRule { source: source?, path: path?, one_of: one_of.unwrap_or_default(), line })
}

/// Exactly one of `file` and `url`.
fn file_or_url(fields: &mut Fields<'_>, what: &'static str, faults: &mut Faults) -> Option<Source> {
    let written = [fields.node("file").is_some(), fields.node("url").is_some()];
    match written {
        [true, false] => fields.optional("file", faults, Source::file),
        [false, true] => fields.optional("url", faults, Source::url),
        _ => {
            let message = format!("{what} needs either `file` or `url`");
            faults.add(fields.place(), message);
            None
        }
    }
}

/// Prometheus itself takes what is older for stale.
const MAX_AGE_DEFAULT: u64 = 300;
