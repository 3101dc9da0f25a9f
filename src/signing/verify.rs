//! The way back: envelope bytes in, verified payload bytes or a refusal out.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::envelope::{Envelope, EnvelopeError};
use super::keys::{KeyId, PublicKey};
use super::pae::pae;
use super::sign::PAYLOAD_TYPE;
use crate::verdict::number::counted;

/// Verifies an envelope's bytes: at least `threshold` distinct trusted keys have signed it.
///
/// A `keyid` only decides which key is tried first. Every signature is tried with every trusted
/// key that has not verified yet; signatures that verify under none are skipped, so that adding
/// one does not void the others. Several signatures of one key count once. Work is bounded by 64
/// signatures times the number of trusted keys.
///
/// Source: DSSE v1.0.2, `protocol.md`, verification steps and (t, n) envelopes.
///
/// # Errors
/// [`Refusal`], whose [`code`](Refusal::code) is stable.
pub fn verify(
    envelope: &[u8],
    trusted: &TrustedKeys,
    threshold: NonZeroUsize,
) -> Result<VerifiedPayload, Refusal> {
    let envelope = Envelope::parse(envelope)?;
    if envelope.payload_type != PAYLOAD_TYPE {
        let found = envelope.payload_type.chars().take(64).flat_map(char::escape_debug).collect();
        return Err(Refusal::PayloadType { found });
    }
    if envelope.signatures.is_empty() {
        return Err(Refusal::Unsigned);
    }
    let signers = trusted.signers(&envelope);
    if signers.is_empty() {
        return Err(trusted.why_nobody(&envelope));
    }
    if signers.len() < threshold.get() {
        return Err(Refusal::Threshold { signers, threshold });
    }
    Ok(VerifiedPayload { bytes: envelope.payload, signers })
}

/// Payload bytes that trusted keys have signed. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPayload {
    bytes: Vec<u8>,
    signers: BTreeSet<KeyId>,
}

impl VerifiedPayload {
    /// The bytes that were signed, to be read as they are; their type is
    /// `application/vnd.in-toto+json`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The trusted keys that signed, at least as many as the threshold asked for.
    #[must_use]
    pub fn signers(&self) -> &BTreeSet<KeyId> {
        &self.signers
    }
}

/// The keys whose signatures count, each once.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys {
    keys: BTreeMap<KeyId, PublicKey>,
}

impl TrustedKeys {
    /// Trusts these keys; a key given twice is trusted once.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self { keys: keys.into_iter().map(|key| (key.id(), key)).collect() }
    }

    /// The key with this name.
    #[must_use]
    pub fn key(&self, id: &KeyId) -> Option<&PublicKey> {
        self.keys.get(id)
    }

    fn signers(&self, envelope: &Envelope) -> BTreeSet<KeyId> {
        let message = pae(&envelope.payload_type, &envelope.payload);
        let mut signers = BTreeSet::new();
        for signature in &envelope.signatures {
            let named = self.keys.iter().filter(|(id, _)| signature.claims(id));
            let others = self.keys.iter().filter(|(id, _)| !signature.claims(id));
            let signer = named
                .chain(others)
                .filter(|(id, _)| !signers.contains(*id))
                .find(|(_, key)| key.verify(&message, &signature.bytes))
                .map(|(id, _)| *id);
            signers.extend(signer);
        }
        signers
    }

    /// Tells a stranger's signature from a broken one, as far as the unauthenticated key names
    /// can tell.
    fn why_nobody(&self, envelope: &Envelope) -> Refusal {
        let claims_trusted = |id: &&KeyId| envelope.signatures.iter().any(|one| one.claims(id));
        let all_named = envelope.signatures.iter().all(|one| one.claimed_key.is_some());
        match self.keys.keys().find(claims_trusted) {
            None if all_named => Refusal::UntrustedKey {
                signatures: envelope.signatures.len(),
                trusted: self.keys.len(),
            },
            claimed => Refusal::Signature { claimed: claimed.copied() },
        }
    }
}

/// Why an envelope's payload is not handed out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are not an envelope that is read.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not an in-toto statement.
    #[error("expected the payload type `{PAYLOAD_TYPE}`, found `{found}`")]
    PayloadType {
        /// The type found, shortened to 64 characters, control characters escaped.
        found: String,
    },
    /// The envelope carries no signature at all.
    #[error("the envelope is not signed")]
    Unsigned,
    /// All signatures are made by keys that are not trusted, or claim to be.
    #[error("{} by {}", none_of(*signatures), one_of(*trusted))]
    UntrustedKey {
        /// Signatures in the envelope.
        signatures: usize,
        /// Keys that are trusted.
        trusted: usize,
    },
    /// No signature fits the payload under a trusted key.
    #[error("no signature fits the payload{}", by(claimed.as_ref()))]
    Signature {
        /// A trusted key that a signature claims, when one does.
        claimed: Option<KeyId>,
    },
    /// Good signatures, but by too few keys.
    #[error("signed by {}, expected at least {threshold}", counted(signers.len() as u64, "trusted key"))]
    Threshold {
        /// The trusted keys that signed.
        signers: BTreeSet<KeyId>,
        /// How many were asked for.
        threshold: NonZeroUsize,
    },
}

impl Refusal {
    /// The stable name of the refusal, for machines and manuals.
    ///
    /// `E_JSON` bytes that are not one strict JSON document of an envelope's shape ·
    /// `E_ENVELOPE` base64 or number of signatures · `E_PAYLOAD_TYPE` another payload type ·
    /// `E_UNSIGNED` no signature · `E_KEY` signed by strangers alone · `E_SIGNATURE` a signature
    /// that does not fit · `E_THRESHOLD` too few signers.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Envelope(EnvelopeError::Json(_)) => "E_JSON",
            Self::Envelope(_) => "E_ENVELOPE",
            Self::PayloadType { .. } => "E_PAYLOAD_TYPE",
            Self::Unsigned => "E_UNSIGNED",
            Self::UntrustedKey { .. } => "E_KEY",
            Self::Signature { .. } => "E_SIGNATURE",
            Self::Threshold { .. } => "E_THRESHOLD",
        }
    }
}

fn none_of(signatures: usize) -> String {
    match signatures {
        1 => "the one signature is not".to_owned(),
        _ => format!("none of the {signatures} signatures is"),
    }
}

fn one_of(trusted: usize) -> String {
    match trusted {
        1 => "the one trusted key".to_owned(),
        _ => format!("one of the {trusted} trusted keys"),
    }
}

fn by(claimed: Option<&KeyId>) -> String {
    claimed.map_or_else(String::new, |id| format!(", though one claims the trusted key `{id}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::envelope::EnvelopeSignature;
    use crate::signing::{KeyKind, PrivateKey, sign};

    const STATEMENT: &[u8] = b"{\"predicate\": 1}";

    fn two_keys() -> [PrivateKey; 2] {
        [KeyKind::P256, KeyKind::Ed25519].map(PrivateKey::generate)
    }

    fn trust(keys: &[PrivateKey]) -> TrustedKeys {
        TrustedKeys::new(keys.iter().map(PrivateKey::public))
    }

    fn at_least(threshold: usize) -> NonZeroUsize {
        NonZeroUsize::new(threshold).unwrap()
    }

    fn signed_by(keys: &[PrivateKey]) -> Envelope {
        Envelope::parse(&sign(STATEMENT, keys).unwrap().envelope).unwrap()
    }

    fn code(envelope: &Envelope, trusted: &TrustedKeys) -> &'static str {
        verify(&envelope.to_json(), trusted, NonZeroUsize::MIN)
            .map_or_else(|no| no.code(), |_| "ok")
    }

    #[test]
    fn the_payload_comes_back_with_its_signers() {
        let keys = two_keys();
        let verified = verify(&signed_by(&keys).to_json(), &trust(&keys), at_least(2)).unwrap();
        assert_eq!(verified.bytes(), STATEMENT);
        assert_eq!(verified.signers().len(), 2);
        let verified =
            verify(&signed_by(&keys).to_json(), &trust(&keys[1..]), at_least(1)).unwrap();
        assert_eq!(verified.signers().iter().collect::<Vec<_>>(), [&keys[1].public().id()]);
    }

    #[test]
    fn a_key_counts_once_however_often_it_signs_or_is_trusted() {
        let keys = two_keys();
        let mut envelope = signed_by(&keys[..1]);
        let again = EnvelopeSignature {
            claimed_key: Some(keys[1].public().id().to_string()),
            bytes: envelope.signatures[0].bytes.clone(),
        };
        envelope.signatures.push(again);
        let trusted = TrustedKeys::new([0, 1, 0].map(|index| keys[index].public()));
        let refusal = verify(&envelope.to_json(), &trusted, at_least(2)).unwrap_err();
        assert_eq!(refusal.code(), "E_THRESHOLD");
        assert_eq!(refusal.to_string(), "signed by 1 trusted key, expected at least 2");
    }

    #[test]
    fn a_key_name_proves_nothing_and_voids_nothing() {
        let keys = two_keys();
        let mut envelope = signed_by(&keys);
        for claim in [None, Some("nonsense".to_owned()), Some("../../etc/passwd".to_owned())] {
            for signature in &mut envelope.signatures {
                signature.claimed_key.clone_from(&claim);
            }
            assert!(verify(&envelope.to_json(), &trust(&keys), at_least(2)).is_ok());
        }
        let stranger = PrivateKey::generate(KeyKind::Ed25519);
        let mut forged = signed_by(&[stranger]);
        assert_eq!(code(&forged, &trust(&keys)), "E_KEY");
        forged.signatures[0].claimed_key = Some(keys[0].public().id().to_string());
        assert_eq!(code(&forged, &trust(&keys)), "E_SIGNATURE");
        forged.signatures[0].claimed_key = None;
        assert_eq!(code(&forged, &trust(&keys)), "E_SIGNATURE");
    }

    #[test]
    fn signatures_of_strangers_do_not_void_the_good_one() {
        let keys = two_keys();
        let mut envelope = signed_by(&keys[..1]);
        let junk = EnvelopeSignature { claimed_key: None, bytes: vec![0; 64] };
        envelope.signatures.insert(0, junk.clone());
        envelope.signatures.push(junk);
        assert_eq!(code(&envelope, &trust(&keys)), "ok");
    }

    #[test]
    fn stripped_and_retyped_envelopes_are_refused() {
        let keys = two_keys();
        let mut envelope = signed_by(&keys);
        envelope.signatures.clear();
        assert_eq!(code(&envelope, &trust(&keys)), "E_UNSIGNED");
        for found in ["application/json", "", "application/vnd.in-toto+json ", "\u{1b}[31m"] {
            let mut envelope = signed_by(&keys);
            envelope.payload_type = found.to_owned();
            assert_eq!(code(&envelope, &trust(&keys)), "E_PAYLOAD_TYPE");
        }
    }

    #[test]
    fn nobody_trusted_means_nothing_verified() {
        assert_eq!(code(&signed_by(&two_keys()), &TrustedKeys::default()), "E_KEY");
    }
}
