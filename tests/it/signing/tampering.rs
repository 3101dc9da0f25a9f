//! What an attacker can do to an envelope, and that none of it passes.

use std::num::NonZeroUsize;

use driftgate::signing::{
    KeyKind, PrivateKey, Refusal, TrustedKeys, VerifiedPayload, sign, verify,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::vectors::{base64, vectors};

fn keys() -> [PrivateKey; 2] {
    let vectors = vectors();
    [vectors.p256.private(), vectors.ed25519.private()]
}

fn open(envelope: &[u8], threshold: usize) -> Result<VerifiedPayload, Refusal> {
    let trusted = TrustedKeys::new(keys().iter().map(PrivateKey::public));
    verify(envelope, &trusted, NonZeroUsize::new(threshold).unwrap())
}

fn code(envelope: &[u8]) -> &'static str {
    open(envelope, 1).map_or_else(|refusal| refusal.code(), |_| "accepted")
}

/// The envelope of the vectors with one change made to its JSON.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut envelope = serde_json::from_str(&vectors().envelope).unwrap();
    change(&mut envelope);
    serde_json::to_vec(&envelope).unwrap()
}

fn signature_bytes(envelope: &Value, index: usize) -> Vec<u8> {
    use base64::Engine as _;
    let text = envelope["signatures"][index]["sig"].as_str().unwrap();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn no_changed_bit_gives_another_payload_and_only_key_names_may_change() {
    let envelope = sign(b"{\"verdict\":\"failed\"}", &keys()).unwrap().envelope;
    let text = String::from_utf8(envelope.clone()).unwrap();
    let names: Vec<_> = text.match_indices("\"keyid\":").map(|(at, _)| at).collect();
    let in_a_name = |at: usize| {
        let length = "\"keyid\":\"\",".len() + 64;
        names.iter().any(|&start| (start..start + length).contains(&at))
    };
    for at in 0..envelope.len() {
        for bit in 0..8 {
            let mut tampered = envelope.clone();
            tampered[at] ^= 1 << bit;
            if let Ok(verified) = open(&tampered, 2) {
                assert_eq!(verified.bytes(), b"{\"verdict\":\"failed\"}");
                assert!(in_a_name(at), "bit {bit} of byte {at} was changed and nobody noticed");
            }
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let envelope = vectors().envelope.into_bytes();
    for length in 0..envelope.len() {
        assert_eq!(code(&envelope[..length]), "E_JSON", "cut after {length} bytes");
    }
}

#[test]
fn a_changed_payload_is_refused() {
    let statement = vectors().statement;
    let swapped = [
        statement.replace("PASSED", "FAILED"),
        statement.replace("2026", "2036"),
        format!("{statement}\n"),
        format!("{statement}\0"),
        statement.replace(':', ": "),
        String::new(),
        r#"{"verdict":"PASSED"}"#.to_owned(),
    ];
    for text in swapped {
        let envelope = changed(|envelope| envelope["payload"] = json!(base64(text.as_bytes())));
        assert_eq!(code(&envelope), "E_SIGNATURE", "{text}");
    }
}

#[test]
fn a_changed_payload_type_is_refused_before_any_signature_is_looked_at() {
    for text in ["", "application/json", "application/vnd.in-toto+jsonx", "text/plain"] {
        let envelope = changed(|envelope| envelope["payloadType"] = json!(text));
        assert_eq!(code(&envelope), "E_PAYLOAD_TYPE", "{text}");
    }
}

#[test]
fn a_changed_signature_is_refused() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    /// ℓ, the order of Ed25519's base point, little-endian (RFC 8032 §5.1).
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    /// S + ℓ signs the same message for verifiers that do not reduce S.
    fn malleated(mut signature: Vec<u8>) -> Vec<u8> {
        let mut carry = 0;
        for (byte, addend) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(addend) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        signature
    }
    let of = |change: Change| {
        changed(|envelope| {
            for index in [0, 1] {
                let bytes = change(signature_bytes(envelope, index));
                envelope["signatures"][index]["sig"] = json!(base64(&bytes));
            }
        })
    };
    let changes: [(&str, Change); 8] = [
        ("empty", |_| vec![]),
        ("zeros", |signature| vec![0; signature.len()]),
        ("ones", |signature| vec![0xff; signature.len()]),
        ("cut", |signature| signature[1..].to_vec()),
        ("longer", |signature| [&signature[..], &[0]].concat()),
        ("doubled", |signature| [&signature[..], &signature[..]].concat()),
        ("reversed", |signature| signature.into_iter().rev().collect()),
        ("malleated or with a changed end", |mut signature| {
            if signature.len() == 64 {
                return malleated(signature);
            }
            *signature.last_mut().unwrap() ^= 1;
            signature
        }),
    ];
    for (name, change) in changes {
        assert_eq!(code(&of(change)), "E_SIGNATURE", "{name}");
    }
}

#[test]
fn a_signature_over_anything_but_the_pae_is_refused() {
    let statement = vectors().statement.into_bytes();
    let payload = base64(&statement);
    let other_type = driftgate::signing::pae::pae("application/json", &statement);
    for message in [&statement[..], payload.as_bytes(), &other_type] {
        let envelope = changed(|envelope| {
            for (index, key) in keys().iter().enumerate() {
                envelope["signatures"][index]["sig"] = json!(base64(&key.sign(message)));
            }
        });
        assert_eq!(code(&envelope), "E_SIGNATURE");
    }
}

#[test]
fn a_stranger_gains_nothing_by_names_or_by_bringing_the_key() {
    let stranger = PrivateKey::generate(KeyKind::Ed25519);
    let evil = sign(br#"{"verdict":"PASSED"}"#, std::slice::from_ref(&stranger)).unwrap().envelope;
    assert_eq!(code(&evil), "E_KEY");

    let mut evil: Value = serde_json::from_slice(&evil).unwrap();
    evil["publicKey"] = json!(stranger.public().to_pem());
    evil["signatures"][0]["cert"] = json!(stranger.public().to_pem());
    evil["signatures"][0]["keyid"] = json!(keys()[0].public().id().to_string());
    assert_eq!(code(&serde_json::to_vec(&evil).unwrap()), "E_SIGNATURE");

    let good: Value = serde_json::from_str(&vectors().envelope).unwrap();
    evil["signatures"].as_array_mut().unwrap().push(good["signatures"][0].clone());
    assert_eq!(code(&serde_json::to_vec(&evil).unwrap()), "E_SIGNATURE");
}

#[test]
fn stripping_signatures_is_noticed() {
    assert_eq!(code(&changed(|envelope| envelope["signatures"] = json!([]))), "E_UNSIGNED");
    let one_left = changed(|envelope| {
        envelope["signatures"].as_array_mut().unwrap().pop();
    });
    assert_eq!(code(&one_left), "accepted");
    assert_eq!(open(&one_left, 2).unwrap_err().code(), "E_THRESHOLD");
    let repeated = changed(|envelope| {
        envelope["signatures"][1] = envelope["signatures"][0].clone();
    });
    assert_eq!(open(&repeated, 2).unwrap_err().code(), "E_THRESHOLD");
}

#[test]
fn what_two_parsers_may_read_differently_is_refused() {
    let text = vectors().envelope;
    let evil = base64(br#"{"verdict":"PASSED"}"#);
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hostile: [(&str, Vec<u8>); 12] = [
        ("payload twice", format!(r#"{{{inner},"payload":"{evil}"}}"#).into()),
        ("payload twice, first", format!(r#"{{"payload":"{evil}",{inner}}}"#).into()),
        ("payload twice, escaped", format!(r#"{{{inner},"p\u0061yload":"{evil}"}}"#).into()),
        ("keyid twice", text.replacen(r#"{"keyid""#, r#"{"keyid":"","keyid""#, 1).into()),
        ("two documents", text.repeat(2).into()),
        ("in an array", format!("[{text}]").into()),
        ("UTF-16", utf16),
        ("byte-order mark", format!("\u{feff}{text}").into()),
        ("NUL bytes", vec![0; 100]),
        ("deep", vec![b'['; 100_000]),
        ("deep in an ignored member", {
            let deep = "[".repeat(100_000) + &"]".repeat(100_000);
            format!(r#"{{{inner},"x":{deep}}}"#).into()
        }),
        ("blanks", (" ".repeat(16 << 20) + &text).into()),
    ];
    for (name, bytes) in hostile {
        assert_eq!(code(&bytes), "E_JSON", "{name}");
    }
}

#[test]
fn floods_are_refused() {
    let junk = json!({"keyid": "x", "sig": base64(&[0; 64])});
    let many = changed(|envelope| envelope["signatures"] = json!(vec![junk; 100_000]));
    assert_eq!(code(&many), "E_ENVELOPE");
    let long_name = json!({"keyid": "k".repeat(10_000_000), "sig": base64(&[0; 64])});
    let refusal =
        open(&changed(|envelope| envelope["signatures"] = json!([long_name])), 1).unwrap_err();
    assert_eq!(refusal.code(), "E_KEY");
    assert!(refusal.to_string().len() < 200, "a stranger's text is not repeated");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_comes_back_and_one_changed_byte_does_not(
        statement in prop::collection::vec(any::<u8>(), 1..300),
        at in any::<prop::sample::Index>(),
        difference in 1..=255_u8,
    ) {
        let envelope = sign(&statement, &keys()).unwrap().envelope;
        let verified = open(&envelope, 2).unwrap();
        prop_assert_eq!(verified.bytes(), &statement[..]);

        let mut other = statement.clone();
        other[at.index(statement.len())] ^= difference;
        let mut tampered: Value = serde_json::from_slice(&envelope).unwrap();
        tampered["payload"] = json!(base64(&other));
        prop_assert_eq!(code(&serde_json::to_vec(&tampered).unwrap()), "E_SIGNATURE");
    }

    #[test]
    fn bytes_put_in_taken_out_or_swapped_never_give_another_payload(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4),
    ) {
        let vectors = vectors();
        let mut envelope = vectors.envelope.into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(envelope.len());
            match kind {
                0 => envelope.insert(at, byte),
                1 => drop(envelope.remove(at)),
                _ => envelope[at] = byte,
            }
        }
        if let Ok(verified) = open(&envelope, 1) {
            prop_assert_eq!(verified.bytes(), vectors.statement.as_bytes());
        }
    }
}
