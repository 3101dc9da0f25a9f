//! What files hold, and what programs are given and do.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::decisions::{decision, outside};
use crate::delivery::{Change, deliver};
use crate::policy::Action;

#[test]
fn a_file_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let (decision, outside) = (decision(), outside(folder.path()));
    let action = Action::File { folder: "told/{environment}".to_owned() };
    let done = deliver(&action, &decision, &outside).unwrap();
    let name = format!("told/prod/00000042-{}.json", decision.event.digest);
    assert_eq!((done.reference.as_ref(), done.change), (name.as_str(), Change::Made));
    let path = folder.path().join(&name);
    let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, decision.document());
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Found);
    fs::write(&path, "{\"torn\":").unwrap();
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Made);
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("elsewhere", &path).unwrap();
    let error = deliver(&action, &decision, &outside).unwrap_err();
    assert!(error.to_string().contains("a symbolic link"), "{error}");
    assert!(!folder.path().join("told/prod/elsewhere").exists());
}

pub(super) fn exec(argv: &[&str], timeout_seconds: u64) -> Action {
    Action::Exec { argv: argv.iter().map(|&word| word.to_owned()).collect(), timeout_seconds }
}

#[test]
fn a_program_gets_the_decision_and_nothing_of_our_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (decision, outside) = (decision(), outside(folder.path()));
    let script = "cat > told.json; env | sort > env.txt; echo; echo \"  did $1\"; echo more";
    let action = exec(&["sh", "-c", script, "hook", "{version} in {environment}; $(x)"], 20);
    let done = deliver(&action, &decision, &outside).unwrap();
    assert_eq!(done.reference.as_ref(), "did v12+b in prod; $(x)");
    let told: Value =
        serde_json::from_slice(&fs::read(folder.path().join("told.json")).unwrap()).unwrap();
    assert_eq!(told, decision.document());
    let seen = fs::read_to_string(folder.path().join("env.txt")).unwrap();
    let names: Vec<&str> = seen.lines().filter_map(|line| line.split('=').next()).collect();
    let ours: Vec<&str> =
        names.iter().copied().filter(|name| name.starts_with("DRIFTGATE_")).collect();
    let expected = ["DECISION", "ENVIRONMENT", "EVENT", "MODEL", "SNAPSHOT", "VERSION"];
    assert_eq!(ours, expected.map(|name| format!("DRIFTGATE_{name}")));
    // A shell adds some of its own.
    let own = ["PATH", "PWD", "OLDPWD", "SHLVL", "_"];
    assert!(names.iter().all(|name| own.contains(name) || ours.contains(name)), "{names:?}");
    let silent = deliver(&exec(&["true"], 20), &decision, &outside).unwrap();
    assert_eq!(silent.reference.as_ref(), "`true` ended well");
}

#[test]
fn what_a_program_does_wrong_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let outside = outside(folder.path());
    let fault = |argv: &[&str]| {
        let error = deliver(&exec(argv, 20), &decision(), &outside).unwrap_err();
        (error.to_string(), error.may_pass())
    };
    let (said, may_pass) =
        fault(&["sh", "-c", "echo first >&2; echo 'no \u{1b}[2Jroute' >&2; exit 7"]);
    assert_eq!(said, "the program `sh` ended with exit status: 7: no \\u{1b}[2Jroute");
    assert!(may_pass);
    assert!(fault(&["sh", "-c", "kill -9 $$"]).0.contains("signal: 9"));
    let (said, may_pass) = fault(&["no-such-program"]);
    assert!(said.starts_with("the program `no-such-program` cannot be run: ") && !may_pass);
    assert!(fault(&[]).0.contains("no program is named"));
    assert!(fault(&["echo", "{snapshots}"]).0.contains("`{snapshots}` stands for nothing"));
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started_and_one_that_talks_is_heard_out() {
    let folder = tempfile::tempdir().unwrap();
    let outside = outside(folder.path());
    let started = Instant::now();
    let script = "(sleep 3; echo late > late) & sleep 60";
    let error = deliver(&exec(&["sh", "-c", script], 1), &decision(), &outside).unwrap_err();
    assert_eq!(error.to_string(), "the program `sh` did not end within 1 s and was ended");
    assert!(started.elapsed() < Duration::from_secs(20));
    let talks = "head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero >&2; exit 0";
    let done = deliver(&exec(&["sh", "-c", talks], 60), &decision(), &outside).unwrap();
    assert!(done.reference.as_ref().len() < 600, "what is kept is cut");
    // A daemon that holds the pipes is not waited for.
    let started = Instant::now();
    deliver(&exec(&["sh", "-c", "sleep 30 & echo started"], 20), &decision(), &outside).unwrap();
    assert!(started.elapsed() < Duration::from_secs(15));
    thread::sleep(Duration::from_secs(3).saturating_sub(started.elapsed()));
    assert!(!folder.path().join("late").exists(), "a grandchild outlived its time");
}
