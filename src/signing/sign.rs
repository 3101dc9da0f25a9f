//! Signing a statement, once, in the two forms that others read.

use std::collections::BTreeSet;

use super::bundle::bundle_json;
use super::envelope::{ENVELOPE_BYTES_MAX, Envelope, EnvelopeSignature, SIGNATURES_MAX};
use super::keys::KeyId;
use super::pae::pae;
use super::program::ProgramError;
use super::signer::Signer;
use crate::quantity::Bytes;

/// Signs a statement's bytes with every key.
///
/// Equal statements and keys give equal bytes, and ECDSA signatures have the lower of their two s,
/// whatever a signer gives ([`PublicKey::written`]). The statement itself is not looked into.
///
/// [`PublicKey::written`]: super::keys::PublicKey::written
///
/// # Errors
/// [`SignError`]: no key, a key given twice, too many keys, a statement whose envelope would be
/// larger than readers take, or a program that did not sign.
pub fn sign<S: Signer>(statement: &[u8], keys: &[S]) -> Result<Signed, SignError> {
    let first = keys.first().ok_or(SignError::NoKey)?;
    if keys.len() > SIGNATURES_MAX {
        return Err(SignError::TooManyKeys { found: keys.len() });
    }
    let message = pae(PAYLOAD_TYPE, statement);
    let mut signatures = Vec::with_capacity(keys.len());
    let mut names = BTreeSet::new();
    for key in keys {
        let id = key.public().id();
        if !names.insert(id) {
            return Err(SignError::RepeatedKey { id });
        }
        let claimed_key = Some(id.to_string());
        let bytes = key.public().written(key.sign(&message)?);
        signatures.push(EnvelopeSignature { claimed_key, bytes });
    }
    let nameless = EnvelopeSignature { claimed_key: None, bytes: signatures[0].bytes.clone() };

    let envelope = of(statement, signatures).to_json();
    let found = Bytes(envelope.len() as u64);
    if found > ENVELOPE_BYTES_MAX {
        return Err(SignError::TooLarge { found });
    }
    let bundle = bundle_json(&of(statement, vec![nameless]), &first.public());
    Ok(Signed { envelope, bundle })
}

/// A signed statement as file contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// DSSE envelope with one signature per key, in the order of the keys, each with its `keyid`.
    pub envelope: Vec<u8>,
    /// Sigstore bundle v0.3 with the first key's signature.
    pub bundle: Vec<u8>,
}

/// The file name of [`Signed::envelope`] in a folder that a check writes.
pub const ENVELOPE_NAME: &str = "report.dsse.json";

/// The file name of [`Signed::bundle`].
pub const BUNDLE_NAME: &str = "report.sigstore.json";

/// The one payload type that is signed and verified: an in-toto statement.
///
/// cosign refuses any other, also the longer ones that in-toto v1.2 allows.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// Why a statement cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No key was given.
    #[error("no key to sign with")]
    NoKey,
    /// The same key was given twice, which would pass for two signers in careless eyes.
    #[error("the key `{id}` was given twice")]
    RepeatedKey {
        /// The key.
        id: KeyId,
    },
    /// More keys than an envelope holds signatures.
    #[error("{found} keys to sign with exceed the limit of {SIGNATURES_MAX}")]
    TooManyKeys {
        /// How many were given.
        found: usize,
    },
    /// A program that was to sign did not.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The envelope would be refused by readers.
    #[error(
        "the signed statement has {} bytes, which exceed the limit of {} bytes",
        found.0, ENVELOPE_BYTES_MAX.0
    )]
    TooLarge {
        /// Bytes of the envelope.
        found: Bytes,
    },
}

fn of(statement: &[u8], signatures: Vec<EnvelopeSignature>) -> Envelope {
    Envelope { payload: statement.to_vec(), payload_type: PAYLOAD_TYPE.to_owned(), signatures }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{KeyKind, PrivateKey};

    #[test]
    fn keys_that_cannot_sign_together_are_refused() {
        let key = PrivateKey::generate(KeyKind::Ed25519);
        assert_eq!(sign::<PrivateKey>(b"{}", &[]), Err(SignError::NoKey));
        let id = key.public().id();
        assert_eq!(sign(b"{}", &[key.clone(), key.clone()]), Err(SignError::RepeatedKey { id }));
        assert_eq!(sign(b"{}", &vec![key; 65]), Err(SignError::TooManyKeys { found: 65 }));
    }

    #[test]
    fn a_statement_that_no_reader_would_take_is_not_signed() {
        let key = PrivateKey::generate(KeyKind::Ed25519);
        let error = sign(&vec![b' '; 13 << 20], &[key]).unwrap_err();
        assert!(error.to_string().contains("the limit of 16777216 bytes"), "{error}");
    }

    #[test]
    fn the_same_statement_and_keys_give_the_same_bytes() {
        let keys = [KeyKind::P256, KeyKind::Ed25519].map(PrivateKey::generate);
        assert_eq!(sign(b"{}", &keys), sign(b"{}", &keys));
    }
}
