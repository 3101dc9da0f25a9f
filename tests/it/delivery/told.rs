//! A real MLflow server, told of a promotion, and asked by its own client what it knows.

use driftgate::clock::Timestamp;
use driftgate::delivery::{Answered, Change, Decision, DecisionKind, Outside, Tokens, deliver};
use driftgate::http::{Client, Settings};
use driftgate::identity::Sha256Digest;
use driftgate::policy::Action;
use driftgate::registry::event::{EventReference, Seq};
use driftgate::snapshot::SnapshotId;
use driftgate::verdict::Verdict;

use crate::foreign::mlflow::Server;

fn decision(version: &str) -> Decision {
    let event = EventReference { seq: Seq(42), digest: Sha256Digest::of(version.as_bytes()) };
    Decision {
        kind: DecisionKind::Promoted,
        model: "fraud".parse().unwrap(),
        version: version.parse().unwrap(),
        from_version: None,
        environment: "prod".parse().unwrap(),
        event,
        at: Timestamp::from_unix_seconds(1_790_000_000).unwrap(),
        snapshot: Some(SnapshotId::new(Sha256Digest::of(b"training"))),
        reports: [Sha256Digest::of(b"report")].into(),
        answered: Answered::Gates(Verdict::Warned),
        ledger_head: event,
        reason: None,
    }
}

#[test]
fn the_client_of_mlflow_sees_alias_and_tags() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let outside = Outside {
        http: Client::new(&Settings::default()).unwrap(),
        tokens: Tokens::default(),
        folder: folder.path().to_owned(),
        path: None,
        home: None,
    };
    let action = Action::Mlflow {
        url: server.address.clone(),
        model: "{model}".to_owned(),
        alias: "{environment}".to_owned(),
    };
    assert_eq!(server.client(&["register", "fraud", "-"]).trim(), "1");
    assert_eq!(server.client(&["register", "fraud", "v1.2"]).trim(), "2");

    for (version, number) in [("v1.2", "2"), ("v1", "1")] {
        let decision = decision(version);
        let done = deliver(&action, &decision, &outside).unwrap();
        assert_eq!(done.change, Change::Made);
        let again = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((again.change, again.reference), (Change::Found, done.reference));
        let seen = server.model("fraud");
        assert_eq!(seen["aliases"]["prod"], number, "{seen:#}");
        let tag = |name: &str| seen["versions"][number][format!("driftgate.{name}")].clone();
        assert_eq!(tag("version"), version, "{seen:#}");
        assert_eq!(tag("snapshot_id"), decision.snapshot.unwrap().to_string());
        assert_eq!(tag("report_digest"), Sha256Digest::of(b"report").to_string());
        assert_eq!(tag("ledger_head"), decision.ledger_head.to_string());
        assert_eq!(tag("verdict"), "warned");
    }
    let error = deliver(&action, &decision("v9"), &outside).unwrap_err().to_string();
    assert!(error.contains("and there is no 9"), "{error}");
}
