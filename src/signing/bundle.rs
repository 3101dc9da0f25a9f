//! The sigstore bundle v0.3 around one DSSE signature made with a plain key.
//!
//! Source: sigstore protobuf-specs, `sigstore_bundle.proto`, media type
//! [`BUNDLE_MEDIA_TYPE`]. sigstore clients take exactly one signature. It has no `keyid`: the Go
//! library compares one with an SSH fingerprint and skips the signature when they differ. The key
//! is named by a hint instead, `hex(sha256(PEM text))` as `model_signing` wants it; cosign takes
//! the key from its command line.
//!
//! Bundles are written for others; what we verify ourselves is the envelope.

use serde::Serialize;

use super::envelope::{Envelope, WireOut};
use super::keys::PublicKey;
use crate::identity::Sha256Digest;

/// The media type of the bundles written.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Writes the bundle of an envelope with exactly one signature, made by `key`, on one line.
///
/// # Panics
/// When the envelope has another number of signatures or names a key.
pub(super) fn bundle_json(envelope: &Envelope, key: &PublicKey) -> Vec<u8> {
    let [signature] = envelope.signatures.as_slice() else {
        panic!("a bundle has one signature, not {}", envelope.signatures.len());
    };
    assert!(signature.claimed_key.is_none(), "a bundle's signature names no key");
    let bundle = Bundle {
        media_type: BUNDLE_MEDIA_TYPE,
        verification_material: VerificationMaterial {
            public_key: PublicKeyIdentifier { hint: key.hint() },
            tlog_entries: [],
        },
        dsse_envelope: envelope.wire(),
    };
    serde_json::to_vec(&bundle).expect("a bundle is strings alone")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundle<'a> {
    media_type: &'static str,
    verification_material: VerificationMaterial,
    dsse_envelope: WireOut<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VerificationMaterial {
    public_key: PublicKeyIdentifier,
    /// No transparency log: the key is trusted as such.
    tlog_entries: [(); 0],
}

#[derive(Serialize)]
struct PublicKeyIdentifier {
    hint: Sha256Digest,
}
