//! From the policy to the signed report, with a server that is asked.

use std::time::{SystemTime, UNIX_EPOCH};

use super::server::{Prometheus, promtool_accepts};
use crate::command::Ran;
use crate::workplace::Workplace;

const RULES: &str = "\
groups:
  - name: fraud-model
    rules:
      - alert: ModelErrorRateHigh
        expr: rate(model_errors_total[1m]) > 0.01
        for: 5m
        labels: {severity: page}
        annotations: {summary: the model fails too often}
      - record: job:model_errors:rate1m
        expr: sum by (job) (rate(model_errors_total[1m]))
";

const DASHBOARD: &str = r#"{"uid": "fraud", "title": "Fraud model", "panels": [{"type": "row",
    "panels": [{"title": "Errors", "targets": [{"expr": "job:model_errors:rate1m"}]}]}]}"#;

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("model/weights.bin", "weights");
    place.write("evidence/grafana/fraud.json", DASHBOARD);
    place.write("evidence/rules/model.yml", RULES);
    place.write("evidence/config/logging.yaml", "root: {level: INFO}\n");
    place
}

/// A policy of one gate.
fn policy(place: &Workplace, keys: &str) {
    let text = format!(
        "version: 1\nname: watching\ngates:\n  - name: watched\n    kind: observability\n{keys}"
    );
    place.write("policy.yaml", text);
}

/// A check at the present instant: the server's clock is the machine's.
fn check(place: &Workplace) -> Ran {
    let words = "check --key key.pem --policy policy.yaml --artifact model --evidence evidence \
                 --out report";
    place.driftgate(words).env("SOURCE_DATE_EPOCH", &now()).run()
}

/// Seconds since 1970.
fn now() -> String {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string()
}

/// What was printed, without the breaks of long lines.
fn flat(ran: &Ran) -> String {
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_model_that_is_watched_passes_and_one_that_is_not_fails() {
    let place = place();
    assert!(promtool_accepts(&place.path("evidence/rules/model.yml")));
    let server = Prometheus::start(&place.path("server"), RULES);
    let [rules, targets] = ["/api/v1/rules", "/api/v1/targets"].map(|path| server.address(path));
    let keys = |alert: &str, job: &str| {
        format!(
            "    dashboards: [{{file: 'grafana/*.json', uid: fraud, queries: {{min: 1}}}}]\n    \
             alerts: [{{rules: '{rules}', names: [{alert}]}}, {{rules: rules/model.yml, names: [ModelErrorRateHigh]}}]\n    \
             targets: [{{url: '{targets}', job: {job}, up: {{min: 1}}}}]\n    \
             logs: [{{file: config/logging.yaml, path: root.level, one_of: [INFO, WARNING]}}]\n"
        )
    };
    policy(&place, &keys("ModelErrorRateHigh", "fraud-model"));
    let ran = check(&place);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let verify = place.driftgate("verify report --key key.pub.pem --policy policy.yaml");
    let ran = verify.env("SOURCE_DATE_EPOCH", &now()).run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");

    policy(&place, &keys("LatencyHigh", "fraud-model"));
    let ran = check(&place);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(flat(&ran).contains("no alert `LatencyHigh` in http://127.0.0.1:"), "{ran:#?}");

    policy(&place, &keys("ModelErrorRateHigh", "gone"));
    let ran = check(&place);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(flat(&ran).contains("0 of 1 target of the job `gone`"), "{ran:#?}");
    assert!(flat(&ran).contains("connection refused"), "{ran:#?}");

    policy(&place, &keys("ModelErrorRateHigh", "fraud-model"));
    drop(server);
    let ran = check(&place);
    assert_eq!(ran.code, Some(5), "a server that is gone is no pass: {ran:#?}");
    assert!(flat(&ran).contains("could not be asked"), "{ran:#?}");
}

#[test]
fn files_alone_can_be_asked() {
    let place = place();
    let keys = "    alerts: [{rules: 'rules/*.yml', names: [ModelErrorRateHigh]}]\n    \
                dashboards: [{file: grafana/fraud.json, title: Fraud model}]\n    \
                logs: [{file: config/logging.yaml, path: root.level}]\n";
    policy(&place, keys);
    let ran = check(&place);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    place.write("evidence/config/logging.yaml", "root: {}\n");
    let ran = check(&place);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    place.write("evidence/rules/model.yml", "groups: [\n");
    let ran = check(&place);
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    place.write("evidence/rules/model.yml", RULES.replace("ModelErrorRateHigh", "Other"));
    place.write("evidence/config/logging.yaml", "root: {level: INFO}\n");
    let ran = check(&place);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
}

#[test]
fn a_server_that_answers_nonsense_or_nothing_is_an_error() {
    let place = place();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let answers: [&[u8]; 3] = [
            b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            b"",
        ];
        for (stream, answer) in listener.incoming().zip(answers) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    policy(
        &place,
        &format!(
            "    targets: [{{url: 'http://{address}/api/v1/targets?token=s3cret', job: m}}]\n"
        ),
    );
    for _ in 0..3 {
        let ran = check(&place);
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(!ran.stdout.contains("s3cret"), "{ran:#?}");
    }
}
