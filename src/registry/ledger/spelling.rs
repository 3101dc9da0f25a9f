//! One spelling of an envelope, so that nobody without a key can give an event another digest.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::fault::EventFault;
use crate::identity::strict_json;
use crate::registry::event::EVENT_BYTES_MAX;
use crate::signing::KeyId;

/// Whether an envelope is written as we write it, with one signature by each of the signers under
/// its name and no other.
///
/// What is left open is the twin of an ECDSA signature (r, −s), which anybody can compute: an event
/// exchanged for its twin says the same, and shows as a fork to whoever has seen the other.
///
/// # Errors
/// [`EventFault::Envelope`]
pub(super) fn confirm_spelling(bytes: &[u8], signers: &BTreeSet<KeyId>) -> Result<(), EventFault> {
    let read: Option<Envelope> = strict_json::read(bytes, EVENT_BYTES_MAX).ok();
    let same = |envelope: &Envelope| {
        let named: BTreeSet<&str> =
            envelope.signatures.iter().map(|one| one.keyid.as_str()).collect();
        let mut texts = envelope.signatures.iter().map(|one| &one.sig).chain([&envelope.payload]);
        envelope.signatures.len() == signers.len()
            && signers.iter().all(|signer| named.contains(signer.to_string().as_str()))
            && texts.all(|text| STANDARD.decode(text).is_ok())
            && serde_json::to_vec(envelope).is_ok_and(|ours| ours == bytes)
    };
    if read.as_ref().is_some_and(same) { Ok(()) } else { Err(EventFault::Envelope) }
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
