//! A registry of several people with a model on its way to production.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use driftgate::clock::Timestamp;
use driftgate::identity::Sha256Digest;
use driftgate::registry::{Anchor, Appended, Event, EventBody, Registry, Replayed, Seq, Subject};
use driftgate::signing::{KeyKind, PrivateKey, read_private_key, sign, write_private_key};

use crate::command::{Driftgate, Ran};

/// The instant of the first event.
pub(super) const BEGUN: i64 = 1_790_000_000;
pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 24 * HOUR;

/// Who signs with which keys, in which role. `ann` has two keys; `stranger` is in no keyring.
const PEOPLE: [(&str, &str, &[&str]); 6] = [
    ("owner", "owner, release", &["owner"]),
    ("ann", "ml-lead", &["ann", "ann2"]),
    ("ben", "compliance", &["ben"]),
    ("cat", "ml-lead, compliance", &["cat"]),
    ("dan", "ml-lead", &["dan"]),
    ("ci", "gate-runner, compliance", &["ci"]),
];

/// What lets an identity change keyring and policy, beside signing all else.
const GOVERNING: &str = "    predicates: [\"https://driftgate.dev/gate-report/v1\", \
    \"https://driftgate.dev/approval/v1\", \"https://driftgate.dev/event/v1\", \
    \"https://driftgate.dev/event/v1#governance\"]\n";

pub(super) const POLICY: &str = r#"version: 1
name: flights-promotion
valid_for: 7d
columns:
  - match: [dep_delay, arr_delay, distance]
    tags: [critical]
gates:
  - {name: drift, kind: drift, columns: {tag: critical}, psi: {max: 0.25}}
  - {name: unit-tests, kind: tests, junit: ["reports/*.xml"], failed: {max: 0}, tests: {min: 1}}
environments:
  dev: {identity: [code]}
  lab: {identity: [code]}
  staging:
    from: [dev, lab]
    requires: [drift, unit-tests]
    max_age: 3d
    reports_by: gate-runner
  prod:
    from: staging
    requires: [unit-tests]
    approvals: [{role: ml-lead}, {role: compliance}]
    approval_max_age: 1d
    request_valid_for: 2d
    promoted_by: release
    rollback_drill: {max_age: 30d, max_recovery: 5m}
"#;

pub(super) const GOOD: &str =
    r#"<testsuite name="unit" tests="2"><testcase name="a"/><testcase name="b"/></testsuite>"#;
pub(super) const BAD: &str = r#"<testsuite name="unit" tests="2"><testcase name="a"/><testcase
    name="b"><failure message="off by one"/></testcase></testsuite>"#;

/// A folder of its own with a registry in `.driftgate`.
pub(super) struct Team {
    folder: tempfile::TempDir,
}

/// The files of a folder, kept to begin other tests with.
pub(super) type Tree = BTreeMap<PathBuf, Vec<u8>>;

impl Team {
    /// Three versions are registered and have run in `dev`; v3 runs there.
    pub(super) fn founded() -> Self {
        static TREE: OnceLock<Tree> = OnceLock::new();
        Self::of(TREE.get_or_init(|| {
            let team = Self { folder: tempfile::tempdir().unwrap() };
            team.found(POLICY);
            for version in ["v1", "v2", "v3"] {
                team.move_to(0, version, "dev");
            }
            team.tree()
        }))
    }

    /// Beside that, v1 runs in `staging`, and a report for `prod` is taken up.
    pub(super) fn staged() -> Self {
        static TREE: OnceLock<Tree> = OnceLock::new();
        Self::of(TREE.get_or_init(|| {
            let team = Self::founded();
            team.stage(0, "v1", "summer");
            team.tests(0, "v1", "prod");
            team.tree()
        }))
    }

    /// Beside that, v1 and, an hour later, v2 were promoted to `prod`; v2 runs there.
    pub(super) fn released() -> Self {
        static TREE: OnceLock<Tree> = OnceLock::new();
        Self::of(TREE.get_or_init(|| {
            let team = Self::staged();
            team.release(0, "v1");
            team.stage(HOUR, "v2", "summer");
            team.tests(HOUR, "v2", "prod");
            team.release(HOUR, "v2");
            team.tree()
        }))
    }

    /// A registry under another policy: three versions are registered, none runs anywhere.
    pub(super) fn under(policy: &str) -> Self {
        let team = Self { folder: tempfile::tempdir().unwrap() };
        team.found(policy);
        team
    }

    fn of(tree: &Tree) -> Self {
        let team = Self { folder: tempfile::tempdir().unwrap() };
        for (name, bytes) in tree {
            team.write(name, bytes);
            // Keys are private, and the program insists on it.
            fs::set_permissions(team.path(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        team
    }

    pub(super) fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(self.path(&folder)).unwrap() {
                let name = folder.join(entry.unwrap().file_name());
                let path = self.path(&name);
                if path.is_dir() {
                    folders.push(name);
                } else {
                    tree.insert(name, fs::read(path).unwrap());
                }
            }
        }
        tree
    }

    fn found(&self, policy: &str) {
        let keys = PEOPLE.iter().flat_map(|(_, _, keys)| *keys).chain([&"stranger"]);
        for name in keys {
            let key = PrivateKey::generate(KeyKind::Ed25519);
            write_private_key(&self.path(format!("{name}.pem")), &key).unwrap();
        }
        self.write("keyring.yaml", self.keyring());
        self.write("policy.yaml", policy);
        self.write("reports/unit.xml", GOOD);
        self.done(0, "registry init --keyring keyring.yaml --policy policy.yaml --key owner.pem");
        for (version, data) in [("v1", "summer"), ("v2", "august"), ("v3", "autumn")] {
            self.write(format!("model/{version}/weights"), format!("weights of {version}"));
            let data = flights(data);
            self.done(
                0,
                &format!(
                    "passport new flights@{version} --artifact model/{version} --commit abc123 \
                     --data training={data} --key ci.pem"
                ),
            );
        }
    }

    /// The keyring in force, by which `owner` alone does governance.
    pub(super) fn keyring(&self) -> String {
        self.keyring_of(&["owner"])
    }

    /// A keyring by which some do governance.
    pub(super) fn keyring_of(&self, governors: &[&str]) -> String {
        let mut text = "version: 1\nname: flights team\nidentities:\n".to_owned();
        for (name, roles, keys) in PEOPLE {
            let predicates = if governors.contains(&name) { GOVERNING } else { "" };
            writeln!(text, "  - identity: {name}\n    roles: [{roles}]\n{predicates}    keys:")
                .unwrap();
            for key in keys {
                let pem = self.key(key).public().to_pem();
                let pem = pem.trim_end().replace('\n', "\n          ");
                writeln!(text, "      - public_key: |\n          {pem}").unwrap();
            }
        }
        text
    }

    /// Lets `ann` do governance beside `owner`.
    pub(super) fn two_govern(&self) {
        self.write("two.yaml", self.keyring_of(&["owner", "ann"]));
        self.done(0, "registry keyring two.yaml --key owner.pem");
    }

    /// The keyring with a key revoked.
    pub(super) fn keyring_without(&self, key: &str) -> String {
        let pem = self.key(key).public().to_pem();
        let pem = pem.trim_end().replace('\n', "\n          ");
        let revoked = format!("{pem}\n        revoked_at: {}", after(9 * DAY));
        self.keyring().replace(&pem, &revoked)
    }

    pub(super) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(super) fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        drop(fs::remove_file(&path));
        fs::write(path, content).unwrap();
    }

    pub(super) fn key(&self, name: &str) -> PrivateKey {
        read_private_key(&self.path(format!("{name}.pem"))).unwrap()
    }

    /// A command some seconds after the first event, from words.
    pub(super) fn command(&self, seconds: i64, words: &str) -> Driftgate {
        let words: Vec<&str> = words.split_whitespace().collect();
        let run = Driftgate::new(self.folder.path(), &words);
        run.env("SOURCE_DATE_EPOCH", &(BEGUN + seconds).to_string())
    }

    pub(super) fn run(&self, seconds: i64, words: &str) -> Ran {
        self.command(seconds, words).run()
    }

    /// Runs what must succeed.
    pub(super) fn done(&self, seconds: i64, words: &str) -> Ran {
        let ran = self.run(seconds, words);
        assert_eq!(ran.code, Some(0), "{words}: {ran:#?}");
        ran
    }

    /// Runs what must be refused with a code, saying something.
    pub(super) fn refused(&self, seconds: i64, words: &str, code: &str, said: &str) {
        let ran = self.run(seconds, words);
        assert_eq!(ran.code, Some(4), "{words}: {ran:#?}");
        assert!(ran.stderr.contains(code), "{code}, {words}: {ran:#?}");
        assert!(ran.stderr.contains(said), "`{said}`, {words}: {ran:#?}");
    }

    /// That a door is closed by one demand, for a reason.
    pub(super) fn closed(&self, seconds: i64, door: &str, demand: &str, code: &str) {
        let ran = self.run(seconds, &format!("door {door} --format json"));
        assert_eq!(ran.code, Some(1), "{door}: {ran:#?}");
        let json = ran.json();
        let items = json["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["demand"] == demand);
        let item = item.unwrap_or_else(|| panic!("no `{demand}`: {ran:#?}"));
        assert_eq!(item["code"], code, "{demand}: {ran:#?}");
    }

    /// That a demand of a door is met.
    pub(super) fn met(&self, seconds: i64, door: &str, demand: &str) -> String {
        let json = self.run(seconds, &format!("door {door} --format json")).json();
        let items = json["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["demand"] == demand).unwrap();
        assert_eq!(item["standing"], "met", "{json:#}");
        item["said"].as_str().unwrap().to_owned()
    }

    /// Checks data of a version against others and takes the report up.
    pub(super) fn drift(&self, seconds: i64, version: &str, reference: &str, more: &str) {
        let out = self.check_drift(seconds, version, reference, more);
        self.done(seconds, &format!("passport add flights@{version} --report {out} --key ci.pem"));
    }

    /// Checks data of a version against others; gives the folder of the report.
    pub(super) fn check_drift(
        &self,
        seconds: i64,
        version: &str,
        reference: &str,
        more: &str,
    ) -> String {
        let out = self.new_name();
        let candidate = match version {
            "v1" => "summer",
            "v2" => "august",
            _ => "autumn",
        };
        let (reference, candidate) = (flights(reference), flights(candidate));
        let more =
            if more.contains("--key") { more.to_owned() } else { format!("{more} --key ci.pem") };
        let words = format!(
            "check --policy policy.yaml --gate drift --reference {reference} --candidate \
             {candidate} --out {out} {more}"
        );
        let words = if more.contains("--env") { words } else { format!("{words} --env staging") };
        self.done(seconds, &words);
        out
    }

    /// Runs the unit tests of a version for an environment; gives the folder of the report.
    pub(super) fn check_tests(&self, seconds: i64, version: &str, more: &str) -> String {
        let out = self.new_name();
        let more =
            if more.contains("--key") { more.to_owned() } else { format!("{more} --key ci.pem") };
        let words = format!(
            "check --policy policy.yaml --gate unit-tests --artifact model/{version} --out {out} \
             {more}"
        );
        let ran = self.run(seconds, &words);
        assert!(self.path(&out).is_dir(), "{ran:#?}");
        out
    }

    /// The same, and takes the report up.
    pub(super) fn tests(&self, seconds: i64, version: &str, environment: &str) {
        let out = self.check_tests(seconds, version, &format!("--env {environment}"));
        self.add(seconds, version, &out);
    }

    /// Takes a report up.
    pub(super) fn add(&self, seconds: i64, version: &str, report: &str) {
        let words = format!("passport add flights@{version} --report {report} --key ci.pem");
        self.done(seconds, &words);
    }

    /// Moves a version into `staging`.
    pub(super) fn stage(&self, seconds: i64, version: &str, reference: &str) {
        self.drift(seconds, version, reference, "");
        self.tests(seconds, version, "staging");
        self.move_to(seconds, version, "staging");
    }

    /// Asks, has ann and ben approve, and promotes to `prod`.
    pub(super) fn release(&self, seconds: i64, version: &str) {
        let request = self.request(seconds, version, "prod");
        self.approve(seconds, &request, "ml-lead", "ann");
        self.approve(seconds, &request, "compliance", "ben");
        self.done(seconds, &promoting(&request));
    }

    pub(super) fn approve(&self, seconds: i64, request: &str, role: &str, key: &str) {
        self.done(seconds, &approving(request, role, key));
    }

    /// Asks and promotes, where nobody has to approve.
    pub(super) fn move_to(&self, seconds: i64, version: &str, environment: &str) {
        let request = self.request(seconds, version, environment);
        self.done(seconds, &promoting(&request));
    }

    /// The owner asks for a promotion; gives the request.
    pub(super) fn request(&self, seconds: i64, version: &str, environment: &str) -> String {
        self.request_by(seconds, version, environment, "--key owner.pem")
    }

    pub(super) fn request_by(
        &self,
        seconds: i64,
        version: &str,
        environment: &str,
        more: &str,
    ) -> String {
        let words = format!("request --model flights@{version} --to {environment} {more}");
        let ran = self.done(seconds, &words);
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix("request  "));
        line.unwrap_or_else(|| panic!("{ran:#?}")).to_owned()
    }

    pub(super) fn registry(&self) -> Registry {
        Registry::open(&self.path(".driftgate")).unwrap()
    }

    pub(super) fn replayed(&self) -> Replayed {
        self.registry().load(&Anchor::Founding).unwrap()
    }

    pub(super) fn put(&self, bytes: impl AsRef<[u8]>) -> Sha256Digest {
        self.registry().objects().put(bytes.as_ref()).unwrap()
    }

    /// An event that the command line would not write, by whoever holds a key.
    pub(super) fn append(&self, seconds: i64, body: EventBody, key: &str) {
        let mut replayed = self.replayed();
        let key = self.key(key);
        let at = after(seconds);
        match self.registry().append(&mut replayed, body, &[], &key, at).unwrap() {
            Appended::Done(_) => (),
            Appended::Conflict { winner } => panic!("nobody else is there: {winner:?}"),
        }
    }

    /// An event that no reader need take, written behind the last one by whoever holds a key.
    pub(super) fn slip_in(&self, seconds: i64, body: &EventBody, key: &str) {
        let replayed = self.replayed();
        let (head, body) = (replayed.head(), body.clone());
        let subject =
            Subject { name: word("keyring"), digest: replayed.state().keyring().unwrap() };
        let others: &[Subject] = if body.objects().is_empty() { &[subject] } else { &[] };
        let event = Event {
            schema_version: 1,
            registry: replayed.registry(),
            seq: head.seq.next(),
            prev: Some(head.digest),
            at: after(seconds),
            body,
        };
        let signed = sign(&event.statement(others), &[self.key(key)]).unwrap();
        fs::write(self.registry().ledger().file(event.seq), signed.envelope).unwrap();
    }

    /// The last event is taken away again.
    pub(super) fn cut_last(&self) {
        fs::remove_file(self.registry().ledger().file(Seq(self.events()))).unwrap();
    }

    /// How many files of events there are.
    pub(super) fn events(&self) -> u64 {
        self.registry().ledger().list().unwrap().last.unwrap().0
    }

    /// How many objects there are.
    pub(super) fn objects(&self) -> usize {
        self.registry().objects().list().unwrap().digests.len()
    }

    /// A name for a folder that is not there yet.
    fn new_name(&self) -> String {
        let number = fs::read_dir(self.folder.path()).unwrap().count();
        format!("report-{number}")
    }
}

pub(super) fn promoting(request: &str) -> String {
    format!("promote {request} --key owner.pem")
}

pub(super) fn approving(request: &str, role: &str, key: &str) -> String {
    format!("approve {request} --role {role} --comment fine --key {key}.pem")
}

/// An instant some seconds after the first event.
pub(super) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(BEGUN + seconds).unwrap()
}

pub(super) fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Where flights of a season lie.
pub(super) fn flights(season: &str) -> String {
    format!("{}/data/flights/{season}", env!("CARGO_MANIFEST_DIR"))
}
