//! One command back to a version that still verifies, and nothing undoes it but people.

use std::fs;
use std::os::unix::fs::symlink;

use driftgate::registry::EventBody;
use driftgate::registry::event::EventReference;

use super::team::{DAY, HOUR, POLICY, Team, approving, promoting, word};
use crate::command::Ran;

const BACK: &str = "rollback --model flights --env prod --reason slow --key owner.pem";
const LATER: i64 = 2 * HOUR;
const SAY: &str = "wants the role `compliance` or `ml-lead` or `release`";

#[test]
fn one_command_leads_back_however_old_the_reports_are() {
    let team = Team::released();
    let ran = team.done(300 * DAY, BACK);
    let said = "rolled back  flights in prod from v2 to v1 by owner\n";
    assert!(ran.stdout.starts_with(said), "{ran:#?}");
    let status = team.done(300 * DAY, "status").stdout;
    assert!(status.contains("flights in prod: v1"), "{status}");
    team.done(300 * DAY, "audit");
    let ci = BACK.replace("owner.pem", "ci.pem");
    team.refused(300 * DAY, &ci, "E_ROLE", "`ci` does not have the role `release`");
}

#[test]
fn t18_no_way_leads_back_to_a_version_whose_files_have_changed() {
    let team = Team::released();
    team.write("model/v1/weights", "others");
    team.refused(LATER, BACK, "E_SUBJECT", "the files of `flights@v1` hash to");
    let named = format!("{BACK} --to v1");
    team.refused(LATER, &named, "E_SUBJECT", "the files of `flights@v1` hash to");
    team.write("copy/weights", "weights of v1");
    team.done(LATER, &format!("{BACK} --artifact copy"));
}

#[test]
fn t18_no_way_leads_back_to_a_version_that_was_revoked() {
    let team = Team::released();
    team.done(HOUR, "revoke flights@v1 --role release --comment poisoned --key owner.pem");
    team.refused(LATER, BACK, "E_STATE", "that could run again: v1 was revoked by event");
    team.refused(LATER, &format!("{BACK} --to v1"), "E_REVOKED", "`flights@v1` was revoked");
    team.closed(LATER, "prod --model flights@v1", "passport of flights@v1", "E_REVOKED");
}

#[test]
fn t18_no_way_leads_back_to_a_version_whose_reports_are_worth_nothing_any_more() {
    let team = Team::released();
    team.write("next.yaml", team.keyring_without("ci"));
    team.done(LATER, "registry keyring next.yaml --key owner.pem");
    team.refused(LATER, BACK, "E_KEY", "the report");
}

#[test]
fn t18_only_a_version_that_ran_there_can_run_again() {
    let team = Team::released();
    team.refused(LATER, &format!("{BACK} --to v3"), "E_STATE", "`v3` never ran in `prod`");
    team.refused(LATER, &format!("{BACK} --to v2"), "E_STATE", "`v2` runs in `prod` already");
    team.done(LATER, BACK);
    let said = "no earlier version ran in `prod`";
    team.refused(LATER, &format!("{BACK} --drill"), "E_HOLD", said);
    team.refused(LATER, &format!("{BACK} --to v2"), "E_HOLD", "`v2` in `prod` is held since event");
    let elsewhere = BACK.replace("--env prod", "--env lab");
    team.refused(LATER, &elsewhere, "E_STATE", "nothing of `flights` runs in `lab`");
}

#[test]
fn no_way_leads_back_to_what_was_taken_back_before_it_is_promoted_again() {
    let team = Team::released();
    team.done(HOUR, BACK);
    let release = "hold release --model flights --env prod --version v2 --comment go";
    let drill = format!("{BACK} --drill");
    let said = "no earlier version ran in `prod` that could run again: v2 is held since event";
    team.refused(HOUR, &drill, "E_HOLD", said);
    let command = "`driftgate hold release --model flights --env prod --version v2 --role ROLE \
                   --comment WHY --key KEY` ends the hold";
    team.refused(HOUR, &drill, "E_HOLD", command);
    team.done(HOUR, &format!("{release} --role ml-lead --key ann.pem"));
    let said = "no earlier version ran in `prod` that could run again: v2 was taken back in event";
    team.refused(LATER, &drill, "E_STATE", said);
    team.refused(LATER, &drill, "E_STATE", "hint: name a version that was taken back by `--to");
    let taken_back = "no earlier version ran there but those that were taken back or revoked";
    assert_eq!(team.met(LATER, "prod --model flights@v3", "rollback drill"), taken_back);
    // By its name it can be run; that alone does not make it good again.
    team.done(LATER, &format!("{drill} --to v2"));
    team.tests(LATER, "v2", "prod");
    team.release(LATER, "v2");
    let ran = team.done(LATER, &drill);
    assert!(ran.stdout.starts_with("drilled   prod from v2 to v1 in"), "{ran:#?}");
}

#[test]
fn a_way_back_that_does_not_verify_leads_no_further_to_what_was_taken_back() {
    let team = Team::released();
    team.done(HOUR, BACK);
    let release = "hold release --model flights --env prod --version v2 --comment go";
    team.done(HOUR, &format!("{release} --role ml-lead --key ann.pem"));
    team.drift(HOUR, "v3", "august", "");
    team.tests(HOUR, "v3", "staging");
    team.move_to(HOUR, "v3", "staging");
    team.tests(HOUR, "v3", "prod");
    team.release(HOUR, "v3");
    team.write("model/v1/weights", "others");
    team.refused(LATER, BACK, "E_SUBJECT", "the files of `flights@v1` hash to");
    assert!(team.done(LATER, "status").stdout.contains("flights in prod: v3"));
}

#[test]
fn t18_an_object_that_was_altered_since_stops_the_way_back() {
    let team = Team::released();
    let replayed = team.replayed();
    let version = replayed.state().version(&word("flights"), &word("v1")).unwrap();
    let digest = version.reports.last().unwrap().report.to_string();
    let path = team.path(format!(".driftgate/objects/sha256/{}/{digest}", &digest[..2]));
    let mut altered = fs::read(&path).unwrap();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    team.write(&path, altered);
    team.refused(LATER, BACK, "E_OBJECT", "");
}

#[test]
fn t19_nothing_is_promoted_after_a_rollback_until_people_release_the_hold() {
    let team = Team::released();
    team.drift(HOUR, "v3", "august", "");
    team.tests(HOUR, "v3", "staging");
    team.move_to(HOUR, "v3", "staging");
    team.tests(HOUR, "v3", "prod");
    team.done(HOUR, &format!("{BACK} --drill"));
    let before = team.request(HOUR, "v3", "prod");
    team.approve(HOUR, &before, "ml-lead", "ann");
    team.approve(HOUR, &before, "compliance", "ben");
    team.done(LATER, BACK);
    // What was approved before is void, and nothing new is asked for.
    team.refused(LATER, &promoting(&before), "E_HOLD", "no hold: held since event");
    for version in ["v2", "v3"] {
        team.closed(LATER, &format!("prod --model flights@{version}"), "no hold", "E_HOLD");
    }
    let ask = "request --model flights@v3 --to prod --key owner.pem";
    team.refused(LATER, ask, "E_HOLD", "slow");
    // What only makes reports releases nothing, nor does a role that one has not.
    let release = "hold release --model flights --env prod --version v2 --comment mended";
    let by_ci = format!("{release} --role gate-runner --key ci.pem");
    team.refused(LATER, &by_ci, "E_ROLE", SAY);
    let boast = format!("{release} --role ml-lead --key ci.pem");
    team.refused(LATER, &boast, "E_ROLE", "`ci` does not have the role `ml-lead`");
    team.done(LATER, &format!("{release} --role ml-lead --key ann.pem"));
    // The old request asked for another change than that from v1.
    team.refused(LATER, &promoting(&before), "E_REQUEST", "what runs there (v1, by event");
    let after = team.request(LATER, "v3", "prod");
    team.done(LATER, &approving(&after, "ml-lead", "ann"));
    team.done(LATER, &approving(&after, "compliance", "ben"));
    team.done(LATER, &promoting(&after));
    team.done(LATER, BACK);
}

/// The command between backticks after `hint: `, typed as it stands but for its capitals.
fn typed(ran: &Ran, role: &str, key: &str) -> String {
    let hint = ran.stderr.split("hint: `driftgate ").nth(1);
    let (command, _) = hint.unwrap_or_else(|| panic!("{ran:#?}")).split_once('`').unwrap();
    command.replace("ROLE", role).replace("WHY", "mended").replace("KEY", &format!("{key}.pem"))
}

#[test]
fn whoever_is_stopped_by_a_hold_is_told_the_command_that_ends_it_and_who_may_give_it() {
    let team = Team::released();
    team.done(HOUR, &format!("{BACK} --drill"));
    team.done(HOUR, BACK);
    team.drift(HOUR, "v3", "august", "");
    team.tests(HOUR, "v3", "staging");
    team.move_to(HOUR, "v3", "staging");
    team.tests(HOUR, "v3", "prod");
    let ask = "request --model flights@v3 --to prod --key owner.pem";
    let who = "ends the hold; by the keyring in force may: ben, cat, ci as `compliance`; ann, cat, \
               dan as `ml-lead`; owner as `release`";
    let door = team.run(LATER, "door prod --model flights@v3");
    let named = team.run(LATER, &format!("{BACK} --to v2"));
    let asked = team.run(LATER, ask);
    let command = "hold release --model flights --env prod --version v2 --role ml-lead --comment \
                   mended --key ann.pem";
    for ran in [door, named, asked] {
        assert!(ran.stderr.contains(who), "{ran:#?}");
        assert_eq!(typed(&ran, "ml-lead", "ann"), command);
    }
    team.refused(LATER, ask, "E_HOLD", "only waits for people");
    team.done(LATER, command);
    team.done(LATER, ask);

    // One on all versions, placed by hand, and one where the version comes from.
    team.done(
        LATER,
        "hold place --model flights --env prod --role owner --comment w --key owner.pem",
    );
    let ran = team.run(LATER, ask);
    let command = "hold release --model flights --env prod --role release --comment mended --key \
                   owner.pem";
    assert_eq!(typed(&ran, "release", "owner"), command);
    team.done(LATER, command);
    team.done(LATER, &BACK.replace("--env prod", "--env staging"));
    let ran = team.run(LATER, ask);
    assert!(ran.stderr.contains("E_HOLD: the way here: it was taken back in staging"), "{ran:#?}");
    // No role has a say there, so that any will do.
    let command = typed(&ran, "gate-runner", "ci");
    assert!(command.contains("--env staging --version v3 --role gate-runner"), "{command}");
    team.done(LATER, &command);
    team.done(LATER, ask);
}

#[test]
fn of_several_holds_each_is_named_with_what_ends_it_in_the_order_in_which_they_were_placed() {
    let team = Team::founded();
    let hold = "--model flights --env lab --role release --comment w --key owner.pem";
    team.done(HOUR, &format!("hold place --version v3 {hold}"));
    let first = team.events();
    team.done(HOUR, &format!("hold place {hold}"));
    let release = "`driftgate hold release --model flights --env lab";
    let typed = "--role ROLE --comment WHY --key KEY`";
    let all = format!(
        "hint: both holds have to end: {release} --version v3 {typed}, {release} {typed}; by the \
         keyring in force may: "
    );
    let door = team.run(HOUR, "door lab --model flights@v1");
    let said = format!("E_HOLD: held since event {first}: w\n");
    assert!(door.stdout.contains(&said) && door.stderr.contains(&all), "{door:#?}");
    let ask = "request --model flights@v1 --to lab --key owner.pem";
    team.refused(HOUR, ask, "E_HOLD", &all);
    team.done(HOUR, &format!("hold release --version v3 {hold}"));
    team.refused(HOUR, ask, "E_HOLD", &format!("{release} {typed} ends the hold; "));
    team.done(HOUR, &format!("hold release {hold}"));
    team.done(HOUR, ask);
}

#[test]
fn who_rolls_back_again_is_told_that_it_was_done_and_goes_further_back_by_name_alone() {
    let team = Team::founded();
    let back = BACK.replace("--env prod", "--env dev");
    team.done(HOUR, &back);
    let said = "`dev` was rolled back from v3 to v2 by owner in event";
    team.refused(HOUR, &back, "E_CONFLICT", said);
    team.refused(DAY, &back, "E_CONFLICT", said);
    team.done(HOUR, &format!("{back} --drill"));
    team.done(HOUR, &format!("{back} --to v1"));
    team.refused(HOUR, &back, "E_CONFLICT", "`dev` was rolled back from v2 to v1 by owner");
}

#[test]
fn an_incident_stands_once_in_the_ledger_whenever_its_teller_was_killed() {
    let (team, event) = untold();
    assert_eq!(incidents(&team), 0);
    // What it leaves that is killed between recording the incident and that the action is done.
    let told = EventBody::Incident { event, action: word("issue"), reference: word("issue-1") };
    team.append(HOUR, told, "owner");
    team.done(HOUR, "reconcile --key owner.pem");
    team.done(HOUR, "reconcile --key owner.pem");
    assert_eq!(incidents(&team), 1);
    team.done(HOUR, "audit");
}

#[test]
fn of_many_who_do_what_is_left_to_do_all_succeed_and_each_thing_is_recorded_once() {
    let (team, _) = untold();
    let before = team.replayed().events().len();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| team.done(HOUR, "reconcile --key owner.pem"));
        }
    });
    assert_eq!(incidents(&team), 1);
    assert_eq!(team.replayed().events().len(), before + 3);
    team.done(HOUR, "audit");
}

#[test]
fn what_a_killed_writer_left_is_taken_away_by_the_next() {
    let (team, _) = untold();
    let again = BACK.replace("--env prod", "--env lab");
    team.refused(HOUR, &again, "E_CONFLICT", "`driftgate reconcile` does what is still");
    let left = ["out/.driftgate-a.tmp", ".driftgate/heads/flights/.driftgate-b.tmp"];
    for name in &left {
        team.write(name, "half");
    }
    fs::remove_file(team.path(".driftgate/heads/flights/lab.json")).unwrap();
    team.done(HOUR, "reconcile --key owner.pem");
    assert!(team.path(".driftgate/heads/flights/lab.json").exists());
    assert!(left.iter().all(|name| !team.path(name).exists()));
}

/// A rollback in `lab` with an action and an incident that could not be told outside.
fn untold() -> (Team, EventReference) {
    let lab = "lab: {identity: [code], actions: [{name: told, file: out}], \
               incidents: [{name: issue, file: out}]}";
    let team = Team::under(&POLICY.replace("lab: {identity: [code]}", lab));
    team.move_to(0, "v1", "lab");
    team.move_to(0, "v2", "lab");
    fs::rename(team.path("out"), team.path("earlier")).unwrap();
    symlink("/proc/self", team.path("out")).unwrap();
    let ran = team.run(HOUR, &BACK.replace("--env prod", "--env lab"));
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("No such file or directory"), "with the cause: {ran:#?}");
    fs::remove_file(team.path("out")).unwrap();
    let event = team.replayed().events().last().unwrap().reference();
    (team, event)
}

fn incidents(team: &Team) -> usize {
    let told = |body: &EventBody| matches!(body, EventBody::Incident { .. });
    team.replayed().events().iter().filter(|event| told(&event.body)).count()
}
