//! Whose signatures count: identities, roles, environments, requests and the time of keys.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use driftgate::signing::{KeyKind, PrivateKey, keyring, sign};

use super::court::{assert_refused, court, statement};
use crate::command::Ran;
use crate::policies::schema_faults;
use crate::workplace::Workplace;

#[test]
fn a_report_counts_by_whom_the_keyring_says_the_key_belongs_to() {
    let place = court();
    write_keyring(&place, &[("ci@example.com", "roles: [gate-runner]", &[(&place.key, "")])]);
    let ran = verify(&place, "out --role gate-runner");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:#?}");
    assert!(ran.stdout.contains("signature  by ci@example.com\n"), "{ran:#?}");
    assert!(ran.stdout.contains("signers    ci@example.com (gate-runner)\n"), "{ran:#?}");
}

#[test]
fn a_stranger_counts_for_nothing() {
    let place = court();
    let other = PrivateKey::generate(KeyKind::P256);
    write_keyring(&place, &[("ci@example.com", "roles: [gate-runner]", &[(&other, "")])]);
    assert_refused(
        &verify(&place, "out"),
        "E_KEY",
        "the one signature is not by the one trusted key",
    );
}

#[test]
fn two_keys_of_one_identity_are_one_signature() {
    let place = court();
    let [second, third] = [KeyKind::Ed25519, KeyKind::P256].map(PrivateKey::generate);
    let signed = sign(&statement(&place), &[place.key.clone(), second.clone()]).unwrap();
    place.write("both/report.dsse.json", signed.envelope);
    let roles = "roles: [ml-lead]";
    write_keyring(&place, &[("ann", roles, &[(&place.key, ""), (&second, "")])]);
    let ran = verify(&place, "both --threshold 2");
    assert_refused(&ran, "E_THRESHOLD", "signed by `ann`, expected at least 2 identities");
    write_keyring(
        &place,
        &[("ann", roles, &[(&place.key, "")]), ("ben", roles, &[(&second, ""), (&third, "")])],
    );
    let ran = verify(&place, "both --threshold 2 --role ml-lead");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:#?}");
    assert!(ran.stdout.contains("signers    ann (ml-lead); ben (ml-lead)\n"), "{ran:#?}");
}

#[test]
fn roles_come_from_the_keyring_alone() {
    let place = court();
    write_keyring(&place, &[("ann", "roles: [ml-lead, author]", &[(&place.key, "")])]);
    assert_eq!(verify(&place, "out --role author").code, Some(1));
    let said = "`ann` does not have the role `compliance` in the keyring";
    assert_refused(&verify(&place, "out --role compliance"), "E_ROLE", said);
}

#[test]
fn who_signs_other_statements_counts_for_no_gate_report() {
    let place = court();
    let signs = |types: &str| {
        let lines = format!("roles: [gate-runner]\n    predicates: [{types}]");
        write_keyring(&place, &[("ci", &lines, &[(&place.key, "")])]);
        verify(&place, "out")
    };
    let (reports, approvals) =
        ("\"https://driftgate.dev/gate-report/v1\"", "\"https://driftgate.dev/approval/v1\"");
    assert_eq!(signs(&format!("{approvals}, {reports}")).code, Some(1));
    let said = "`ci` may not sign a `https://driftgate.dev/gate-report/v1`";
    assert_refused(&signs(approvals), "E_ROLE", said);
    let ran = signs("gate-report");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("expected a predicate type such as"), "{ran:?}");
}

#[test]
fn a_key_outside_its_time_or_revoked_at_any_time_counts_for_nothing() {
    let place = court();
    // The check was made on 2026-09-21.
    let cases = [
        ("valid_from: 2026-09-01T00:00:00Z", None),
        ("valid_until: 2026-10-01T00:00:00Z", None),
        ("valid_until: 2026-09-01T00:00:00Z", Some(("E_KEY_TIME", "valid until 2026-09-01"))),
        ("valid_from: 2026-10-01T00:00:00Z", Some(("E_KEY_TIME", "valid from 2026-10-01"))),
        ("revoked_at: 2026-09-01T00:00:00Z", Some(("E_KEY_REVOKED", "was revoked at 2026-09-01"))),
        ("revoked_at: 2026-12-01T00:00:00Z", Some(("E_KEY_REVOKED", "was revoked at 2026-12-01"))),
    ];
    for (window, refused) in cases {
        write_keyring(&place, &[("ci", "roles: [gate-runner]", &[(&place.key, window)])]);
        let ran = verify(&place, "out");
        match refused {
            None => assert_eq!(ran.code, Some(1), "{window}: {ran:#?}"),
            Some((code, said)) => assert_refused(&ran, code, said),
        }
    }
}

/// Its holder can write any date: only the verifier's clock can end a key.
#[test]
fn a_key_whose_time_is_over_counts_for_no_report_whatever_its_date() {
    let place = court();
    let window = "valid_until: 2026-09-23T00:00:00Z";
    write_keyring(&place, &[("ci", "roles: [gate-runner]", &[(&place.key, window)])]);
    let at = |now: &str| {
        let driftgate = place.driftgate("verify out --keyring keyring.yaml");
        driftgate.env("SOURCE_DATE_EPOCH", now).run()
    };
    assert_eq!(at("1790121599").code, Some(1), "the last second");
    let said = "does not count at 2026-09-23T00:00:00Z (valid until 2026-09-23T00:00:00Z)";
    assert_refused(&at("1790121600"), "E_KEY_TIME", said);
}

#[test]
fn a_report_for_staging_is_refused_for_prod_and_so_is_one_for_nothing() {
    let place = court();
    write_keyring(&place, &[("ci", "roles: [gate-runner]", &[(&place.key, "")])]);
    let refused = verify(&place, "out --env prod");
    assert_refused(&refused, "E_SCOPE", "the report is for no environment, not for `prod`");
    check_for(&place, "--env staging");
    assert_eq!(verify(&place, "out --env staging").code, Some(1));
    let refused = verify(&place, "out --env prod");
    assert_refused(&refused, "E_SCOPE", "the report is for `staging`, not for `prod`");
    let unasked = verify(&place, "out");
    assert!(unasked.stdout.contains("staging; `--env` compares it"), "{unasked:#?}");
}

#[test]
fn who_may_sign_for_staging_alone_counts_for_nothing_elsewhere() {
    let place = court();
    let limited = "roles: [gate-runner]\n    environments: [staging]";
    write_keyring(&place, &[("ci", limited, &[(&place.key, "")])]);
    check_for(&place, "--env staging");
    assert_eq!(verify(&place, "out --env staging").code, Some(1));
    check_for(&place, "--env prod");
    for words in ["out --env prod", "out"] {
        assert_refused(&verify(&place, words), "E_SCOPE", "`ci` may not sign for `prod`");
    }
}

#[test]
fn a_report_answers_one_request_alone() {
    let place = court();
    let verify =
        |words: &str| place.driftgate(&format!("verify out --key key.pub.pem {words}")).run();
    let refused = verify("--request 7f3a91");
    assert_refused(&refused, "E_REPLAY", "the report answers no request, not `7f3a91`");
    check_for(&place, "--request 7f3a91");
    assert_eq!(verify("--request 7f3a91").code, Some(1));
    assert_refused(&verify("--request 7f3a92"), "E_REPLAY", "answers `7f3a91`, not `7f3a92`");
    let document = verify("--format json").json();
    assert_eq!(document["request"], "7f3a91");
}

#[test]
fn every_fault_of_a_keyring_is_told_with_its_line() {
    let place = Workplace::new();
    let pem = indented(&place.key);
    let keyring = format!(
        "version: 2\nname: team\nidentities:\n  - identity: ann\n    roles: []\n    keys:\n      - \
         public_key: |\n{pem}        valid_from: 2026-02-01\n  - identity: ann\n    role: [x]\n    \
         keys:\n      - public_key: |\n{pem}        valid_from: 2026-02-01T00:00:00Z\n        \
         valid_until: 2026-01-01T00:00:00Z\n      - public_key: hello\n"
    );
    place.write("keyring.yaml", keyring);
    let ran = place.driftgate("keyring lint keyring.yaml").run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
    for said in [
        "keyring.yaml:1:10: expected version `1` of the form, found `2`",
        "keyring.yaml:5:12: expected a list of names, found an empty list",
        "expected an instant such as `2026-01-31T00:00:00Z`, found the text `2026-02-01`",
        "the identity `ann` is already on line 4",
        "an identity needs the key `roles`",
        "unknown key `role` in an identity",
        "did you mean `roles`?",
        "this key is already on line 7",
        "valid until 2026-01-01T00:00:00Z, but only from 2026-02-01T00:00:00Z on",
        "no public key: not a PEM file",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    let ran = place.driftgate("verify x --keyring keyring.yaml").run();
    assert_eq!(ran.code, Some(5), "the report is read first: {ran:?}");
}

#[test]
fn lint_tells_what_is_legal_but_unwise() {
    let place = Workplace::new();
    let old = PrivateKey::generate(KeyKind::P256);
    write_keyring(
        &place,
        &[
            ("ann", "roles: [ml-lead]", &[(&place.key, "")]),
            ("ben", "roles: [ml-lead]", &[(&old, "valid_until: 2026-01-01T00:00:00Z")]),
        ],
    );
    let ran = place.driftgate("keyring lint keyring.yaml").run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    assert!(ran.stdout.contains("line 7: a key of `ann` has no `valid_until`"), "{ran:#?}");
    assert!(ran.stdout.contains("`ben` has no key that counts now"), "{ran:#?}");
    assert!(ran.stdout.contains("nobody may change keyring and policy"), "{ran:#?}");
    assert!(ran.stdout.ends_with("valid; identities: 2, keys: 2, remarks: 3\n"), "{ran:#?}");
}

#[test]
fn the_published_form_of_a_keyring_is_the_one_that_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("schemas/keyring.schema.json");
    let generated = serde_json::to_string_pretty(&keyring::json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap();
    assert_eq!(published, generated, "write it anew with UPDATE_EXPECT=1");
    let validator = jsonschema::validator_for(&keyring::json_schema()).unwrap();
    let example = fs::read_to_string(root.join("data/keyring.yaml")).unwrap();
    let parsed = keyring::parse("keyring.yaml", example.as_bytes()).unwrap();
    assert_eq!(parsed.identities.len(), 3);
    let fits = |text: &str| {
        schema_faults(&validator, text.as_bytes()).is_some_and(|faults| faults.is_empty())
    };
    assert!(fits(&example));
    for (from, to) in [
        ("version: 1", "version: 2"),
        ("roles:", "rolls:"),
        ("2027-01-01T00:00:00Z", "2027-01-01"),
        ("BEGIN PUBLIC KEY", "BEGIN PRIVATE KEY"),
    ] {
        let wrong = example.replacen(from, to, 1);
        assert_ne!(wrong, example, "{from}");
        assert!(!fits(&wrong), "{to}");
        assert!(keyring::parse("keyring.yaml", wrong.as_bytes()).is_err(), "{to}");
    }
}

fn verify(place: &Workplace, words: &str) -> Ran {
    place.driftgate(&format!("verify {words} --keyring keyring.yaml")).run()
}

/// The check of the court once more, for something.
fn check_for(place: &Workplace, purpose: &str) {
    let ran = place.check(&format!(
        "--policy policy.yaml --reference reference --candidate moved --out out {purpose}"
    ));
    assert_eq!(ran.code, Some(1), "{ran:#?}");
}

/// An identity: its name, lines of its own, and its keys, each with lines of its own.
type Entry<'a> = (&'a str, &'a str, &'a [(&'a PrivateKey, &'a str)]);

pub(super) fn write_keyring(place: &Workplace, identities: &[Entry<'_>]) {
    let mut text = "version: 1\nname: team\nidentities:\n".to_owned();
    for (name, lines, keys) in identities {
        writeln!(text, "  - identity: {name}\n    {lines}\n    keys:").unwrap();
        for (key, window) in *keys {
            write!(text, "      - public_key: |\n{}", indented(key)).unwrap();
            if !window.is_empty() {
                writeln!(text, "        {window}").unwrap();
            }
        }
    }
    place.write("keyring.yaml", text);
}

fn indented(key: &PrivateKey) -> String {
    let pem = key.public().to_pem();
    let lines: Vec<&str> = pem.lines().collect();
    format!("          {}\n", lines.join("\n          "))
}
