//! Every report that `check` makes is accepted, and says what the check said.

use std::fs;
use std::path::Path;

use driftgate::report::{CheckResult, QuantityDocument};
use driftgate::signing::{KeyKind, PrivateKey, write_public_key};
use serde_json::Value;

use super::court::{assert_refused, check, court, forge, result, verify};
use crate::workplace::Workplace;

#[test]
fn every_report_that_check_makes_is_accepted_with_the_verdict_of_the_check() {
    let place = court();
    for candidate in ["same", "moved", "nudged", "few", "narrow", "foreign"] {
        let checked = check(&place, candidate);
        let words = format!("out --snapshot {candidate} --policy policy.yaml --format json");
        let verified = verify(&place, &words);
        assert_eq!(verified.code, checked.code, "{candidate}: {verified:#?}");
        assert_eq!(verified.stderr, "", "{candidate}");
        let document = verified.json();
        assert_eq!(document["accepted"], true);
        assert_eq!(document["exitCode"], verified.code.unwrap());
        let steps = document["steps"].as_array().unwrap();
        let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(names, STEPS);
        assert!(steps.iter().all(|step| step["state"] == "ok"), "{candidate}: {steps:#?}");
        let checks = &document["checks"];
        let [all, counts, numbers, words] =
            ["all", "fromCounts", "fromNumbers", "fromWords"].map(|name| checks[name].as_u64());
        assert_eq!(all, Some(counts.unwrap() + numbers.unwrap() + words.unwrap()));
        assert!(counts >= numbers && counts > words, "{candidate}: {checks}");
    }
}

#[test]
fn a_report_is_accepted_under_either_kind_of_key_and_alone_in_a_folder() {
    let place = court();
    for kind in ["p256", "ed25519"] {
        let made = place.driftgate(&format!("key generate --kind {kind} --out {kind}.pem")).run();
        assert_eq!(made.code, Some(0), "{made:?}");
        let words = "--policy policy.yaml --reference reference --candidate same";
        let words = format!("check {words} --key {kind}.pem --out {kind}");
        assert_eq!(place.driftgate(&words).run().code, Some(3));
        fs::create_dir(place.path(format!("{kind}/alone"))).unwrap();
        let name = "report.dsse.json";
        let alone = format!("{kind}/alone/{name}");
        fs::copy(place.path(format!("{kind}/{name}")), place.path(&alone)).unwrap();
        let ran = place
            .driftgate(&format!("verify {alone} --key key.pub.pem --key {kind}.pub.pem"))
            .run();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(3), ""), "{ran:?}");
        assert!(ran.stdout.contains(&format!("by {kind}.pub.pem\n")), "{ran:?}");
        assert!(ran.stdout.contains("skipped  details    no report.details.json"), "{ran:?}");
        assert!(ran.stdout.ends_with("\nINCONCLUSIVE  transactions\n"), "{ran:?}");
    }
}

#[test]
fn people_read_a_line_for_each_step_and_the_verdict_last() {
    let place = court();
    let ran = verify(&place, "out --snapshot moved");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let starts = [
        "ok       signature  by key.pub.pem",
        "ok       statement  gate report on sha256:",
        "ok       numbers    ",
        "ok       validity   used within 7 d of the check",
        "skipped  policy     not compared; `--policy FILE` does",
        "ok       details    those that the report names",
        "ok       snapshot   1 file hashes to the subject",
        "FAILED  transactions",
    ];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(lines[2].contains(" checks decided again ("), "{}", lines[2]);
}

#[test]
fn a_report_on_real_data_is_accepted_from_any_place_and_any_digest() {
    let place = Workplace::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let (policy, flights) = (data.join("policies/flights.yaml"), data.join("flights"));
    let at = |name: &str| flights.join(name).display().to_string();
    for digest in ["sha256", "blake3"] {
        let words = format!("--reference {} --candidate {}", at("summer"), at("autumn"));
        let ran = place
            .check(&format!("--policy {} {words} --out out --digest {digest}", policy.display()));
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let words = format!("--snapshot {} --policy {}", at("autumn"), policy.display());
        let ran = verify(&place, &format!("out {words} --format json"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:?}");
        let document = ran.json();
        assert_eq!(document["verdict"], "failed");
        assert!(document["checks"]["fromCounts"].as_u64() > Some(30), "{document:#}");
        assert!(document["checks"]["fromWords"].as_u64() < Some(5), "{document:#}");
    }
    let ran = verify(&place, &format!("out --snapshot {}", at("august")));
    super::court::assert_refused(&ran, "E_SNAPSHOT", "`2013-08.parquet` was added");
}

#[test]
fn a_report_on_a_stored_reference_is_accepted() {
    let place = court();
    let ran = place.driftgate("profile reference -o ref.profile --policy policy.yaml").run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let words = "--policy policy.yaml --reference ref.profile --candidate moved --out out";
    assert_eq!(place.check(words).code, Some(1));
    let ran = verify(&place, "out --snapshot moved --policy policy.yaml");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:?}");
}

#[test]
fn so_many_keys_as_asked_for_must_have_signed() {
    let place = court();
    let other = PrivateKey::generate(KeyKind::Ed25519);
    write_public_key(&place.path("other.pub.pem"), &other.public()).unwrap();
    let words = "verify out --key key.pub.pem --key other.pub.pem --threshold";
    assert_eq!(place.driftgate(&format!("{words} 1")).run().code, Some(1));
    let ran = place.driftgate(&format!("{words} 2")).run();
    super::court::assert_refused(&ran, "E_THRESHOLD", "expected at least 2");
    let ran = place.driftgate(&format!("{words} 0")).run();
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_refusal_is_a_document_too() {
    let place = court();
    fs::write(place.path("out/report.details.json"), "{}").unwrap();
    let ran = verify(&place, "out --format json");
    let document = ran.json();
    assert_eq!((ran.code, &document["accepted"]), (Some(4), &Value::from(false)));
    assert_eq!(
        (&document["exitCode"], &document["refusal"]["code"]),
        (&4.into(), &"E_DETAILS".into())
    );
    assert!(document.get("verdict").is_none(), "{document:#}");
    let last = document["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["step"], &last["state"]), (&"details".into(), &"refused".into()));
}

const STEPS: [&str; 7] =
    ["signature", "statement", "numbers", "validity", "policy", "details", "snapshot"];

#[test]
fn a_report_made_again_from_the_data_is_the_same_to_the_bit() {
    let place = court();
    let again = |words: &str| {
        verify(
            &place,
            &format!("out --policy policy.yaml --recompute --reference reference {words}"),
        )
    };
    let ran = again("--candidate moved");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:#?}");
    assert!(ran.stdout.contains("ok       again      the data give the same report"), "{ran:#?}");
    let threads = again("--candidate moved --threads 1 --memory 1");
    assert_eq!(threads.code, Some(1), "{threads:#?}");
    assert_refused(&again("--candidate nudged"), "E_RECOMPUTE", "`candidate.snapshotId` is `\"sha");
    assert_refused(
        &again("--candidate moved --samples 1"),
        "E_RECOMPUTE",
        "`details.digest.sha256`",
    );
    let refused = verify(&place, "out --recompute --reference reference");
    assert_eq!(refused.code, Some(2), "{refused:#?}");
}

/// The distance needs the values: nothing in the report contradicts it, but the data do.
#[test]
fn a_signed_distance_that_the_data_do_not_give_is_found_out() {
    let place = court();
    let forged = forge(&place, |predicate| {
        match result(predicate, "drift", "wasserstein_scaled_max", "amount") {
            CheckResult::Value(_, Some(QuantityDocument::Real(observed))) => *observed *= 1.01,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(forged.code, Some(1), "whole in itself: {forged:?}");
    let words = "--policy policy.yaml --recompute --reference reference --candidate moved";
    let ran = verify(&place, &format!("forged {words}"));
    assert_refused(&ran, "E_RECOMPUTE", "run again, the check gives another report: `gates.3.");
}
