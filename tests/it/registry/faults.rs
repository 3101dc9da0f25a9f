//! Processes that are killed, that race, and storage that takes nothing: the ledger verifies, no
//! event is lost, doubled or torn, and the next command works.
//!
//! `DRIFTGATE_MOMENTS=1000 cargo test --release registry::faults -- --nocapture` looks thoroughly.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use driftgate::registry::EventBody;

use super::court::Court;
use crate::command::Driftgate;

impl Court {
    fn placing(&self, model: &str) -> Driftgate {
        self.place.driftgate(&format!(
            "hold place --model {model} --env prod --role owner --comment c --key key.pem"
        ))
    }

    /// The models that are held, each once; replaying refuses an event that is torn or doubled.
    fn held(&self) -> BTreeSet<String> {
        let replayed = self.load().unwrap();
        let mut held = BTreeSet::new();
        for event in replayed.events() {
            if let EventBody::HoldPlaced { model, .. } = &event.body {
                assert!(held.insert(model.to_string()), "{model} twice");
            }
        }
        held
    }
}

#[test]
fn a_writer_that_is_killed_leaves_a_whole_event_or_none() {
    let court = Court::new();
    let begun = Instant::now();
    assert_eq!(court.placing("first").run().code, Some(0));
    let lasts = begun.elapsed();
    let mut acknowledged = BTreeSet::from(["first".to_owned()]);
    let mut tried = acknowledged.clone();
    let mut killed = 0;
    for moment in 0..moments() {
        let model = format!("m{moment}");
        let share = (f64::from(moment) * GOLDEN_RATIO).fract();
        let wait = lasts.mul_f64(share * 1.2).max(Duration::from_millis(1));
        let options = ["--signal=KILL", &format!("{:.6}", wait.as_secs_f64())];
        let ran = court.placing(&model).through("timeout", &options).run();
        tried.insert(model.clone());
        match ran.code {
            Some(0) => drop(acknowledged.insert(model)),
            _ => killed += 1,
        }
        let held = court.held();
        assert!(held.is_superset(&acknowledged), "lost: {held:?}, {acknowledged:?}");
        assert!(held.is_subset(&tried), "{held:?}");
    }
    assert!(killed > 0, "no run was killed");
    let ran = court.placing("last").run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(court.run("audit").code, Some(0));
    let told = format!("killed {killed} of {} writers\n", moments());
    io::stderr().write_all(told.as_bytes()).unwrap();
}

#[test]
fn of_many_who_ask_for_the_same_exactly_one_wins_and_the_others_are_told() {
    let court = Court::new();
    let ran: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..16).map(|_| scope.spawn(|| court.placing("same").run())).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let won = ran.iter().filter(|ran| ran.code == Some(0)).count();
    assert_eq!(won, 1, "{ran:#?}");
    for lost in ran.iter().filter(|ran| ran.code != Some(0)) {
        assert_eq!(lost.code, Some(4), "{lost:#?}");
        assert!(lost.stderr.contains("there since event 2"), "{lost:#?}");
    }
    assert_eq!(court.held().len(), 1);
}

#[test]
fn of_many_who_write_at_once_each_gets_a_place() {
    let court = Court::new();
    let models: Vec<String> = (0..16).map(|number| format!("m{number}")).collect();
    std::thread::scope(|scope| {
        for model in &models {
            let court = &court;
            scope.spawn(move || {
                let ran = court.placing(model).run();
                assert_eq!(ran.code, Some(0), "{ran:#?}");
            });
        }
    });
    assert_eq!(court.held(), models.into_iter().collect());
    assert_eq!(court.run("audit").code, Some(0));
}

#[test]
fn a_full_disk_is_an_error_after_which_the_next_command_works() {
    let court = Court::new();
    let small = ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""];
    let ran = court.placing("full").through("sh", &small).run();
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("cannot write"), "{ran:#?}");
    assert!(court.held().is_empty());
    assert_eq!(court.run("audit --format json").json()["leftovers"], 0);
    assert_eq!(court.placing("full").run().code, Some(0));
}

#[test]
fn what_a_killed_writer_left_is_ignored_and_taken_away_by_the_next() {
    let court = Court::new();
    let left = court.place.write(".driftgate/ledger/.driftgate-abc.tmp", "half an event");
    assert_eq!(court.run("audit --format json").json()["leftovers"], 1);
    assert_eq!(court.placing("next").run().code, Some(0));
    assert!(!left.exists());
    assert_eq!(court.run("audit --format json").json()["leftovers"], 0);
}

#[test]
fn a_folder_that_takes_nothing_is_named_and_can_still_be_read() {
    let court = Court::new();
    let ledger = court.place.path(".driftgate/ledger");
    fs::set_permissions(&ledger, fs::Permissions::from_mode(0o555)).unwrap();
    let mut run = court.placing("closed");
    if fs::write(ledger.join(".driftgate-probe.tmp"), "").is_ok() {
        // Root may write where it likes, unless it gives that privilege away.
        fs::remove_file(ledger.join(".driftgate-probe.tmp")).unwrap();
        run = run.through("setpriv", &["--inh-caps=-all", "--bounding-set=-all"]);
    }
    let ran = run.run();
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("Permission denied"), "{ran:#?}");
    assert_eq!(court.run("status").code, Some(0));
    assert_eq!(court.run("audit").code, Some(0));
    fs::set_permissions(&ledger, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(court.placing("closed").run().code, Some(0));
}

#[test]
fn a_reader_while_others_write_sees_a_ledger_that_is_sound() {
    let court = Court::new();
    let mut writers: Vec<_> = (0..4)
        .map(|writer| {
            let script = format!(
                "for n in 1 2 3 4 5; do {} hold place --model w{writer}-$n --env prod --role owner \
                 --comment c --key key.pem || exit 1; done",
                env!("CARGO_BIN_EXE_driftgate")
            );
            let mut command = Command::new("sh");
            command.args(["-c", &script]).current_dir(court.place.path("."));
            command.env("SOURCE_DATE_EPOCH", "1790000000").stdout(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    let mut seen = 0;
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        let held = court.held().len();
        assert!(held >= seen, "{held} after {seen}");
        seen = held;
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(court.held().len(), 20);
}

/// Moments at which a writer is killed.
fn moments() -> u32 {
    let asked = std::env::var("DRIFTGATE_MOMENTS").ok();
    asked.map_or(MOMENTS, |asked| asked.parse().unwrap())
}

const MOMENTS: u32 = 20;

/// Its multiples fall evenly into the parts after the point, in no order (Weyl's sequence).
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;
