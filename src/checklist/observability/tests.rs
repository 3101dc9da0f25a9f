//! What passes and what does not.

use super::read::KIND;
use crate::checklist::{Answer, Criterion, Document, Given};
use crate::clock::Timestamp;
use crate::verdict::Verdict;
use crate::yaml::{Faults, Fields, WhenEmpty, tree};

fn rule(text: &str) -> Result<std::sync::Arc<dyn Criterion>, Vec<String>> {
    let mut faults = Faults::default();
    let empty = WhenEmpty { expected: "a gate", hint: "" };
    let node = tree(text.as_bytes(), empty, &mut faults).unwrap();
    let mut fields = Fields::of(&node, "a gate", &mut faults).unwrap();
    let read = (KIND.read)(&mut fields, &mut faults);
    fields.finish(&mut faults);
    let faults: Vec<String> = faults.into_vec().into_iter().map(|fault| fault.message).collect();
    match read {
        Some(rule) if faults.is_empty() => Ok(rule),
        _ => Err(faults),
    }
}

fn judge(text: &str, documents: &[(&str, &str)]) -> Vec<Answer> {
    let documents: Vec<Document> = documents
        .iter()
        .map(|(name, text)| Document {
            need: 0,
            name: (*name).to_owned(),
            content: Ok(text.as_bytes().to_vec()),
        })
        .collect();
    let now = Timestamp::parse_rfc3339("2026-11-25T12:00:00Z").unwrap();
    rule(text).unwrap().judge(&Given { now, documents: &documents, predictions: None })
}

fn one(text: &str, documents: &[(&str, &str)]) -> (Verdict, String) {
    let mut answers = judge(text, documents);
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answer = answers.remove(0);
    (answer.decision, answer.sentence)
}

const DASHBOARD: &str = r#"{"uid": "fraud", "title": "Fraud", "panels": [
    {"title": "a", "targets": [{"expr": "up"}]}]}"#;

#[test]
fn a_dashboard_must_be_there_and_show_something() {
    let gate = "dashboards: [{file: 'grafana/*.json', uid: fraud}]";
    let other = DASHBOARD.replace("fraud", "other").replace("\"up\"", "\"\"");
    let found = one(gate, &[("grafana/a.json", &other), ("grafana/b.json", DASHBOARD)]);
    let said = "the dashboard `fraud` shows 1 query; at least 1 must be shown";
    assert_eq!(found, (Verdict::Passed, said.to_owned()));
    let found = one(gate, &[("grafana/a.json", &other)]);
    assert_eq!(found, (Verdict::Failed, "no dashboard `fraud` in grafana/*.json".to_owned()));
    let two = "dashboards: [{file: a.json, title: Fraud, queries: {min: 2}}]";
    assert_eq!(one(two, &[("a.json", DASHBOARD)]).0, Verdict::Failed);
    for documents in [vec![], vec![("a.json", "{}")], vec![("a.json", "")]] {
        assert_eq!(one(gate, &documents).0, Verdict::Error, "{documents:?}");
    }
}

const RULES: &str = "groups: [{name: g, rules: [{alert: ErrorRateHigh, expr: 'x > 1'}]}]";

#[test]
fn alerts_must_be_defined() {
    let gate = "alerts: [{rules: rules.yml, names: [ErrorRateHigh, LatencyHigh]}]";
    let answers = judge(gate, &[("rules.yml", RULES)]);
    assert_eq!(answers[0].decision, Verdict::Passed);
    assert_eq!(answers[0].sentence, "the alert `ErrorRateHigh` is defined");
    assert_eq!(answers[1].decision, Verdict::Failed);
    assert_eq!(answers[1].sentence, "no alert `LatencyHigh` in rules.yml");
    assert_eq!(answers[1].rule, "alerts.LatencyHigh");
    for documents in [vec![], vec![("rules.yml", "x: 1")], vec![("rules.yml", "")]] {
        let answers = judge(gate, &documents);
        assert!(answers.iter().all(|answer| answer.decision == Verdict::Error), "{answers:?}");
    }
}

#[test]
fn alerts_of_a_server_must_work() {
    let gate = "alerts: [{rules: 'http://127.0.0.1:9090/api/v1/rules', names: [A]}]";
    let answer = |health: &str| {
        format!(
            r#"{{"status": "success", "data": {{"groups": [{{"name": "g", "rules": [
                {{"type": "alerting", "name": "A", "query": "x", "health": "{health}"}}]}}]}}}}"#
        )
    };
    let name = "http://127.0.0.1:9090/api/v1/rules";
    assert_eq!(one(gate, &[(name, &answer("ok"))]).0, Verdict::Passed);
    let broken = one(gate, &[(name, &answer("err"))]);
    assert_eq!(broken, (Verdict::Failed, "the alert `A` cannot be evaluated".to_owned()));
    assert_eq!(one(gate, &[(name, &answer("unknown"))]).0, Verdict::Inconclusive);
}

fn targets(health: &str, scraped: &str) -> String {
    format!(
        r#"{{"status": "success", "data": {{"activeTargets": [
            {{"labels": {{"job": "model", "instance": "m:1"}}, "health": "{health}",
              "lastScrape": "{scraped}", "lastError": "{}"}}]}}}}"#,
        if health == "up" { "" } else { "connection refused" }
    )
}

#[test]
fn targets_must_be_up_and_scraped_of_late() {
    let gate = "targets: [{url: 'http://127.0.0.1:9090/api/v1/targets', job: model, up: {min: 1}}]";
    let ask = |health, scraped| one(gate, &[("x", &targets(health, scraped))]);
    assert_eq!(ask("up", "2026-11-25T11:59:50.5Z").0, Verdict::Passed);
    let (decision, said) = ask("down", "2026-11-25T11:59:50Z");
    assert_eq!(decision, Verdict::Failed);
    assert_eq!(
        said,
        "0 of 1 target of the job `model` up and scraped of late; at least 1 must be; `m:1`: \
         connection refused"
    );
    let (decision, said) = ask("up", "2026-11-25T11:00:00Z");
    assert_eq!(decision, Verdict::Failed);
    assert!(said.ends_with("; 1 up but not scraped within 5 min"), "{said}");
    assert_eq!(ask("up", "0001-01-01T00:00:00Z").0, Verdict::Failed);
    assert_eq!(ask("up", "2026-11-25T13:00:00Z").0, Verdict::Failed, "from the future");
    let other = gate.replace("job: model", "job: other");
    let found = one(&other, &[("x", &targets("up", "2026-11-25T11:59:50Z"))]);
    assert_eq!(found, (Verdict::Failed, "no target of the job `other`".to_owned()));
    for documents in [vec![], vec![("x", "{\"status\": \"error\"}")], vec![("x", "<html>")]] {
        assert_eq!(one(gate, &documents).0, Verdict::Error);
    }
}

#[test]
fn settings_of_logs_must_be_made() {
    let gate = "logs: [{file: logging.yaml, path: root.level, one_of: [INFO, WARNING]}]";
    let ask = |text| one(gate, &[("logging.yaml", text)]);
    assert_eq!(ask("root: {level: INFO}").0, Verdict::Passed);
    let said = "`root.level` of `logging.yaml` is `DEBUG`; expected one of `INFO`, `WARNING`";
    assert_eq!(ask("root: {level: DEBUG}"), (Verdict::Failed, said.to_owned()));
    for absent in [
        "root: {}",
        "root: {level: }",
        "root: {level: ''}",
        "a: 1",
        "",
        "root: {level: {a: INFO, b: X}}",
    ] {
        assert_eq!(ask(absent).0, Verdict::Failed, "{absent}");
    }
    assert_eq!(ask("root: [").0, Verdict::Error);
    assert_eq!(one(gate, &[]).0, Verdict::Error);
    let any = "logs: [{file: logging.toml, path: 'loggers.*.level'}]";
    let two = "[loggers.a]\nlevel = 'x'\n[loggers.b]\nlevel = 5\n";
    assert_eq!(one(any, &[("logging.toml", two)]).0, Verdict::Passed);
}

#[test]
fn every_demand_has_an_answer_when_nothing_is_given() {
    let gate = "{dashboards: [{file: a.json}], alerts: [{rules: b.yml, names: [X, Y]}], \
                targets: [{file: c.json, job: j}], logs: [{file: d.yaml, path: e}]}";
    let answers = judge(gate, &[]);
    let rule = rule(gate).unwrap();
    let demanded: Vec<String> = rule.demands().into_iter().map(|demand| demand.rule).collect();
    let answered: Vec<String> = answers.iter().map(|answer| answer.rule.clone()).collect();
    assert_eq!(demanded, answered);
    assert_eq!(rule.needs().len(), 4);
    assert!(answers.iter().all(|answer| answer.decision == Verdict::Error));
}

#[test]
fn faults_are_told() {
    let fault = |text: &str| rule(text).unwrap_err().join("; ");
    assert!(fault("{}").contains("demands nothing"));
    assert!(fault("dashboards: [{uid: x}]").contains("either `file` or `url`"));
    assert!(fault("dashboards: [{file: a, url: 'http://b'}]").contains("either `file` or `url`"));
    assert!(fault("dashboards: [{url: 'ftp://b'}]").contains("neither `http` nor `https`"));
    assert!(fault("targets: [{url: 'http://u:s3cret@b', job: x}]").contains("user name"));
    assert!(!fault("targets: [{url: 'http://u:s3cret@b', job: x}]").contains("s3cret"));
    assert!(fault("alerts: [{rules: a.yml}]").contains("needs the key `names`"));
    assert!(fault("alerts: [{rules: ../a.yml, names: [X]}]").contains("leads out"));
    assert!(fault("targets: [{file: a.json, job: x, up: {min: 0}}]").contains("from 1 up"));
    assert!(fault("logs: [{file: a.yaml, path: 'a..b'}]").contains("step"));
    let two = "targets: [{file: a, job: x}, {file: b, job: x, up: {min: 2}}]";
    assert!(fault(two).contains("`targets.x.up_min` has another limit on line 1"));
}
