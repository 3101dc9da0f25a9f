//! Damaged and hostile inputs: each ends in a named refusal, never in a panic, a signal, a hang or
//! a file left behind.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::command::Ran;
use crate::foreign::run_ok;

use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

fn place() -> Workplace {
    let place = Workplace::new();
    Transactions { rows: 300, ..ORDINARY }.write(&place.path("reference.parquet"));
    place.write("policy.yaml", POLICY);
    place
}

fn check(place: &Workplace, candidate: &str) -> Ran {
    place.check(&format!(
        "--policy policy.yaml --reference reference.parquet --candidate {candidate} --out out"
    ))
}

fn refused(place: &Workplace, candidate: &str, said: &[&str]) {
    let ran = check(place, candidate);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{candidate}: {ran:?}");
    for said in said {
        assert!(ran.stderr.contains(said), "{candidate}: no `{said}` in {}", ran.stderr);
    }
    assert!(!place.path("out").exists(), "{candidate}: {:?}", place.names("out"));
}

#[test]
fn a_file_that_is_no_whole_parquet_file_is_refused_by_name() {
    let place = place();
    let good = fs::read(place.path("reference.parquet")).unwrap();
    let half = &good[..good.len() / 2];
    let without_start: Vec<u8> = good.iter().copied().skip(4).collect();
    let mut other_magic = good.clone();
    other_magic.splice(good.len() - 4.., *b"PAR2");
    let mut encrypted = good.clone();
    encrypted[..4].copy_from_slice(b"PARE");
    encrypted.splice(good.len() - 4.., *b"PARE");
    let mut long_footer = good.clone();
    long_footer.splice(good.len() - 8..good.len() - 4, u32::MAX.to_le_bytes());
    let mut garbled_footer = good.clone();
    garbled_footer[good.len() - 30..good.len() - 10].fill(0xff);
    let cases: [(&str, &[u8], &str); 10] = [
        ("empty", b"", ""),
        ("magic-alone", b"PAR1", ""),
        ("text", b"amount,country\n1.5,NO\n", ""),
        ("half", half, ""),
        ("without-last-byte", &good[..good.len() - 1], ""),
        ("without-start", &without_start, ""),
        ("other-magic", &other_magic, ""),
        ("encrypted", &encrypted, "encrypted"),
        ("long-footer", &long_footer, ""),
        ("garbled-footer", &garbled_footer, ""),
    ];
    for (name, bytes, said) in cases {
        let file = format!("{name}.parquet");
        place.write(&file, bytes);
        refused(&place, &file, &[&file, said]);
    }
}

#[test]
fn inputs_that_fuzzing_found_are_refused() {
    let place = place();
    let findings = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/findings");
    let mut found = 0;
    // A folder for each target, whose inputs are whole files.
    let targets = fs::read_dir(findings).unwrap().map(|target| target.unwrap().path());
    for entry in targets.flat_map(|target| fs::read_dir(target).unwrap()) {
        let path = entry.unwrap().path();
        let file = format!("{}.parquet", path.file_name().unwrap().to_str().unwrap());
        place.write(&file, fs::read(&path).unwrap());
        let ran = place.driftgate(&format!("profile {file} --json")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{file}: {ran:?}");
        assert!(ran.stderr.contains(&file), "{ran:?}");
        found += 1;
    }
    assert!(found >= 4, "{found} files in {findings}");
}

#[test]
fn a_folder_that_is_no_snapshot_is_refused_by_name() {
    let place = place();
    fs::create_dir(place.path("nothing")).unwrap();
    refused(&place, "nothing", &["`nothing`"]);
    place.write("notes/a.txt", "text");
    place.write("notes/b.csv", "1,2");
    refused(&place, "notes", &["a.txt", "b.csv"]);
    ORDINARY.write(&place.path("mixed/good.parquet"));
    place.write("mixed/left-over.csv", "1,2");
    refused(&place, "mixed", &["left-over.csv"]);
    place.write("mixed/left-over.csv", "");
    refused(&place, "mixed", &["left-over.csv"]);
    refused(&place, "absent", &["`absent`"]);
    refused(&place, "refernce.parquet", &["reference.parquet"]);
    refused(&place, "*.orc", &["*.orc"]);
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting_for_it() {
    let place = place();
    run_ok(Command::new("mkfifo").arg(place.path("pipe.parquet")));
    refused(&place, "pipe.parquet", &["pipe.parquet"]);
    fs::create_dir(place.path("folder")).unwrap();
    run_ok(Command::new("mkfifo").arg(place.path("folder/pipe.parquet")));
    refused(&place, "folder", &["pipe.parquet"]);
    fs::create_dir(place.path("links")).unwrap();
    symlink(place.path("reference.parquet"), place.path("links/link.parquet")).unwrap();
    refused(&place, "links", &["link.parquet"]);
    refused(&place, "/dev/zero", &["/dev/zero"]);
}

#[test]
fn a_policy_that_is_no_regular_file_is_refused_without_waiting_for_it() {
    let place = place();
    run_ok(Command::new("mkfifo").arg(place.path("pipe.yaml")));
    for policy in ["pipe.yaml", "/dev/zero", "."] {
        let ran = place.check(&format!(
            "--policy {policy} --reference reference.parquet --candidate reference.parquet --out out"
        ));
        assert_eq!(ran.code, Some(2), "{policy}: {ran:?}");
        assert!(ran.stderr.contains("is no regular file"), "{policy}: {ran:?}");
    }
}

#[test]
fn a_file_one_may_not_read_is_refused_by_name() {
    let place = place();
    let locked = place.write("locked.parquet", fs::read(place.path("reference.parquet")).unwrap());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let words = "check --key key.pem --policy policy.yaml --reference reference.parquet \
                 --candidate locked.parquet --out out";
    let mut run = place.driftgate(words);
    if fs::File::open(&locked).is_ok() {
        // Root may read what it likes, unless it gives that privilege away.
        run = run.through("setpriv", &["--inh-caps=-all", "--bounding-set=-all"]);
    }
    let ran = run.run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
    assert!(ran.stderr.contains("Permission denied"), "{}", ran.stderr);
    assert!(ran.stderr.contains("locked.parquet"), "{}", ran.stderr);
    assert!(!place.path("out").exists(), "{:?}", place.names("out"));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_left() {
    let place = place();
    place.write("taken", "a file where a folder is wanted");
    for out in ["taken", "taken/below"] {
        let ran = place.check(&format!(
            "--policy policy.yaml --reference reference.parquet --candidate reference.parquet \
             --out {out}"
        ));
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.stderr.contains("taken"), "{ran:?}");
    }
    let expected = ["key.pem", "key.pub.pem", "policy.yaml", "reference.parquet", "taken"];
    assert_eq!(place.names("."), expected);
}

#[test]
fn hostile_policies_are_usage_errors_that_end_soon() {
    let place = place();
    let huge = format!("{POLICY}description: {}\n", "x".repeat(2 << 20));
    let deep = format!("version: {}", "[".repeat(100_000));
    let bomb: String = (0..30).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
        text + &format!("a{n}: &a{n} [*a{level}, *a{level}]\n", n = level + 1)
    });
    let cases: [(&str, &str); 11] = [
        ("huge", &huge),
        ("deep", &deep),
        ("bomb", &bomb),
        ("duplicate", &format!("{POLICY}name: again\n")),
        ("unknown", &format!("{POLICY}colour: red\n")),
        ("wrong-type", &POLICY.replace("{max: 0.2}", "[0.2]")),
        ("number", "42"),
        ("empty", ""),
        ("binary", "version: \u{0}\u{1}\n"),
        ("other-version", &POLICY.replace("version: 1", "version: 999999999999999999999")),
        ("json", "{\"version\": 1, \"version\": 1}"),
    ];
    for (name, text) in cases {
        let file = format!("{name}.yaml");
        place.write(&file, text);
        let words = format!("--policy {file} --reference reference.parquet");
        let ran = place.check(&format!("{words} --candidate reference.parquet --out out"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{name}: {ran:?}");
        assert!(ran.stderr.contains(&file), "{name}: {}", ran.stderr);
        assert!(ran.stderr.len() < MESSAGE_BYTES_MAX, "{name}: {}", ran.stderr.len());
    }
    let ran = place.check(
        "--policy /dev/zero --reference reference.parquet --candidate reference.parquet --out out",
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!place.path("out").exists());
}

#[test]
fn no_changed_byte_makes_a_check_panic_hang_or_leave_files() {
    let place = place();
    let good = fs::read(place.path("reference.parquet")).unwrap();
    let next = AtomicUsize::new(0);
    let codes = Mutex::new([0_usize; 6]);
    thread::scope(|scope| {
        for worker in 0..2 {
            let (place, good, next, codes) = (&place, &good, &next, &codes);
            scope.spawn(move || {
                let folder = format!("worker-{worker}");
                fs::create_dir(place.path(&folder)).unwrap();
                while let mutation @ 0..MUTATIONS = next.fetch_add(1, Ordering::Relaxed) {
                    let code = check_mutant(place, &folder, &mutate(good, mutation as u64));
                    codes.lock().unwrap()[usize::try_from(code).unwrap()] += 1;
                }
            });
        }
    });
    // A changed value is still a value: some mutants are checked, most are refused.
    let [passed, failed, usage, inconclusive, evidence, unreadable] = *codes.lock().unwrap();
    assert_eq!(evidence, 0, "no evidence was given");
    assert!(unreadable > MUTATIONS / 4, "{:?}", codes.lock().unwrap());
    assert!(passed + failed + inconclusive > 0, "{:?}", codes.lock().unwrap());
    assert!(usage < MUTATIONS / 4, "{:?}", codes.lock().unwrap());
}

/// Checks one mutant and looks at everything it leaves; its exit code is one of 0 to 5.
fn check_mutant(place: &Workplace, folder: &str, bytes: &[u8]) -> i32 {
    let candidate = place.write(&format!("{folder}/mutant.parquet"), bytes);
    let out = format!("{folder}/out");
    let words = format!(
        "--policy policy.yaml --reference reference.parquet --threads 1 \
         --format json --out {out} --candidate {folder}/mutant.parquet"
    );
    let ran = place.check(&words);
    let kept = || keep(&candidate);
    let code = ran.code.unwrap_or_else(|| panic!("ended by a signal: {}", kept()));
    let text = ran.stderr.as_str();
    assert!((0..=5).contains(&code), "exit code {code} for {}: {text}", kept());
    let left = place.names(&out);
    match code {
        0 | 1 | 3 => assert_eq!(left.len(), REPORT_FILES, "{left:?}"),
        // A measurement that could not be made is an error of the verdict, with its report.
        5 if text.is_empty() => assert_eq!(left.len(), REPORT_FILES, "{left:?}"),
        2 => assert_eq!(left, [""; 0], "{}", kept()),
        _ => {
            assert_eq!(left, [""; 0], "{}", kept());
            assert!(text.contains("mutant.parquet"), "names no file: {text}");
        }
    }
    if !left.is_empty() {
        fs::remove_dir_all(place.path(&out)).unwrap();
    }
    assert_eq!(place.names(folder), ["mutant.parquet"], "left behind by {}", kept());
    code
}

/// Puts a mutant that broke the rules where it can be looked at.
fn keep(path: &Path) -> String {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutant.parquet");
    fs::copy(path, &kept).unwrap();
    kept.display().to_string()
}

/// Changes one to eight bytes: anywhere, in the footer, or in its neighbourhood; the same for the
/// same seed.
fn mutate(good: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    // xorshift64 (Marsaglia 2003).
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut bytes = good.to_vec();
    let length_at = good.len() - 8;
    let footer = u32::from_le_bytes(good[length_at..length_at + 4].try_into().unwrap()) as usize;
    let (start, span) = match seed % 3 {
        0 => (0, good.len()),
        1 => (length_at - footer, footer),
        _ => (0, length_at - footer),
    };
    for _ in 0..=random(8) {
        let at = start + random(span);
        match random(4) {
            0 => bytes[at] ^= 1 << random(8),
            1 => bytes[at] = 0xff,
            2 => bytes[at] = 0,
            _ => bytes[at] = bytes[at].wrapping_add(1),
        }
    }
    bytes
}

const MUTATIONS: usize = 400;
const REPORT_FILES: usize = 4;
const MESSAGE_BYTES_MAX: usize = 64 << 10;
const POLICY: &str = "\
version: 1
name: transactions
columns:
  - match: country
    expect:
      - one_of: [NO, SE, DK]
gates:
  - {name: schema, kind: schema}
  - {name: valid, kind: expectations}
  - name: drift
    kind: drift
    columns: \"*\"
    psi: {max: 0.2}
";
