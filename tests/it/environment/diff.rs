//! `driftgate env diff`: what it says, and its exit code.

use crate::workplace::Workplace;

#[test]
fn two_captures_of_one_machine_are_the_same() {
    let place = Workplace::new();
    for name in ["a.json", "b.json"] {
        let ran = place.driftgate(&format!("env capture --var REGION --out {name}"));
        let ran = ran
            .env("REGION", "eu")
            .env("SOURCE_DATE_EPOCH", &format!("179000000{}", name.len()))
            .run();
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    // What this machine does not show is unknown on both sides.
    let unknown = place.driftgate("env diff a.json b.json --format json").run();
    let document: serde_json::Value = serde_json::from_str(&unknown.stdout).unwrap();
    let ignored: Vec<String> = document["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unknown| format!(" --ignore {}", unknown["path"].as_str().unwrap()))
        .collect();
    let ran = place.driftgate(&format!("env diff a.json b.json{}", ignored.concat())).run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    assert!(ran.stdout.contains("\ndifferences: 0, unknown: 0, ignored: 0, of "), "{ran:#?}");
}

#[test]
fn another_capture_differs_by_name_and_what_is_unknown_is_no_answer() {
    let place = Workplace::new();
    let capture = |kernel: &str, unknown: &str| {
        format!(
            r#"{{"format": "https://driftgate.dev/environment/v1",
                "captured_at": "2026-11-24T12:00:00Z", "unknown": {{{unknown}}},
                "system": {{"architecture": "x86_64", "kernel": "{kernel}"}}, "cpu": {{}}}}"#
        )
    };
    place.write("a.json", capture("6.1", ""));
    place.write("b.json", capture("6.2", ""));
    place.write("c.json", capture("6.1", r#""system.libc": "no `ldd`""#));
    place.write("app.yaml", "a: 1\n");
    let ran = place.driftgate("env diff a.json b.json").run();
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stdout,
        "reference  a.json\ncandidate  b.json\n  \
         `system.kernel` is `6.1` in the reference and `6.2` in the candidate\n\
         differences: 1, unknown: 0, ignored: 0, of 2 values\n"
    );
    let ran = place.driftgate("env diff a.json b.json --ignore system.k*").run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let ran = place.driftgate("env diff a.json c.json").run();
    assert_eq!(ran.code, Some(3), "{ran:#?}");
    assert!(ran.stdout.contains("`system.libc` cannot be compared: "), "{ran:#?}");
    let ran = place.driftgate("env diff a.json app.yaml").run();
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.stderr.contains("one side is a capture"), "{ran:#?}");
    place.write("cut.json", &capture("6.1", "")[..200]);
    let ran = place.driftgate("env diff a.json cut.json").run();
    assert_ne!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn folders_are_compared_file_by_file() {
    let place = Workplace::new();
    for (side, port) in [("staging", 80), ("prod", 81)] {
        place.write(&format!("{side}/app.yaml"), format!("server: {{port: {port}, host: {side}}}"));
        place.write(&format!("{side}/deep/app.toml"), "[log]\nlevel = 'info'\n");
        place.write(&format!("{side}/.env"), format!("DB_PASSWORD=s3cret-{side}\nMODE=x\n"));
        place.write(&format!("{side}/run.sh"), "echo 1\n");
        place.write(&format!("{side}/.git/{side}"), "ignored");
    }
    place.write("prod/extra.json", "{}");
    let ran = place.driftgate("env diff staging prod --ignore server.host").run();
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stdout,
        "reference  staging\ncandidate  prod\n  \
         `.env:DB_PASSWORD` is a value that is not shown in the reference and another one in the \
         candidate\n  \
         `app.yaml:server.port` is `80` in the reference and `81` in the candidate\n  \
         the file `extra.json` is in the candidate alone\n\
         differences: 3, unknown: 0, ignored: 1, of 7 values\n"
    );
    let words = "env diff staging prod --ignore app.yaml: --ignore extra.json: --ignore .env:DB_*";
    let ran = place.driftgate(words).run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let ran = place.driftgate("env diff staging prod --format json").run();
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["differences"][1]["path"], "server.host");
    assert_eq!(document["same"], false);
    assert!(!ran.stdout.contains("s3cret"), "{ran:#?}");
}

#[test]
fn what_cannot_be_compared_is_never_the_same() {
    let place = Workplace::new();
    place.write("a/app.yaml", "a: [1\n");
    place.write("b/app.yaml", "a: [1]\n");
    place.write("twice.json", r#"{"a": 1, "a": 1}"#);
    place.write("empty.yaml", "");
    std::fs::create_dir_all(place.path("none")).unwrap();
    for (words, code, said) in [
        ("a b", 5, "`a/app.yaml` line 2"),
        ("b b/app.yaml", 2, "one side is a folder"),
        ("twice.json twice.json", 5, "appears twice"),
        ("gone.yaml empty.yaml", 5, "cannot read `gone.yaml`"),
        ("b gone", 2, "one side is a folder"),
    ] {
        let ran = place.driftgate(&format!("env diff {words}")).run();
        assert_eq!(ran.code, Some(code), "{words}: {ran:#?}");
        assert!(ran.stderr.contains(said), "{words}: {ran:#?}");
    }
    std::os::unix::fs::symlink("../a", place.path("b/more")).unwrap();
    let ran = place.driftgate("env diff b b").run();
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("`b/more` is a link to a folder"), "{ran:#?}");
    std::fs::remove_file(place.path("b/more")).unwrap();
    for words in ["none none", "empty.yaml empty.yaml"] {
        let ran = place.driftgate(&format!("env diff {words}")).run();
        assert_eq!(ran.code, Some(3), "{words}: {ran:#?}");
        assert!(ran.stdout.ends_with("nothing to compare\n"), "{ran:#?}");
    }
    let ran = place.driftgate("env diff b b --ignore a..b").run();
    assert_eq!(ran.code, Some(2), "{ran:#?}");
}
