//! A registry with a story in it.

use std::fmt::Write as _;

use driftgate::clock::Timestamp;
use driftgate::identity::Sha256Digest;
use driftgate::registry::request::RequestDocument;
use driftgate::registry::summary::Verified;
use driftgate::registry::{
    Anchor, Appended, EventBody, Passport, Registry, RegistryError, Replayed, VerifiedEvent,
};
use driftgate::signing::{KeyKind, PrivateKey, sign, write_private_key};

use crate::command::Ran;
use crate::workplace::Workplace;

/// The time of the first event; commands run at this time too.
pub(super) const BEGUN: i64 = 1_790_000_000;

/// An instant some seconds after the first event.
pub(super) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(BEGUN + seconds).unwrap()
}

/// A workplace with a founded registry in `.driftgate`. Its key belongs to `ann`, an owner; the
/// key in `ben.pem` to `ben`, an auditor.
pub(super) struct Court {
    pub(super) place: Workplace,
    pub(super) ben: PrivateKey,
}

impl Court {
    pub(super) fn new() -> Self {
        let place = Workplace::new();
        let ben = PrivateKey::generate(KeyKind::Ed25519);
        let court = Self { place, ben };
        court.found("");
        court
    }

    /// The same under a policy with a door, through which two versions of `fraud` went to `prod`,
    /// the second an hour after the first.
    pub(super) fn with_two_promoted() -> Self {
        let (place, ben) = (Workplace::new(), PrivateKey::generate(KeyKind::Ed25519));
        let court = Self { place, ben };
        court.place.write("policy.yaml", DOOR);
        court.found("--policy policy.yaml");
        court.promote_two();
        court
    }

    fn found(&self, more: &str) {
        write_private_key(&self.place.path("ben.pem"), &self.ben).unwrap();
        self.place.write("keyring.yaml", self.keyring("", ""));
        let ran = self.run(&format!("registry init --keyring keyring.yaml --key key.pem {more}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    }

    /// The keyring, with more about the keys of ann and ben.
    pub(super) fn keyring(&self, of_ann: &str, of_ben: &str) -> String {
        keyring(&[("ann", "owner", &self.place.key, of_ann), ("ben", "auditor", &self.ben, of_ben)])
    }

    /// Runs `driftgate` with some words.
    pub(super) fn run(&self, words: &str) -> Ran {
        self.place.driftgate(words).run()
    }

    pub(super) fn registry(&self) -> Registry {
        Registry::open(&self.place.path(".driftgate")).unwrap()
    }

    pub(super) fn load(&self) -> Result<Replayed, RegistryError> {
        self.registry().load(&Anchor::Founding)
    }

    /// Adds an event by ann at the time of the first.
    pub(super) fn append(&self, body: EventBody) -> VerifiedEvent {
        self.append_by(body, &self.place.key, 0).unwrap()
    }

    pub(super) fn append_by(
        &self,
        body: EventBody,
        key: &PrivateKey,
        seconds: i64,
    ) -> Result<VerifiedEvent, RegistryError> {
        let mut replayed = self.load().unwrap();
        match self.registry().append(&mut replayed, body, &[], key, after(seconds))? {
            Appended::Done(event) => Ok(event),
            Appended::Conflict { winner } => panic!("nobody else is there: {winner:?}"),
        }
    }

    pub(super) fn put(&self, text: &str) -> Sha256Digest {
        self.registry().objects().put(text.as_bytes()).unwrap()
    }

    /// Registers versions v1 and v2 of `fraud` and promotes both, without doing what is to be done.
    fn promote_two(&self) {
        let mut before = None;
        for (version, seconds) in [("v1", 0), ("v2", 3600)] {
            self.place.write(&format!("model/{version}/weights"), version);
            let words = format!(
                "passport new fraud@{version} --artifact model/{version} --commit abc --key key.pem"
            );
            let at = (BEGUN + seconds).to_string();
            let ran = self.place.driftgate(&words).env("SOURCE_DATE_EPOCH", &at).run();
            assert_eq!(ran.code, Some(0), "{ran:#?}");
            let (model, environment) = (word("fraud"), word("prod"));
            let version: driftgate::registry::event::VersionName = word(version);
            let replayed = self.load().unwrap();
            let policy = replayed.state().policy();
            let passport = replayed.state().version(&model, &version).unwrap().passport;
            let document = RequestDocument {
                schema_version: 1,
                registry: replayed.registry(),
                model: word("fraud"),
                version: version.clone(),
                passport,
                environment: word("prod"),
                from_version: before.clone(),
                policy: policy.unwrap(),
                reports: [].into(),
                head: replayed.head(),
                nonce: version.to_string(),
                requested_at: after(seconds),
                expires_at: after(seconds + 60),
            };
            let passport = self.registry().objects().get(passport).unwrap();
            let summary = Verified {
                model: &model,
                version: &version,
                environment: &environment,
                artifact: Passport::read(&passport).unwrap().artifact.id,
                policy,
                inputs: &[],
                self_approval: false,
                at: after(seconds),
            };
            let signed = sign(&summary.statement(), std::slice::from_ref(&self.place.key)).unwrap();
            let objects = self.registry().objects().clone();
            let request = objects.put(&document.to_json()).unwrap();
            let vsa = objects.put(&signed.envelope).unwrap();
            let asked = EventBody::Requested {
                request,
                model: word("fraud"),
                version: version.clone(),
                environment: word("prod"),
                reports: [].into(),
            };
            let promoted = EventBody::Promoted {
                request,
                model,
                version: version.clone(),
                environment,
                from_version: before.replace(version),
                vsa,
                actions: [word("mlflow")].into(),
            };
            for body in [asked, promoted] {
                self.append_by(body, &self.place.key, seconds).unwrap();
            }
        }
    }
}

/// What lets an identity change keyring and policy, beside signing all else.
pub(super) const GOVERNING: &str = "    predicates: [\"https://driftgate.dev/gate-report/v1\", \
    \"https://driftgate.dev/approval/v1\", \"https://driftgate.dev/event/v1\", \
    \"https://driftgate.dev/event/v1#governance\"]\n";

/// A door that asks for nothing.
const DOOR: &str = r#"version: 1
name: court
gates:
  - {name: unit-tests, kind: tests, junit: ["reports/*.xml"], failed: {max: 0}, tests: {min: 1}}
environments:
  prod:
    identity: [code]
    actions: [{name: mlflow, file: told}]
"#;

/// A keyring: identities with a role, a key, and more lines about the key; owners do governance.
pub(super) fn keyring(identities: &[(&str, &str, &PrivateKey, &str)]) -> String {
    let mut text = "version: 1\nname: court\nidentities:\n".to_owned();
    for (name, role, key, more) in identities {
        let pem = key.public().to_pem().trim_end().replace('\n', "\n          ");
        let predicates = if *role == "owner" { GOVERNING } else { "" };
        writeln!(
            text,
            "  - identity: {name}\n    roles: [{role}]\n{predicates}    keys:\n      - public_key: \
             |\n          {pem}{}{more}",
            if more.is_empty() { "" } else { "\n        " }
        )
        .unwrap();
    }
    text
}

/// A hold on a model in `prod` by an owner.
pub(super) fn hold(model: &str) -> EventBody {
    EventBody::HoldPlaced {
        model: word(model),
        environment: word("prod"),
        version: None,
        role: word("owner"),
        comment: word("wait"),
    }
}

pub(super) fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// That a command was refused with this code, saying something.
pub(super) fn assert_refused(ran: &Ran, code: &str, said: &str) {
    assert_eq!(ran.code, Some(4), "{code}: {ran:#?}");
    assert!(ran.stderr.contains(code), "{code}: {ran:#?}");
    assert!(ran.stderr.contains(said), "{code}, `{said}`: {ran:#?}");
}
