//! What a version's history tells others, from a registry with a whole story in it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use driftgate::lineage::{Dossier, cyclonedx};
use serde_json::Value;

use super::team::{HOUR, Team, word};
use crate::foreign;

fn lineage(team: &Team, format: &str) -> String {
    let words = format!("lineage flights@v1 --format {format}");
    let ran = team.done(2 * HOUR, &words);
    assert_eq!(ran.stderr, "", "{words}");
    assert_eq!(team.done(2 * HOUR, &words).stdout, ran.stdout, "the same bytes each time");
    ran.stdout
}

#[test]
fn the_lineage_of_a_version_is_told_in_every_form() {
    let team = Team::released();
    let text = lineage(&team, "text");
    let kinds = ["passport", "artifact", "data", "code", "report", "request", "approval", "ran in"];
    for kind in kinds {
        assert!(text.contains(&format!("\n  {kind} ")), "{kind}: {text}");
    }
    assert!(text.contains("unit-tests passed") && text.contains("drift passed"), "{text}");
    assert!(text.contains("ann as ml-lead"), "{text}");

    let graph: Value = serde_json::from_str(&lineage(&team, "json")).unwrap();
    let nodes = graph["nodes"].as_array().unwrap();
    let is_node = |id: &Value| nodes.iter().any(|node| node["id"] == *id);
    let edges = graph["edges"].as_array().unwrap();
    assert!(edges.len() + 1 >= nodes.len(), "{graph:#}");
    assert!(edges.iter().all(|edge| is_node(&edge["from"]) && is_node(&edge["to"])), "{graph:#}");
    assert!(lineage(&team, "mermaid").starts_with("flowchart LR\n"));
    assert!(lineage(&team, "dot").ends_with("}\n"));

    let events = lineage(&team, "openlineage");
    let events: Vec<Value> =
        events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<&str> = events.iter().filter_map(|event| event["job"]["name"].as_str()).collect();
    for job in ["train", "check", "promote.dev", "promote.staging", "promote.prod"] {
        assert!(told.contains(&format!("flights.{job}").as_str()), "{job}: {told:?}");
    }
}

#[test]
fn a_version_that_nobody_registered_has_no_lineage() {
    let ran = Team::founded().run(0, "lineage flights@v9");
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.stderr.contains("`flights@v9` was never registered"), "{ran:#?}");
}

#[test]
fn the_official_schema_accepts_the_bill_of_materials() {
    let team = Team::released();
    let (registry, replayed) = (team.registry(), team.replayed());
    let dossier = Dossier::gather(&registry, &replayed, &word("flights"), &word("v1")).unwrap();
    let bill = cyclonedx(&dossier);
    assert!(bill["annotations"].as_array().unwrap().len() >= 2, "{bill:#}");
    assert_eq!(judged(&bill), None);
    let mut wrong = bill;
    wrong["metadata"]["component"]["hashes"][0]["content"] = "beef".into();
    assert!(judged(&wrong).unwrap().contains("no CycloneDX 1.6"), "the validator looks");
}

/// What the validator of the CycloneDX project has against a bill.
fn judged(bill: &Value) -> Option<String> {
    let mut validator = Command::new(foreign::interpreter(
        "cyclonedx",
        &foreign::script("requirements-cyclonedx.txt"),
    ))
    .arg(foreign::script("bill.py"))
    .stdin(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    validator.stdin.take().unwrap().write_all(bill.to_string().as_bytes()).unwrap();
    let output = validator.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some(said)
}
