//! An environment where something runs and that the policy in force does not know any more.

use super::team::{HOUR, POLICY, Team, promoting};
use crate::command::Ran;

const BACK: &str = "rollback --model flights --env dev --reason WHY --key owner.pem";
const POLICY_AGAIN: &str =
    "put a policy in force that has `dev`: `driftgate registry policy POLICY`";

/// The founded team, whose policy knows no `dev` any more.
fn gone() -> Team {
    let team = Team::founded();
    let without = POLICY.replace("  dev: {identity: [code]}\n", "").replace("[dev, lab]", "[lab]");
    team.two_govern();
    put_in_force(&team, &without);
    team
}

/// What the hint says: somebody else approves, and the policy is put in force.
pub(super) fn put_in_force(team: &Team, policy: &str) {
    team.write("next.yaml", policy);
    let out = format!("approval-{}.json", team.events());
    let approve = "registry approve-policy next.yaml --comment fine --key ann.pem --out";
    team.done(HOUR, &format!("{approve} {out}"));
    team.done(HOUR, &format!("registry policy next.yaml --approval {out} --key owner.pem"));
}

#[test]
fn what_runs_there_is_not_moved_before_the_policy_knows_it_again_and_everybody_says_so() {
    let team = gone();
    let refused = "`flights@v3` runs in `dev`, which the policy in force does not know";
    let hint = format!("hint: {POLICY_AGAIN}; then try again\n");
    for words in [BACK.to_owned(), format!("{BACK} --drill"), format!("{BACK} --to v1")] {
        team.refused(HOUR, &words, "E_STATE", refused);
        team.refused(HOUR, &words, "E_STATE", &hint);
    }
    let status = team.done(HOUR, "status").stdout;
    let line = format!("no door   flights in dev: nothing is moved there: {POLICY_AGAIN}\n");
    assert!(status.contains(&line), "{status}");
    let revoke = "revoke flights@v3 --role release --comment poisoned --key owner.pem";
    let revoked = team.done(HOUR, revoke).stdout;
    let next = "driftgate rollback --model flights --env dev --reason WHY";
    let line = format!("runs      in dev still: {POLICY_AGAIN}; then {next}\n");
    assert!(revoked.contains(&line), "{revoked}");
    put_in_force(&team, POLICY);
    assert!(!team.done(HOUR, "status").stdout.contains("no door"));
    assert!(team.done(HOUR, BACK).stdout.contains("in dev from v3 to v2"));
    team.done(HOUR, "audit");
}

/// Two people put a policy in force that knows neither `dev` nor `lab` any more.
fn without_dev_and_lab(team: &Team) {
    let gone =
        ["  dev: {identity: [code]}\n", "  lab: {identity: [code]}\n", "    from: [dev, lab]\n"];
    let without = gone.iter().fold(POLICY.to_owned(), |policy, line| policy.replace(line, ""));
    team.two_govern();
    put_in_force(team, &without);
}

#[test]
fn nobody_has_a_say_about_holds_and_requests_there_but_who_asked() {
    let team = Team::founded();
    let release = "hold release --model flights --env dev --role ml-lead --comment no --key";
    let hold = release.replace("release", "place").replace("ml-lead", "release");
    team.done(0, &format!("{hold} owner.pem"));
    let request = team.request(0, "v2", "lab");
    without_dev_and_lab(&team);
    let events = team.events();
    let unknown = "the policy in force knows no environment `dev`";
    team.refused(HOUR, &format!("{release} ann.pem"), "E_STATE", unknown);
    let reject = format!("reject {request} --role ml-lead --comment no --key");
    team.refused(HOUR, &format!("{reject} ann.pem"), "E_STATE", "knows no environment `lab`");
    let remedy = "put a policy in force that has `lab`: `driftgate registry policy POLICY`; before \
                  that only who asked may reject it: owner\n";
    team.refused(HOUR, &format!("{reject} ann.pem"), "E_STATE", remedy);
    team.refused(HOUR, &format!("{reject} stranger.pem"), "E_KEY", remedy);
    assert_eq!(team.events(), events);
    team.done(HOUR, &format!("{reject} owner.pem").replace("ml-lead", "release"));
    team.done(HOUR, "audit");
}

#[test]
fn every_command_about_it_says_the_same_and_of_what_was_never_there_that_it_is_unknown() {
    let team = Team::founded();
    let request = team.request(0, "v2", "lab");
    without_dev_and_lab(&team);
    let said = "the policy in force knows no environment `lab` any more\n  hint: put a policy in";
    team.refused(HOUR, &format!("promote {request} --key owner.pem"), "E_STATE", said);
    let hold = "hold place --model flights --env ENV --role release --comment no --key owner.pem";
    for words in [
        "door ENV --model flights@v1",
        "request --model flights@v1 --to ENV --key owner.pem",
        &BACK.replace("--env dev", "--env ENV"),
        hold,
        &hold.replace("place", "release"),
    ] {
        team.refused(HOUR, &words.replace("ENV", "lab"), "E_STATE", said);
        let ran = team.run(HOUR, &words.replace("ENV", "moon"));
        assert_eq!(ran.code, Some(2), "{words}: {ran:#?}");
        assert!(ran.stderr.contains("hint: it has staging, prod\n"), "{words}: {ran:#?}");
    }
}

#[test]
fn where_nothing_ever_ran_the_environments_of_the_policy_are_named() {
    let ran = Team::founded().run(HOUR, &BACK.replace("--env dev", "--env moon"));
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.stderr.contains("hint: it has dev, lab, staging, prod"), "{ran:#?}");
}

#[test]
fn what_is_due_there_is_left_since_nobody_can_do_it_and_no_other_command_fails_for_it() {
    let told = POLICY.replace(
        "lab: {identity: [code]}",
        "lab: {identity: [code], actions: [{name: tell, file: told}]}",
    );
    let team = Team::under(&told);
    team.write("told", "in the way");
    let request = team.request(0, "v1", "lab");
    assert_eq!(team.run(0, &promoting(&request)).code, Some(5));
    let event = team.events();
    let line = told.lines().find(|line| line.contains("  lab:")).unwrap();
    let without = told.replace(&format!("{line}\n"), "").replace("[dev, lab]", "[dev]");
    team.two_govern();
    put_in_force(&team, &without);
    let left =
        format!("tell about event {event} is left: E_STATE: nobody can, since the policy in");
    let hint = "hint: put a policy in force that has `lab`: `driftgate registry policy POLICY`";
    let says = |ran: &Ran| {
        assert!(ran.stderr.contains(&left) && ran.stderr.contains(hint), "{ran:#?}");
    };
    for version in ["v1", "v2"] {
        let request = team.request(HOUR, version, "dev");
        says(&team.done(HOUR, &promoting(&request)));
    }
    says(&team.done(HOUR, BACK));
    let ran = team.run(HOUR, "reconcile --check");
    let line = format!(
        "left: tell about event {event}: nobody can, since the policy in force knows no environment \
         `lab` any more; {}\n",
        POLICY_AGAIN.replace("dev", "lab")
    );
    assert_eq!((ran.code, ran.stdout), (Some(1), line));
    // Nobody counts as mover there, whoever they are.
    for key in ["owner", "ci"] {
        let ran = team.run(HOUR, &format!("reconcile --key {key}.pem"));
        assert_eq!(ran.code, Some(1), "{ran:#?}");
        assert_eq!(ran.stdout, "0 done, 0 put right, 1 left, which nobody can do now\n");
        says(&ran);
    }
    std::fs::remove_file(team.path("told")).unwrap();
    put_in_force(&team, &told);
    let checked = team.run(HOUR, "reconcile --check").stdout;
    assert_eq!(checked, format!("to do: tell about event {event}\n"));
    let ran = team.done(HOUR, "reconcile --key owner.pem");
    assert_eq!(ran.stdout, "1 done, 0 put right, nothing is left to do\n");
    team.done(HOUR, "audit");
}
