//! The way from environment to environment, what a version must name, and the way back.

use std::fs;

use driftgate::registry::EventBody;

use super::team::{BEGUN, DAY, HOUR, POLICY, Team, word};

#[test]
fn a_door_is_a_checklist_that_says_what_is_missing() {
    let team = Team::staged();
    let ran = team.run(0, "door prod --model flights@v1");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:#?}");
    assert!(ran.stdout.starts_with("door prod for flights@v1: closed\n"), "{ran:#?}");
    for line in [
        "[x] the way here            it ran in staging\n",
        "[x] gate unit-tests         passed, 2026-09-21T14:13:20Z: all 3 passed\n",
        "[ ] approval by ml-lead     E_APPROVAL: nothing was requested yet\n",
    ] {
        assert!(ran.stdout.contains(line), "`{line}`: {ran:#?}");
    }
    let unknown = team.run(0, "door moon --model flights@v1");
    assert_eq!(unknown.code, Some(2), "{unknown:#?}");
    assert!(unknown.stderr.contains("it has dev, lab, staging, prod"), "{unknown:#?}");
    let unregistered = "`flights@v9` was never registered";
    team.refused(0, "door prod --model flights@v9", "E_STATE", unregistered);
}

#[test]
fn one_of_several_environments_before_is_enough() {
    let team = Team::under(POLICY);
    team.closed(0, "staging --model flights@v1", "the way here", "E_ORDER");
    let words = "request --model flights@v1 --to staging --key owner.pem";
    team.refused(0, words, "E_ORDER", "it never ran in dev or lab");
    team.move_to(0, "v1", "lab");
    assert_eq!(team.met(0, "staging --model flights@v1", "the way here"), "it ran in lab");
    team.move_to(0, "v2", "dev");
    assert_eq!(team.met(0, "staging --model flights@v2", "the way here"), "it ran in dev");
    team.closed(0, "prod --model flights@v1", "the way here", "E_ORDER");
}

#[test]
fn a_version_that_was_taken_back_does_not_move_on() {
    let team = Team::staged();
    team.stage(HOUR, "v2", "summer");
    team.tests(HOUR, "v2", "prod");
    let back = "rollback --model flights --env staging --reason slow --key owner.pem";
    team.done(HOUR, back);
    team.closed(HOUR, "prod --model flights@v2", "the way here", "E_HOLD");
    team.met(HOUR, "prod --model flights@v1", "the way here");
}

#[test]
fn a_version_must_name_what_it_can_be_made_again_from() {
    let policy =
        POLICY.replace("  lab: {identity: [code]}", "  lab: {identity: [config, training]}");
    let team = Team::under(&policy);
    team.closed(0, "lab --model flights@v1", "identity: config", "E_IDENTITY");
    team.met(0, "lab --model flights@v1", "identity: training");
    let words = "request --model flights@v1 --to lab --key owner.pem";
    team.refused(0, words, "E_IDENTITY", "identity: config: the passport does not name it");
    team.write("bare/weights", "bare");
    team.write("config.yaml", "depth: 3\n");
    team.done(0, "passport new flights@bare --artifact bare --config config.yaml --key ci.pem");
    team.closed(0, "lab --model flights@bare", "identity: training", "E_IDENTITY");
    team.closed(0, "dev --model flights@bare", "identity: code", "E_IDENTITY");
    team.met(0, "lab --model flights@bare", "identity: config");
    let again = "passport new flights@bare --artifact bare --commit abc --key ci.pem";
    team.refused(0, again, "E_STATE", "`flights@bare` was registered in event 5");
}

#[test]
fn the_way_back_must_have_been_tried_lately_and_be_quick() {
    const DRILL: &str = "rollback drill";
    let team = Team::released();
    let door = "prod --model flights@v3";
    team.closed(HOUR, door, DRILL, "E_DRILL");
    let drill = "rollback --model flights --env prod --reason drill --drill --key owner.pem";
    let ran = team.done(HOUR, drill);
    assert!(ran.stdout.starts_with("drilled   prod from v2 to v1 in "), "{ran:#?}");
    let runs = team.done(HOUR, "status").stdout;
    assert!(runs.contains("flights in prod: v2"), "a drill changes nothing: {runs}");
    team.met(HOUR + 30 * DAY - 1, door, DRILL);
    team.closed(HOUR + 30 * DAY, door, DRILL, "E_DRILL");
    for (recovery_ms, verified) in [(300_001, true), (10, false)] {
        let body = EventBody::Drilled {
            model: word("flights"),
            environment: word("prod"),
            from_version: word("v2"),
            to_version: word("v1"),
            recovery_ms,
            verified,
            failure: None,
        };
        team.append(HOUR, body, "owner");
        team.closed(HOUR, door, DRILL, "E_DRILL");
    }
    team.done(2 * HOUR, drill);
    team.met(2 * HOUR, door, DRILL);
}

#[test]
fn a_drill_that_failed_is_recorded_and_closes_the_door_that_an_older_one_had_opened() {
    const DRILL: &str = "rollback drill";
    let team = Team::released();
    let door = "prod --model flights@v3";
    let drill = "rollback --model flights --env prod --reason drill --drill --key owner.pem";
    team.done(HOUR, drill);
    team.met(HOUR, door, DRILL);
    team.write("model/v1/weights", "others");
    let ran = team.run(2 * HOUR, drill);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    for said in ["E_SUBJECT: the files of `flights@v1`", "is recorded as failed, event "] {
        assert!(ran.stderr.contains(said), "{said}: {ran:#?}");
    }
    let replayed = team.replayed();
    let last = &replayed.events().last().unwrap().body;
    let EventBody::Drilled { verified: false, failure: Some(why), to_version, .. } = last else {
        panic!("{last:?}")
    };
    assert_eq!(to_version.as_ref(), "v1");
    assert!(why.as_ref().starts_with("E_SUBJECT: the files of `flights@v1`"), "{why}");
    team.closed(2 * HOUR, door, DRILL, "E_DRILL");
    let shown = team.run(2 * HOUR, &format!("door {door}"));
    assert!(shown.stdout.contains("it failed: E_SUBJECT: the files of"), "{shown:#?}");
    let history = team.done(2 * HOUR, "history").stdout;
    assert!(history.contains("not verified: E_SUBJECT"), "{history}");
    // Whatever stood in the way, such as files that are gone.
    fs::remove_dir_all(team.path("model/v1")).unwrap();
    assert_ne!(team.run(2 * HOUR, drill).code, Some(0));
    team.closed(2 * HOUR, door, DRILL, "E_DRILL");
    team.write("model/v1/weights", "weights of v1");
    team.done(3 * HOUR, drill);
    team.met(3 * HOUR, door, DRILL);
    team.done(3 * HOUR, "revoke flights@v1 --role release --comment poisoned --key owner.pem");
    team.refused(3 * HOUR, drill, "E_STATE", "that could run again: v1 was revoked by event");
    // Where no version is left to go back to, none can be asked for.
    let none = "no earlier version ran there but those that were taken back or revoked";
    assert_eq!(team.met(3 * HOUR, door, DRILL), none);
    // What is no drill leaves none: nothing of that name ever ran there.
    let events = team.events();
    team.refused(3 * HOUR, &format!("{drill} --to v3"), "E_STATE", "`v3` never ran in `prod`");
    assert_eq!(team.events(), events);
    team.done(3 * HOUR, "audit");
}

#[test]
fn a_drill_that_a_damaged_passport_stops_is_recorded_as_failed() {
    let team = Team::released();
    let replayed = team.replayed();
    let passport = replayed.state().version(&word("flights"), &word("v1")).unwrap().passport;
    let path = team.registry().objects().path(passport);
    let mut bytes = fs::read(&path).unwrap();
    bytes.pop();
    team.write(&path, bytes);
    let drill = "rollback --model flights --env prod --reason drill --drill --key owner.pem";
    for words in [drill.to_owned(), format!("{drill} --to v1")] {
        team.refused(HOUR, &words, "E_OBJECT", "is recorded as failed, event ");
        let replayed = team.replayed();
        let last = &replayed.events().last().unwrap().body;
        assert!(matches!(last, EventBody::Drilled { verified: false, .. }), "{last:?}");
    }
}

#[test]
fn a_clock_that_was_set_back_is_told_and_nothing_is_written() {
    let team = Team::released();
    let events = team.replayed().events().len();
    let words = "request --model flights@v3 --to dev --key owner.pem";
    let back = team.command(0, words).env("SOURCE_DATE_EPOCH", &(BEGUN - DAY).to_string()).run();
    assert_eq!(back.code, Some(4), "{back:#?}");
    assert!(back.stderr.contains("E_CLOCK"), "{back:#?}");
    assert_eq!(team.replayed().events().len(), events);
}
