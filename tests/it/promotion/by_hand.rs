//! What somebody writes into the ledger by hand, with a key that counts and in the role that the
//! door wants: readers hold it to the objects that it names, and the audit decides again what it
//! says was decided. No command would have done it.

use driftgate::identity::Sha256Digest;
use driftgate::registry::event::VersionName;
use driftgate::registry::request::RequestDocument;
use driftgate::registry::summary::Verified;
use driftgate::registry::{EventBody, Passport};
use driftgate::signing::sign;

use super::team::{DAY, HOUR, POLICY, Team, after, promoting, word};

impl Team {
    /// A request by hand, which agrees with its event; nobody has asked the door.
    pub(super) fn asking(
        &self,
        version: &str,
        environment: &str,
        change: impl FnOnce(&mut RequestDocument),
    ) -> EventBody {
        let replayed = self.replayed();
        let state = replayed.state();
        let mut document = RequestDocument {
            schema_version: 1,
            registry: replayed.registry(),
            model: word("flights"),
            version: word(version),
            passport: state.version(&word("flights"), &word(version)).unwrap().passport,
            environment: word(environment),
            from_version: state.current(&word("flights"), &word(environment)).cloned(),
            policy: state.policy().unwrap(),
            reports: [].into(),
            head: replayed.head(),
            nonce: format!("by hand {version} {environment}"),
            requested_at: after(0),
            expires_at: after(9 * DAY),
        };
        let body = |request, document: &RequestDocument| EventBody::Requested {
            request,
            model: document.model.clone(),
            version: document.version.clone(),
            environment: document.environment.clone(),
            reports: document.reports.clone(),
        };
        let known = document.clone();
        change(&mut document);
        body(self.put(document.to_json()), &known)
    }

    /// A summary by hand, under the policy in force.
    pub(super) fn summary(&self, version: &str, environment: &str, key: &str) -> Sha256Digest {
        let replayed = self.replayed();
        let state = replayed.state();
        let passport = state.version(&word("flights"), &word(version)).unwrap().passport;
        let passport = self.registry().objects().get(passport).unwrap();
        let verified = Verified {
            model: &word("flights"),
            version: &word(version),
            environment: &word(environment),
            artifact: Passport::read(&passport).unwrap().artifact.id,
            policy: state.policy(),
            inputs: &[],
            self_approval: false,
            at: after(0),
        };
        self.put(sign(&verified.statement(), &[self.key(key)]).unwrap().envelope)
    }

    /// The promotion that grants a request.
    pub(super) fn granting(&self, asked: &EventBody, vsa: Sha256Digest) -> EventBody {
        let EventBody::Requested { request, model, version, environment, .. } = asked.clone()
        else {
            panic!("{asked:?}")
        };
        let from_version = self.replayed().state().current(&model, &environment).cloned();
        let actions = if environment == word("prod") { self.actions() } else { [].into() };
        EventBody::Promoted { request, model, version, environment, from_version, vsa, actions }
    }

    /// The actions of the test's policy.
    fn actions(&self) -> std::collections::BTreeSet<driftgate::registry::event::ActionName> {
        let told = std::fs::read_to_string(self.path("policy.yaml")).unwrap().contains("file:");
        told.then(|| word("note")).into_iter().collect()
    }

    /// Asks and promotes by hand, as the owner: nobody looked at the door.
    fn place_by_hand(&self, seconds: i64, version: &str, environment: &str) {
        let asked = self.asking(version, environment, |_| ());
        self.append(seconds, asked.clone(), "owner");
        let vsa = self.summary(version, environment, "owner");
        self.append(seconds, self.granting(&asked, vsa), "owner");
    }

    /// That every reader refuses the last event, which is then taken away again.
    fn refuse_last(&self, code: &str, said: &str) {
        let event = format!("event {}", self.events());
        for words in ["audit", "status", "history", "reconcile --key owner.pem"] {
            let ran = self.run(HOUR, words);
            assert_eq!(ran.code, Some(4), "{words}: {ran:#?}");
            for told in [code, said, &event] {
                assert!(ran.stderr.contains(told), "`{told}`, {words}: {ran:#?}");
            }
        }
        self.cut_last();
    }

    fn what_runs(&self, environment: &str) -> Option<VersionName> {
        self.replayed().state().current(&word("flights"), &word(environment)).cloned()
    }
}

/// The policy, with something to be done about each promotion to `prod`.
fn told() -> String {
    POLICY.replace(
        "    promoted_by: release\n",
        "    promoted_by: release\n    actions: [{name: note, file: told}]\n",
    )
}

#[test]
fn an_event_whose_request_or_summary_is_none_is_refused_by_every_reader() {
    let team = Team::staged();
    let nothing = team.put("{}");
    let asked = EventBody::Requested {
        request: nothing,
        model: word("flights"),
        version: word("v1"),
        environment: word("prod"),
        reports: [].into(),
    };
    team.slip_in(0, &asked, "ci");
    team.refuse_last("E_OBJECT", "is no request");
    let asked = team.asking("v1", "prod", |document| document.version = word("v2"));
    team.slip_in(0, &asked, "ci");
    team.refuse_last("E_REQUEST", "and the event differ in the version");

    let asked = team.asking("v1", "prod", |_| ());
    team.append(0, asked.clone(), "ci");
    team.slip_in(0, &team.granting(&asked, nothing), "owner");
    team.refuse_last("E_OBJECT", "is no verification summary");
    let cases = [
        (team.summary("v1", "staging", "owner"), "E_SUMMARY", "differ in the resource"),
        (team.summary("v2", "prod", "owner"), "E_SUMMARY", "differ in the resource"),
        // Somebody else's word, however true.
        (team.summary("v1", "prod", "ci"), "E_OBJECT", "is no verification summary"),
    ];
    for (vsa, code, said) in cases {
        team.slip_in(0, &team.granting(&asked, vsa), "owner");
        team.refuse_last(code, said);
    }
}

#[test]
fn a_promotion_that_no_door_allowed_is_named_by_the_audit_and_nothing_is_done_about_it() {
    let team = Team::under(&told());
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.place_by_hand(0, "v1", "prod");
    let seq = team.events();
    // Readers tell what the ledger says; whether the door was open is for the audit.
    team.done(0, "status");
    let ran = team.run(0, "audit");
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    let named = format!("event {seq}, ledger/{seq:08}.dsse.json: E_DOOR: the door of `prod`");
    assert!(ran.stderr.contains(&named), "{ran:#?}");
    for open in ["E_SCOPE: gate unit-tests", "E_APPROVAL: approval by ml-lead"] {
        assert!(ran.stderr.contains(open), "`{open}`: {ran:#?}");
    }
    let json = team.run(0, "audit --format json").json();
    assert_eq!((&json["faultsFound"], &json["firstBadEvent"]), (&1.into(), &seq.into()));
    assert_eq!(team.run(0, "audit --keyring keyring.yaml").code, Some(4));

    team.refused(0, "reconcile --key owner.pem", "E_DOOR", &format!("about event {seq}"));
    // Nor by whoever promotes something else.
    let request = team.request(0, "v2", "dev");
    team.refused(0, &promoting(&request), "E_DOOR", &format!("about event {seq}"));
    assert_eq!(team.what_runs("dev"), Some(word("v2")), "that decision stands");
    assert!(!team.path("told").exists());
    assert!(team.run(0, "status").stdout.contains(&format!("note about event {seq}")));
}

#[test]
fn no_rollback_to_what_no_door_allowed_is_carried_out() {
    let team = Team::under(&told());
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.place_by_hand(0, "v2", "prod");
    let forged = team.events();
    team.place_by_hand(0, "v1", "prod");
    let back = "rollback --model flights --env prod --reason slow --key owner.pem";
    team.refused(HOUR, back, "E_DOOR", &format!("about event {forged}"));
    assert!(!team.path("told").exists());
    assert_eq!(team.what_runs("prod"), Some(word("v2")));
}

#[test]
fn what_the_doors_allowed_is_decided_again_and_holds() {
    let team = Team::released();
    team.done(HOUR, "rollback --model flights --env prod --reason slow --key owner.pem");
    for words in ["audit", "audit --keyring keyring.yaml"] {
        assert!(team.done(9 * DAY, words).stdout.ends_with("SOUND\n"));
    }
    // A key that is revoked later has signed what counted then.
    team.write("later.yaml", team.keyring_without("ann"));
    team.done(9 * DAY, "registry keyring later.yaml --key owner.pem");
    team.done(9 * DAY, "audit");
}

#[test]
fn a_decision_whose_objects_are_gone_is_a_fault() {
    let team = Team::released();
    let replayed = team.replayed();
    let report = replayed.state().requests().values().find_map(|asked| asked.reports.first());
    std::fs::remove_file(team.registry().objects().path(*report.unwrap())).unwrap();
    let ran = team.run(HOUR, "audit");
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.stdout.contains("E_OBJECT: it cannot be decided again"), "{ran:#?}");
}

#[test]
fn a_version_gets_no_second_passport() {
    let team = Team::released();
    let known = team.replayed().state().version(&word("flights"), &word("v1")).unwrap().passport;
    let bytes = team.registry().objects().get(known).unwrap();
    let other = String::from_utf8(bytes).unwrap().replace("abc123", "abc124");
    let (model, version, passport) = (word("flights"), word("v1"), team.put(other));
    team.slip_in(HOUR, &EventBody::Registered { model, version, passport }, "ci");
    team.refuse_last("E_STATE", "a version is registered once");
    team.done(HOUR, "rollback --model flights --env prod --reason slow --key owner.pem");
}

#[test]
fn nobody_revokes_a_version_without_a_say_at_a_door() {
    let team = Team::released();
    let revoked = |role: &str| EventBody::Revoked {
        model: word("flights"),
        version: word("v1"),
        role: word(role),
        reason: word("no"),
    };
    team.slip_in(HOUR, &revoked("gate-runner"), "ci");
    team.refuse_last("E_ROLE", "may not revoke `flights@v1` as `gate-runner`");
    for (role, key) in [("ml-lead", "ann"), ("release", "owner")] {
        team.slip_in(HOUR, &revoked(role), key);
        team.done(HOUR, "audit");
        team.cut_last();
    }
}

#[test]
fn a_looser_policy_by_hand_takes_the_word_of_somebody_else() {
    let team = Team::staged();
    let policy = team.put(POLICY.replace("psi: {max: 0.25}", "psi: {max: 0.5}"));
    let previous = team.replayed().state().policy();
    team.slip_in(0, &EventBody::PolicyChanged { policy, previous, approvals: [].into() }, "owner");
    team.refuse_last("E_APPROVAL", "");
}
