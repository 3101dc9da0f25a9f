//! Captures read, compared, and refused.

use std::collections::BTreeSet;

use super::*;
use crate::evidence::tree::Rules;

fn capture() -> Capture {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    Capture {
        format: FORMAT.to_owned(),
        captured_at: "2026-11-25T12:00:00Z".to_owned(),
        system: System {
            os: Some("debian".into()),
            kernel: Some("6.1.0".into()),
            libc: Some("glibc 2.36".into()),
            architecture: "x86_64".into(),
            ..System::default()
        },
        cpu: Cpu {
            model: Some("A".into()),
            processors: Some(8),
            features: Some(set(&["avx2", "fma"])),
        },
        python: Some(Python {
            implementation: "CPython".into(),
            version: "3.11.7".into(),
            packages: [("numpy".to_owned(), "1.26.4".to_owned())].into(),
        }),
        variables: [("REGION".to_owned(), Some("eu".to_owned())), ("UNSET".to_owned(), None)]
            .into(),
        secrets: [("KEY".to_owned(), Some(secret_hash(&[1; 32], "KEY", b"s3cret")))].into(),
        secrets_key: Some(key_id(&[1; 32])),
        ..Capture::default()
    }
}

fn differences(candidate: &Capture, ignore: &[&str]) -> (Vec<String>, Vec<String>) {
    let ignore = ignore.iter().map(|pattern| pattern.parse().unwrap()).collect();
    let rules = Rules { ignore, ..Rules::default() };
    let found = compare(&capture(), candidate, &rules).unwrap();
    (
        found.found.differences.iter().map(ToString::to_string).collect(),
        found.unknown.into_iter().map(|unknown| unknown.path + ": " + &unknown.reason).collect(),
    )
}

#[test]
fn a_capture_is_read_back_and_the_same_as_itself_at_another_time() {
    let bytes = serde_json::to_vec(&capture()).unwrap();
    assert_eq!(read(&bytes).unwrap(), capture());
    assert!(is_capture(&bytes) && !is_capture(b"{\"format\": \"x\"}") && !is_capture(b"a: 1"));
    let later = Capture { captured_at: "2026-12-01T00:00:00Z".into(), ..capture() };
    assert_eq!(differences(&later, &[]), (vec![], vec![]));
}

#[test]
fn differences_are_named_by_their_paths() {
    let mut other = capture();
    other.cpu.model = Some("B".into());
    other.cpu.features = Some(["avx2", "avx512f"].map(str::to_owned).into());
    other.python.as_mut().unwrap().packages.insert("numpy".into(), "2.0.0".into());
    other.variables.insert("UNSET".into(), Some("set".into()));
    other.secrets.insert("KEY".into(), Some(secret_hash(&[1; 32], "KEY", b"other")));
    let (found, unknown) = differences(&other, &["cpu.model"]);
    assert_eq!(
        found,
        [
            "`cpu.features.avx512f` is in the candidate alone",
            "`cpu.features.fma` is in the reference alone",
            "`python.packages.numpy` is `1.26.4` in the reference and `2.0.0` in the candidate",
            "`secrets.KEY` is a value that is not shown in the reference and another one in the \
             candidate",
            "`variables.UNSET` is `null` (nothing) in the reference and `set` (text) in the candidate",
        ]
    );
    assert!(unknown.is_empty());
}

#[test]
fn what_is_unknown_is_neither_the_same_nor_different() {
    let mut other = capture();
    other.system.libc = None;
    other.unknown.insert("system.libc".into(), "`ldd` is not there".into());
    let (found, unknown) = differences(&other, &[]);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(unknown, ["system.libc: not known of the candidate: `ldd` is not there"]);
    assert_eq!(differences(&other, &["system.libc"]), (vec![], vec![]));
    let mut rekeyed = capture();
    rekeyed.secrets_key = Some(key_id(&[2; 32]));
    rekeyed.secrets.insert("KEY".into(), Some(secret_hash(&[2; 32], "KEY", b"s3cret")));
    let (found, unknown) = differences(&rekeyed, &[]);
    assert!(found.is_empty() && unknown[0].starts_with("secrets: the two captures hashed"));
}

#[test]
fn secrets_are_told_apart_and_not_told() {
    let key = [7; 32];
    assert_eq!(secret_hash(&key, "A", b"x"), secret_hash(&key, "A", b"x"));
    assert_ne!(secret_hash(&key, "A", b"x"), secret_hash(&key, "B", b"x"));
    assert_ne!(secret_hash(&key, "A", b"x"), secret_hash(&[8; 32], "A", b"x"));
    assert_eq!(key_id(&key).len(), 16);
}

#[test]
fn what_is_not_exactly_a_capture_is_refused() {
    let good = serde_json::to_string(&capture()).unwrap();
    let refused = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert!(refused(&good.replace("environment/v1", "environment/v2")).contains("its `format`"));
    assert!(refused(&good.replace("T12:00:00Z", "")).contains("`captured_at`"));
    assert!(refused(&good.replace("\"limits\"", "\"limitz\"")).contains("limitz"));
    assert!(refused(&good.replacen('{', "{\"format\": \"x\", ", 1)).contains("twice"));
    for cut in (0..good.len()).step_by(7) {
        refused(&good[..cut]);
    }
}
