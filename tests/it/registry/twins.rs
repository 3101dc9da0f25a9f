//! Of an ECDSA signature anybody can make another that is valid too; an event has one all the same.

use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use driftgate::registry::EventBody;
use driftgate::signing::{
    KeyKind, PrivateKey, PublicKey, Signer, TrustedKeys, sign, verify, write_private_key,
};
use serde_json::Value;

use super::court::{Court, assert_refused, hold, keyring};
use crate::foreign::run_ok;

/// The order of P-256 (SEC 2 §2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The twin (r, n − s) of a signature in DER, with nothing but bytes.
fn twin(der: &[u8]) -> Vec<u8> {
    let r_end = 4 + usize::from(der[3]);
    let s = &der[r_end + 2..];
    let mut wide = [0_u8; 32];
    let s = &s[s.len().saturating_sub(32)..];
    wide[32 - s.len()..].copy_from_slice(s);
    let mut other = [0_u8; 32];
    let mut borrow = 0_i16;
    for at in (0..32).rev() {
        let digit = i16::from(ORDER[at]) - i16::from(wide[at]) - borrow;
        borrow = i16::from(digit < 0);
        other[at] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    let zeros = other.iter().take_while(|&&byte| byte == 0).count();
    let mut s = other[zeros..].to_vec();
    if s[0] & 0x80 != 0 {
        s.insert(0, 0);
    }
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let body = [&der[2..r_end], &[2, length(&s)], &s].concat();
    [&[0x30, length(&body)], &body[..]].concat()
}

/// An envelope with its one signature exchanged for the twin.
fn exchanged(envelope: &[u8]) -> Vec<u8> {
    let json: Value = serde_json::from_slice(envelope).unwrap();
    let written = json["signatures"][0]["sig"].as_str().unwrap();
    let other = BASE64_STANDARD.encode(twin(&BASE64_STANDARD.decode(written).unwrap()));
    String::from_utf8(envelope.to_vec()).unwrap().replace(written, &other).into_bytes()
}

/// A court whose events ann signs by a P-256 key.
fn court() -> Court {
    let mut court = Court::new();
    court.place.key = PrivateKey::generate(KeyKind::P256);
    fs::remove_file(court.place.path("key.pem")).unwrap();
    write_private_key(&court.place.path("key.pem"), &court.place.key).unwrap();
    fs::remove_dir_all(court.place.path(".driftgate")).unwrap();
    court.place.write("keyring.yaml", court.keyring("", ""));
    assert_eq!(court.run("registry init --keyring keyring.yaml --key key.pem").code, Some(0));
    court
}

#[test]
fn an_event_whose_signature_is_exchanged_for_its_twin_is_refused_and_looks_like_no_fork() {
    let court = court();
    for number in 2..=6 {
        court.append(hold(&format!("model-{number}")));
    }
    assert_eq!(court.run("audit --pin kept.json").code, Some(0));
    let file = court.place.path(".driftgate/ledger/00000006.dsse.json");
    let whole = fs::read(&file).unwrap();
    let other = exchanged(&whole);
    assert_eq!(exchanged(&other), whole, "the twin's twin is the signature");
    fs::remove_file(&file).unwrap();
    fs::write(&file, other).unwrap();
    let said = format!("the ECDSA signature by the key {}", court.place.key.public().id());
    for words in ["status", "history", "audit", "status --pin kept.json"] {
        let ran = court.run(words);
        assert_refused(&ran, "E_ENVELOPE", &said);
        assert!(ran.stderr.contains("event 6"), "{ran:#?}");
    }
    fs::write(&file, whole).unwrap();
    assert_eq!(court.run("audit --pin kept.json").code, Some(0));
}

/// Signs as it likes: always with the higher s.
struct High(PrivateKey);

impl Signer for High {
    fn public(&self) -> PublicKey {
        self.0.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, driftgate::signing::ProgramError> {
        let signature = self.0.sign(message);
        let public = self.0.public();
        let low = public.is_as_written(&signature);
        Ok(if low { twin(&signature) } else { signature })
    }
}

#[test]
fn whatever_a_signer_gives_the_lower_s_is_written() {
    let high = High(PrivateKey::generate(KeyKind::P256));
    for statement in ["{}", "[]", "1", "2", "3"] {
        let by_program = sign(statement.as_bytes(), &[High(high.0.clone())]).unwrap();
        let by_key = sign(statement.as_bytes(), std::slice::from_ref(&high.0)).unwrap();
        assert_eq!(by_program, by_key, "envelope and bundle");
    }
}

#[test]
fn a_program_that_signs_with_either_s_writes_events() {
    let court = court();
    let openssl = "#!/bin/sh\nexec openssl dgst -sha256 -sign \"$1\"\n";
    let script = court.place.write("signer", openssl);
    fs::set_permissions(script, fs::Permissions::from_mode(0o700)).unwrap();
    let mut pkey = Command::new("openssl");
    let words = "pkey -in key.pem -pubout -out theirs.pub.pem".split(' ');
    run_ok(pkey.args(words).current_dir(court.place.path(".")));
    // Openssl draws its nonces, so that half of what it signs has the higher s.
    for number in 0..12 {
        let words = format!(
            "hold place --model m{number} --env prod --role owner --comment c --public-key \
             theirs.pub.pem --key"
        );
        let ran = court.place.driftgate(&words).arg("exec:./signer key.pem").run();
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    assert_eq!(court.run("audit").code, Some(0));
}

#[test]
fn several_signatures_of_an_event_have_one_order_and_their_own_names() {
    let mut court = court();
    court.ben = PrivateKey::generate(KeyKind::P256);
    court.place.write(
        "next.yaml",
        keyring(&[("ann", "owner", &court.place.key, ""), ("ben", "owner", &court.ben, "")]),
    );
    assert_eq!(court.run("registry keyring next.yaml --key key.pem").code, Some(0));
    court.append(hold("fraud"));
    let replayed = court.load().unwrap();
    let last = replayed.events().last().unwrap();
    let event = driftgate::registry::Event {
        schema_version: 1,
        registry: replayed.registry(),
        seq: last.seq,
        prev: Some(replayed.events()[1].digest),
        at: last.at,
        body: last.body.clone(),
    };
    let EventBody::HoldPlaced { .. } = &event.body else { panic!() };
    let statement = event.statement(last.subjects());
    let mut keys = [court.place.key.clone(), court.ben.clone()];
    keys.sort_by_key(|key| key.public().id());
    let file = court.place.path(".driftgate/ledger/00000003.dsse.json");
    let put = |bytes: &[u8]| {
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
    };
    let whole = sign(&statement, &keys).unwrap().envelope;
    put(&whole);
    assert_eq!(court.run("audit").code, Some(0));
    keys.reverse();
    put(&sign(&statement, &keys).unwrap().envelope);
    assert_refused(&court.run("audit"), "E_ENVELOPE", "event 3");
    // The names alone exchanged: both signatures are still valid.
    let [one, two] = [0, 1].map(|at| keys[at].public().id().to_string());
    let swapped = String::from_utf8(whole).unwrap();
    let swapped = swapped.replace(&one, "?").replace(&two, &one).replace('?', &two);
    let mut json: Value = serde_json::from_str(&swapped).unwrap();
    json["signatures"].as_array_mut().unwrap().reverse();
    put(&serde_json::to_vec(&json).unwrap());
    assert_refused(&court.run("audit"), "E_ENVELOPE", "event 3");
}

/// Other tools sign with either s.
#[test]
fn outside_the_ledger_either_twin_is_taken() {
    let key = PrivateKey::generate(KeyKind::P256);
    let signed = sign(b"{}", std::slice::from_ref(&key)).unwrap();
    let trusted = TrustedKeys::new([key.public()]);
    for envelope in [exchanged(&signed.envelope), signed.envelope] {
        assert_eq!(verify(&envelope, &trusted, NonZeroUsize::MIN).unwrap().bytes(), b"{}");
    }
}
