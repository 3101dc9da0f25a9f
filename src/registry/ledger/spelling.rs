//! One spelling of an envelope, so that nobody without a key can give an event another digest.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::fault::EventFault;
use crate::identity::strict_json;
use crate::registry::event::EVENT_BYTES_MAX;
use crate::signing::pae::pae;
use crate::signing::sign::PAYLOAD_TYPE;
use crate::signing::{TrustedKeys, VerifiedPayload};

/// Whether an envelope is written as we write it, with one signature by each of the signers under
/// its name, in the order of their names, and no other.
///
/// Each signature is in the form in which it is written: of an ECDSA signature (r, s) anybody can
/// make the twin (r, n − s), and an event exchanged for its twin would say the same and show as a
/// fork to whoever has seen the other.
///
/// # Errors
/// [`EventFault::Envelope`], [`EventFault::Twin`]
pub(super) fn confirm_spelling(
    bytes: &[u8],
    payload: &VerifiedPayload,
    trusted: &TrustedKeys,
) -> Result<(), EventFault> {
    let read: Option<Envelope> = strict_json::read(bytes, EVENT_BYTES_MAX).ok();
    let Some(envelope) = read.filter(|envelope| is_written_so(envelope, bytes, payload)) else {
        return Err(EventFault::Envelope);
    };
    let alone = envelope.signatures.len() == 1;
    for (&id, one) in payload.signers().iter().zip(&envelope.signatures) {
        let signature = STANDARD.decode(&one.sig).map_err(|_| EventFault::Envelope)?;
        let key = trusted.key(&id).ok_or(EventFault::Envelope)?;
        if !key.is_as_written(&signature) {
            return Err(EventFault::Twin { key: id });
        }
        // One that stands alone is its signer's: it was verified.
        if !alone && !key.verify(&pae(PAYLOAD_TYPE, payload.bytes()), &signature) {
            return Err(EventFault::Envelope);
        }
    }
    Ok(())
}

fn is_written_so(envelope: &Envelope, bytes: &[u8], payload: &VerifiedPayload) -> bool {
    let names = envelope.signatures.iter().map(|one| one.keyid.as_str());
    let signers: Vec<String> = payload.signers().iter().map(ToString::to_string).collect();
    names.eq(signers.iter().map(String::as_str))
        && STANDARD.decode(&envelope.payload).is_ok()
        && serde_json::to_vec(envelope).is_ok_and(|ours| ours == bytes)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}
