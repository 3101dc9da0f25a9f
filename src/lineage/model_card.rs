//! The card of a model in a bill of materials: what was measured, and for whom.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cyclonedx::data_ref;
use super::dossier::{Dossier, Gate, Metric, Report};
use super::graph::line;
use crate::verdict::Verdict;

/// Kinds of gates whose numbers say how good a model is.
const MEASURING: [&str; 2] = ["evaluation", "performance"];

/// The kind of gate whose numbers compare groups of people.
const FAIRNESS: &str = "fairness";

/// The model card: data it was trained on, metrics by the newest report that answers each gate,
/// assessments of fairness.
pub(super) fn of(dossier: &Dossier) -> Value {
    let data = dossier.passport.data.keys();
    let datasets: Vec<Value> = data.map(|name| json!({"ref": data_ref(name)})).collect();
    let newest = newest_gates(dossier);
    let gates: Vec<&Gate> = newest.values().map(|(gate, _)| *gate).collect();
    let measuring = gates.iter().filter(|gate| MEASURING.contains(&gate.kind.as_str()));
    let metrics: Vec<Value> = measuring.flat_map(|gate| &gate.metrics).map(metric).collect();
    let fair = gates.iter().filter(|gate| gate.kind == FAIRNESS);
    let assessments: Vec<Value> =
        fair.flat_map(|gate| gate.metrics.iter().map(|metric| assessment(gate, metric))).collect();
    let mut card = json!({"modelParameters": {"datasets": datasets}});
    if !metrics.is_empty() {
        card["quantitativeAnalysis"] = json!({"performanceMetrics": metrics});
    }
    if !assessments.is_empty() {
        card["considerations"] = json!({"fairnessAssessments": assessments});
    }
    card
}

/// Each gate by name, with the newest report that answers it and can be believed; of two made at
/// once the later in the ledger.
pub(super) fn newest_gates(dossier: &Dossier) -> BTreeMap<&str, (&Gate, &Report)> {
    let mut newest = BTreeMap::new();
    let mut reports: Vec<_> = dossier
        .reports
        .iter()
        .filter_map(|report| Some((report, report.facts.as_ref().ok()?)))
        .collect();
    reports.sort_by_key(|(report, facts)| (facts.made, report.event));
    for (report, facts) in reports {
        for gate in &facts.gates {
            newest.insert(gate.name.as_str(), (gate, report));
        }
    }
    newest
}

fn metric(metric: &Metric) -> Value {
    let mut told = json!({"type": line(&metric.name), "value": line(&metric.value)});
    if let Some(about) = &metric.about {
        told["slice"] = line(about).into();
    }
    if let Some((lower, upper)) = metric.interval {
        told["confidenceInterval"] =
            json!({"lowerBound": lower.to_string(), "upperBound": upper.to_string()});
    }
    told
}

/// One comparison of groups: as a harm when it does not open a door.
fn assessment(gate: &Gate, metric: &Metric) -> Value {
    let interval = metric.interval;
    let interval =
        interval.map_or_else(String::new, |(lower, upper)| format!(" [{lower}, {upper}]"));
    let Metric { name, value, demand, verdict, .. } = metric;
    let found = format!("{} {}{interval}, {}: {verdict}", line(name), line(value), line(demand));
    let mut told = json!({
        "groupAtRisk": metric.about.as_deref().map_or("all groups".to_owned(), line),
        "mitigationStrategy": format!("held by the gate `{}`: {found}", line(&gate.name)),
    });
    if !matches!(verdict, Verdict::Passed) {
        told["harms"] = found.into();
    }
    told
}
