//! What servers answer, and what a webhook is told.

use std::net::TcpListener;

use super::decisions::{decision, outside};
use super::mlflow_server::mlflow;
use super::server::Server;
use crate::delivery::deliver;
use crate::policy::Action;

#[test]
fn what_servers_say_wrong_is_told_and_whether_it_may_pass() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (409, r#"{"error": "concurrent"}"#, true, "answered 409"),
        (503, "busy", true, "answered 503: busy"),
        (401, "who are you", false, "answered 401"),
        (200, "<html>login</html>", false, "not JSON"),
        (200, r#"{"model_versions": 7}"#, false, "expected a list of model versions"),
        (200, r#"{"model_versions": [{"name": "fraud"}]}"#, false, "expected the number"),
        (200, r#"{"model_versions": [{"name": "other"}]}"#, false, "of the model `fraud`"),
        (200, r#"{"next_page_token": "x"}"#, false, "at most 10 pages"),
        (0, "", true, "did not answer in time"),
    ];
    for (status, body, may_pass, expected) in cases {
        let server = Server::answering(move |_| (status, body.to_owned()));
        let error = deliver(&mlflow(&server), &decision(), &outside(folder.path())).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.may_pass(), may_pass, "{error}");
        assert!(!format!("{error:?}").contains("s3cret"));
    }
    let pending = r#"{"model_versions": [{"name": "fraud", "version": "1", "tags":
        [{"key": "driftgate.version", "value": "v12+b"}], "status": "PENDING_REGISTRATION"}]}"#;
    let server = Server::answering(move |_| (200, pending.to_owned()));
    let error = deliver(&mlflow(&server), &decision(), &outside(folder.path())).unwrap_err();
    assert!(error.to_string().contains("found 1 `PENDING_REGISTRATION`"), "{error}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let action = Action::Webhook { url: format!("http://{nobody}/x") };
    let error = deliver(&action, &decision(), &outside(folder.path())).unwrap_err();
    assert!(error.may_pass(), "{error}");
}

#[test]
fn a_webhook_is_told_under_the_same_key_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut answers = [500, 202, 204].into_iter();
    let server = Server::answering(move |_| (answers.next().unwrap(), String::new()));
    let url = format!("{}/hooks/{{version}}?key=s3cret", server.address);
    let (action, decision, outside) = (Action::Webhook { url }, decision(), outside(folder.path()));
    assert!(deliver(&action, &decision, &outside).unwrap_err().may_pass());
    let done = deliver(&action, &decision, &outside).unwrap();
    let shown = format!("{}/hooks/v12%2Bb?… answered 202", server.address);
    assert_eq!(done.reference.as_ref(), shown);
    deliver(&action, &decision, &outside).unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    for one in &asked {
        let key = format!("idempotency-key: {}\r\n", decision.event.digest);
        assert!(one.head.contains(&key), "{}", one.head);
        assert!(!one.head.contains("authorization"), "no token is for everybody");
        assert_eq!(one.body, decision.document());
    }
    assert_eq!(asked[0].body["kind"], "promoted");
    assert_eq!(asked[0].body["event"]["seq"], 42);
}
