//! `driftgate key` as people and scripts see it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use driftgate::signing::{read_private_key, read_public_key};

use crate::foreign::run_ok;
use crate::workplace::Workplace;

#[test]
fn a_key_pair_is_written_for_its_owner_alone_and_printed_with_its_id() {
    let place = Workplace::new();
    for (kind, name) in [("p256", "ecdsa-p256"), ("ed25519", "ed25519")] {
        let ran = place.driftgate(&format!("key generate --kind {kind} --out {kind}/ci.pem")).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let (private, public) =
            (place.path(format!("{kind}/ci.pem")), place.path(format!("{kind}/ci.pub.pem")));
        assert_eq!(private.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let key = read_private_key(&private).unwrap();
        assert_eq!(key.public(), read_public_key(&public).unwrap());
        assert_eq!(key.public().kind().name(), name);
        let id = key.public().id();
        let said = format!(
            "key ID   {id}\nprivate  {kind}/ci.pem (keep it secret)\n\
             public   {kind}/ci.pub.pem (for those who verify)\n"
        );
        assert_eq!(ran.stdout, said);
    }
}

#[test]
fn the_default_kind_is_the_one_that_cosign_takes() {
    let place = Workplace::new();
    assert_eq!(place.driftgate("key generate --out new.pem").run().code, Some(0));
    let said = run_ok(
        Command::new("openssl")
            .args(["pkey", "-pubin", "-noout", "-text", "-in"])
            .arg(place.path("new.pub.pem")),
    );
    assert!(said.contains("prime256v1"), "{said}");
}

#[test]
fn neither_half_is_ever_overwritten() {
    let place = Workplace::new();
    for (there, out) in [("a.pem", "a.pem"), ("b.pub.pem", "b.pem")] {
        place.write(there, "precious");
        let ran = place.driftgate(&format!("key generate --out {out}")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
        assert!(ran.stderr.contains(&format!("{there}` exists already")), "{ran:?}");
        assert!(ran.stderr.contains("hint: keys are never overwritten"), "{ran:?}");
        assert_eq!(fs::read_to_string(place.path(there)).unwrap(), "precious");
    }
    assert_eq!(place.names("."), ["a.pem", "b.pub.pem", "key.pem", "key.pub.pem"]);
    let ran = place.driftgate("key generate --out c.pub.pem").run();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("no name for a private key"), "{ran:?}");
}

#[test]
fn either_half_shows_the_public_one_and_nothing_secret() {
    let place = Workplace::new();
    let pem = fs::read_to_string(place.path("key.pub.pem")).unwrap();
    let id = place.key.public().id();
    for half in ["key.pem", "key.pub.pem"] {
        let ran = place.driftgate(&format!("key show {half}")).run();
        let said = format!("kind    ecdsa-p256\nkey ID  {id}\n{pem}");
        assert_eq!((ran.code, ran.stdout, ran.stderr), (Some(0), said, String::new()));
        let document = place.driftgate(&format!("key show {half} --json")).run().json();
        let expected = serde_json::json!({
            "kind": "ecdsa-p256", "keyId": id.to_string(), "publicKeyPem": pem,
        });
        assert_eq!(document, expected);
    }
}

#[test]
fn what_is_no_key_of_ours_is_named_with_what_to_do() {
    let place = Workplace::new();
    place.write("hello.pem", "hello");
    run_ok(
        Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
            .arg(place.path("rsa.pem")),
    );
    fs::set_permissions(place.path("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    for (file, said) in [
        ("absent.pem", "cannot read the key file `absent.pem`"),
        ("hello.pem", "not a PEM file"),
        ("rsa.pem", "expected an ECDSA P-256 or Ed25519 key, found algorithm"),
        ("key.pem", "chmod 600 key.pem"),
    ] {
        let ran = place.driftgate(&format!("key show {file}")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:?}");
        assert!(ran.stderr.contains(said), "{file}: {ran:?}");
    }
}
