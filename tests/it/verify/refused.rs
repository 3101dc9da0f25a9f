//! What somebody without the key can change, and that each is refused by its name.

use std::fs;
use std::path::Path;

use driftgate::identity::Sha256Digest;
use driftgate::report::Statement;
use driftgate::signing::PublicKey;
use serde_json::Value;

use super::court::{POLICY, assert_refused, court, sign_bytes, statement, verify};
use crate::workplace::Workplace;

#[test]
fn a_changed_payload_is_refused_wherever_it_changes() {
    let place = court();
    let path = place.path("out/report.dsse.json");
    let good = String::from_utf8(fs::read(&path).unwrap()).unwrap();
    let start = good.find("\"payload\":\"").unwrap() + 11;
    let length = statement(&place).len() / 3 * 4;
    for at in (0..length).step_by(length / 20) {
        let mut changed = good.clone().into_bytes();
        let byte = &mut changed[start + at];
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        fs::write(&path, changed).unwrap();
        assert_refused(&verify(&place, "out"), "E_SIGNATURE", "no signature fits the payload");
    }
}

#[test]
fn another_key_is_refused_and_so_is_a_private_one() {
    let place = court();
    let other = Workplace::new();
    fs::copy(other.path("key.pub.pem"), place.path("other.pub.pem")).unwrap();
    let ran = place.driftgate("verify out --key other.pub.pem").run();
    assert_refused(&ran, "E_KEY", "hint: give the public key of whoever ran the check");
    let ran = place.driftgate("verify out --key key.pem").run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
    assert!(ran.stderr.contains("`driftgate key show FILE`"), "{ran:?}");
    assert_eq!(place.driftgate("verify out").run().code, Some(2));
}

#[test]
fn what_is_no_envelope_is_refused_and_a_bundle_with_the_way_out() {
    let place = court();
    let ran = verify(&place, "out/report.sigstore.json");
    assert_refused(&ran, "E_JSON", "report.sigstore.json is for cosign; verify report.dsse.json");
    place.write("text/report.dsse.json", "hello");
    assert_refused(&verify(&place, "text"), "E_JSON", "not JSON");
    let ran = verify(&place, "absent");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
    assert!(ran.stderr.contains("`absent`"), "{ran:?}");
}

#[test]
fn any_changed_byte_of_the_data_is_refused_with_the_file() {
    let place = court();
    let path = place.path("moved/part-0.parquet");
    let good = fs::read(&path).unwrap();
    for at in [0, 4, good.len() / 2, good.len() - 9, good.len() - 1] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        let ran = verify(&place, "out --snapshot moved");
        assert_refused(&ran, "E_SNAPSHOT", "`part-0.parquet` changed");
    }
    fs::write(&path, &good).unwrap();
    assert_eq!(verify(&place, "out --snapshot moved").code, Some(1));

    fs::copy(&path, place.path("moved/part-1.parquet")).unwrap();
    assert_refused(
        &verify(&place, "out --snapshot moved"),
        "E_SNAPSHOT",
        "`part-1.parquet` was added",
    );
    fs::remove_file(&path).unwrap();
    assert_refused(
        &verify(&place, "out --snapshot moved"),
        "E_SNAPSHOT",
        "`part-0.parquet` is missing",
    );
}

#[test]
fn other_data_is_refused_with_both_ids_and_a_forged_manifest_says_nothing() {
    let place = court();
    let id = |name: &str| {
        let manifest = fs::read(place.path(name)).unwrap();
        format!("sha256:{}", Sha256Digest::of(&manifest))
    };
    let ours = id("out/snapshot.manifest");
    let made = place.driftgate("snapshot same --manifest same.manifest").run();
    assert_eq!(made.code, Some(0));
    for manifest in [None, Some("same.manifest")] {
        let path = place.path("out/snapshot.manifest");
        match manifest {
            None => fs::remove_file(&path).unwrap(),
            Some(name) => drop(fs::copy(place.path(name), &path).unwrap()),
        }
        let ran = verify(&place, "out --snapshot same");
        let said =
            format!("the report is about `{ours}`, the data are `{}`\n", id("same.manifest"));
        assert_refused(&ran, "E_SNAPSHOT", &said);
    }
}

#[test]
fn another_policy_is_refused_with_both_digests() {
    let place = court();
    let digest = |text: &str| Sha256Digest::of(text.as_bytes()).to_string();
    let looser = POLICY.replace("d_max: 0.1,", "d_max: 0.9,");
    place.write("looser.yaml", &looser);
    let ran = verify(&place, "out --policy looser.yaml");
    assert_refused(&ran, "E_POLICY", &digest(POLICY));
    assert!(ran.stderr.contains(&digest(&looser)), "{ran:?}");
}

#[test]
fn a_report_is_refused_from_the_second_on_at_which_it_expires() {
    let place = court();
    let at = |now: &str| {
        let driftgate = place.driftgate("verify out --key key.pub.pem");
        driftgate.env("SOURCE_DATE_EPOCH", now).run()
    };
    assert_eq!(at("1790604799").code, Some(1), "a second before the seven days are over");
    assert_refused(&at("1790604800"), "E_EXPIRED", "hint: run the check again");
}

#[test]
fn a_report_is_refused_from_the_age_on_that_the_verifier_allows() {
    let place = court();
    let at = |now: &str, age: &str| {
        let driftgate = place.driftgate(&format!("verify out --key key.pub.pem --max-age {age}"));
        driftgate.env("SOURCE_DATE_EPOCH", now).run()
    };
    assert_eq!(at("1790003599", "1h").code, Some(1), "a second before the hour is over");
    let said = "more than 1 h ago; it is 2026-09-21T15:13:20Z";
    assert_refused(&at("1790003600", "1h"), "E_EXPIRED", said);
    assert_refused(&at("1790604800", "9w"), "E_EXPIRED", "the report expired at");
    let ran = at("1790000000", "soon");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("such as `90s`, `12h`, `7d` or `2w`"), "{ran:?}");
}

#[test]
fn a_report_from_the_future_is_refused_but_for_clocks_a_little_apart() {
    let place = court();
    let at = |now: &str| {
        let driftgate = place.driftgate("verify out --key key.pub.pem");
        driftgate.env("SOURCE_DATE_EPOCH", now).run()
    };
    assert_eq!(at("1789999700").code, Some(1), "five minutes before it was made");
    assert_refused(&at("1789999699"), "E_FUTURE", "hint: set the clock");
}

#[test]
fn changed_details_are_refused_beside_the_report_or_named() {
    let place = court();
    let path = place.path("out/report.details.json");
    let mut details = fs::read(&path).unwrap();
    assert_eq!(verify(&place, "out --details out/report.details.json").code, Some(1));
    *details.last_mut().unwrap() = b' ';
    place.write("elsewhere.json", &details);
    assert_refused(&verify(&place, "out --details elsewhere.json"), "E_DETAILS", "names details");
    fs::write(&path, details).unwrap();
    assert_refused(&verify(&place, "out"), "E_DETAILS", "names details");
    fs::remove_file(&path).unwrap();
    assert_eq!(verify(&place, "out").code, Some(1));
    assert_eq!(verify(&place, "out --details absent.json").code, Some(5));
}

/// The key signs all of these: what is signed is still read as strictly.
#[test]
fn a_statement_of_another_kind_is_refused() {
    let place = court();
    let good = String::from_utf8(statement(&place)).unwrap();
    let subject = "{\"name\":\"snapshot.manifest\",\"digest\":{\"sha256\":\"";
    let start = good.find(subject).unwrap();
    let end = start + subject.len() + 64 + 3;
    let subjects = |many: &str| format!("{}{many}{}", &good[..start], &good[end..]);
    let one = &good[start..end];
    let cases = [
        (good.replace("/gate-report/v1", "/gate-report/v2"), "E_PREDICATE_TYPE", "gate-report/v2"),
        (good.replace("/Statement/v1", "/Statement/v0.1"), "E_STATEMENT_TYPE", "Statement/v0.1"),
        (good.replace("\"schemaVersion\":1", "\"schemaVersion\":2"), "E_SCHEMA_VERSION", "found 2"),
        (subjects(&format!("{one},{one}")), "E_SUBJECT", "expected one subject, found 2"),
        (subjects(""), "E_SUBJECT", "expected one subject, found 0"),
        (subjects(&one.replace(":\"snapshot.", ":\"other.")), "E_SUBJECT", "is not the manifest"),
        (
            subjects(&format!("{}{}\"}}}}", &one[..subject.len()], "0".repeat(64))),
            "E_SUBJECT",
            "`0000000000",
        ),
        (good.replacen('{', "{\"predicateType\":\"x\",", 1), "E_STATEMENT", "appears twice"),
        (
            good.replacen("\"verdict\":", "\"verdict\":\"passed\",\"verdict\":", 1),
            "E_STATEMENT",
            "the key `verdict` appears twice",
        ),
        (format!("{good} "), "E_STATEMENT", "not written as this version"),
        (good.replacen("\"tool\":", "\"remark\":1,\"tool\":", 1), "E_STATEMENT", "not written as"),
        (good.replacen("\"evaluatedAt\":", "\"at\":", 1), "E_STATEMENT", "evaluatedAt"),
        (
            good.replace("\"reportId\":\"sha256:", "\"reportId\":\"sha256:0"),
            "E_REPORT_ID",
            "`sha256:0",
        ),
        ("[]".to_owned(), "E_STATEMENT", "not the expected document"),
        (String::new(), "E_STATEMENT", "not JSON"),
    ];
    for (text, code, said) in cases {
        sign_bytes(&place, text.as_bytes());
        let ran = verify(&place, "forged");
        assert_refused(&ran, code, said);
        assert!(ran.stdout.contains("ok       signature"), "{ran:?}");
    }
    sign_bytes(&place, good.as_bytes());
    assert_eq!(verify(&place, "forged").code, Some(1));
}

#[test]
fn an_id_of_another_content_is_refused() {
    let place = court();
    let mut edited: Statement = serde_json::from_slice(&statement(&place)).unwrap();
    edited.predicate.evaluated_at = "2026-01-01T00:00:00Z".to_owned();
    sign_bytes(&place, &serde_json::to_vec(&edited).unwrap());
    assert_refused(&verify(&place, "forged"), "E_REPORT_ID", "that of its content");
}

/// The envelope that others accepted is good, and about something else.
#[test]
fn the_envelope_that_others_accepted_is_signed_and_of_another_type() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/signing/vectors.json");
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let place = Workplace::new();
    place.write("out/report.dsse.json", vectors["envelope"].as_str().unwrap());
    for kind in ["p256", "ed25519"] {
        let pem = vectors[kind]["publicPem"].as_str().unwrap();
        PublicKey::from_pem(pem).unwrap();
        place.write("golden.pub.pem", pem);
        let ran = place.driftgate("verify out --key golden.pub.pem").run();
        assert!(ran.stdout.contains("ok       signature  by golden.pub.pem"), "{ran:?}");
        assert_refused(&ran, "E_PREDICATE_TYPE", "example.org/driftgate/gate-report/v1");
    }
}
