//! One version told in every form.

use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::event::{EventReference, Seq};
use crate::registry::passport::{
    ArtifactIdentity, CodeIdentity, DataIdentity, Passport, SCHEMA_VERSION,
};
use crate::registry::state::Dated;
use crate::report::Count;
use crate::snapshot::SnapshotId;
use crate::verdict::Verdict;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_790_000_000 + seconds).unwrap()
}

fn event(seq: u64) -> EventReference {
    EventReference { seq: Seq(seq), digest: Sha256Digest::of(&seq.to_le_bytes()) }
}

fn when(seq: u64) -> Dated {
    Dated { event: event(seq), at: at(i64::try_from(seq).unwrap()), counts_as: None }
}

fn metric(name: &str, about: Option<&str>, value: &str, verdict: Verdict) -> Metric {
    Metric {
        name: name.to_owned(),
        about: about.map(str::to_owned),
        value: value.to_owned(),
        interval: Some((0.25, 0.75)),
        demand: format!("{name}_min 0.5"),
        verdict,
    }
}

fn gate(name: &str, kind: &str, metrics: Vec<Metric>) -> Gate {
    let (name, kind) = (name.to_owned(), kind.to_owned());
    let verdict = Verdict::worst(metrics.iter().map(|one| one.verdict)).unwrap_or(Verdict::Passed);
    Gate { name, kind, verdict, message: "said".to_owned(), metrics }
}

fn report(seq: u64, gates: Vec<Gate>) -> Report {
    let candidate = Some(SnapshotId::new(Sha256Digest::of(b"training")).to_string());
    let verdict = Verdict::worst(gates.iter().map(|gate| gate.verdict)).unwrap();
    let names = gates.iter().map(|gate| gate.name.parse().unwrap()).collect();
    let made = at(i64::try_from(seq).unwrap());
    Report {
        digest: Sha256Digest::of(format!("report {seq}").as_bytes()),
        event: event(seq),
        gates: names,
        facts: Ok(ReportFacts { verdict, made, candidate, reference: None, gates }),
    }
}

fn passport() -> Passport {
    let id = |name: &[u8]| SnapshotId::new(Sha256Digest::of(name));
    let data = |name: &str, location: Option<&str>| {
        let location = location.map(str::to_owned);
        (name.to_owned(), DataIdentity { snapshot_id: id(name.as_bytes()), location })
    };
    Passport {
        schema_version: SCHEMA_VERSION,
        model: "fraud".parse().unwrap(),
        version: "v12".parse().unwrap(),
        made_at: at(0),
        artifact: ArtifactIdentity {
            id: id(b"model"),
            files: Count(2),
            bytes: Count(1_000),
            location: Some("models/v12".to_owned()),
        },
        code: Some(CodeIdentity {
            commit: "3f2a".repeat(10),
            repository: Some("git@host.example:acme/\"fraud\".git".to_owned()),
        }),
        data: [
            data("training", Some("data/week 47<script>")),
            data("serving", Some("s3://lake/fraud/serving")),
            data("predictions", None),
        ]
        .into(),
        features: Some(Sha256Digest::of(b"features")),
        config: Some(Sha256Digest::of(b"config")),
        environment: Some(Sha256Digest::of(b"environment")),
    }
}

/// A version that was checked twice, approved, promoted and rolled back from.
pub(super) fn dossier() -> Dossier {
    let passport = passport();
    let auc =
        |value: &str| gate("auc", "evaluation", vec![metric("auc", None, value, Verdict::Passed)]);
    let fair = vec![
        metric("selection_rate_ratio", Some("group sex=\"F\""), "0.5", Verdict::Warned),
        metric("tpr_gap", None, "0.01", Verdict::Passed),
    ];
    let mut forged = report(6, vec![gate("drift", "drift", vec![])]);
    forged.facts = Err("the signature is by no known key".to_owned());
    let reports = vec![
        report(4, vec![auc("0.8")]),
        report(5, vec![auc("0.9"), gate("fair", "fairness", fair)]),
        forged,
    ];
    let grant = Grant {
        digest: Sha256Digest::of(b"approval"),
        given: when(8),
        role: "ml-lead".parse().unwrap(),
        by: ["ann \"<b>\"".to_owned()].into(),
        comment: "fine; \"go\"\n-- ann".parse().unwrap(),
    };
    let request = Request {
        digest: Sha256Digest::of(b"request"),
        environment: "prod".parse().unwrap(),
        by: ["bo".to_owned()].into(),
        asked: when(7),
        state: ("promoted", Some(when(9))),
        reports: [reports[1].digest].into(),
        grants: vec![grant],
    };
    let ran = |since, until, request| Ran {
        environment: "prod".parse().unwrap(),
        since: when(since),
        request,
        until,
    };
    Dossier {
        registry: Sha256Digest::of(b"registry"),
        head: event(12),
        passport_digest: Sha256Digest::of(&passport.to_json()),
        passport,
        registered: when(3),
        reports,
        ran: vec![ran(9, Some(when(10)), Some(request.digest)), ran(11, None, None)],
        requests: vec![request],
        revoked: None,
        files_revoked: Ok(None),
    }
}

fn revocation(seq: u64) -> Revoked {
    Revoked {
        since: when(seq),
        by: ["bo".to_owned()].into(),
        role: "release".parse().unwrap(),
        reason: "labels were\nwrong".parse().unwrap(),
    }
}

fn same_files(seq: u64) -> SameFiles {
    let (model, version) = ("delays".parse().unwrap(), "v1".parse().unwrap());
    SameFiles { model, version, revoked: revocation(seq) }
}

#[test]
fn the_text_tells_all_in_order() {
    let told = text(&dossier());
    let firsts: Vec<&str> =
        told.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = [
        "fraud@v12,",
        "passport",
        "artifact",
        "data",
        "data",
        "data",
        "code",
        "features",
        "config",
        "environment",
        "report",
        "report",
        "report",
        "request",
        "approval",
        "ran",
        "ran",
    ];
    assert_eq!(firsts, expected, "{told}");
    assert!(told.contains("cannot be believed (event 6): the signature is by no known key"));
    assert!(told.contains("auc passed, fair warned"), "{told}");
    assert!(told.contains("(event 11, rolled back to) to now"), "{told}");
    assert!(told.contains("fine; \"go\"\\n-- ann"), "a comment stays on its line: {told}");
}

#[test]
fn that_a_version_was_revoked_is_told_in_every_form() {
    let whole = dossier();
    assert_eq!(json(&whole)["revocation"], Value::Null);
    let dossier = Dossier { revoked: Some(revocation(12)), ..whole };
    let row = format!("revoked      by bo as release, {} (event 12): labels were\\nwrong", at(12));
    assert!(text(&dossier).contains(&row), "{}", text(&dossier));
    let told = &json(&dossier)["revocation"];
    assert_eq!((&told["by"], &told["role"]), (&json!(["bo"]), &json!("release")));
    assert!(dot(&dossier).contains(&format!("fraud@v12\\nrevoked {}", at(12))));
    let bill = cyclonedx(&dossier);
    assert_eq!(bill["version"], 12, "the revocation is the last that it tells of");
    assert!(bill.to_string().contains("\"driftgate:revoked:reason\""), "{bill:#}");
    let events = openlineage(&dossier);
    let last = events.last().unwrap();
    assert_eq!((&last["job"]["name"], &last["eventTime"]), (&json!("fraud.revoke"), &told["at"]));
    let facet = &last["run"]["facets"]["driftgate_revocation"];
    assert_eq!((&facet["by"], &facet["reason"]), (&told["by"], &told["reason"]));
    assert!(facet["_producer"].is_string() && facet.get("countsAs").is_none(), "{facet}");
}

#[test]
fn that_the_files_of_a_version_were_revoked_under_another_name_is_told_in_every_form() {
    let whole = dossier();
    assert_eq!(json(&whole)["filesRevokedAs"], Value::Null);
    let told = Dossier { files_revoked: Ok(Some(same_files(12))), ..whole.clone() };
    let said = format!("by bo as release, {} (event 12): labels were\\nwrong", at(12));
    let row = format!("  revoked      its files, as delays@v1, {said}\n");
    assert!(text(&told).contains(&row), "{}", text(&told));
    let document = &json(&told)["filesRevokedAs"];
    assert_eq!((&document["model"], &document["version"]), (&json!("delays"), &json!("v1")));
    assert_eq!(document["revocation"]["by"], json!(["bo"]));
    let label = format!("its files revoked as delays@v1 {}", at(12));
    assert!(dot(&told).contains(&label) && mermaid(&told).contains(&label), "{}", dot(&told));
    let bill = cyclonedx(&told);
    assert_eq!(bill["version"], 12, "the revocation is the last that it tells of");
    assert!(bill.to_string().contains("\"driftgate:files-revoked\""), "{bill:#}");
    let last = openlineage(&told).pop().unwrap();
    assert_eq!(last["job"]["name"], "fraud.revoke");
    assert_eq!(last["run"]["facets"]["driftgate_revocation"]["revokedAs"], "delays@v1");

    let reason = "the passport is gone".to_owned();
    let unknown = Dossier { files_revoked: Err(reason), ..whole };
    assert!(text(&unknown).contains("\n  unknown      the passport is gone\n"));
    assert_eq!(json(&unknown)["filesRevokedAs"], json!({"unknown": "the passport is gone"}));
    assert!(dot(&unknown).contains("whether its files were revoked is unknown"));
    assert!(cyclonedx(&unknown).to_string().contains("driftgate:files-revoked:unknown"));
}

#[test]
fn what_was_revoked_before_it_was_registered_again_begins_with_the_registration() {
    let events = openlineage(&Dossier { files_revoked: Ok(Some(same_files(2))), ..dossier() });
    assert_eq!(events[0]["job"]["name"], "fraud.train");
    assert_eq!(events[1]["job"]["name"], "fraud.revoke");
    assert_eq!(events[1]["eventTime"], at(3).to_string());
}

#[test]
fn every_edge_joins_two_nodes() {
    let graph = Graph::of(&dossier());
    let ids: std::collections::BTreeSet<&str> =
        graph.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids.len(), graph.nodes.len(), "each id once");
    for edge in &graph.edges {
        assert!(ids.contains(edge.from.as_str()) && ids.contains(edge.to.as_str()), "{edge:?}");
    }
    let has =
        |from: &str, to: &str| graph.edges.iter().any(|edge| edge.from == from && edge.to == to);
    for (from, to) in [
        ("data:training", "version"),
        ("code", "version"),
        ("version", "report:5"),
        ("report:5", "request:7"),
        ("approval:8", "request:7"),
        ("request:7", "environment:prod:9"),
        ("version", "environment:prod:11"),
    ] {
        assert!(has(from, to), "{from} → {to}: {graph:#?}");
    }
    assert!(!has("report:4", "request:7"), "a report that was not used opens nothing");
    assert_eq!(json(&dossier())["nodes"].as_array().unwrap().len(), graph.nodes.len());
}

#[test]
fn foreign_text_stays_text_in_drawings() {
    let drawn = mermaid(&dossier());
    assert!(drawn.starts_with("flowchart LR\n  n0[(\""), "{drawn}");
    assert!(!drawn.contains("<script>") && !drawn.contains("<b>"), "{drawn}");
    for line in drawn.lines().filter(|line| line.contains("[\"")) {
        assert_eq!(line.matches('"').count(), 2, "{line}");
    }
    let drawn = dot(&dossier());
    for line in drawn.lines().filter(|line| line.contains("label=")) {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
    }
    assert!(drawn.ends_with("}\n"));
}

#[test]
fn a_bill_of_materials_tells_what_the_newest_reports_say() {
    let bill = cyclonedx(&dossier());
    assert_eq!(bill, cyclonedx(&dossier()), "the same bytes each time");
    let model = &bill["metadata"]["component"];
    let metrics = &model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"];
    let expected = json!([{"type": "auc", "value": "0.9",
        "confidenceInterval": {"lowerBound": "0.25", "upperBound": "0.75"}}]);
    assert_eq!(*metrics, expected);
    let fair = &model["modelCard"]["considerations"]["fairnessAssessments"];
    assert_eq!(fair[0]["groupAtRisk"], "group sex=\"F\"");
    let harm = "selection_rate_ratio 0.5 [0.25, 0.75], selection_rate_ratio_min 0.5: warned";
    assert_eq!(fair[0]["harms"], harm);
    assert_eq!(fair[1].get("harms"), None);
    assert_eq!(bill["version"], 8, "the approval is the last that it tells of");
    assert_eq!(bill["components"].as_array().unwrap().len(), 6);
    assert_eq!(bill["annotations"][0]["annotator"]["individual"]["name"], "ann \"<b>\"");
    let url = "git%40host.example%3Aacme/%22fraud%22.git";
    assert_eq!(model["pedigree"]["commits"][0]["url"], url);
    let text = bill.to_string();
    assert!(text.contains("driftgate:report-not-believed"));
    assert!(!text.contains("driftgate:gate:drift"), "what cannot be believed has no verdict");
}

#[test]
fn run_events_are_whole_and_in_order() {
    let events = openlineage(&dossier());
    let told: Vec<(&str, &str)> = events
        .iter()
        .filter_map(|event| Some((event["job"]["name"].as_str()?, event["eventType"].as_str()?)))
        .collect();
    let expected = [
        ("fraud.train", "COMPLETE"),
        ("fraud.check", "COMPLETE"),
        ("fraud.check", "COMPLETE"),
        ("fraud.promote.prod", "START"),
        ("fraud.promote.prod", "COMPLETE"),
        ("fraud.rollback.prod", "COMPLETE"),
    ];
    assert_eq!(told, expected);
    assert_eq!(events[3]["run"], events[4]["run"], "one run");
    assert_ne!(events[1]["run"], events[2]["run"]);
    for event in &events {
        for key in ["eventTime", "run", "job", "producer", "schemaURL"] {
            assert!(event.get(key).is_some(), "{key}: {event}");
        }
    }
    let inputs = events[0]["inputs"].as_array().unwrap();
    let names: Vec<(&Value, &Value)> =
        inputs.iter().map(|input| (&input["namespace"], &input["name"])).collect();
    let registry = format!("driftgate:{}", dossier().registry);
    assert_eq!(names[0], (&json!(registry), &json!("data/fraud/predictions")));
    assert_eq!(names[1], (&json!("s3://lake"), &json!("fraud/serving")));
    assert_eq!(names[2], (&json!("file"), &json!("data/week 47<script>")));
    let asserted = &events[2]["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"];
    assert_eq!(
        *asserted,
        json!([
            {"assertion": "evaluation", "name": "auc", "description": "said", "success": true},
            {"assertion": "fairness", "name": "fair", "description": "said", "success": false,
             "severity": "warn"},
        ])
    );
    let code = &events[0]["job"]["facets"]["sourceCodeLocation"];
    assert_eq!(code["url"], "ssh://git@host.example/acme/%22fraud%22.git");
    assert_eq!(code["repoUrl"], "git@host.example:acme/\"fraud\".git");
}

#[test]
fn code_that_has_no_address_has_no_location() {
    let mut dossier = dossier();
    for repository in ["../fraud", "/srv/git/fraud", "C:\\fraud", "://x"] {
        dossier.passport.code.as_mut().unwrap().repository = Some(repository.to_owned());
        assert!(openlineage(&dossier)[0]["job"].get("facets").is_none(), "{repository}");
    }
}
