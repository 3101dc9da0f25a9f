//! Values that others have published or made, reproduced byte for byte.

use std::num::NonZeroUsize;

use driftgate::identity::Sha256Digest;
use driftgate::signing::pae::pae;
use driftgate::signing::sign::PAYLOAD_TYPE;
use driftgate::signing::{PrivateKey, PublicKey, TrustedKeys, sign, verify};
use serde::Deserialize;

/// `vectors.json`; its `note` says where the values come from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vectors {
    pub(super) p256: KeyPair,
    pub(super) ed25519: KeyPair,
    hello: Hello,
    pub(super) statement: String,
    pae_sha256: String,
    pub(super) envelope: String,
    p256_bundle: String,
    ed25519_bundle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyPair {
    private_pem: String,
    public_pem: String,
    keyid: String,
}

impl KeyPair {
    pub(super) fn private(&self) -> PrivateKey {
        PrivateKey::from_pem(&self.private_pem).unwrap()
    }
}

/// The vector of DSSE v1.0.2, `protocol.md`; the specification prints the P-256 signature as raw
/// r‖s, here it is in DER.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hello {
    payload_type: String,
    payload: String,
    p256_signature: String,
    ed25519_signature: String,
}

pub(super) fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn the_vector_of_the_dsse_specification_is_signed_byte_for_byte() {
    let vectors = vectors();
    let hello = &vectors.hello;
    let message = pae(&hello.payload_type, hello.payload.as_bytes());
    let cases =
        [(&vectors.p256, &hello.p256_signature), (&vectors.ed25519, &hello.ed25519_signature)];
    for (pair, expected) in cases {
        let signature = pair.private().sign(&message);
        assert_eq!(base64(&signature), *expected);
        assert!(PublicKey::from_pem(&pair.public_pem).unwrap().verify(&message, &signature));
    }
}

#[test]
fn keys_have_the_names_and_texts_that_others_give_them() {
    let vectors = vectors();
    for pair in [&vectors.p256, &vectors.ed25519] {
        let key = pair.private();
        assert_eq!(*key.to_pem(), pair.private_pem);
        assert_eq!(key.public().to_pem(), pair.public_pem);
        assert_eq!(key.public().id().to_string(), pair.keyid);
        assert_eq!(key.public().hint(), Sha256Digest::of(pair.public_pem.as_bytes()));
    }
}

#[test]
fn the_envelope_and_the_bundles_that_others_accepted_are_written_byte_for_byte() {
    let vectors = vectors();
    let statement = vectors.statement.as_bytes();
    let encoded = pae(PAYLOAD_TYPE, statement);
    assert_eq!(Sha256Digest::of(&encoded).to_string(), vectors.pae_sha256);

    let (p256, ed25519) = (vectors.p256.private(), vectors.ed25519.private());
    // Theirs has the higher of the two values of s that both verify; the lower one is written.
    let theirs = p256.sign(&encoded);
    let lower = p256::ecdsa::Signature::from_der(&theirs).unwrap().normalize_s().to_der();
    assert_ne!(theirs, lower.as_bytes());
    let expected = |text: &str| text.replace(&base64(&theirs), &base64(lower.as_bytes()));
    let signed = sign(statement, &[p256.clone(), ed25519.clone()]).unwrap();
    assert_eq!(String::from_utf8(signed.envelope).unwrap(), expected(&vectors.envelope));
    assert_eq!(String::from_utf8(signed.bundle).unwrap(), expected(&vectors.p256_bundle));
    let signed = sign(statement, &[ed25519, p256]).unwrap();
    assert_eq!(String::from_utf8(signed.bundle).unwrap(), vectors.ed25519_bundle);
}

#[test]
fn the_envelope_that_others_accepted_is_accepted_by_both_keys() {
    let vectors = vectors();
    let keys = [&vectors.p256, &vectors.ed25519]
        .map(|pair| PublicKey::from_pem(&pair.public_pem).unwrap());
    let both = NonZeroUsize::new(2).unwrap();
    let verified = verify(vectors.envelope.as_bytes(), &TrustedKeys::new(keys), both).unwrap();
    assert_eq!(verified.bytes(), vectors.statement.as_bytes());
    assert_eq!(verified.signers().len(), 2);
}
