//! The commands on a sound registry.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use driftgate::registry::EventBody;

use super::court::{Court, assert_refused, hold, word};

const HOLD: &str = "--model fraud --env prod --comment wait --key key.pem";

#[test]
fn a_registry_is_founded_once_and_answers_from_its_folder_alone() {
    let court = Court::with_two_promoted();
    let again = court.run("registry init --keyring keyring.yaml --key key.pem");
    assert_eq!(again.code, Some(2), "{again:#?}");
    assert!(again.stderr.contains("there is a registry in `.driftgate` already"), "{again:#?}");
    fs::remove_file(court.place.path("keyring.yaml")).unwrap();
    fs::remove_file(court.place.path("key.pem")).unwrap();
    let status = court.run("status");
    assert_eq!((status.code, status.stderr.as_str()), (Some(0), ""), "{status:#?}");
    let runs = "runs      fraud in prod: v2 since 2026-09-21T15:13:20Z (event 7)\n";
    assert!(status.stdout.contains(runs), "{status:#?}");
    assert!(status.stdout.contains("to do     mlflow about event 4\n"), "{status:#?}");
    let json = court.run("status --format json --model fraud").json();
    assert_eq!(json["models"][0]["environments"]["prod"]["version"], "v2");
    assert_eq!(json["models"][0]["environments"]["prod"]["before"], "v1");
    assert_eq!(json["openActions"].as_array().unwrap().len(), 2);
}

#[test]
fn history_tells_what_ran_where_at_an_instant() {
    let court = Court::with_two_promoted();
    let all = court.run("history");
    assert_eq!(all.stdout.lines().count(), 7, "{all:#?}");
    let promoted = "     4  2026-09-21T14:13:20Z  promoted         fraud@v1 to prod  by ann\n";
    assert!(all.stdout.contains(promoted), "{all:#?}");
    assert!(all.stdout.ends_with("fraud@v2 to prod, before v1  by ann\n"), "{all:#?}");
    let then = court.run("history --at 2026-09-21T15:00:00Z --format json").json();
    assert_eq!(then["events"].as_array().unwrap().len(), 4);
    assert_eq!(then["models"][0]["environments"]["prod"]["version"], "v1");
    let before = court.run("history --at 2026-09-01T00:00:00Z");
    assert_eq!(before.stdout, "\nat 2026-09-01T00:00:00Z\n", "{before:#?}");
    assert_eq!(court.run("history --model other").stdout, "");
    assert_eq!(court.run("history --at yesterday").code, Some(2));
}

#[test]
fn a_hold_is_placed_and_released_by_those_who_have_the_role() {
    let court = Court::new();
    let placed = court.run(&format!("hold place --role owner {HOLD}"));
    assert_eq!((placed.code, placed.stderr.as_str()), (Some(0), ""), "{placed:#?}");
    assert!(placed.stdout.starts_with("hold on fraud in prod placed\nevent  2:"), "{placed:#?}");
    let again = court.run(&format!("hold place --role owner {HOLD}"));
    assert_refused(&again, "E_STATE", "the same hold on `prod` is there since event 2");
    let boast = court.run(&format!("hold release --role auditor {HOLD}"));
    assert_refused(&boast, "E_ROLE", "`ann` does not have the role `auditor`");
    let status = court.run("status");
    assert!(status.stdout.contains("held      fraud in prod since event 2: wait"), "{status:#?}");
    let released = court.run(&format!("hold release --role owner {HOLD}"));
    assert_eq!(released.code, Some(0), "{released:#?}");
    let none = court.run(&format!("hold release --role owner {HOLD}"));
    assert_refused(&none, "E_STATE", "there is no hold on `prod` about all versions");
    assert_refused(&none, "E_STATE", "hint: `driftgate status` lists the holds that stand");
}

#[test]
fn an_argument_without_end_is_refused_and_not_repeated_to_its_end() {
    let court = Court::new();
    let comment = "x".repeat(100_000);
    let words = "hold place --model fraud --env prod --role owner --key key.pem --comment";
    let ran = court.place.driftgate(words).arg(&comment).run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.starts_with("error: invalid value 'xxx"), "{}", &ran.stderr[..200]);
    let reason = "a comment of 100000 characters exceeds the limit of 4000";
    assert!(ran.stderr.contains("xxx… (+"), "{}", ran.stderr);
    assert!(ran.stderr.contains(reason) && ran.stderr.len() < 1_000, "{}", ran.stderr);
}

#[test]
fn names_and_comments_that_could_deceive_are_refused_by_the_command_line() {
    let court = Court::new();
    for words in ["--model ../x --env prod", "--model fraud --env -x", "--model a/b --env prod"] {
        let words = format!("hold place --role owner --comment c --key key.pem {words}");
        assert_eq!(court.run(&words).code, Some(2), "{words}");
    }
    let mut run = court.place.driftgate("hold place --role owner --model m --env e --key key.pem");
    for argument in ["--comment", " \n "] {
        run = run.arg(argument);
    }
    assert_eq!(run.run().code, Some(2));
}

#[test]
fn heads_are_a_cache_that_nobody_believes() {
    let court = Court::with_two_promoted();
    assert_eq!(court.run("status").code, Some(0));
    let head = court.place.path(".driftgate/heads/fraud/prod.json");
    let written = fs::read_to_string(&head).unwrap();
    assert!(written.contains(r#""version": "v2""#), "{written}");
    fs::write(&head, written.replace("v2", "v1")).unwrap();
    let status = court.run("status");
    assert!(status.stdout.contains("fraud in prod: v2"), "{status:#?}");
    assert_eq!(fs::read_to_string(&head).unwrap(), written, "it is written anew");
}

#[test]
fn whatever_lies_in_place_of_a_head_is_told_and_neither_waited_for_nor_written_through() {
    let court = Court::with_two_promoted();
    let heads = court.place.path(".driftgate/heads");
    let (folder, head) = (heads.join("fraud"), heads.join("fraud/prod.json"));
    let outside = court.place.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("prod.json"), "theirs").unwrap();
    let clear = || {
        if fs::remove_file(&heads).is_err() {
            if fs::remove_file(&folder).is_err() {
                fs::remove_dir_all(&folder).unwrap();
            }
            fs::remove_dir(&heads).unwrap();
        }
    };
    let told = |what: &str| {
        let ran = court.run("status");
        assert_eq!(ran.code, Some(0), "{what}: {ran:#?}");
        assert!(ran.stdout.contains("fraud in prod: v2"), "{what}: {ran:#?}");
        let said = "warning: the cache `heads` is out of date: `";
        assert!(ran.stderr.contains(said), "{what}: {ran:#?}");
        assert!(ran.stderr.contains(what), "{what}: {ran:#?}");
        assert_eq!(fs::read_to_string(outside.join("prod.json")).unwrap(), "theirs", "{what}");
    };
    assert_eq!(court.run("status").code, Some(0));
    fs::remove_file(&head).unwrap();
    assert!(Command::new("mkfifo").arg(&head).status().unwrap().success());
    told("found a special file, which is not replaced");
    for target in ["/dev/zero", outside.join("prod.json").to_str().unwrap()] {
        fs::remove_file(&head).unwrap();
        symlink(target, &head).unwrap();
        told("found a symbolic link, which is not replaced");
    }
    clear();
    fs::create_dir(&heads).unwrap();
    symlink(&outside, &folder).unwrap();
    told("heads/fraud` is not a directory");
    clear();
    symlink(&outside, &heads).unwrap();
    told("heads` is not a directory");
    clear();
    let ran = court.run("status");
    assert!(!ran.stderr.contains("warning"), "{ran:#?}");
    assert!(fs::read_to_string(&head).unwrap().contains(r#""version": "v2""#));
}

#[test]
fn a_day_alone_means_its_end() {
    let court = Court::with_two_promoted();
    let day = court.run("history --at 2026-09-21");
    assert_eq!(day.code, Some(0), "{day:#?}");
    assert!(day.stdout.contains("\nat 2026-09-21T23:59:59Z\n"), "{day:#?}");
    assert_eq!(day.stdout, court.run("history --at 2026-09-21T23:59:59Z").stdout);
    for no_day in ["2026-09", "2026-9-21", "2026-13-01", "21.9.2026"] {
        let ran = court.run(&format!("history --at {no_day}"));
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(ran.stderr.contains("or a day such as"), "{ran:#?}");
    }
}

#[test]
fn the_folder_may_be_named_by_the_environment_and_a_missing_one_says_what_to_do() {
    let court = Court::new();
    let elsewhere = court.place.driftgate("status").env("DRIFTGATE_REGISTRY", "elsewhere").run();
    assert_eq!(elsewhere.code, Some(2), "{elsewhere:#?}");
    assert!(elsewhere.stderr.contains("there is no registry in `elsewhere`"), "{elsewhere:#?}");
    assert!(elsewhere.stderr.contains("driftgate registry init"), "{elsewhere:#?}");
    let here = court.place.driftgate("status").env("DRIFTGATE_REGISTRY", ".driftgate").run();
    assert_eq!(here.code, Some(0), "{here:#?}");
}

#[test]
fn an_export_holds_one_signed_event_on_each_line() {
    let court = Court::with_two_promoted();
    let ran = court.run("ledger export");
    assert_eq!(ran.stdout.lines().count(), 7, "{ran:#?}");
    for (line, seq) in ran.stdout.lines().zip(1..) {
        let file = court.place.path(format!(".driftgate/ledger/{seq:08}.dsse.json"));
        assert_eq!(line, fs::read_to_string(file).unwrap());
    }
    assert_eq!(court.run("ledger export --out ledger.intoto.jsonl").code, Some(0));
    assert_eq!(fs::read_to_string(court.place.path("ledger.intoto.jsonl")).unwrap(), ran.stdout);
}

#[test]
fn each_line_of_an_export_is_accepted_by_a_verifier_of_others() {
    let court = Court::new();
    court.append(hold("fraud"));
    let ran = court.run("ledger export");
    for (line, number) in ran.stdout.lines().zip(1..) {
        let envelope = format!("line-{number}.json");
        court.place.write(&envelope, line);
        court.place.python("verify.py", &[&envelope, "1", "key.pub.pem"]);
    }
}

#[test]
fn a_sound_registry_is_audited_whole_and_pinned() {
    let court = Court::with_two_promoted();
    let ran = court.run("audit --keyring keyring.yaml --pin ci");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.stderr.contains("nothing was pinned in `.driftgate/pins/ci.json`"), "{ran:#?}");
    assert!(ran.stdout.ends_with("SOUND\n"), "{ran:#?}");
    let ran = court.run("audit --format json --pin ci");
    assert_eq!(ran.stderr, "", "{ran:#?}");
    let json = ran.json();
    let lost = court.run("audit --pin nowhere/ci.json");
    assert_eq!(lost.code, Some(2), "{lost:#?}");
    assert!(lost.stderr.contains("`nowhere` for --pin is not there"), "{lost:#?}");
    assert!(!court.place.path("nowhere").exists());
    assert_eq!(
        (&json["sound"], &json["events"], &json["objects"]),
        (&true.into(), &7.into(), &8.into())
    );
    assert_eq!((&json["unusedObjects"], &json["faultsFound"]), (&0.into(), &0.into()));
    assert!(court.place.path(".driftgate/pins/ci.json").is_file());
    court.put("of no event");
    assert_eq!(court.run("audit --format json").json()["unusedObjects"], 1);
    let ran = court.run("audit");
    assert!(ran.stdout.contains("objects    9, of no event: 1 (harmless: "), "{ran:#?}");
    assert!(ran.stdout.ends_with("SOUND\n"), "{ran:#?}");
}

#[test]
fn what_was_to_be_done_is_done_once() {
    let court = Court::with_two_promoted();
    let event = court.load().unwrap().state().event(driftgate::registry::Seq(4)).unwrap();
    let done = || EventBody::ActionDone {
        event,
        action: word("mlflow"),
        outcome: driftgate::registry::event::ActionOutcome::Succeeded,
        detail: None,
    };
    court.append_by(done(), &court.place.key, 3600).unwrap();
    let again = court.append_by(done(), &court.place.key, 3600).unwrap_err();
    assert_eq!(again.code(), Some("E_STATE"), "{again}");
    assert!(!court.run("status").stdout.contains("about event 4"));
    court.append_by(hold("fraud"), &court.place.key, 3600).unwrap();
}
