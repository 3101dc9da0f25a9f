//! Keys as PEM text (RFC 7468): PKCS#8 `PRIVATE KEY`, SPKI `PUBLIC KEY`.
//!
//! What we write, OpenSSL, `cosign import-key-pair` and Python's `cryptography` read. The older
//! SEC 1 form is read where keys are imported; elsewhere it is refused with the command that
//! converts it. Keys under a password are the business of [`encrypted`](super::encrypted).
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use ed25519_dalek::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use p256::pkcs8::der::pem;
use p256::pkcs8::der::zeroize::Zeroizing;
use p256::pkcs8::{
    Document, LineEnding, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument,
    SubjectPublicKeyInfoRef,
};

use super::keys::{PrivateHalf, PrivateKey, PublicHalf, PublicKey};
use crate::identity::Sha256Digest;

impl PrivateKey {
    /// Reads an unencrypted PKCS#8 private key (RFC 5958; version 1 or 2).
    ///
    /// # Errors
    /// [`KeyTextError`]; a public half inside the file that does not fit the private one is an
    /// error too.
    pub fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        expect_label(text, PRIVATE_LABEL)?;
        let (_, document) = SecretDocument::from_pem(text).map_err(malformed)?;
        Self::from_pkcs8(document.as_bytes())
    }

    /// Reads the older form of ECDSA keys, `EC PRIVATE KEY` (SEC 1 §C.4, RFC 5915), on P-256 alone.
    ///
    /// # Errors
    /// [`KeyTextError`]; also for other curves and for the older kind of encryption.
    pub fn from_sec1_pem(text: &str) -> Result<Self, KeyTextError> {
        // OpenSSL writes curve parameters before the key.
        let start = text.find(SEC1_BEGIN).unwrap_or(0);
        let key = p256::SecretKey::from_sec1_pem(&text[start..]).map_err(malformed)?;
        Ok(Self(PrivateHalf::P256(key.into())))
    }

    /// Reads the content of a PKCS#8 block.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyTextError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(malformed)?;
        let half = match info.algorithm.oid {
            OID_EC => {
                let key = p256::SecretKey::try_from(info).map_err(malformed)?;
                PrivateHalf::P256(key.into())
            }
            OID_ED25519 => {
                let key = ed25519_dalek::SigningKey::try_from(info).map_err(malformed)?;
                PrivateHalf::Ed25519(key)
            }
            oid => {
                return Err(KeyTextError::Algorithm { oid: oid.to_string() });
            }
        };
        Ok(Self(half))
    }

    /// Writes the key as unencrypted PKCS#8, version 1, lines ended by `\n`.
    ///
    /// Version 1 has no room for Ed25519's public half, and is the one every reader takes. The text is wiped from memory when
    /// dropped.
    ///
    /// # Panics
    /// Never: a valid key has a PEM form.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        let text = match &self.0 {
            PrivateHalf::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
            PrivateHalf::Ed25519(key) => {
                KeypairBytes { secret_key: key.to_bytes(), public_key: None }
                    .to_pkcs8_pem(LineEnding::LF)
            }
        };
        text.expect("a valid key has a PEM form")
    }
}

impl PublicKey {
    /// Reads an SPKI public key.
    ///
    /// # Errors
    /// [`KeyTextError`]; also for points off the curve and Ed25519 keys of small order, under
    /// which strangers could sign.
    pub fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        expect_label(text, PUBLIC_LABEL)?;
        let (_, document) = Document::from_pem(text).map_err(malformed)?;
        let info = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).map_err(malformed)?;
        let half = match info.algorithm.oid {
            OID_EC => {
                PublicHalf::P256(p256::ecdsa::VerifyingKey::try_from(info).map_err(malformed)?)
            }
            OID_ED25519 => {
                let key = ed25519_dalek::VerifyingKey::try_from(info).map_err(malformed)?;
                if key.is_weak() {
                    return Err(malformed("a point of small order"));
                }
                PublicHalf::Ed25519(key)
            }
            oid => {
                return Err(KeyTextError::Algorithm { oid: oid.to_string() });
            }
        };
        Ok(Self(half))
    }

    /// Writes the key as SPKI, lines ended by `\n`, the last one too.
    ///
    /// # Panics
    /// Never: a valid key has a PEM form.
    #[must_use]
    pub fn to_pem(&self) -> String {
        Document::try_from(self.to_spki_der())
            .and_then(|document| document.to_pem(PUBLIC_LABEL, LineEnding::LF))
            .expect("a valid key has a PEM form")
    }

    /// SHA-256 of the text of [`PublicKey::to_pem`]: the hint by which `model_signing` finds the
    /// key of a sigstore bundle. cosign ignores it.
    #[must_use]
    pub fn hint(&self) -> Sha256Digest {
        Sha256Digest::of(self.to_pem().as_bytes())
    }
}

/// Why a text is not a key we can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// The text is not PEM.
    #[error("not a PEM file (RFC 7468): {reason}")]
    NotPem {
        /// The parser's words.
        reason: String,
    },
    /// The text is PEM of something else.
    #[error("expected a PEM block `{expected}`, found `{found}`")]
    Label {
        /// The label that was needed.
        expected: &'static str,
        /// The label found, shortened to 64 characters.
        found: String,
    },
    /// The private key is protected by a password.
    #[error("the private key is encrypted, and no password is given")]
    Encrypted,
    /// The password is not that of the private key.
    #[error("the password does not open the private key")]
    Password,
    /// The private key is encrypted in a way that is not read.
    #[error(
        "the private key is encrypted in a way that is not read ({reason}): encrypt it anew with \
         `openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out KEY.new` (umask 077)"
    )]
    Encryption {
        /// Why not.
        reason: String,
    },
    /// The private key is in the form that came before PKCS#8.
    #[error(
        "the private key is in SEC 1 form, expected PKCS#8: convert it with \
         `driftgate key import KEY --out KEY.pem`"
    )]
    OlderForm,
    /// The key is of a kind we do not sign with.
    #[error("expected an ECDSA P-256 or Ed25519 key, found algorithm `{oid}`")]
    Algorithm {
        /// The algorithm's object identifier.
        oid: String,
    },
    /// The block's content is damaged, or on another curve than P-256.
    #[error("not a valid ECDSA P-256 or Ed25519 key: {reason}")]
    Malformed {
        /// The parser's words.
        reason: String,
    },
}

/// Names what stands in the place of the block that is needed.
fn expect_label(text: &str, expected: &'static str) -> Result<(), KeyTextError> {
    // OpenSSL writes the older form behind a block of curve parameters.
    if text.contains(SEC1_BEGIN) {
        return Err(KeyTextError::OlderForm);
    }
    let found = pem::decode_label(text.as_bytes())
        .map_err(|error| KeyTextError::NotPem { reason: error.to_string() })?;
    match found {
        "ENCRYPTED PRIVATE KEY" => Err(KeyTextError::Encrypted),
        _ if found == expected => Ok(()),
        _ => Err(KeyTextError::Label { expected, found: found.chars().take(64).collect() }),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands errors over by value")]
pub(super) fn malformed(error: impl ToString) -> KeyTextError {
    KeyTextError::Malformed { reason: error.to_string() }
}

const SEC1_BEGIN: &str = "-----BEGIN EC PRIVATE KEY-----";
const PRIVATE_LABEL: &str = "PRIVATE KEY";
const PUBLIC_LABEL: &str = "PUBLIC KEY";

/// `id-ecPublicKey` (RFC 5480 §2.1.1).
const OID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `id-Ed25519` (RFC 8410 §3).
const OID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::KeyKind;

    #[test]
    fn keys_survive_the_way_through_text() {
        for kind in [KeyKind::P256, KeyKind::Ed25519] {
            let key = PrivateKey::generate(kind);
            let private = PrivateKey::from_pem(&key.to_pem()).unwrap();
            assert_eq!(private.sign(b"message"), key.sign(b"message"));
            let public = PublicKey::from_pem(&key.public().to_pem()).unwrap();
            assert_eq!(public, key.public());
        }
    }

    /// RFC 8410 §10.3: the same Ed25519 key in version 1, and in version 2 with its public half.
    #[test]
    fn both_versions_of_pkcs8_are_read() {
        let first = PrivateKey::from_pem(RFC_8410_V1).unwrap();
        let second = PrivateKey::from_pem(RFC_8410_V2).unwrap();
        assert_eq!(first.public(), second.public());
        assert_eq!(*first.to_pem(), RFC_8410_V1);
        assert_eq!(PublicKey::from_pem(RFC_8410_PUBLIC).unwrap(), first.public());
    }

    #[test]
    fn a_public_half_that_does_not_fit_is_refused() {
        let swapped = RFC_8410_V2.replace("Z9w7lsh", "Z9w7lsg");
        assert!(PrivateKey::from_pem(&swapped).is_err());
    }

    #[test]
    fn other_pem_blocks_are_named_with_what_to_do() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let of = |label| PrivateKey::from_pem(&block(label)).unwrap_err();
        assert_eq!(of("ENCRYPTED PRIVATE KEY"), KeyTextError::Encrypted);
        assert_eq!(of("EC PRIVATE KEY"), KeyTextError::OlderForm);
        let behind_parameters = block("EC PARAMETERS") + &block("EC PRIVATE KEY");
        let error = PrivateKey::from_pem(&behind_parameters).unwrap_err();
        assert_eq!(error, KeyTextError::OlderForm);
        let label = KeyTextError::Label { expected: PRIVATE_LABEL, found: "PUBLIC KEY".into() };
        assert_eq!(of("PUBLIC KEY"), label);
        assert!(matches!(of("PRIVATE KEY"), KeyTextError::Malformed { .. }));
        let certificate = PublicKey::from_pem(&block("CERTIFICATE")).unwrap_err();
        assert_eq!(
            certificate.to_string(),
            "expected a PEM block `PUBLIC KEY`, found `CERTIFICATE`"
        );
        for text in ["", "hello", "-----BEGIN PUBLIC KEY-----\n"] {
            assert!(matches!(PublicKey::from_pem(text), Err(KeyTextError::NotPem { .. })));
        }
    }

    /// An RSA SPKI header with an empty key; and P-384's curve under `id-ecPublicKey`.
    #[test]
    fn keys_of_other_kinds_are_refused() {
        let public = |der: &[u8]| {
            let document = Document::try_from(der.to_vec()).unwrap();
            PublicKey::from_pem(&document.to_pem(PUBLIC_LABEL, LineEnding::LF).unwrap())
        };
        let rsa =
            b"\x30\x12\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x01\x00";
        assert_eq!(
            public(rsa),
            Err(KeyTextError::Algorithm { oid: "1.2.840.113549.1.1.1".into() })
        );
        let p384 = b"\x30\x16\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x02\x00\x04";
        assert!(matches!(public(p384), Err(KeyTextError::Malformed { .. })));
    }

    #[test]
    fn an_ed25519_key_of_small_order_is_refused() {
        let mut der = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\x01".to_vec();
        der.resize(44, 0);
        let text = Document::try_from(der).unwrap().to_pem(PUBLIC_LABEL, LineEnding::LF).unwrap();
        assert!(matches!(PublicKey::from_pem(&text), Err(KeyTextError::Malformed { .. })));
    }

    const RFC_8410_V1: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
    const RFC_8410_V2: &str = "-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";
    const RFC_8410_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
}
