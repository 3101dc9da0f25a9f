//! Who may change keyring and policy, and when that takes two.

use driftgate::identity::Sha256Digest;
use driftgate::registry::EventBody;
use driftgate::registry::approval::{Approval, Decision};
use driftgate::signing::sign;

use super::team::{DAY, HOUR, POLICY, Team, after, word};

impl Team {
    /// Somebody who does governance approves a policy or keyring; gives the file.
    fn agree(&self, seconds: i64, what: &str, document: &str, key: &str) -> String {
        let out = format!("{document}.{key}.{seconds}.json");
        let words = format!("registry approve-{what} {document} --comment c --out {out}");
        self.done(seconds, &format!("{words} --key {key}.pem"));
        out
    }

    /// Writes the policy in force with something else in it.
    fn policy_with(&self, from: &str, to: &str) {
        assert!(POLICY.contains(from), "{from}");
        self.write("next.yaml", POLICY.replacen(from, to, 1));
    }
}

const CHANGE: &str = "registry policy next.yaml --key owner.pem";

#[test]
fn a_key_that_is_not_given_governance_by_name_changes_neither_keyring_nor_policy() {
    let team = Team::founded();
    let grab =
        team.keyring().replace("[gate-runner, compliance]", "[gate-runner, release, ml-lead]");
    team.write("k2.yaml", &grab);
    team.policy_with("max_age: 3d", "max_age: 2d");
    for key in ["ci", "ann", "ben"] {
        let said = "may not sign a `https://driftgate.dev/event/v1#governance`";
        team.refused(0, &format!("registry keyring k2.yaml --key {key}.pem"), "E_ROLE", said);
        team.refused(0, &format!("registry policy next.yaml --key {key}.pem"), "E_ROLE", said);
    }
    let keyring = team.put(&grab);
    let previous = team.replayed().state().keyring().unwrap();
    let body = EventBody::KeyringChanged { keyring, previous, approvals: [].into() };
    team.slip_in(0, &body, "ci");
    team.refused(0, "audit", "E_ROLE", "`ci` may not sign");
    team.cut_last();
    team.done(0, CHANGE);
}

#[test]
fn a_registry_is_founded_only_by_a_keyring_that_somebody_can_change() {
    let team = Team::founded();
    team.write("nobody.yaml", team.keyring_of(&[]));
    let words = "registry init --registry other --keyring nobody.yaml --key owner.pem";
    team.refused(0, words, "E_GOVERNANCE", "the keyring gives governance to nobody");
    team.refused(0, words, "event/v1#governance\" in the `predicates`", "two people");
    let lint = team.done(0, "keyring lint nobody.yaml").stdout;
    assert!(lint.contains("nobody may change keyring and policy: no registry can be"), "{lint}");
    let lint = team.done(0, "keyring lint keyring.yaml").stdout;
    assert!(lint.contains("`owner` alone may change keyring and policy"), "{lint}");
    team.refused(0, "registry keyring nobody.yaml --key owner.pem", "E_GOVERNANCE", "nobody");
}

#[test]
fn where_two_govern_neither_gives_anybody_more_alone() {
    let team = Team::founded();
    team.two_govern();
    let two = team.keyring_of(&["owner", "ann"]);
    let more = two.replacen("[owner, release]", "[owner, release, ml-lead]", 1);
    team.write("more.yaml", &more);
    let words = "registry keyring more.yaml --key owner.pem";
    team.refused(0, words, "E_APPROVAL", "`owner` gets the roles ml-lead");
    let own = team.agree(0, "keyring", "more.yaml", "owner");
    let with = |file: &str| format!("{words} --approval {file}");
    team.refused(0, &with(&own), "E_APPROVAL", "(`owner` cannot approve their own change)");
    // Nor by hand, nor by first taking governance from the other.
    let (keyring, previous) = (team.put(&more), team.replayed().state().keyring().unwrap());
    let body = EventBody::KeyringChanged { keyring, previous, approvals: [].into() };
    team.slip_in(0, &body, "owner");
    team.refused(0, "audit", "E_APPROVAL", "`owner` gets the roles ml-lead");
    team.cut_last();
    let alone = "registry keyring keyring.yaml --key owner.pem";
    team.refused(0, alone, "E_APPROVAL", "fewer than two could do governance");
    let stranger = two.replace("identity: dan", "identity: eve");
    team.write("eve.yaml", stranger);
    let renamed = "registry keyring eve.yaml --key owner.pem";
    team.refused(0, renamed, "E_APPROVAL", "a key of `dan` becomes one of `eve`");
    let other = team.agree(0, "keyring", "more.yaml", "ann");
    team.refused(7 * DAY, &with(&other), "E_EXPIRED", "at most 30 days, not at");
    team.done(0, &with(&other));
    team.done(0, "audit");
}

#[test]
fn what_somebody_with_two_keys_gains_is_said_once() {
    let team = Team::founded();
    team.two_govern();
    let two = team.keyring_of(&["owner", "ann"]);
    team.write("more.yaml", two.replacen("roles: [ml-lead]", "roles: [ml-lead, viewer]", 1));
    let ran = team.run(0, "registry keyring more.yaml --key owner.pem");
    assert_eq!(ran.stderr.matches("`ann` gets the roles viewer").count(), 1, "{ran:#?}");
}

#[test]
fn where_two_govern_each_takes_away_alone() {
    let team = Team::founded();
    team.two_govern();
    let two = team.keyring_of(&["owner", "ann"]);
    let pem = team.key("ben").public().to_pem().trim_end().replace('\n', "\n          ");
    let revoked = format!("{pem}\n        revoked_at: {}", after(9 * DAY));
    team.write(
        "less.yaml",
        two.replace(&pem, &revoked).replace("[ml-lead, compliance]", "[ml-lead]"),
    );
    team.done(HOUR, "registry keyring less.yaml --key ann.pem");
    // What was taken away comes back by two alone.
    team.write("two.yaml", two);
    let back = "registry keyring two.yaml --key ann.pem";
    team.refused(
        HOUR,
        back,
        "E_APPROVAL",
        "a key of `ben` counts for longer; `cat` gets the roles",
    );
}

#[test]
fn a_policy_that_is_not_plainly_stricter_takes_a_second_person() {
    let team = Team::founded();
    team.two_govern();
    for (from, to, said) in [
        ("promoted_by: release", "promoted_by: ml-lead", "promoted_by: release → ml-lead"),
        ("psi: {max: 0.25}", "psi: {max: 0.25, decide: point}", "psi.decide: interval → point"),
        ("reports/*.xml", "reports/unit.xml", "junit: reports/*.xml → reports/unit.xml"),
        ("psi: {max: 0.25}", "psi: {max: 0.3}", "looser: gates/drift/psi.max: 0.25 → 0.3"),
        (
            "  lab: {identity: [code]}\n",
            "  lab: {reference: dev, identity: [code]}\n",
            "lab/reference",
        ),
        (
            "max_age: 3d\n",
            "max_age: 3d\n    actions: [{name: x, exec: [./x]}]\n",
            "actions: added x",
        ),
    ] {
        team.policy_with(from, to);
        team.refused(0, CHANGE, "E_APPROVAL", said);
    }
    // Words for people have no effect, and less is let through.
    team.policy_with("valid_for: 7d", "description: for flights\nvalid_for: 6d");
    let told = team.done(0, CHANGE).stderr;
    assert!(told.contains("no effect: description: reworded\n"), "{told}");
    assert!(told.contains("stricter: valid_for: 604800 s → 518400 s\n"), "{told}");
}

#[test]
fn an_approval_of_a_policy_is_of_this_change_by_somebody_else_and_ends() {
    let team = Team::founded();
    team.two_govern();
    team.policy_with("psi: {max: 0.25}", "psi: {max: 0.3}");
    let with = |file: &str| format!("{CHANGE} --approval {file}");
    let approving = "registry approve-policy next.yaml --comment c --out x --key";
    let who = "in the `predicates` of who may; by the keyring in force may: ann, owner\n";
    for said in ["`ci` may not sign a `https://driftgate.dev/event/v1#governance`", who] {
        team.refused(0, &format!("{approving} ci.pem"), "E_ROLE", said);
    }
    for said in ["the keyring in force knows no key", who] {
        team.refused(0, &format!("{approving} stranger.pem"), "E_KEY: ", said);
    }
    let longer = team.run(0, &format!("{approving} ann.pem --valid-for 31d"));
    assert_eq!(longer.code, Some(2), "{longer:#?}");
    let own = team.agree(0, "policy", "next.yaml", "owner");
    team.refused(0, &with(&own), "E_APPROVAL", "`owner` cannot approve their own change");
    let word_of_ann = team.agree(0, "policy", "next.yaml", "ann");
    team.refused(7 * DAY, &with(&word_of_ann), "E_EXPIRED", "the approval counts from");
    // As requests are approved, and policies once were.
    let next = Sha256Digest::of(&std::fs::read(team.path("next.yaml")).unwrap());
    let old = Approval {
        schema_version: 1,
        registry: team.replayed().registry(),
        request: next,
        decision: Decision::Approved,
        role: word("ml-lead"),
        comment: word("fine"),
        at: after(0),
    };
    let old = sign(&old.statement(), &[team.key("ann")]).unwrap();
    team.write("old.json", old.envelope);
    team.refused(0, &with("old.json"), "E_APPROVAL_FORM", "approve-policy");
    // Another policy in force is another change.
    team.write("strict.yaml", POLICY.replacen("valid_for: 7d", "valid_for: 6d", 1));
    team.done(0, "registry policy strict.yaml --key owner.pem");
    team.refused(0, &with(&word_of_ann), "E_APPROVAL", "the approval is of a change of");
    let again = team.agree(HOUR, "policy", "next.yaml", "ann");
    team.done(HOUR, &with(&again));
}
