//! Keys that come from elsewhere, lie under a password, are replaced, or never leave a program.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use driftgate::signing::{read_private_key, read_public_key};

use crate::command::{Driftgate, Ran};
use crate::foreign::run_ok;
use crate::transactions::ORDINARY;
use crate::workplace::Workplace;

/// A place with data and a policy that the data pass.
fn ready() -> Workplace {
    let place = Workplace::new();
    ORDINARY.write(&place.path("data/part-0.parquet"));
    place.write("policy.yaml", "version: 1\nname: t\ngates:\n  - {name: schema, kind: schema}\n");
    place
}

fn check(place: &Workplace, words: &[&str]) -> Ran {
    let fixed = "check --policy policy.yaml --reference data --candidate data --out out";
    words.iter().fold(place.driftgate(fixed), Driftgate::arg).run()
}

fn openssl(place: &Workplace, words: &str) {
    run_ok(Command::new("openssl").args(words.split_whitespace()).current_dir(place.path(".")));
}

/// A file for its owner alone, as keys and passwords have to be.
fn secret(place: &Workplace, name: &str, content: &str) {
    let path = place.write(name, content);
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn keys_of_openssl_are_imported_in_every_form() {
    let place = Workplace::new();
    openssl(&place, "ecparam -name prime256v1 -genkey -out sec1.pem");
    openssl(&place, "pkcs8 -topk8 -nocrypt -in sec1.pem -out pkcs8.pem");
    openssl(&place, "pkcs8 -topk8 -passout pass:secret -in sec1.pem -out locked.pem");
    openssl(&place, "pkcs8 -topk8 -scrypt -passout pass:secret -in sec1.pem -out scrypt.pem");
    openssl(&place, "genpkey -algorithm ED25519 -out ed25519.pem");
    for name in ["sec1", "pkcs8", "locked", "scrypt", "ed25519"] {
        fs::set_permissions(place.path(format!("{name}.pem")), Permissions::from_mode(0o600))
            .unwrap();
    }
    let import =
        |name: &str| place.driftgate(&format!("key import {name}.pem --out {name}-ours.pem"));
    for name in ["sec1", "pkcs8", "ed25519"] {
        let ran = import(name).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let private = place.path(format!("{name}-ours.pem"));
        assert_eq!(private.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let public = read_public_key(&place.path(format!("{name}-ours.pub.pem"))).unwrap();
        assert_eq!(read_private_key(&private).unwrap().public(), public);
        openssl(&place, &format!("pkey -in {name}.pem -pubout -out {name}.theirs"));
        assert_eq!(read_public_key(&place.path(format!("{name}.theirs"))).unwrap(), public);
    }
    for name in ["locked", "scrypt"] {
        let ran = import(name).run();
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.stderr.contains("DRIFTGATE_KEY_PASSWORD"), "{ran:?}");
        let ran = import(name).env("DRIFTGATE_KEY_PASSWORD", "Secret").run();
        assert!(ran.stderr.contains("the password does not open"), "{ran:?}");
        let ran = import(name).env("DRIFTGATE_KEY_PASSWORD", "secret").run();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let ours = fs::read_to_string(place.path(format!("{name}-ours.pem"))).unwrap();
        assert!(ours.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{ours}");
    }
}

#[test]
fn weak_and_unknown_keys_are_not_imported() {
    let place = Workplace::new();
    openssl(&place, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem");
    openssl(&place, "ecparam -name secp384r1 -genkey -out p384.pem");
    openssl(&place, "ecparam -name secp256k1 -genkey -out koblitz.pem");
    secret(&place, "words.pem", "hello");
    secret(&place, "half.pem", &fs::read_to_string(place.path("key.pub.pem")).unwrap());
    for (name, said) in [
        ("rsa", "found algorithm `1.2.840.113549.1.1.1`"),
        ("p384", "not a valid ECDSA P-256 or Ed25519 key"),
        ("koblitz", "not a valid ECDSA P-256 or Ed25519 key"),
        ("words", "not a PEM file"),
        ("half", "expected a PEM block `PRIVATE KEY`, found `PUBLIC KEY`"),
    ] {
        fs::set_permissions(place.path(format!("{name}.pem")), Permissions::from_mode(0o600))
            .unwrap();
        let ran = place.driftgate(&format!("key import {name}.pem --out ours.pem")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{name}: {ran:?}");
        assert!(ran.stderr.contains(said), "{name}: {ran:?}");
    }
    assert!(!place.path("ours.pem").exists());
}

#[test]
fn a_key_under_a_password_signs_with_the_password_of_a_file_or_the_environment() {
    let place = ready();
    secret(&place, "password", "correct horse\nnot this line\n");
    let ran = place.driftgate("key generate --out locked.pem --password-file password").run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let refused = check(&place, &["--key", "locked.pem"]);
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("is encrypted, and no password is given"), "{refused:?}");
    assert_eq!(place.names("out"), [""; 0]);
    let signed = check(&place, &["--key", "locked.pem", "--password-file", "password"]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    assert_eq!(place.driftgate("verify out --key locked.pub.pem").run().code, Some(0));
    let shown = place.driftgate("key show locked.pem");
    let shown = shown.env("DRIFTGATE_KEY_PASSWORD", "correct horse").run();
    assert_eq!(shown.stdout, place.driftgate("key show locked.pub.pem").run().stdout);

    fs::set_permissions(place.path("password"), Permissions::from_mode(0o644)).unwrap();
    let refused = check(&place, &["--key", "locked.pem", "--password-file", "password"]);
    assert!(refused.stderr.contains("chmod 600 password"), "{refused:?}");
    secret(&place, "empty", "\ncorrect horse\n");
    let refused = check(&place, &["--key", "locked.pem", "--password-file", "empty"]);
    assert!(refused.stderr.contains("the first line of the password file"), "{refused:?}");
}

#[test]
fn a_rotated_key_counts_from_now_on_and_the_old_one_as_long_as_its_reports() {
    let place = ready();
    assert_eq!(check(&place, &["--key", "key.pem"]).code, Some(0));
    fs::rename(place.path("out"), place.path("before")).unwrap();
    let ran = place.driftgate("key rotate key.pub.pem --out next.pem --overlap 2d").run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let head = "version: 1\nname: t\nidentities:\n  - identity: ci\n    roles: [gate]\n    keys:\n";
    place.write("keyring.yaml", format!("{head}{}", ran.stdout));
    let linted = place.driftgate("keyring lint keyring.yaml").run();
    assert!(linted.stdout.ends_with("valid; identities: 1, keys: 2, remarks: 1\n"), "{linted:?}");
    assert_eq!(check(&place, &["--key", "next.pem"]).code, Some(0));
    let at = |days: i64, report: &str| {
        let run = place.driftgate(&format!("verify {report} --keyring keyring.yaml"));
        let now = (1_790_000_000 + days * 86_400).to_string();
        run.env("SOURCE_DATE_EPOCH", &now).run()
    };
    assert_eq!([at(1, "before").code, at(1, "out").code], [Some(0), Some(0)]);
    assert_eq!([at(2, "before").code, at(2, "out").code], [Some(4), Some(0)]);
    assert!(at(2, "before").stderr.contains("E_KEY_TIME"));
    assert_eq!(at(364, "out").code, Some(4), "52 weeks are over");
    let again = place.driftgate("key rotate key.pub.pem --out next.pem").run();
    assert_eq!((again.code, again.stdout.as_str()), (Some(5), ""), "never overwritten: {again:?}");
}

#[test]
fn a_program_signs_without_giving_its_key_away() {
    let place = ready();
    // The signer of others: openssl with the key in a folder that only it knows.
    let script = "#!/bin/sh\nexec openssl dgst -sha256 -sign \"$1\"\n";
    let stand_in = place.write("signer", script);
    fs::set_permissions(&stand_in, Permissions::from_mode(0o755)).unwrap();
    let program = format!("exec:{} key.pem", stand_in.display());
    let signed = check(&place, &["--key", &program, "--public-key", "key.pub.pem"]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    let verified = place.driftgate("verify out --key key.pub.pem").run();
    assert_eq!((verified.code, verified.stderr.as_str()), (Some(0), ""), "{verified:?}");

    fs::remove_dir_all(place.path("out")).unwrap();
    let unnamed = check(&place, &["--key", &program]);
    assert_eq!(unnamed.code, Some(2), "{unnamed:?}");
    assert!(unnamed.stderr.contains("add `--public-key FILE`"), "{unnamed:?}");
    let empty = check(&place, &["--key", "exec:", "--public-key", "key.pub.pem"]);
    assert_eq!(empty.code, Some(2), "{empty:?}");
    assert_eq!(place.driftgate("key generate --out other.pem").run().code, Some(0));
    let another = check(&place, &["--key", &program, "--public-key", "other.pub.pem"]);
    assert_eq!(another.code, Some(5), "{another:?}");
    assert!(another.stderr.contains("no signature by the key"), "{another:?}");
    let failing = format!("exec:{} absent.pem", stand_in.display());
    let failing = check(&place, &["--key", &failing, "--public-key", "key.pub.pem"]);
    assert_eq!(failing.code, Some(5), "{failing:?}");
    assert!(failing.stderr.contains("ended with exit status: 1: "), "{failing:?}");
    assert_eq!(place.names("out"), [""; 0], "nothing is left of a report that nobody signed");
}

/// Key services give r‖s as often as DER, and Ed25519 as 64 bytes.
#[test]
fn programs_may_give_raw_signatures() {
    let place = ready();
    openssl(&place, "genpkey -algorithm ED25519 -out ed.pem");
    openssl(&place, "pkey -in ed.pem -pubout -out ed.pub.pem");
    // openssl signs Ed25519 from a file alone, since it reads the message twice.
    let script =
        "#!/bin/sh\ncat > message\nexec openssl pkeyutl -sign -rawin -inkey ed.pem -in message\n";
    let stand_in = place.write("signer", script);
    fs::set_permissions(&stand_in, Permissions::from_mode(0o755)).unwrap();
    let program = format!("exec:{}", stand_in.display());
    let signed = check(&place, &["--key", &program, "--public-key", "ed.pub.pem"]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    assert_eq!(place.driftgate("verify out --key ed.pub.pem").run().code, Some(0));

    let python = crate::foreign::python();
    let script = format!("#!/bin/sh\nexec {} -c '{RAW}'\n", python.display());
    let stand_in = place.write("signer", script);
    fs::set_permissions(&stand_in, Permissions::from_mode(0o755)).unwrap();
    let signed = check(&place, &["--key", &program, "--public-key", "key.pub.pem"]);
    assert_eq!(signed.code, Some(0), "{signed:?}");
    assert_eq!(place.driftgate("verify out --key key.pub.pem").run().code, Some(0));
}

/// Signs with P-256 and gives r and s as 32 bytes each.
const RAW: &str = "import sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
key = serialization.load_pem_private_key(open(\"key.pem\", \"rb\").read(), None)
signature = key.sign(sys.stdin.buffer.read(), ec.ECDSA(hashes.SHA256()))
r, s = utils.decode_dss_signature(signature)
sys.stdout.buffer.write(r.to_bytes(32, \"big\") + s.to_bytes(32, \"big\"))";
