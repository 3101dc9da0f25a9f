//! Signing keys: ECDSA on P-256, and Ed25519.
//!
//! P-256 is the default because cosign and model-signing take it everywhere; Ed25519 is for those
//! who ask for it. Both sign without randomness, so equal statements have equal signatures.

use std::fmt;

use ed25519_dalek::pkcs8::EncodePublicKey as _;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::pkcs8::der::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::identity::Sha256Digest;

/// A kind of key, and with it the signature algorithm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// ECDSA on NIST P-256 with SHA-256 (FIPS 186-5); nonces by RFC 6979; signatures as ASN.1 DER.
    #[default]
    #[serde(rename = "ecdsa-p256")]
    P256,
    /// Ed25519 (RFC 8032 §5.1, the pure variant); signatures of 64 bytes.
    Ed25519,
}

impl KeyKind {
    /// The name in documents and on the command line: `ecdsa-p256` or `ed25519`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "ecdsa-p256",
            Self::Ed25519 => "ed25519",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The name of a public key: SHA-256 of its SPKI DER, as 64 hexadecimal digits.
///
/// For P-256 the DER is that of the uncompressed point, so a key has one name however its file
/// spells it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Sha256Digest);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyId({self})")
    }
}

/// A private key. Its memory is wiped when dropped, and `Debug` shows the public half's name.
#[derive(Clone)]
pub struct PrivateKey(pub(super) PrivateHalf);

#[derive(Clone)]
pub(super) enum PrivateHalf {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: there is nothing safe to do then.
    #[must_use]
    pub fn generate(kind: KeyKind) -> Self {
        let mut seed = Zeroizing::new([0_u8; 32]);
        loop {
            getrandom::fill(seed.as_mut_slice()).expect("the operating system gives randomness");
            match kind {
                KeyKind::Ed25519 => {
                    return Self(PrivateHalf::Ed25519((&*seed).into()));
                }
                // About one seed in 2^32 is no scalar below the group's order: draw again.
                KeyKind::P256 => {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(seed.as_slice()) {
                        return Self(PrivateHalf::P256(key));
                    }
                }
            }
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(match &self.0 {
            PrivateHalf::P256(key) => PublicHalf::P256(*key.verifying_key()),
            PrivateHalf::Ed25519(key) => PublicHalf::Ed25519(key.verifying_key()),
        })
    }

    /// Signs a message: ASN.1 DER of (r, s) for P-256, 64 bytes for Ed25519.
    ///
    /// The same key and message always give the same bytes, those of RFC 6979 and the published
    /// vectors. What is written is the one of its two forms that [`PublicKey::written`] chooses.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.0 {
            PrivateHalf::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            PrivateHalf::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.public();
        write!(formatter, "PrivateKey({} {})", public.kind(), public.id())
    }
}

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(pub(super) PublicHalf);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum PublicHalf {
    P256(p256::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl PublicKey {
    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self.0 {
            PublicHalf::P256(_) => KeyKind::P256,
            PublicHalf::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// The name of the key, which envelopes carry as `keyid`.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(Sha256Digest::of(&self.to_spki_der()))
    }

    /// Whether `signature` is this key's signature of `message`.
    ///
    /// P-256 takes strict ASN.1 DER with either of the two valid s (a stranger can turn one into
    /// the other, so a signature's bytes name nothing). Ed25519 is the strict check: canonical
    /// encodings only, no key or point of small order (Chalkias, Garillot, Nikolaenko, *Taming
    /// the many `EdDSAs`*, 2020).
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            PublicHalf::P256(key) => p256::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            PublicHalf::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }

    /// The form in which a signature is written: of the two that are valid for P-256, (r, s) and
    /// (r, n − s), the one with the lower s (SEC 1 §4.1.3, BIP 146). Anybody can turn one into the
    /// other, so that without a choice one signed document would have two digests. Whatever else it
    /// is stays as it is.
    #[must_use]
    pub fn written(&self, signature: Vec<u8>) -> Vec<u8> {
        match self.0 {
            PublicHalf::P256(_) => p256_signature(&signature)
                .map_or(signature, |found| found.normalize_s().to_der().as_bytes().to_vec()),
            PublicHalf::Ed25519(_) => signature,
        }
    }

    /// Whether a signature has the form in which it is written.
    #[must_use]
    pub fn is_as_written(&self, signature: &[u8]) -> bool {
        match self.0 {
            PublicHalf::P256(_) => {
                p256_signature(signature).is_some_and(|found| found.normalize_s() == found)
            }
            PublicHalf::Ed25519(_) => true,
        }
    }

    /// The key as a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1; RFC 5480, RFC 8410).
    ///
    /// # Panics
    /// Never: a valid key has a DER form.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        let document = match &self.0 {
            PublicHalf::P256(key) => key.to_public_key_der(),
            PublicHalf::Ed25519(key) => key.to_public_key_der(),
        };
        document.expect("a valid key has a DER form").into_vec()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({} {})", self.kind(), self.id())
    }
}

fn p256_signature(der: &[u8]) -> Option<p256::ecdsa::Signature> {
    p256::ecdsa::Signature::from_der(der).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    fn p256(scalar: &str) -> PrivateKey {
        let key = p256::ecdsa::SigningKey::from_slice(&unhex(scalar)).unwrap();
        PrivateKey(PrivateHalf::P256(key))
    }

    fn ed25519(seed: &str) -> PrivateKey {
        let seed: [u8; 32] = unhex(seed).try_into().unwrap();
        PrivateKey(PrivateHalf::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    /// RFC 6979 A.2.5, SHA-256 with the messages "sample" and "test".
    #[test]
    fn p256_signs_as_the_examples_of_rfc_6979() {
        let key = p256("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
        let cases = [
            (
                "sample",
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            ),
            (
                "test",
                "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
            ),
        ];
        for (message, r, s) in cases {
            let expected = p256::ecdsa::Signature::from_slice(&unhex(&format!("{r}{s}"))).unwrap();
            let signature = key.sign(message.as_bytes());
            assert_eq!(signature, expected.to_der().as_bytes());
            assert!(key.public().verify(message.as_bytes(), &signature));
        }
    }

    /// Of the two examples of RFC 6979 the first has a high s, the second a low one.
    #[test]
    fn of_two_valid_signatures_the_one_with_the_lower_s_is_written() {
        let key = p256("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
        let public = key.public();
        for (message, low) in [("sample", false), ("test", true)] {
            let signature = key.sign(message.as_bytes());
            assert_eq!(public.is_as_written(&signature), low, "{message}");
            let written = public.written(signature.clone());
            assert!(public.is_as_written(&written) && (written == signature) == low, "{message}");
            for either in [&signature, &written] {
                assert!(public.verify(message.as_bytes(), either), "both are valid: {message}");
            }
        }
        assert_eq!(public.written(b"none".to_vec()), b"none");
        assert!(!public.is_as_written(b"none"));
    }

    /// RFC 8032 §7.1, tests 1 (no message) and 2.
    #[test]
    fn ed25519_signs_as_the_examples_of_rfc_8032() {
        let empty = ed25519("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        assert_eq!(
            empty.sign(b""),
            unhex(concat!(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ))
        );
        let one = ed25519("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        assert_eq!(
            one.sign(&[0x72]),
            unhex(concat!(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ))
        );
    }

    #[test]
    fn a_p256_signature_in_another_form_than_der_is_refused() {
        let key = PrivateKey::generate(KeyKind::P256);
        let der = key.sign(b"message");
        let parsed = p256::ecdsa::DerSignature::from_bytes(&der).unwrap();
        let fixed = p256::ecdsa::Signature::try_from(parsed).unwrap().to_bytes();
        let public = key.public();
        assert!(public.verify(b"message", &der));
        assert!(!public.verify(b"message", &fixed), "raw r‖s");
        assert!(!public.verify(b"message", &[&der[..], &[0]].concat()), "a byte too many");
        assert!(!public.verify(b"message", &der[..der.len() - 1]), "a byte too few");
        let long_length = [&[0x30, 0x81], &der[1..]].concat();
        assert!(!public.verify(b"message", &long_length), "BER length");
        assert!(!public.verify(b"message", b"\x30\x06\x02\x01\x00\x02\x01\x00"), "r = s = 0");
        assert!(!public.verify(b"message", b""));
    }

    /// A key of order 1 "verifies" (R = identity, S = 0) over any message in lenient verifiers.
    #[test]
    fn an_ed25519_key_of_small_order_verifies_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let lenient = ed25519_dalek::VerifyingKey::from_bytes(&identity).unwrap();
        let signature = [identity, [0; 32]].concat();
        assert!(!PublicKey(PublicHalf::Ed25519(lenient)).verify(b"anything", &signature));
    }

    #[test]
    fn new_keys_differ_and_do_not_verify_each_other() {
        for kind in [KeyKind::P256, KeyKind::Ed25519] {
            let (one, other) = (PrivateKey::generate(kind), PrivateKey::generate(kind));
            assert_ne!(one.public().id(), other.public().id());
            assert!(one.public().verify(b"message", &one.sign(b"message")));
            assert!(!other.public().verify(b"message", &one.sign(b"message")));
        }
    }

    #[test]
    fn a_private_key_shows_its_public_name_alone() {
        let key = PrivateKey::generate(KeyKind::Ed25519);
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("PrivateKey(ed25519 {})", key.public().id()));
    }
}
