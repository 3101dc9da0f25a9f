//! Disks that are full, folders that take nothing, and files that change while they are read.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::command::{Driftgate, Ran};
use crate::foreign::run_ok;
use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

#[test]
fn a_full_disk_is_an_error_that_leaves_nothing_half_written() {
    let place = place();
    for (words, _) in WRITERS {
        let before = all_files(place.path("."));
        let small = ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""];
        let ran = place.driftgate(words).through("sh", &small).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{words}: {ran:?}");
        assert!(ran.stderr.contains("cannot write"), "{words}: {}", ran.stderr);
        assert_eq!(all_files(place.path(".")), before, "{words}");
    }
}

#[test]
fn what_was_there_survives_a_full_disk_and_the_next_run_succeeds() {
    let place = place();
    let words = WRITERS[0].0;
    assert_eq!(place.driftgate(words).run().code, Some(0));
    let report = || fs::read(place.path("out/report.dsse.json")).unwrap();
    let before = report();
    // Room for the manifest, not for the report.
    let small = ["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""];
    let later = |run: Driftgate| run.env("SOURCE_DATE_EPOCH", "1790000001");
    let ran = later(place.driftgate(words)).through("sh", &small).run();
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(report() == before, "the earlier report is whole");
    assert_eq!(place.names("out").len(), 4);
    assert_eq!(later(place.driftgate(words)).run().code, Some(0));
    assert!(report() != before, "the later report took its place");
}

#[test]
fn a_full_standard_output_is_an_error_whatever_the_format() {
    let place = place();
    for format in ["text", "json", "markdown", "junit"] {
        let words = format!("{} --format {format}", WRITERS[0].0);
        let ran = place.driftgate(&words).through("sh", &TO_FULL).run();
        assert_eq!(ran.code, Some(5), "{format}: {ran:?}");
        let said = "cannot write to standard output: No space left on device";
        assert!(ran.stderr.contains(said), "{format}: {}", ran.stderr);
    }
    for words in ["snapshot reference.parquet", "init --reference reference.parquet", "--help"] {
        let ran = place.driftgate(words).through("sh", &TO_FULL).run();
        let expected = if words == "--help" { Some(0) } else { Some(5) };
        assert_eq!(ran.code, expected, "{words}: {ran:?}");
    }
}

#[test]
fn a_folder_that_takes_no_files_is_named_and_nothing_is_left() {
    let place = place();
    fs::create_dir(place.path("closed")).unwrap();
    fs::set_permissions(place.path("closed"), fs::Permissions::from_mode(0o555)).unwrap();
    for (words, out) in WRITERS {
        let closed = words.replace(&format!(" {out}"), &format!(" closed/{out}"));
        assert_ne!(closed, words);
        let mut run = place.driftgate(&closed);
        if File::create(place.path("closed/probe")).is_ok() {
            // Root may write where it likes, unless it gives that privilege away.
            fs::remove_file(place.path("closed/probe")).unwrap();
            run = run.through("setpriv", &["--inh-caps=-all", "--bounding-set=-all"]);
        }
        let ran = run.run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{closed}: {ran:?}");
        assert!(ran.stderr.contains("closed"), "{closed}: {}", ran.stderr);
        assert!(ran.stderr.contains("Permission denied"), "{closed}: {}", ran.stderr);
        assert_eq!(place.names("closed"), [""; 0], "{closed}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused_by_name() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 5] = [
        ("cut to half", |path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }),
        ("emptied", |path| {
            File::create(path).unwrap();
        }),
        ("grown", |path| {
            File::options().append(true).open(path).unwrap().write_all(b"PAR1").unwrap();
        }),
        ("one byte overwritten", |path| {
            let file = File::options().write(true).open(path).unwrap();
            file.write_all_at(&[0xff], 1000).unwrap();
        }),
        ("another in its place", |path| {
            let other = path.with_extension("other");
            ORDINARY.write(&other);
            fs::rename(other, path).unwrap();
        }),
    ];
    let place = place();
    let words = "--policy policy.yaml --reference reference.parquet --candidate large.parquet";
    for (what, change) in changes {
        let large = place.path("large.parquet");
        Transactions { rows: 20_000, ..ORDINARY }.write(&large);
        let ran = while_it_reads(&place, &format!("{words} --out new"), &large, change);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{what}: {ran:?}");
        assert!(ran.stderr.contains("large.parquet"), "{what}: {}", ran.stderr);
        assert!(!place.path("new").exists(), "{what}: {:?}", place.names("new"));
    }
}

#[test]
fn what_is_no_regular_file_is_refused_wherever_a_document_is_wanted() {
    let place = place();
    run_ok(Command::new("mkfifo").arg(place.path("pipe")));
    let cases = [
        ("policy lint IT", 2),
        ("check --policy IT --reference reference.parquet --candidate reference.parquet", 2),
        ("verify IT --key key.pub.pem", 5),
        ("profile merge IT -o out.profile", 5),
        ("snapshot IT", 5),
        ("init --reference IT", 5),
        ("simulate IT --out altered --shift amount=1", 5),
    ];
    for (words, code) in cases {
        for it in ["pipe", "/dev/zero", "/dev/full"] {
            let ran = place.driftgate(&words.replace("IT", it)).run();
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{words}, {it}: {ran:?}");
            assert!(ran.stderr.contains(it), "{words}, {it}: {}", ran.stderr);
        }
    }
}

#[test]
fn links_that_lead_in_a_circle_are_refused_by_name() {
    let place = place();
    symlink("second", place.path("first")).unwrap();
    symlink("first", place.path("second")).unwrap();
    ORDINARY.write(&place.path("folder/one.parquet"));
    symlink(".", place.path("folder/itself")).unwrap();
    for (typed, named) in [("first", "first"), ("folder", "itself"), ("fold*", "itself")] {
        let ran = place.driftgate(&format!("snapshot {typed}")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{typed}: {ran:?}");
        assert!(ran.stderr.contains(named), "{typed}: {}", ran.stderr);
    }
    let ran = place.driftgate("policy lint first").run();
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

fn place() -> Workplace {
    let place = Workplace::new();
    ORDINARY.write(&place.path("reference.parquet"));
    place.write("policy.yaml", "version: 1\nname: t\ngates:\n  - {name: schema, kind: schema}\n");
    place
}

/// Runs a check and changes a file between its opening and its last byte: the run has something
/// to say in between, and must wait for a pipe that is full until the file is changed.
fn while_it_reads(place: &Workplace, words: &str, file: &Path, change: fn(&Path)) -> Ran {
    let (mut said, mut full) = std::io::pipe().unwrap();
    full.write_all(&vec![b' '; PIPE_BYTES]).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_driftgate"))
        .args(["check", "--key", "key.pem", "--timings"])
        .args(words.split_whitespace())
        .current_dir(place.path("."))
        .stdout(Stdio::piped())
        .stderr(full)
        .spawn()
        .unwrap();
    let handles = place.path(format!("/proc/{}/fd", child.id()));
    let file = file.canonicalize().unwrap();
    let is_open = || {
        let mut handles = fs::read_dir(&handles).unwrap().flatten();
        handles.any(|handle| fs::read_link(handle.path()).is_ok_and(|to| to == file))
    };
    while !is_open() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended without opening the file");
        thread::yield_now();
    }
    change(&file);
    let mut stderr = String::new();
    said.read_to_string(&mut stderr).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    Ran { code: output.status.code(), stdout, stderr: stderr.trim_start().to_owned() }
}

/// Every file below a folder.
fn all_files(folder: impl AsRef<Path>) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(all_files(&path));
        } else {
            names.push(path.display().to_string());
        }
    }
    names.sort();
    names
}

/// Commands that write, and where to.
const WRITERS: [(&str, &str); 6] = [
    (
        "check --key key.pem --policy policy.yaml --reference reference.parquet \
         --candidate reference.parquet --out out",
        "out",
    ),
    ("profile reference.parquet -o out.profile", "out.profile"),
    ("simulate reference.parquet --out altered --shift amount=1", "altered"),
    ("snapshot reference.parquet --manifest out.manifest", "out.manifest"),
    ("init --reference reference.parquet --out out.yaml", "out.yaml"),
    ("key generate --out new.pem", "new.pem"),
];

/// What a pipe holds unless told otherwise (pipe(7)).
const PIPE_BYTES: usize = 64 << 10;

const TO_FULL: [&str; 2] = ["-c", "exec \"$0\" \"$@\" >/dev/full"];
