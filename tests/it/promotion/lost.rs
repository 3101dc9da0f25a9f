//! Rollbacks and drills where the passport of a version was lost or damaged.

use std::fs;
use std::path::PathBuf;

use super::team::{HOUR, POLICY, Team, word};

const BACK: &str = "rollback --model flights --env dev --reason slow --key owner.pem";
const UNTOLD: &str = "is passed over: whether it may run cannot be told: E_OBJECT";

/// Where the passport of a version lies.
fn passport(team: &Team, version: &str) -> PathBuf {
    let replayed = team.replayed();
    let known = replayed.state().version(&word("flights"), &word(version)).unwrap();
    let digest = known.passport.to_string();
    team.path(format!(".driftgate/objects/sha256/{}/{digest}", &digest[..2]))
}

#[test]
fn a_version_whose_passport_is_damaged_is_passed_over_and_told_of() {
    for damage in [None, Some("garbage")] {
        let team = Team::founded();
        let lost = passport(&team, "v2");
        fs::remove_file(&lost).unwrap();
        if let Some(garbage) = damage {
            team.write(&lost, garbage);
        }
        let events = team.events();
        let named = format!("{BACK} --to v2");
        team.refused(HOUR, &named, "E_OBJECT", "");
        assert_eq!(team.events(), events, "could not tell is never good");
        for words in [format!("{BACK} --drill"), BACK.to_owned()] {
            let ran = team.done(HOUR, &words);
            assert!(ran.stderr.contains(&format!("v2 {UNTOLD}")), "{ran:#?}");
            assert!(ran.stdout.contains("from v3 to v1"), "{ran:#?}");
        }
        assert!(team.done(HOUR, "status").stdout.contains("flights in dev: v1"));
    }
}

#[test]
fn a_drill_that_can_tell_of_no_version_is_recorded_as_failed() {
    let team = Team::founded();
    for version in ["v1", "v2"] {
        fs::remove_file(passport(&team, version)).unwrap();
    }
    team.refused(HOUR, BACK, "E_OBJECT", &format!("v1 {UNTOLD}"));
    let drill = format!("{BACK} --drill");
    team.refused(HOUR, &drill, "E_OBJECT", "the drill is recorded as failed, event");
    let replayed = team.replayed();
    let place = replayed.state().place(&word("flights"), &word("dev")).unwrap();
    assert!(place.drills.last().is_some_and(|drill| !drill.verified), "{:#?}", place.drills);
}

#[test]
fn one_goes_away_from_a_version_whose_passport_is_damaged_and_drills_that_too() {
    let team = Team::founded();
    fs::remove_file(passport(&team, "v3")).unwrap();
    team.done(HOUR, &format!("{BACK} --drill"));
    assert!(team.done(HOUR, BACK).stdout.contains("from v3 to v2"));
    // Nobody goes back twice, whether what runs can be told of or not.
    fs::remove_file(passport(&team, "v2")).unwrap();
    team.refused(HOUR, BACK, "E_CONFLICT", "`dev` was rolled back from v3 to v2");
    team.done(HOUR, &format!("{BACK} --to v1"));
}

#[test]
fn where_nothing_but_what_was_lost_ran_before_that_is_said() {
    let team = Team::under(POLICY);
    team.move_to(0, "v1", "dev");
    team.move_to(0, "v2", "dev");
    team.done(HOUR, BACK);
    let release = "hold release --model flights --env dev --version v2 --role release --comment ok";
    team.done(HOUR, &format!("{release} --key owner.pem"));
    team.move_to(HOUR, "v3", "dev");
    for version in ["v1", "v2"] {
        fs::remove_file(passport(&team, version)).unwrap();
    }
    team.done(HOUR, "hold place --model flights --env dev --version v1 --role release --comment w --key owner.pem");
    let said = format!("no earlier version ran in `dev` that could run again: v1 {UNTOLD}");
    team.refused(HOUR, BACK, "E_STATE", &said);
}

#[test]
fn a_drill_to_what_nobody_could_go_back_to_any_more_opens_no_door() {
    let team = released_thrice();
    let (door, drill) = ("prod --model flights@v1", "rollback drill");
    let drilling = format!("{} --drill", BACK.replace("--env dev", "--env prod"));
    team.done(HOUR, &drilling);
    team.met(HOUR, door, drill);
    let hold = "--model flights --env prod --version v2 --role release --comment w --key owner.pem";
    team.done(HOUR, &format!("hold place {hold}"));
    team.closed(HOUR, door, drill, "E_DRILL");
    team.done(HOUR, &format!("hold release {hold}"));
    team.met(HOUR, door, drill);
    let lost = passport(&team, "v2");
    let bytes = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    team.closed(HOUR, door, drill, "E_DRILL");
    let said = "to v2, in";
    let ran = team.run(HOUR, &format!("door {door}"));
    assert!(ran.stdout.contains(said), "{ran:#?}");
    assert!(ran.stdout.contains("any more: the passport of v2 cannot be read"), "{ran:#?}");
    team.write(&lost, bytes);
    team.met(HOUR, door, drill);
    team.done(HOUR, "revoke flights@v2 --role release --comment bad --key owner.pem");
    let ran = team.run(HOUR, &format!("door {door}"));
    assert!(ran.stdout.contains("any more: v2 was revoked by event"), "{ran:#?}");
    // The next way back is tried instead.
    assert!(team.done(HOUR, &drilling).stdout.contains("from v3 to v1"));
    team.met(HOUR, door, drill);
    team.done(HOUR, "audit");
}

/// v1, v2 and v3 were promoted to `prod`, the last by a drill to v1.
fn released_thrice() -> Team {
    let team = Team::released();
    team.done(HOUR, &format!("{} --drill", BACK.replace("--env dev", "--env prod")));
    team.drift(HOUR, "v3", "august", "");
    team.tests(HOUR, "v3", "staging");
    team.move_to(HOUR, "v3", "staging");
    team.tests(HOUR, "v3", "prod");
    team.release(HOUR, "v3");
    team
}
