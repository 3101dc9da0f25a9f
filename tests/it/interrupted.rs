//! Signals at many moments of a run: its documents are there whole or not at all, nothing is left
//! behind, and the process is gone at once.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::command::Ran;
use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

/// Moments at which each kind of run is interrupted; 200 for a thorough look.
const MOMENTS: u32 = 20;

#[test]
fn an_interrupted_check_leaves_a_whole_report_or_none() {
    let place = place();
    let words = |out: &str| {
        format!(
            "check --key key.pem --policy policy.yaml --reference reference.parquet \
             --candidate candidate.parquet --out {out}"
        )
    };
    let lasts = time(|| assert_eq!(place.driftgate(&words("whole")).run().code, Some(0)));
    let whole = place.names("whole");
    let mut interrupted = 0;
    for moment in 0..MOMENTS {
        // Every other run finds an earlier report in its way.
        let out = if moment % 2 == 0 { "new" } else { "again" };
        if moment % 2 == 1 && !place.path("again").exists() {
            assert_eq!(place.driftgate(&words("again")).run().code, Some(0));
        }
        let ran = interrupt(&place, &words(out), moment, lasts);
        interrupted += u32::from(ran.code != Some(0));
        let left = place.names(out);
        assert!(left.iter().all(|name| whole.contains(name)), "{moment}: {left:?}");
        if left.contains(&"report.dsse.json".to_owned()) {
            assert_eq!(left, whole, "{moment}");
            let verify = format!("verify {out} --key key.pub.pem --snapshot candidate.parquet");
            let verified = place.driftgate(&verify).run();
            assert_eq!(verified.code, Some(0), "{moment}: {verified:?}");
        }
        assert_no_hidden_names(&place.path("."));
        if moment % 2 == 0 && place.path("new").exists() {
            fs::remove_dir_all(place.path("new")).unwrap();
        }
    }
    assert!(interrupted > 0, "no run was interrupted");
}

#[test]
fn an_interrupted_profile_is_whole_or_absent() {
    let place = place();
    let words = "profile reference.parquet -o out.profile";
    let lasts = time(|| assert_eq!(place.driftgate(words).run().code, Some(0)));
    let whole = fs::read(place.path("out.profile")).unwrap();
    for moment in 0..MOMENTS {
        fs::remove_file(place.path("out.profile")).ok();
        interrupt(&place, words, moment, lasts);
        let made = fs::read(place.path("out.profile"));
        assert!(made.is_err() || made.is_ok_and(|made| made == whole), "{moment}");
        assert_no_hidden_names(&place.path("."));
    }
}

#[test]
fn an_interrupted_simulation_is_whole_or_absent() {
    let place = place();
    let words = "simulate reference.parquet --out altered --shift amount=+1";
    let lasts = time(|| assert_eq!(place.driftgate(words).run().code, Some(0)));
    let whole = fs::read(place.path("altered/reference.parquet")).unwrap();
    for moment in 0..MOMENTS {
        if place.path("altered").exists() {
            fs::remove_dir_all(place.path("altered")).unwrap();
        }
        interrupt(&place, words, moment, lasts);
        if place.path("altered").exists() {
            let made = fs::read(place.path("altered/reference.parquet")).unwrap();
            assert!(made == whole, "{moment}");
        }
        assert_no_hidden_names(&place.path("."));
    }
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
    let share = f64::from(moment) / f64::from(MOMENTS);
    let at = if moment % 3 == 0 { share } else { 0.7 + share * 0.4 };
    let seconds = format!("{:.6}", lasts.mul_f64(at).max(Duration::from_millis(1)).as_secs_f64());
    let signal = if moment % 4 < 2 { "--signal=TERM" } else { "--signal=INT" };
    let options = ["--preserve-status", "--kill-after=1", signal, &seconds];
    let ran = place.driftgate(words).through("timeout", &options).run();
    let expected = [Some(0), Some(128 + 15), Some(128 + 2)];
    assert!(expected.contains(&ran.code), "{moment}: {ran:?}");
    assert!(!ran.stderr.contains("error"), "{moment}: {ran:?}");
    ran
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
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
