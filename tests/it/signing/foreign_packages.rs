//! Other people's verifiers of envelopes and bundles: the crate `dsse` and the parts of
//! `sigstore-verify`, both by AWS-LC, and npm's `@sigstore/verify`, by Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use driftgate::identity::Sha256Digest;
use driftgate::signing::sign::Signed;
use driftgate::signing::{KeyKind, PrivateKey, sign, write_public_key};

use crate::foreign::{node_modules, run, run_ok, script, verifier};

const ARTIFACT: &[u8] = b"0123  part.parquet\n";
const KINDS: [KeyKind; 2] = [KeyKind::P256, KeyKind::Ed25519];
/// What the verifiers end with when they refuse.
const REFUSED: Option<i32> = Some(3);

/// A folder with [`ARTIFACT`] and a pair of keys of each kind.
struct Desk {
    folder: tempfile::TempDir,
    keys: [PrivateKey; 2],
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("artifact"), ARTIFACT).unwrap();
        fs::write(folder.path().join("other"), b"0123  other.parquet\n").unwrap();
        let keys = KINDS.map(PrivateKey::generate);
        for key in &keys {
            let path = folder.path().join(format!("{}.pub.pem", key.public().kind()));
            write_public_key(&path, &key.public()).unwrap();
        }
        Self { folder, keys }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A program here with some words.
    fn run(&self, program: impl AsRef<Path>, words: &str) -> Command {
        let mut command = Command::new(program.as_ref());
        command.args(words.split_whitespace()).current_dir(self.folder.path());
        command
    }
}

/// A statement about [`ARTIFACT`].
fn statement() -> Vec<u8> {
    serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": "snapshot.manifest",
            "digest": {"sha256": Sha256Digest::of(ARTIFACT)},
        }],
        "predicateType": "https://driftgate.dev/gate-report/v1",
        "predicate": {"verdict": "é"},
    })
    .to_string()
    .into_bytes()
}

fn signed_by(key: &PrivateKey) -> Signed {
    sign(&statement(), std::slice::from_ref(key)).unwrap()
}

/// The same document with one byte of the payload or of the (first) signature changed.
fn changed(signed: &[u8], field: &str) -> Vec<u8> {
    let start = format!("\"{field}\":\"");
    let text = std::str::from_utf8(signed).unwrap();
    let at = text.find(&start).unwrap() + start.len() + 20;
    let mut bytes = signed.to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    bytes
}

#[test]
fn the_dsse_crate_accepts_both_keys_and_refuses_one_of_them_twice() {
    let desk = Desk::new();
    let both = sign(&statement(), &desk.keys).unwrap().envelope;
    let verify = |keys: &str| desk.run(verifier(), &format!("dsse envelope.json 2 {keys}"));
    desk.write("envelope.json", &both);
    let payload = run_ok(&mut verify("ecdsa-p256.pub.pem ed25519.pub.pem"));
    assert_eq!(payload.as_bytes(), statement());

    let twice = run(&mut verify("ecdsa-p256.pub.pem ./ecdsa-p256.pub.pem"));
    assert_eq!(twice.status.code(), REFUSED, "{twice:?}");
    for field in ["payload", "sig"] {
        desk.write("envelope.json", &changed(&both, field));
        let refused = run(&mut verify("ecdsa-p256.pub.pem ed25519.pub.pem"));
        assert_eq!(refused.status.code(), REFUSED, "{field}: {refused:?}");
    }
    desk.write("envelope.json", &signed_by(&desk.keys[0]).envelope);
    let alone = run(&mut verify("ecdsa-p256.pub.pem ed25519.pub.pem"));
    assert_eq!(alone.status.code(), REFUSED, "{alone:?}");
}

#[test]
fn the_parts_of_the_sigstore_verify_crate_accept_our_bundle_for_its_artifact_alone() {
    let desk = Desk::new();
    for (key, other) in [(&desk.keys[0], "ed25519"), (&desk.keys[1], "ecdsa-p256")] {
        let kind = key.public().kind();
        let signed = signed_by(key).bundle;
        desk.write("bundle.json", &signed);
        let verify = |words: &str| desk.run(verifier(), &format!("sigstore {words}"));
        run_ok(&mut verify(&format!("bundle.json artifact {kind}.pub.pem")));
        for field in ["payload", "sig"] {
            desk.write(&format!("{field}.json"), &changed(&signed, field));
        }
        for refused in [
            format!("bundle.json other {kind}.pub.pem"),
            format!("bundle.json artifact {other}.pub.pem"),
            format!("payload.json artifact {kind}.pub.pem"),
            format!("sig.json artifact {kind}.pub.pem"),
        ] {
            let ran = run(&mut verify(&refused));
            assert_eq!(ran.status.code(), REFUSED, "{refused}: {ran:?}");
        }
    }
}

#[test]
fn the_sigstore_packages_of_npm_accept_our_bundle_and_refuse_a_changed_byte() {
    let desk = Desk::new();
    let verify = |words: &str| {
        let mut command = desk.run("node", "");
        command.arg(script("npm/verify.cjs")).args(words.split(' '));
        command.env("NODE_PATH", node_modules());
        command
    };
    for (key, other) in [(&desk.keys[0], "ed25519"), (&desk.keys[1], "ecdsa-p256")] {
        let kind = key.public().kind();
        let signed = signed_by(key).bundle;
        desk.write("bundle.json", &signed);
        let digest = Sha256Digest::of(&statement()).to_string();
        let accepted = run_ok(&mut verify(&format!("bundle.json {kind}.pub.pem")));
        assert_eq!(accepted.trim_end(), digest, "{kind}");
        let stranger = run(&mut verify(&format!("bundle.json {other}.pub.pem")));
        assert_eq!(stranger.status.code(), REFUSED, "{kind}: {stranger:?}");
        for field in ["payload", "sig"] {
            desk.write("changed.json", &changed(&signed, field));
            let refused = run(&mut verify(&format!("changed.json {kind}.pub.pem")));
            assert_eq!(refused.status.code(), REFUSED, "{kind}, {field}: {refused:?}");
        }
    }
}
