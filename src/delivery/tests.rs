//! Actions against servers on loopback, and against programs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::http::{Client, Settings, Timeouts};
use crate::identity::Sha256Digest;
use crate::policy::Action;
use crate::registry::event::{EventReference, Seq};
use crate::snapshot::SnapshotId;
use crate::verdict::Verdict;

/// A promotion.
pub(in crate::delivery) fn decision() -> Decision {
    let event = EventReference { seq: Seq(42), digest: Sha256Digest::of(b"event") };
    Decision {
        kind: DecisionKind::Promoted,
        model: "fraud".parse().unwrap(),
        version: "v12+b".parse().unwrap(),
        from_version: Some("v11".parse().unwrap()),
        environment: "prod".parse().unwrap(),
        event,
        at: Timestamp::from_unix_seconds(1_790_000_000).unwrap(),
        snapshot: Some(SnapshotId::new(Sha256Digest::of(b"training"))),
        reports: [Sha256Digest::of(b"one"), Sha256Digest::of(b"two")].into(),
        answered: Answered::Gates(Verdict::Warned),
        ledger_head: event,
        reason: None,
    }
}

fn rollback() -> Decision {
    let reason = "errors doubled\n@everyone **look** <!-- x -->".parse().unwrap();
    Decision {
        kind: DecisionKind::RolledBack,
        version: "v11".parse().unwrap(),
        from_version: Some("v12".parse().unwrap()),
        reason: Some(reason),
        ..decision()
    }
}

fn outside(folder: &std::path::Path) -> Outside {
    let time = Duration::from_secs(2);
    let timeouts = Timeouts { connect: time, read: time, overall: time * 2 };
    let tokens =
        Tokens::of(Some("m-s3cret".into()), Some("h-s3cret".into()), Some("l-s3cret".into()));
    Outside {
        http: Client::new(&Settings { timeouts, ..Settings::default() }).unwrap(),
        tokens,
        folder: folder.to_owned(),
        path: std::env::var_os("PATH"),
        home: None,
    }
}

/// What a server was asked.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    head: String,
    body: Value,
}

/// A server that answers as the closure says, with status and body.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn answering(mut answer: impl FnMut(&Asked) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let one = request_of(&stream);
                kept.lock().unwrap().push(one.clone());
                let (status, body) = answer(&one);
                if status == 0 {
                    thread::sleep(Duration::from_secs(20));
                }
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n");
                drop(stream.write_all(format!("{head}{body}").as_bytes()));
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What was sent, by method and path.
    fn sent(&self) -> Vec<String> {
        let sent = self.asked().into_iter().filter(|asked| asked.method != "GET");
        sent.map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

fn request_of(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head).unwrap_or(0) == 0 || &head[start..] == "\r\n" {
            break;
        }
        if let Some(value) = head[start..].to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs.map(|(name, value)| (name.to_owned(), plain(value))).collect();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Asked { method, path: path.to_owned(), query, head: head.to_lowercase(), body }
}

/// A value of a query without its escapes.
fn plain(escaped: &str) -> String {
    let mut parts = escaped.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// As much of MLflow as we ask: a model `fraud` with versions and aliases.
#[derive(Default)]
struct Mlflow {
    versions: BTreeMap<String, BTreeMap<String, String>>,
    aliases: BTreeMap<String, String>,
    deaf: bool,
}

impl Mlflow {
    fn of(versions: &[(&str, Option<&str>)]) -> Self {
        let tags = |tag: Option<&str>| {
            tag.map(|tag| ("driftgate.version".to_owned(), tag.to_owned())).into_iter().collect()
        };
        let versions = versions.iter().map(|(number, tag)| ((*number).to_owned(), tags(*tag)));
        Self { versions: versions.collect(), ..Self::default() }
    }

    fn version(&self, number: &str) -> Value {
        let tags =
            self.versions[number].iter().map(|(key, value)| json!({"key": key, "value": value}));
        json!({"name": "fraud", "version": number, "status": "READY",
               "tags": tags.collect::<Vec<_>>()})
    }

    fn answer(&mut self, asked: &Asked) -> (u16, String) {
        let text = |name: &str| asked.body[name].as_str().unwrap_or_default().to_owned();
        let path = asked.path.strip_prefix("/mlf/api/2.0/mlflow/").unwrap();
        let answer = match (asked.method.as_str(), path) {
            ("GET", "model-versions/search") => {
                let filter = &asked.query["filter"];
                let start = "name = 'fraud' AND tags.`driftgate.version` = '";
                let wanted = filter.strip_prefix(start).unwrap().trim_end_matches('\'');
                let fits = |tags: &BTreeMap<String, String>| {
                    tags.get("driftgate.version").is_some_and(|tag| tag == wanted)
                };
                let found = self.versions.iter().filter(|(_, tags)| fits(tags));
                let found: Vec<Value> = found.map(|(number, _)| self.version(number)).collect();
                json!({"model_versions": found})
            }
            ("GET", "model-versions/get") => match self.versions.get(&asked.query["version"]) {
                Some(_) => json!({"model_version": self.version(&asked.query["version"])}),
                None => return (404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST"}"#.to_owned()),
            },
            ("GET", "registered-models/get") => {
                let aliases = self.aliases.iter();
                let aliases = aliases.map(|(alias, to)| json!({"alias": alias, "version": to}));
                json!({"registered_model": {"name": "fraud", "aliases": aliases.collect::<Vec<_>>()}})
            }
            ("POST", "model-versions/set-tag") => {
                let tags = self.versions.get_mut(&text("version")).unwrap();
                tags.insert(text("key"), text("value"));
                json!({})
            }
            ("POST", "registered-models/alias") => {
                if !self.deaf {
                    self.aliases.insert(text("alias"), text("version"));
                }
                json!({})
            }
            other => panic!("{other:?}"),
        };
        (200, answer.to_string())
    }

    fn served(self) -> (Server, Arc<Mutex<Self>>) {
        let shared = Arc::new(Mutex::new(self));
        let state = Arc::clone(&shared);
        (Server::answering(move |asked| state.lock().unwrap().answer(asked)), shared)
    }
}

fn mlflow(server: &Server) -> Action {
    let url = format!("{}/mlf/", server.address);
    Action::Mlflow { url, model: "{model}".to_owned(), alias: "{environment}".to_owned() }
}

#[test]
fn an_alias_moves_behind_the_tags_and_moves_once() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("7", Some("v12+b")), ("12", None)]).served();
    let (action, decision, outside) = (mlflow(&server), decision(), outside(folder.path()));
    let done = deliver(&action, &decision, &outside).unwrap();
    assert_eq!(done.change, Change::Made);
    let shown = format!("{}/mlf/#/models/fraud/versions/7 as @prod", server.address);
    assert_eq!(done.reference.as_ref(), shown);
    {
        let state = state.lock().unwrap();
        assert_eq!(state.aliases, BTreeMap::from([("prod".to_owned(), "7".to_owned())]));
        let tags = &state.versions["7"];
        assert_eq!(tags["driftgate.snapshot_id"], decision.snapshot.unwrap().to_string());
        let digests: Vec<String> = decision.reports.iter().map(ToString::to_string).collect();
        assert_eq!(tags["driftgate.report_digest"], digests.join(","));
        assert_eq!(tags["driftgate.ledger_head"], decision.ledger_head.to_string());
        assert_eq!(tags["driftgate.verdict"], "warned");
        assert_eq!(tags["driftgate.decision"], "promoted");
        assert_eq!(tags["driftgate.environment"], "prod");
        assert!(state.versions["12"].is_empty());
    }
    assert_eq!(server.sent().last().unwrap(), "POST /mlf/api/2.0/mlflow/registered-models/alias");
    assert!(
        server.asked().iter().all(|asked| asked.head.contains("authorization: bearer m-s3cret"))
    );

    let before = server.sent().len();
    let again = deliver(&action, &decision, &outside).unwrap();
    assert_eq!((again.change, again.reference), (Change::Found, done.reference));
    assert_eq!(server.sent().len(), before, "nothing is written twice");

    state.lock().unwrap().aliases.insert("prod".to_owned(), "12".to_owned());
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Made);
    assert_eq!(state.lock().unwrap().aliases["prod"], "7");
}

#[test]
fn the_verdict_of_a_version_is_what_its_gates_said() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("1", Some("v12+b"))]).served();
    let gates = |verdict| Answered::Gates(verdict);
    let words = [
        (gates(Verdict::Passed), "passed"),
        (gates(Verdict::Warned), "warned"),
        (Answered::NoGates, "no-gates"),
        (Answered::Unverifiable, "unverifiable"),
    ];
    for (answered, word) in words {
        let decision = Decision { answered, ..decision() };
        deliver(&mlflow(&server), &decision, &outside(folder.path())).unwrap();
        assert_eq!(state.lock().unwrap().versions["1"]["driftgate.verdict"], word);
        assert_eq!(decision.document()["verdict"], word);
    }
}

#[test]
fn a_rollback_is_told_of_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("11", None), ("12", None)]).served();
    let (action, outside) = (mlflow(&server), outside(folder.path()));
    let promoted = Decision { version: "v12".parse().unwrap(), ..decision() };
    deliver(&action, &promoted, &outside).unwrap();
    deliver(&action, &rollback(), &outside).unwrap();
    let mut state = state.lock().unwrap();
    assert_eq!(state.aliases["prod"], "11");
    let tag =
        |number: &str, name: &str| state.versions[number][&format!("driftgate.{name}")].clone();
    assert_eq!(tag("11", "decision"), "rolled-back-to");
    assert_eq!(tag("11", "verdict"), "warned", "what its own promotion rested on");
    assert_eq!(tag("12", "decision"), "rolled-back-from");
    assert_eq!(tag("12", "version"), "v12");
    // Nobody needs the version that does not run any more.
    state.versions.remove("12");
    drop(state);
    assert_eq!(deliver(&action, &rollback(), &outside).unwrap().change, Change::Found);
}

#[test]
fn what_somebody_changed_by_hand_is_told_and_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("7", Some("v12+b")), ("12", None)]).served();
    let (action, decision, outside) = (mlflow(&server), decision(), outside(folder.path()));
    deliver(&action, &decision, &outside).unwrap();
    let about = [(&decision.version, &decision)];
    let found = |mend| {
        let found = compare(&action, &decision, &about, mend, &outside).unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(found(false).is_empty());
    {
        let mut state = state.lock().unwrap();
        state.aliases.insert("prod".to_owned(), "12".to_owned());
        let tags = state.versions.get_mut("7").unwrap();
        tags.insert("driftgate.verdict".to_owned(), "passed\u{1b}[2J".to_owned());
        tags.remove("driftgate.event");
    }
    let expected = [
        format!(
            "the tag `driftgate.event` of fraud version 7: expected {}, found nothing",
            decision.event
        ),
        "the tag `driftgate.verdict` of fraud version 7: expected warned, found passed\\u{1b}[2J"
            .to_owned(),
        "the alias `prod` of fraud: expected version 7, found version 12".to_owned(),
    ];
    let before = server.sent().len();
    assert_eq!(found(false), expected);
    assert_eq!(server.sent().len(), before, "looking changes nothing");
    assert_eq!(found(true), expected);
    assert!(found(true).is_empty(), "and once is enough");
    state.lock().unwrap().aliases.clear();
    let gone = ["the alias `prod` of fraud: expected version 7, found nothing"];
    assert_eq!(found(true), gone);
    assert_eq!(state.lock().unwrap().aliases["prod"], "7");
    let program = exec(&["true"], 20);
    assert!(compare(&program, &decision, &about, true, &outside).unwrap().is_empty());
}

#[test]
fn a_version_that_cannot_be_told_is_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let deliver_to = |versions: &[(&str, Option<&str>)], version: &str| {
        let (server, state) = Mlflow::of(versions).served();
        let decision = Decision { version: version.parse().unwrap(), ..decision() };
        let done = deliver(&mlflow(&server), &decision, &outside(folder.path()));
        let state = state.lock().unwrap();
        done.map(|_| state.aliases["prod"].clone()).map_err(|error| {
            assert!(server.sent().is_empty() && !error.may_pass());
            error.to_string()
        })
    };
    assert_eq!(deliver_to(&[("12", None)], "v12").unwrap(), "12");
    assert_eq!(deliver_to(&[("12", None), ("3", None)], "3").unwrap(), "3");
    let error = deliver_to(&[("12", None)], "v13").unwrap_err();
    let expected = "MLflow's model `fraud` has no version for `v13`: none is tagged \
                    `driftgate.version` = `v13`, and there is no 13";
    assert_eq!(error, expected);
    let error = deliver_to(&[("12", None)], "winter").unwrap_err();
    assert!(error.ends_with("`winter`, and the name is no number"), "{error}");
    let error = deliver_to(&[("12", Some("v13"))], "v12").unwrap_err();
    assert!(error.ends_with(": 12 is tagged as `v13`"), "{error}");
    let error = deliver_to(&[("1", Some("v9")), ("2", Some("v9"))], "v9").unwrap_err();
    assert!(error.ends_with("names it on both 1 and 2"), "{error}");
}

#[test]
fn a_server_that_says_yes_and_does_nothing_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let deaf = Mlflow { deaf: true, ..Mlflow::of(&[("1", Some("v12+b"))]) };
    let (server, _) = deaf.served();
    let error = deliver(&mlflow(&server), &decision(), &outside(folder.path())).unwrap_err();
    assert!(error.to_string().contains("expected the alias just set on 1, found nothing"));
}

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

#[test]
fn a_file_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let (decision, outside) = (decision(), outside(folder.path()));
    let action = Action::File { folder: "told/{environment}".to_owned() };
    let done = deliver(&action, &decision, &outside).unwrap();
    let name = format!("told/prod/00000042-{}.json", decision.event.digest);
    assert_eq!((done.reference.as_ref(), done.change), (name.as_str(), Change::Made));
    let path = folder.path().join(&name);
    let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, decision.document());
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Found);
    fs::write(&path, "{\"torn\":").unwrap();
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Made);
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("elsewhere", &path).unwrap();
    let error = deliver(&action, &decision, &outside).unwrap_err();
    assert!(error.to_string().contains("a symbolic link"), "{error}");
    assert!(!folder.path().join("told/prod/elsewhere").exists());
}

fn exec(argv: &[&str], timeout_seconds: u64) -> Action {
    Action::Exec { argv: argv.iter().map(|&word| word.to_owned()).collect(), timeout_seconds }
}

#[test]
fn a_program_gets_the_decision_and_nothing_of_our_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (decision, outside) = (decision(), outside(folder.path()));
    let script = "cat > told.json; env | sort > env.txt; echo; echo \"  did $1\"; echo more";
    let action = exec(&["sh", "-c", script, "hook", "{version} in {environment}; $(x)"], 20);
    let done = deliver(&action, &decision, &outside).unwrap();
    assert_eq!(done.reference.as_ref(), "did v12+b in prod; $(x)");
    let told: Value =
        serde_json::from_slice(&fs::read(folder.path().join("told.json")).unwrap()).unwrap();
    assert_eq!(told, decision.document());
    let seen = fs::read_to_string(folder.path().join("env.txt")).unwrap();
    let names: Vec<&str> = seen.lines().filter_map(|line| line.split('=').next()).collect();
    let ours: Vec<&str> =
        names.iter().copied().filter(|name| name.starts_with("DRIFTGATE_")).collect();
    let expected = ["DECISION", "ENVIRONMENT", "EVENT", "MODEL", "SNAPSHOT", "VERSION"];
    assert_eq!(ours, expected.map(|name| format!("DRIFTGATE_{name}")));
    // A shell adds some of its own.
    let own = ["PATH", "PWD", "OLDPWD", "SHLVL", "_"];
    assert!(names.iter().all(|name| own.contains(name) || ours.contains(name)), "{names:?}");
    let silent = deliver(&exec(&["true"], 20), &decision, &outside).unwrap();
    assert_eq!(silent.reference.as_ref(), "`true` ended well");
}

#[test]
fn what_a_program_does_wrong_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let outside = outside(folder.path());
    let fault = |argv: &[&str]| {
        let error = deliver(&exec(argv, 20), &decision(), &outside).unwrap_err();
        (error.to_string(), error.may_pass())
    };
    let (said, may_pass) =
        fault(&["sh", "-c", "echo first >&2; echo 'no \u{1b}[2Jroute' >&2; exit 7"]);
    assert_eq!(said, "the program `sh` ended with exit status: 7: no \\u{1b}[2Jroute");
    assert!(may_pass);
    assert!(fault(&["sh", "-c", "kill -9 $$"]).0.contains("signal: 9"));
    let (said, may_pass) = fault(&["no-such-program"]);
    assert!(said.starts_with("the program `no-such-program` cannot be run: ") && !may_pass);
    assert!(fault(&[]).0.contains("no program is named"));
    assert!(fault(&["echo", "{snapshots}"]).0.contains("`{snapshots}` stands for nothing"));
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started_and_one_that_talks_is_heard_out() {
    let folder = tempfile::tempdir().unwrap();
    let outside = outside(folder.path());
    let started = Instant::now();
    let script = "(sleep 3; echo late > late) & sleep 60";
    let error = deliver(&exec(&["sh", "-c", script], 1), &decision(), &outside).unwrap_err();
    assert_eq!(error.to_string(), "the program `sh` did not end within 1 s and was ended");
    assert!(started.elapsed() < Duration::from_secs(20));
    let talks = "head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero >&2; exit 0";
    let done = deliver(&exec(&["sh", "-c", talks], 60), &decision(), &outside).unwrap();
    assert!(done.reference.as_ref().len() < 600, "what is kept is cut");
    // A daemon that holds the pipes is not waited for.
    let started = Instant::now();
    deliver(&exec(&["sh", "-c", "sleep 30 & echo started"], 20), &decision(), &outside).unwrap();
    assert!(started.elapsed() < Duration::from_secs(15));
    thread::sleep(Duration::from_secs(3).saturating_sub(started.elapsed()));
    assert!(!folder.path().join("late").exists(), "a grandchild outlived its time");
}

#[test]
fn an_issue_is_opened_once_for_an_event() {
    for kind in ["github", "gitlab"] {
        let folder = tempfile::tempdir().unwrap();
        let github = kind == "github";
        let (body, link) = if github { ("body", "html_url") } else { ("description", "web_url") };
        let mut issues = vec![
            json!({body: null, link: "https://x/0", "created_at": "2030-01-01T00:00:00Z"}),
            json!({body: "about something else", link: "https://x/1", "created_at": "2030-01-01T00:00:00Z"}),
        ];
        let server = Server::answering(move |asked| {
            if asked.method == "GET" {
                return (200, Value::Array(issues.clone()).to_string());
            }
            let mut issue = asked.body.clone();
            issue[link] = format!("https://x/{}", issues.len()).into();
            issue["created_at"] = "2026-09-21T00:00:00Z".into();
            issues.push(issue.clone());
            (201, issue.to_string())
        });
        let url = server.address.clone();
        let action = if github {
            Action::Github { url, repository: "acme/models".to_owned() }
        } else {
            Action::Gitlab { url, project: "acme/{model}".to_owned() }
        };
        let (decision, outside) = (rollback(), outside(folder.path()));
        let done = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((done.reference.as_ref(), done.change), ("https://x/2", Change::Made));
        let again = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((again.reference, again.change), (done.reference, Change::Found));
        let path = if github {
            "/repos/acme/models/issues"
        } else {
            "/api/v4/projects/acme%2Ffraud/issues"
        };
        assert_eq!(server.sent(), [format!("POST {path}")], "one issue");
        let asked = server.asked();
        let token =
            if github { "authorization: bearer h-s3cret" } else { "private-token: l-s3cret" };
        assert!(asked.iter().all(|one| one.head.contains(token)));
        let made = asked.iter().find(|one| one.method == "POST").unwrap();
        assert_eq!(made.body["title"], "Incident: fraud v12 rolled back to v11 in prod");
        let text = made.body[body].as_str().unwrap();
        assert!(text.contains(&decision.event.to_string()), "{text}");
        assert!(text.contains("\n    @everyone **look** <!-- x -->\n"), "{text}");
    }
}

#[test]
fn a_list_of_issues_that_cannot_be_read_opens_none() {
    let folder = tempfile::tempdir().unwrap();
    let page: Vec<Value> =
        (0..100).map(|_| json!({"body": "x", "created_at": "2099-01-01T00:00:00Z"})).collect();
    let page = Value::Array(page).to_string();
    for (answer, expected) in [(page.as_str(), "at most 2000 issues"), ("{}", "a list of issues")] {
        let answer = answer.to_owned();
        let server = Server::answering(move |_| (200, answer.clone()));
        let (url, repository) = (server.address.clone(), "acme/models".to_owned());
        let action = Action::Github { url, repository };
        let error = deliver(&action, &rollback(), &outside(folder.path())).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(server.sent().is_empty());
    }
}
