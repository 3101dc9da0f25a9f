//! Who may do outside what is still to be done: whoever may move versions there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::team::{BEGUN, HOUR, POLICY, Team, promoting};

/// The owner moves versions into `dev`, an ML lead into `lab`; each action writes into a folder.
fn under() -> Team {
    let dev = "dev: {identity: [code], promoted_by: release, \
               actions: [{name: deploy, file: deployed}, {name: note, file: deployed}]}";
    let lab = "lab: {identity: [code], promoted_by: ml-lead, actions: [{name: tell, file: told}]}";
    let policy = POLICY.replace("dev: {identity: [code]}", dev);
    Team::under(&policy.replace("lab: {identity: [code]}", lab))
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
fn who_may_move_nothing_there_does_nothing_outside_and_is_told_who_may() {
    let team = blocked();
    let events = team.events();
    let who = "hint: by the keyring in force may: owner as `release`\n";
    for said in ["`ci` does not have the role `release` in the keyring", who] {
        team.refused(HOUR, "reconcile --key ci.pem", "E_ROLE", said);
    }
    // The role alone does not do, where it is for other environments.
    let cat = "  - identity: cat\n    roles: [ml-lead, compliance";
    let elsewhere = "  - identity: cat\n    environments: [prod]\n    roles: [ml-lead, release";
    team.write("next.yaml", team.keyring().replace(cat, elsewhere));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    team.refused(HOUR, "reconcile --key cat.pem", "E_SCOPE", "`cat` may not sign for `dev`");
    assert_eq!(team.events(), events + 1, "the keyring alone");
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
    team.write("act", format!("#!/bin/sh\n{at}\necho $1 >> did\n[ $1 = two ] || {take}\n"));
    fs::set_permissions(team.path("act"), fs::Permissions::from_mode(0o755)).unwrap();
    let ran = team.run(HOUR, "reconcile --key dan.pem");
    assert_eq!(fs::read_to_string(team.path("did")).unwrap(), "one\n", "{ran:#?}");
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert_eq!(ran.stdout, "1 done, 0 put right, 1 left to others\n");
    let said = "is left to others: E_ROLE: `dan` does not have the role `release`";
    assert!(ran.stderr.contains(said), "{ran:#?}");
    team.done(HOUR, "reconcile --key owner.pem");
    assert_eq!(fs::read_to_string(team.path("did")).unwrap(), "one\ntwo\n");
    team.done(HOUR, "audit");
}
