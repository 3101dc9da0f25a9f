//! What a version's history tells others, from a registry with a whole story in it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use driftgate::lineage::{Dossier, cyclonedx, openlineage};
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
    assert!(text.contains(" (1 file, 13 bytes, model/v1)\n"), "{text}");
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
fn of_a_version_that_nobody_registered_every_command_says_the_same_and_what_tells_those_there_are()
{
    let team = Team::founded();
    let events = team.events();
    for words in [
        "lineage VERSION",
        "passport show VERSION",
        "passport export VERSION",
        "passport add VERSION --report nowhere --key ci.pem",
        "door dev --model VERSION",
        "request --model VERSION --to dev --key ci.pem",
        "revoke VERSION --role release --comment no --key owner.pem",
    ] {
        for version in ["flights@v9", "ships@v1"] {
            if words.starts_with("revoke") && version == "ships@v1" {
                let words = words.replace("VERSION", version);
                team.refused(0, &words, "E_STATE", "hint: the models are: flights;");
                continue;
            }
            let words = words.replace("VERSION", version);
            team.refused(0, &words, "E_STATE", &format!("`{version}` was never registered"));
            team.refused(
                0,
                &words,
                "E_STATE",
                "hint: the lines `registered` of `driftgate history`",
            );
        }
    }
    let hold = "hold place --env dev --role release --comment no --key owner.pem --model";
    let said = "`flights@v9` was never registered";
    team.refused(0, &format!("{hold} flights --version v9"), "E_STATE", said);
    team.refused(
        0,
        &format!("{hold} ships"),
        "E_STATE",
        "no version of `ships` was ever registered",
    );
    assert_eq!(team.events(), events);
    let history = team.done(0, "history").stdout;
    let lines = history.lines().filter(|line| line.contains("  registered  "));
    assert_eq!(lines.count(), 3, "{history}");
}

#[test]
fn who_asks_for_one_model_that_the_ledger_never_heard_of_is_told_which_there_are() {
    let team = Team::founded();
    for words in ["history", "history --format json", "history --at 2026-09-22", "status"] {
        let said = "no version of `fligths` was ever registered\n  hint: the models are: flights;";
        team.refused(0, &format!("{words} --model fligths"), "E_STATE", said);
        team.done(0, &format!("{words} --model flights"));
    }
}

#[test]
fn the_official_schema_accepts_the_bill_of_materials() {
    let team = Team::released();
    let (registry, replayed) = (team.registry(), team.replayed());
    let dossier = Dossier::gather(&registry, &replayed, &word("flights"), &word("v1")).unwrap();
    let bill = cyclonedx(&dossier);
    assert!(bill["annotations"].as_array().unwrap().len() >= 2, "{bill:#}");
    let judged = |bill: &Value| held("cyclonedx", "bill.py", &bill.to_string()).err();
    assert_eq!(judged(&bill), None);
    let mut wrong = bill;
    wrong["metadata"]["component"]["hashes"][0]["content"] = "beef".into();
    assert!(judged(&wrong).unwrap().contains("no CycloneDX 1.6"), "the validator looks");
}

#[test]
fn the_client_of_openlineage_accepts_the_events_and_writes_the_same() {
    let team = Team::released();
    let back = "rollback --model flights --env prod --reason slow --key owner.pem";
    team.done(2 * HOUR, back);
    team.done(2 * HOUR, "revoke flights@v1 --role release --comment poisoned --key owner.pem");
    let (registry, replayed) = (team.registry(), team.replayed());
    let mut dossier = Dossier::gather(&registry, &replayed, &word("flights"), &word("v1")).unwrap();
    let code = dossier.passport.code.as_mut().unwrap();
    code.repository = Some("git@host.example:acme/flights models.git".to_owned());
    let events = openlineage(&dossier);
    let jobs: BTreeSet<&str> =
        events.iter().filter_map(|event| event["job"]["name"].as_str()).collect();
    for job in ["train", "check", "promote.prod", "rollback.prod", "revoke"] {
        assert!(jobs.contains(format!("flights.{job}").as_str()), "{job}: {jobs:?}");
    }
    let judged = |events: &[Value]| {
        let lines: Vec<String> = events.iter().map(Value::to_string).collect();
        held("openlineage", "events.py", &(lines.join("\n") + "\n"))
    };
    assert_eq!(judged(&events), Ok(format!("{}\n", events.len())));

    let facet = "/inputs/0/inputFacets/dataQualityAssertions";
    let check = events.iter().position(|event| event.pointer(facet).is_some()).unwrap();
    let wrong: [(usize, &str, Value); 8] = [
        (0, "/eventTime", "2026-11-26".into()),
        (0, "/run/runId", "one".into()),
        (0, "/eventType", "DONE".into()),
        (0, "/job/facets/sourceCodeLocation/url", "git@host.example:flights".into()),
        (check, &format!("{facet}/assertions/0/success"), "yes".into()),
        (
            check,
            &format!("{facet}/_schemaURL"),
            "https://openlineage.io/spec/facets/1-0-0/X".into(),
        ),
        (events.len() - 1, "/run/facets/driftgate_revocation/_producer", Value::Null),
        (events.len() - 1, "/run/facets", serde_json::json!({"revocation": {}})),
    ];
    for (event, place, value) in wrong {
        let mut events = events.clone();
        *events[event].pointer_mut(place).unwrap() = value;
        let fault = judged(&events).unwrap_err();
        assert!(fault.contains("no OpenLineage: event"), "{place}: {fault}");
    }
}

/// What a program of others says of a document, or what it has against it.
fn held(environment: &str, script: &str, document: &str) -> Result<String, String> {
    let requirements = foreign::script(&format!("requirements-{environment}.txt"));
    let mut validator = Command::new(foreign::interpreter(environment, &requirements))
        .arg(foreign::script(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that has found a fault need not read on.
    drop(validator.stdin.take().unwrap().write_all(document.as_bytes()));
    let output = validator.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
