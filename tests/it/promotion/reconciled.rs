//! Who may do outside what is still to be done: whoever may move versions there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use driftgate::registry::event::{ActionOutcome, EventReference};
use driftgate::registry::{EventBody, Seq};

use super::gone::put_in_force;
use super::team::{BEGUN, HOUR, POLICY, Team, after, promoting, word};

/// The owner moves versions into `dev`, an ML lead into `lab`; each action writes into a folder.
fn under() -> Team {
    Team::under(&policy())
}

fn policy() -> String {
    let dev = "dev: {identity: [code], promoted_by: release, \
               actions: [{name: deploy, file: deployed}, {name: note, file: deployed}]}";
    let lab = "lab: {identity: [code], promoted_by: ml-lead, actions: [{name: tell, file: told}]}";
    let policy = POLICY.replace("dev: {identity: [code]}", dev);
    policy.replace("lab: {identity: [code]}", lab)
}

/// v1 is moved into both, while files are in the way of what is to be done outside.
fn blocked() -> Team {
    let team = under();
    for name in ["deployed", "told"] {
        team.write(name, "in the way");
    }
    let dev = team.request(0, "v1", "dev");
    let lab = team.request(0, "v1", "lab");
    assert_eq!(team.run(0, &promoting(&dev)).code, Some(5));
    let seq = team.events();
    let ran = team.run(0, &format!("promote {lab} --key ann.pem"));
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    let left = format!("deploy about event {seq} is left to others: E_ROLE: `ann` does not have");
    assert!(ran.stderr.contains(&left), "{ran:#?}");
    for name in ["deployed", "told"] {
        fs::remove_file(team.path(name)).unwrap();
    }
    team
}

#[test]
fn a_failure_names_all_that_is_still_to_be_done() {
    let team = under();
    team.write("deployed", "in the way");
    let request = team.request(0, "v1", "dev");
    let ran = team.run(0, &promoting(&request));
    let seq = team.events();
    let said = format!(
        "the decisions stand, but `deploy` (event {seq}), `note` (event {seq}) are still to be done"
    );
    assert!(ran.code == Some(5) && ran.stderr.contains(&said), "{ran:#?}");
}

#[test]
fn of_one_model_status_tells_what_is_still_to_be_done_about_that_one_alone() {
    let team = blocked();
    team.done(0, "passport new delays@v1 --artifact model/v1 --commit abc123 --key ci.pem");
    for (words, due) in [("", 3), (" --model flights", 3), (" --model delays", 0)] {
        let lines = team.done(HOUR, &format!("status{words}")).stdout;
        assert_eq!(lines.matches("to do     ").count(), due, "{words}: {lines}");
        let json = team.run(HOUR, &format!("status{words} --format json")).json();
        assert_eq!(json["openActions"].as_array().unwrap().len(), due, "{words}: {json:#}");
    }
}

#[test]
fn who_may_move_nothing_there_does_nothing_outside_and_is_told_who_may() {
    let team = blocked();
    let events = team.events();
    let who = "hint: by the keyring in force may: owner as `release` in `dev`; ann, cat, dan as \
               `ml-lead` in `lab`\n";
    for said in ["`ci` does not have the role `release` in the keyring", who] {
        team.refused(HOUR, "reconcile --key ci.pem", "E_ROLE", said);
    }
    // Nor are those named to a stranger who may write events and move nothing.
    for said in ["nothing was done", who] {
        team.refused(HOUR, "reconcile --key stranger.pem", "E_KEY", said);
    }
    // The role alone does not do, where it is for other environments.
    let cat = "  - identity: cat\n    roles: [ml-lead, compliance";
    let elsewhere = "  - identity: cat\n    environments: [prod]\n    roles: [ml-lead, release";
    team.write("next.yaml", team.keyring().replace(cat, elsewhere));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    team.refused(HOUR, "reconcile --key cat.pem", "E_SCOPE", "`cat` may not sign for `dev`");
    let nobody = team.keyring().replace("roles: [owner, release]", "roles: [owner]");
    team.write("next.yaml", nobody);
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let who = "may: nobody in `dev`; ann, cat, dan as `ml-lead` in `lab`\n";
    team.refused(HOUR, "reconcile --key ci.pem", "E_ROLE", who);
    assert_eq!(team.events(), events + 2, "the keyrings alone");
    assert!(!team.path("deployed").exists() && !team.path("told").exists());
}

#[test]
fn of_several_environments_each_does_what_is_theirs_and_says_what_is_left_and_to_whom() {
    let team = blocked();
    let ran = team.run(HOUR, "reconcile --key ann.pem");
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert_eq!(ran.stdout, "1 done, 0 put right, 2 left to others\n");
    for said in ["deploy about event", "note about event", "may: owner as `release`\n"] {
        assert!(ran.stderr.contains(said), "{said}: {ran:#?}");
    }
    assert!(team.path("told").exists() && !team.path("deployed").exists());
    let ran = team.done(HOUR, "reconcile --key owner.pem");
    assert_eq!(ran.stdout, "2 done, 0 put right, nothing is left to do\n");
    // Where nothing is due, whoever may write events is told so.
    team.done(HOUR, "reconcile --key ci.pem");
    team.done(HOUR, "audit");
}

#[test]
fn who_loses_the_right_by_what_is_done_outside_does_nothing_more() {
    let dev = "dev: {identity: [code], promoted_by: release, actions: [{name: one, exec: [./act, one]}, \
               {name: two, exec: [./act, two]}]}";
    let team = Team::under(&POLICY.replace("dev: {identity: [code]}", dev));
    team.write("act", "#!/bin/sh\nexit 3\n");
    fs::set_permissions(team.path("act"), fs::Permissions::from_mode(0o755)).unwrap();
    // Another who may release, so that the owner can take it from them.
    let dan = "  - identity: dan\n    roles: [ml-lead]";
    let both = team.keyring().replace(dan, "  - identity: dan\n    roles: [ml-lead, release]");
    team.write("both.yaml", both);
    team.done(0, "registry keyring both.yaml --key owner.pem");
    let request = team.request(0, "v1", "dev");
    assert_eq!(team.run(0, &promoting(&request)).code, Some(5));
    team.write("less.yaml", team.keyring());
    let program = env!("CARGO_BIN_EXE_driftgate");
    let take = format!("{program} registry keyring less.yaml --key owner.pem");
    let at = format!("export SOURCE_DATE_EPOCH={}", BEGUN + HOUR);
    team.write(
        "act",
        format!("#!/bin/sh\n{at}\necho $1 >> did\n[ -e taken ] || {{ : > taken; {take}; }}\n"),
    );
    fs::set_permissions(team.path("act"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = team.run(HOUR, "reconcile --key dan.pem");
    assert_eq!(fs::read_to_string(team.path("did")).unwrap(), "one\n", "{ran:#?}");
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert_eq!(ran.stdout, "0 done, 0 put right, the rest failed\n");
    let said = "what came of `one` is not recorded, so it stays to be done: E_ROLE: `dan`";
    assert!(ran.stderr.contains(said), "{ran:#?}");
    team.done(HOUR, "reconcile --key owner.pem");
    assert_eq!(fs::read_to_string(team.path("did")).unwrap(), "one\none\ntwo\n");
    team.done(HOUR, "audit");
}

/// All that can be told of what was done outside about an event.
fn told(event: EventReference) -> [EventBody; 4] {
    let ended = |outcome| EventBody::ActionDone {
        event,
        action: word("deploy"),
        outcome,
        detail: Some(word("trust me")),
    };
    let incident = EventBody::Incident { event, action: word("deploy"), reference: word("issue") };
    let [done, given_up, put_right] =
        [ActionOutcome::Succeeded, ActionOutcome::GivenUp, ActionOutcome::PutRight].map(ended);
    [done, given_up, put_right, incident]
}

/// The event about which something is still to be done in `dev`.
fn due(team: &Team) -> EventReference {
    let replayed = team.replayed();
    let mut open = replayed.state().open_actions();
    open.find(|(_, action)| action.as_ref() == "deploy").unwrap().0
}

#[test]
fn what_was_done_outside_is_told_by_hand_only_by_those_who_may_move_versions_there() {
    let team = blocked();
    let cat = "  - identity: cat\n    roles: [ml-lead, compliance";
    let elsewhere = "  - identity: cat\n    environments: [prod]\n    roles: [ml-lead, release";
    let next = team.keyring_without("ann2").replace(cat, elsewhere);
    team.write("next.yaml", next);
    team.done(0, "registry keyring next.yaml --key owner.pem");
    let event = due(&team);
    let wanted = "the policy in force wants the role `release`";
    let role = format!(
        "`ci` (key {}) may not tell what came of `deploy` in `dev`: {wanted}",
        team.key_name("ci")
    );
    for body in told(event) {
        for (key, code, said) in [
            ("ci", "E_ROLE", role.as_str()),
            ("cat", "E_SCOPE", "`cat` may not sign for `dev`"),
            ("ann2", "E_KEY_REVOKED", "the key of `ann` was revoked"),
        ] {
            let (registry, mut replayed) = (team.registry(), team.replayed());
            let (signer, at) = (team.key(key), after(HOUR));
            let refused = registry.append(&mut replayed, body.clone(), &[], &signer, at);
            assert_eq!(refused.unwrap_err().code(), Some(code), "{key}");
            team.slip_in(HOUR, &body, key);
            let audit = team.run(HOUR, "audit");
            for told in [code, said, &format!("event {}", team.events())] {
                assert!(audit.code == Some(4) && audit.stderr.contains(told), "{told}: {audit:#?}");
            }
            team.cut_last();
        }
    }
    let [done, ..] = told(event);
    team.slip_in(HOUR, &done, "ci");
    team.unsound(HOUR, "E_ROLE", &role);
    team.cut_last();
    team.append(HOUR, done, "owner");
    team.done(HOUR, "audit");
}

#[test]
fn nothing_is_told_of_what_was_done_where_the_policy_knows_no_door_or_nothing_was_moved() {
    let team = blocked();
    team.two_govern();
    let event = due(&team);
    let without = policy()
        .lines()
        .filter(|line| !line.starts_with("  dev:"))
        .fold(String::new(), |text, line| {
            format!("{text}{}\n", line.replace("[dev, lab]", "[lab]"))
        });
    put_in_force(&team, &without);
    for body in told(event) {
        team.slip_in(HOUR, &body, "owner");
        let said = "nobody may tell what came of `deploy` in `dev`: the policy in force knows no";
        team.refused(HOUR, "audit", "E_STATE", said);
        team.cut_last();
    }
    // What is left is another's.
    team.refused(HOUR, "reconcile --key owner.pem", "E_ROLE", "`ml-lead`");
    assert_eq!(due(&team), event, "it stays to be done");
    let nothing = team.replayed().state().event(Seq(2)).unwrap();
    for body in told(nothing) {
        team.slip_in(HOUR, &body, "owner");
        let said = "`deploy` is not to be done about event 2, or is done";
        team.refused(HOUR, "audit", "E_STATE", said);
        team.cut_last();
    }
}
