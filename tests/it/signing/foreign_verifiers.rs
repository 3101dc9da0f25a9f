//! What we sign, other people's programs accept; what they sign, we accept.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use driftgate::identity::Sha256Digest;
use driftgate::signing::pae::pae;
use driftgate::signing::sign::PAYLOAD_TYPE;
use driftgate::signing::{
    KeyKind, Password, PrivateKey, PublicKey, TrustedKeys, read_private_key, sign, verify,
    write_private_key, write_public_key,
};

use crate::foreign::{python, run, run_ok, script};

const STATEMENT: &[u8] =
    r#"{"_type":"https://in-toto.io/Statement/v1","predicate":"é"}"#.as_bytes();
const KINDS: [KeyKind; 2] = [KeyKind::P256, KeyKind::Ed25519];

/// A key pair in files, as `driftgate key generate` leaves them.
struct KeyFiles {
    key: PrivateKey,
    private: PathBuf,
    public: PathBuf,
}

fn key_files(folder: &Path, kind: KeyKind) -> KeyFiles {
    let private = folder.join(format!("{kind}.pem"));
    let public = folder.join(format!("{kind}.pub.pem"));
    let key = PrivateKey::generate(kind);
    write_private_key(&private, &key).unwrap();
    write_public_key(&public, &key.public()).unwrap();
    KeyFiles { key, private, public }
}

#[test]
fn securesystemslib_accepts_our_envelope_and_refuses_a_changed_byte() {
    let folder = tempfile::tempdir().unwrap();
    let files = KINDS.map(|kind| key_files(folder.path(), kind));
    let keys = files.each_ref().map(|files| files.key.clone());
    let envelope = sign(STATEMENT, &keys).unwrap().envelope;
    let path = folder.path().join("report.dsse.json");
    let verifier = || {
        let mut command = Command::new(python());
        command.arg(script("verify.py")).arg(&path).arg("2");
        command.args(files.each_ref().map(|files| &files.public));
        command
    };

    fs::write(&path, &envelope).unwrap();
    let mut ids = keys.map(|key| key.public().id().to_string());
    ids.sort();
    assert_eq!(
        run_ok(&mut verifier()).lines().collect::<Vec<_>>(),
        [&Sha256Digest::of(STATEMENT).to_string(), &ids[0], &ids[1]]
    );

    let mut changed = envelope;
    let at = 20;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    fs::write(&path, &changed).unwrap();
    let refused = run(&mut verifier());
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
}

#[test]
fn openssl_accepts_our_signatures_and_refuses_a_changed_byte() {
    let folder = tempfile::tempdir().unwrap();
    let message = pae(PAYLOAD_TYPE, STATEMENT);
    let mut changed = message.clone();
    *changed.last_mut().unwrap() ^= 1;
    let (signature, good, bad) =
        (folder.path().join("sig"), folder.path().join("good"), folder.path().join("bad"));
    fs::write(&good, &message).unwrap();
    fs::write(&bad, &changed).unwrap();
    for kind in KINDS {
        let files = key_files(folder.path(), kind);
        fs::write(&signature, files.key.sign(&message)).unwrap();
        run_ok(&mut openssl_verify(kind, &files.public, &signature, &good));
        assert!(!run(&mut openssl_verify(kind, &files.public, &signature, &bad)).status.success());
    }
}

#[test]
fn openssl_reads_our_private_keys() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let files = key_files(folder.path(), kind);
        let public = run_ok(openssl().args(["pkey", "-pubout", "-in"]).arg(&files.private));
        assert_eq!(public, fs::read_to_string(&files.public).unwrap());
    }
}

#[test]
fn we_accept_keys_and_signatures_made_by_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let message = folder.path().join("message");
    fs::write(&message, pae(PAYLOAD_TYPE, STATEMENT)).unwrap();
    for kind in KINDS {
        let path = folder.path().join(kind.name());
        let algorithm: &[&str] = match kind {
            KeyKind::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            KeyKind::Ed25519 => &["-algorithm", "ED25519"],
        };
        run_ok(openssl().arg("genpkey").args(algorithm).arg("-out").arg(&path));
        let key = read_private_key(&path).unwrap();
        let pem = run_ok(openssl().args(["pkey", "-pubout", "-in"]).arg(&path));
        let public = PublicKey::from_pem(&pem).unwrap();
        assert_eq!(public, key.public());

        let signature = folder.path().join("signature");
        let mut signer = openssl();
        match kind {
            KeyKind::P256 => signer.args(["dgst", "-sha256", "-sign"]).arg(&path),
            KeyKind::Ed25519 => signer.args(["pkeyutl", "-sign", "-rawin", "-inkey"]).arg(&path),
        };
        match kind {
            KeyKind::P256 => signer.arg("-out").arg(&signature).arg(&message),
            KeyKind::Ed25519 => signer.arg("-out").arg(&signature).arg("-in").arg(&message),
        };
        run_ok(&mut signer);
        let envelope = serde_json::json!({
            "payload": super::vectors::base64(STATEMENT),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": super::vectors::base64(&fs::read(&signature).unwrap())}],
        });
        let verified =
            verify(envelope.to_string().as_bytes(), &TrustedKeys::new([public]), NonZeroUsize::MIN);
        assert_eq!(verified.unwrap().bytes(), STATEMENT);
    }
}

#[test]
fn a_key_that_openssl_encrypted_opens_with_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let files = key_files(folder.path(), KeyKind::P256);
    let encrypted = folder.path().join("encrypted.pem");
    run_ok(
        openssl()
            .args(["pkcs8", "-topk8", "-passout", "pass:secret", "-in"])
            .arg(&files.private)
            .arg("-out")
            .arg(&encrypted),
    );
    let pem = fs::read_to_string(&encrypted).unwrap();
    let message = PrivateKey::from_pem(&pem).unwrap_err().to_string();
    assert!(message.contains("is encrypted"), "{message}");
    let password = Password::new(b"secret").unwrap();
    let opened = PrivateKey::from_pem_with(&pem, Some(&password)).unwrap();
    assert_eq!(opened.public(), files.key.public());

    let ours = folder.path().join("ours.pem");
    fs::write(&ours, files.key.to_encrypted_pem(&password).as_bytes()).unwrap();
    let mut read = openssl();
    read.args(["pkey", "-pubout", "-passin", "pass:secret", "-in"]).arg(&ours);
    assert_eq!(run_ok(&mut read), files.key.public().to_pem());

    let older = run_ok(openssl().args(["pkey", "-traditional", "-in"]).arg(&files.private));
    let message = PrivateKey::from_pem(&older).unwrap_err().to_string();
    assert!(message.contains("SEC 1") && message.contains("driftgate key import"), "{message}");
    assert_eq!(PrivateKey::from_sec1_pem(&older).unwrap().public(), files.key.public());
}

fn openssl() -> Command {
    Command::new("openssl")
}

fn openssl_verify(kind: KeyKind, public: &Path, signature: &Path, message: &Path) -> Command {
    let mut command = openssl();
    match kind {
        KeyKind::P256 => {
            command.args(["dgst", "-sha256", "-verify"]).arg(public);
            command.arg("-signature").arg(signature).arg(message);
        }
        KeyKind::Ed25519 => {
            command.args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey"]).arg(public);
            command.arg("-sigfile").arg(signature).arg("-in").arg(message);
        }
    }
    command
}
