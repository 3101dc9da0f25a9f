//! A real MLflow server, told of a promotion, and asked by its own client what it knows.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use driftgate::clock::Timestamp;
use driftgate::delivery::{Change, Decision, DecisionKind, Outside, Tokens, deliver};
use driftgate::http::{Client, Request, Settings, Url};
use driftgate::identity::Sha256Digest;
use driftgate::policy::Action;
use driftgate::registry::event::{EventReference, Seq};
use driftgate::snapshot::SnapshotId;
use serde_json::Value;

use crate::foreign;

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
    assert_eq!(server.client("register", "fraud", "-").trim(), "1");
    assert_eq!(server.client("register", "fraud", "v1.2").trim(), "2");

    for (version, number) in [("v1.2", "2"), ("v1", "1")] {
        let decision = decision(version);
        let done = deliver(&action, &decision, &outside).unwrap();
        assert_eq!(done.change, Change::Made);
        let again = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((again.change, again.reference), (Change::Found, done.reference));
        let seen: Value = serde_json::from_str(&server.client("show", "fraud", "prod")).unwrap();
        assert_eq!(seen["version"], number, "{seen:#}");
        let tag = |name: &str| seen["tags"][format!("driftgate.{name}")].clone();
        assert_eq!(tag("version"), version, "{seen:#}");
        assert_eq!(tag("snapshot_id"), decision.snapshot.unwrap().to_string());
        assert_eq!(tag("report_digest"), Sha256Digest::of(b"report").to_string());
        assert_eq!(tag("ledger_head"), decision.ledger_head.to_string());
        assert_eq!(tag("verdict"), "passed");
    }
    let error = deliver(&action, &decision("v9"), &outside).unwrap_err().to_string();
    assert!(error.contains("and there is no 9"), "{error}");
}

/// A server of MLflow on loopback, with its database in a folder; it ends with the value.
struct Server {
    python: PathBuf,
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let requirements = foreign::script("requirements-mlflow.txt");
        let python = foreign::interpreter("mlflow", &requirements);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::create(folder.join("mlflow.log")).unwrap();
        let child = Command::new(&python)
            .args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"])
            .args(["--port", &port.to_string()])
            .args(["--backend-store-uri", "sqlite:///mlflow.db"])
            .args(["--artifacts-destination", "artifacts"])
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { python, child, address: format!("http://127.0.0.1:{port}") };
        server.wait(folder);
        server
    }

    /// Until it answers: its first start makes a database, which takes a while.
    fn wait(&mut self, folder: &Path) {
        let client = Client::new(&Settings::default()).unwrap();
        let url: Url = format!("{}/health", self.address).parse().unwrap();
        let ends = Instant::now() + Duration::from_secs(180);
        while client.send(&Request::get(&url)).is_err() {
            let log = || fs::read_to_string(folder.join("mlflow.log")).unwrap_or_default();
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "mlflow ended with {ended:?}:\n{}", log());
            assert!(Instant::now() < ends, "mlflow does not answer:\n{}", log());
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn client(&self, what: &str, name: &str, more: &str) -> String {
        let mut command = Command::new(&self.python);
        command.arg(foreign::script("registered.py")).args([&self.address, what, name, more]);
        foreign::run_ok(&mut command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server is a child of what was started.
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args(["-9", "--", &group]).status());
        drop((self.child.kill(), self.child.wait()));
    }
}
