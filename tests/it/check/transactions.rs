//! `driftgate check` as users and pipelines see it.

use std::fs;
use std::process::Command;

use driftgate::identity::Sha256Digest;
use serde_json::Value;

use super::base64_bytes;
use crate::command::Ran;
use crate::foreign::{self, python, run_ok, script};
use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

/// A workplace with a reference, several candidates and a policy with a gate of every kind that
/// they allow.
fn place() -> Workplace {
    let place = Workplace::new();
    ORDINARY.write(&place.path("reference/part-0.parquet"));
    let candidates = [
        ("same", ORDINARY),
        ("moved", Transactions { moved: 30.0, ..ORDINARY }),
        ("few", Transactions { rows: 40, ..ORDINARY }),
        ("narrow", Transactions { countries: None, ..ORDINARY }),
        ("foreign", Transactions { countries: Some(&["NO", "SE", "secret-land"]), ..ORDINARY }),
    ];
    for (name, candidate) in candidates {
        candidate.write(&place.path(format!("{name}/part-0.parquet")));
    }
    place.write("policy.yaml", POLICY);
    place
}

fn check(place: &Workplace, candidate: &str, options: &str) -> Ran {
    place.check(&format!(
        "--policy policy.yaml --reference reference --candidate {candidate} --out out {options}"
    ))
}

#[test]
fn identical_snapshots_pass_every_gate() {
    let place = place();
    let ran = check(&place, "same", "--format json");
    let report = ran.json();
    assert_eq!((ran.code, &report["verdict"]), (Some(0), &Value::from("passed")));
    assert_eq!(report["candidate"]["snapshotId"], report["reference"]["snapshotId"]);
    let verdicts: Vec<&Value> =
        report["gates"].as_array().unwrap().iter().map(|gate| &gate["verdict"]).collect();
    assert_eq!(verdicts, ["passed"; GATES]);
    for column in report["columns"].as_array().unwrap() {
        let metrics = column["metrics"].as_object().unwrap();
        let psi = metrics.iter().filter(|(id, _)| id.starts_with("psi_"));
        assert!(psi.clone().count() > 0 && psi.clone().all(|(_, psi)| psi["value"] == 0.0));
        let ks = metrics.get("ks_two_sample");
        assert!(ks.is_none_or(|ks| ks["d"] == 0.0 && ks["p"] == 1.0), "{ks:?}");
    }
}

#[test]
fn the_exit_code_is_the_verdict_and_the_report_carries_it() {
    let place = place();
    for (candidate, code, verdict) in [
        ("same", 0, "passed"),
        ("moved", 1, "failed"),
        ("narrow", 1, "failed"),
        ("few", 3, "inconclusive"),
    ] {
        let ran = check(&place, candidate, "--format json");
        let report = ran.json();
        assert_eq!(ran.code, Some(code), "{candidate}: {ran:#?}");
        assert_eq!((&report["verdict"], &report["exitCode"]), (&verdict.into(), &code.into()));
        assert_eq!(ran.stderr, "", "{candidate}");
        assert_eq!(place.names("out"), REPORT, "{candidate}");
    }
}

#[test]
fn a_check_that_cannot_be_made_writes_nothing() {
    let place = place();
    place.write("broken.yaml", POLICY.replace("psi:", "spi:"));
    place.write("damaged/part-0.parquet", "no data");
    let words = "check --key absent.pem --policy policy.yaml";
    let words = format!("{words} --reference reference --candidate same --out new");
    let refused = place.driftgate(&words).run();
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("`absent.pem`"), "{refused:?}");
    for (words, code, said) in [
        ("--policy broken.yaml --candidate same", 2, "broken.yaml:15:5"),
        ("--policy absent.yaml --candidate same", 2, "`absent.yaml`"),
        ("--policy policy.yaml --candidate absent", 5, "`absent`"),
        ("--policy policy.yaml --candidate damaged", 5, "part-0.parquet"),
        ("--policy policy.yaml --candidate same --format pdf", 2, "pdf"),
        ("--policy policy.yaml --candidate same --memory 5parsecs", 2, "parsecs"),
    ] {
        let ran = place.check(&format!("{words} --reference reference --out new"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{words}: {ran:?}");
        assert!(ran.stderr.contains(said), "{words}: {ran:?}");
    }
    assert!(!place.path("new").exists(), "{:?}", place.names("new"));
}

#[test]
fn a_check_that_cannot_be_made_leaves_the_earlier_report_whole() {
    let place = place();
    place.write("damaged/part-0.parquet", "no data");
    assert_eq!(check(&place, "moved", "").code, Some(1));
    let read = || REPORT.map(|name| fs::read(place.path("out").join(name)).unwrap());
    let before = read();
    assert_eq!(check(&place, "damaged", "").code, Some(5));
    assert!(read() == before);
    assert_eq!(place.names("out"), REPORT);
    assert_eq!(check(&place, "same", "").code, Some(0));
    let after = read();
    assert!((0..REPORT.len()).all(|file| before[file] != after[file]), "a mix of two reports");
}

#[test]
fn the_json_is_what_its_schema_says() {
    let place = place();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/check-output.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for candidate in ["same", "moved", "few", "narrow", "foreign"] {
        let report = check(&place, candidate, "--format json --show-values").json();
        let faults: Vec<String> = validator
            .iter_errors(&report)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{candidate}: {faults:#?}");
    }
}

#[test]
fn other_formats_are_what_their_readers_expect() {
    let place = place();
    let junit = check(&place, "moved", "--format junit");
    place.write("junit.xml", &junit.stdout);
    let count = "import sys, xml.etree.ElementTree as xml; tree = xml.parse(sys.argv[1]).getroot(); \
                 print(tree.tag, len(list(tree.iter('testcase'))) > 0, \
                 len(list(tree.iter('failure'))) > 0)";
    let read = run_ok(Command::new(python()).args(["-c", count]).arg(place.path("junit.xml")));
    assert_eq!(read, "testsuites True True\n");

    let github = check(&place, "moved", "--format github").stdout;
    assert!(!github.is_empty());
    for line in github.lines() {
        let known = ["::error file=policy.yaml,line=", "::warning file=policy.yaml,line="];
        assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
    }
    assert_eq!(check(&place, "same", "--format github").stdout, "");

    let markdown = check(&place, "moved", "--format markdown").stdout;
    assert!(markdown.starts_with('#') && markdown.contains("| "), "{markdown}");
    let text = check(&place, "moved", "--format text").stdout;
    assert!(text.contains("FAIL") && text.contains("amount"), "{text}");
}

#[test]
fn the_same_inputs_key_and_instant_give_the_same_bytes() {
    let (place, elsewhere) = (place(), place());
    fs::copy(place.path("key.pem"), elsewhere.path("key.pem")).unwrap();
    for place in [&place, &elsewhere] {
        assert_eq!(check(place, "moved", "").code, Some(1));
    }
    place.check("--policy policy.yaml --reference reference --candidate moved --out again");
    for name in REPORT {
        let bytes = |place: &Workplace, out: &str| fs::read(place.path(out).join(name)).unwrap();
        assert!(bytes(&place, "out") == bytes(&place, "again"), "{name}");
        assert!(bytes(&place, "out") == bytes(&elsewhere, "out"), "{name} knows its place");
    }
}

#[test]
fn a_reader_that_goes_away_does_not_change_the_verdict() {
    let place = place();
    for (candidate, code) in [("same", 0), ("moved", 1), ("few", 3)] {
        for format in ["text", "json", "markdown", "junit", "github"] {
            let words = format!(
                "check --key key.pem --policy policy.yaml --reference reference \
                 --candidate {candidate} --out out --format {format}"
            );
            assert_eq!(place.driftgate(&words).run_unread(), Some(code), "{candidate} {format}");
        }
    }
}

#[test]
fn colour_is_for_terminals_or_for_those_who_insist() {
    let place = place();
    let words = "check --policy policy.yaml --reference reference --candidate moved --key key.pem";
    let coloured = |variables: &[(&str, &str)]| {
        let run = place.driftgate(words);
        let ran = variables.iter().fold(run, |run, (name, value)| run.env(name, value)).run();
        assert_eq!(ran.code, Some(1));
        format!("{}{}", ran.stdout, ran.stderr).contains('\u{1b}')
    };
    assert!(!coloured(&[]));
    assert!(!coloured(&[("NO_COLOR", "1")]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_policy_on_an_absent_column_is_refused_with_the_nearest_name() {
    let place = place();
    place.write("policy.yaml", POLICY.replace("[amount, country]", "[amuont, country]"));
    let ran = check(&place, "same", "");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("`amuont`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `amount`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("policy.yaml:14:"), "{}", ran.stderr);
}

#[test]
fn a_candidate_that_lacks_a_column_fails_and_says_which() {
    let place = place();
    let report = check(&place, "narrow", "--format json").json();
    let schema = &report["gates"][0];
    assert_eq!((&schema["kind"], &schema["verdict"]), (&"schema".into(), &"failed".into()));
    assert_eq!(schema["findings"][0]["column"], "country");
    let column = report["columns"].as_array().unwrap().iter().find(|c| c["name"] == "country");
    assert_eq!(column.unwrap()["candidate"], Value::Null);
}

#[test]
fn values_of_broken_rows_are_shown_only_on_demand() {
    let place = place();
    let samples = |options: &str| {
        let report = check(&place, "foreign", &format!("--format json {options}")).json();
        let gate = report["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "valid");
        let finding = gate.unwrap()["findings"].as_array().unwrap().iter();
        let broken = finding.clone().find(|finding| finding["verdict"] == "failed").unwrap();
        broken["samples"].as_array().cloned().unwrap_or_default()
    };
    let hidden = samples("--samples 3");
    assert_eq!(hidden.len(), 3);
    for sample in &hidden {
        assert_eq!((&sample["file"], &sample["rowGroup"]), (&"part-0.parquet".into(), &0.into()));
        assert!(sample["row"].is_u64() && sample.get("value").is_none(), "{sample}");
    }
    let shown = samples("--samples 3 --show-values");
    assert!(shown.iter().all(|sample| sample["value"] == "secret-land"), "{shown:?}");
    assert_eq!(samples("--samples 0"), Vec::<Value>::new());
}

#[test]
fn securesystemslib_accepts_the_report_and_refuses_a_changed_byte() {
    let place = place();
    assert_eq!(check(&place, "moved", "").code, Some(1));
    let report = place.path("out/report.dsse.json");
    let verifier = || {
        let mut command = Command::new(python());
        command.arg(script("verify.py")).arg(&report).arg("1").arg(place.path("key.pub.pem"));
        command
    };
    let accepted = run_ok(&mut verifier());
    let mut bytes = fs::read(&report).unwrap();
    let envelope: Value = serde_json::from_slice(&bytes).unwrap();
    let statement = base64_bytes(envelope["payload"].as_str().unwrap());
    let digest = Sha256Digest::of(&statement);
    assert_eq!(accepted, format!("{digest}\n{}\n", place.key.public().id()));

    let text = String::from_utf8(bytes.clone()).unwrap();
    let at = text.find(envelope["payload"].as_str().unwrap()).unwrap() + 40;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    fs::write(&report, bytes).unwrap();
    let refused = foreign::run(&mut verifier());
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
}

#[test]
fn the_signed_subject_is_the_manifest_and_the_details_are_bound() {
    let place = place();
    let report = check(&place, "moved", "--format json").json();
    let read = |name: &str| fs::read(place.path("out").join(name)).unwrap();
    let envelope: Value = serde_json::from_slice(&read("report.dsse.json")).unwrap();
    let statement: Value =
        serde_json::from_slice(&base64_bytes(envelope["payload"].as_str().unwrap())).unwrap();
    let manifest = Sha256Digest::of(&read("snapshot.manifest")).to_string();
    assert_eq!(statement["subject"][0]["name"], "snapshot.manifest");
    assert_eq!(statement["subject"][0]["digest"]["sha256"], manifest);
    assert_eq!(report["candidate"]["snapshotId"], format!("sha256:{manifest}"));
    let details = Sha256Digest::of(&read("report.details.json")).to_string();
    assert_eq!(statement["predicate"]["details"]["digest"]["sha256"], details);
    assert_eq!(statement["predicate"]["verdict"], "failed");
}

#[test]
fn sha256sum_accepts_the_manifest() {
    let place = place();
    assert_eq!(check(&place, "moved", "").code, Some(1));
    let said = run_ok(
        Command::new("sha256sum")
            .args(["--strict", "-c"])
            .arg(place.path("out/snapshot.manifest"))
            .current_dir(place.path("moved")),
    );
    assert_eq!(said, "part-0.parquet: OK\n");
}

#[test]
fn without_a_key_a_development_key_is_made_once_and_said_to_be_one() {
    let place = place();
    let words = "check --policy policy.yaml --reference reference --candidate same";
    let first = place.driftgate(words).run();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.stderr.contains("local-development"), "{}", first.stderr);
    let report = fs::read(place.path("driftgate-report/report.dsse.json")).unwrap();
    assert_eq!(place.driftgate(words).run(), first);
    assert!(report == fs::read(place.path("driftgate-report/report.dsse.json")).unwrap());
}

const REPORT: [&str; 4] =
    ["report.details.json", "report.dsse.json", "report.sigstore.json", "snapshot.manifest"];
const GATES: usize = 4;
const POLICY: &str = "\
version: 1
name: transactions
columns:
  - match: country
    expect:
      - one_of: [NO, SE, DK]
  - match: id
    kind: identifier
gates:
  - {name: schema, kind: schema}
  - {name: valid, kind: expectations}
  - name: drift
    kind: drift
    columns: [amount, country]
    psi: {max: 0.2}
    ks: {d_max: 0.1}
  - {name: volume, kind: volume, rows: {min: 10}}
";

#[test]
fn a_report_is_not_written_into_a_snapshot_that_is_read() {
    let place = place();
    let check_into = |out: &str| {
        place.check(&format!(
            "--policy policy.yaml --reference reference --candidate same --out {out}"
        ))
    };
    for out in ["same", "same/report", "reference/../same/./x", "reference/out", "same/_x=1"] {
        let ran = check_into(out);
        assert_eq!(ran.code, Some(2), "{out}: {ran:?}");
        assert!(ran.stderr.contains("would become a part of the snapshot"), "{ran:?}");
    }
    assert_eq!(place.names("same"), ["part-0.parquet"]);
    for out in ["same/_report", "same-report"] {
        let ran = check_into(out);
        assert_eq!(ran.code, Some(0), "{out}: {ran:?}");
        assert!(ran.stderr.contains("both sides are the same snapshot"), "{ran:?}");
    }
}

#[test]
fn absurd_numbers_of_threads_are_refused_at_once() {
    let place = Workplace::new();
    let ran = place.driftgate("snapshot here --threads 999999").run();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("expected a number up to 1024"), "{ran:?}");
}
