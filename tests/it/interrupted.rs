//! Signals at many moments of a run: its documents are there whole or not at all, nothing is left
//! behind, and the process is gone at once.
//!
//! `DRIFTGATE_MOMENTS=200 cargo test --release interrupted -- --nocapture` looks thoroughly.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::command::Ran;
use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

#[test]
fn an_interrupted_check_leaves_a_whole_report_or_none() {
    let place = place();
    let words = |out: &str| {
        format!(
            "check --key key.pem --policy policy.yaml --reference reference.parquet \
             --candidate candidate.parquet --out {out}"
        )
    };
    let lasts = shortest(|| assert_eq!(place.driftgate(&words("whole")).run().code, Some(0)));
    let whole = place.names("whole");
    let mut counts = Counts::default();
    for moment in moments() {
        // Every other run finds an earlier report in its way.
        let out = if moment % 2 == 0 { "new" } else { "again" };
        if moment % 2 == 1 && !place.path("again").exists() {
            assert_eq!(place.driftgate(&words("again")).run().code, Some(0));
        }
        let ran = interrupt(&place, &words(out), moment, lasts);
        counts.add(&ran);
        let left = place.names(out);
        // Where there was a report, that one or the next is there.
        assert!(left == whole || (left.is_empty() && out == "new"), "{moment}: {left:?}");
        if left == whole {
            let verify = format!("verify {out} --key key.pub.pem --snapshot candidate.parquet");
            let verified = place.driftgate(&verify).run();
            assert_eq!(verified.code, Some(0), "{moment}: {verified:?}");
        }
        assert_no_hidden_names(&place.path("."));
        if moment % 2 == 0 && place.path("new").exists() {
            fs::remove_dir_all(place.path("new")).unwrap();
        }
    }
    counts.tell("check");
}

#[test]
fn an_interrupted_profile_is_whole_or_absent() {
    let place = place();
    let words = "profile reference.parquet -o out.profile";
    let lasts = shortest(|| assert_eq!(place.driftgate(words).run().code, Some(0)));
    let whole = fs::read(place.path("out.profile")).unwrap();
    let mut counts = Counts::default();
    for moment in moments() {
        fs::remove_file(place.path("out.profile")).ok();
        counts.add(&interrupt(&place, words, moment, lasts));
        let made = fs::read(place.path("out.profile"));
        assert!(made.is_err() || made.is_ok_and(|made| made == whole), "{moment}");
        assert_no_hidden_names(&place.path("."));
    }
    counts.tell("profile");
}

#[test]
fn an_interrupted_simulation_is_whole_or_absent() {
    let place = place();
    let words = "simulate reference.parquet --out altered --shift amount=+1";
    let lasts = shortest(|| {
        fs::remove_dir_all(place.path("altered")).ok();
        assert_eq!(place.driftgate(words).run().code, Some(0));
    });
    let whole = fs::read(place.path("altered/reference.parquet")).unwrap();
    let mut counts = Counts::default();
    for moment in moments() {
        if place.path("altered").exists() {
            fs::remove_dir_all(place.path("altered")).unwrap();
        }
        counts.add(&interrupt(&place, words, moment, lasts));
        if place.path("altered").exists() {
            let made = fs::read(place.path("altered/reference.parquet")).unwrap();
            assert!(made == whole, "{moment}");
        }
        assert_no_hidden_names(&place.path("."));
    }
    counts.tell("simulate");
}

/// How the runs of one kind ended.
#[derive(Default)]
struct Counts {
    interrupted: u32,
    finished: u32,
}

impl Counts {
    fn add(&mut self, ran: &Ran) {
        let count = if ran.code == Some(0) { &mut self.finished } else { &mut self.interrupted };
        *count += 1;
    }

    /// Holds that the runs were interrupted at all, and says how many were.
    fn tell(&self, command: &str) {
        assert!(self.interrupted > 0, "no run was interrupted");
        let Self { interrupted, finished } = self;
        let told = format!("{command}: {interrupted} interrupted, {finished} finished\n");
        io::stderr().write_all(told.as_bytes()).unwrap();
    }
}

/// Moments at which each kind of run is interrupted.
fn moments() -> std::ops::Range<u32> {
    let asked = std::env::var("DRIFTGATE_MOMENTS").ok();
    0..asked.map_or(MOMENTS, |asked| asked.parse().unwrap())
}

/// Enough rows for a run to last longer than its start.
fn place() -> Workplace {
    let place = Workplace::new();
    let large = Transactions { rows: 300_000, ..ORDINARY };
    large.write(&place.path("reference.parquet"));
    Transactions { rows: 310_000, ..large }.write(&place.path("candidate.parquet"));
    place.write("policy.yaml", POLICY);
    place
}

/// Sends a signal to a run: of three moments one falls anywhere, two fall towards the end, where
/// files are written. A run that outlives the signal by a second is killed and fails the test.
fn interrupt(place: &Workplace, words: &str, moment: u32, lasts: Duration) -> Ran {
    let share = (f64::from(moment) * GOLDEN_RATIO).fract();
    let at = if moment.is_multiple_of(3) { share } else { 0.5 + share * 0.5 };
    let seconds = format!("{:.6}", lasts.mul_f64(at).max(Duration::from_millis(1)).as_secs_f64());
    let signal = if moment % 4 < 2 { "--signal=TERM" } else { "--signal=INT" };
    let options = ["--preserve-status", "--kill-after=1", signal, &seconds];
    let ran = place.driftgate(words).through("timeout", &options).run();
    let expected = [Some(0), Some(128 + 15), Some(128 + 2)];
    assert!(expected.contains(&ran.code), "{moment}: {ran:?}");
    assert!(!ran.stderr.contains("error"), "{moment}: {ran:?}");
    ran
}

/// How long work takes that nothing disturbs: the shortest of some runs.
fn shortest(work: impl Fn()) -> Duration {
    let time = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..5).map(time).min().unwrap()
}

fn assert_no_hidden_names(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(!name.starts_with('.'), "left behind: {}", entry.path().display());
        if entry.path().is_dir() {
            assert_no_hidden_names(&entry.path());
        }
    }
}

const MOMENTS: u32 = 20;

/// Its multiples fall evenly into the parts after the point, in no order (Weyl's sequence).
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;

const POLICY: &str = "\
version: 1
name: transactions
gates:
  - {name: schema, kind: schema}
  - name: drift
    kind: drift
    columns: [amount, country]
    psi: {max: 0.2}
    ks: {d_max: 0.1}
";
