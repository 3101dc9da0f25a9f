//! One spelling of an envelope, so that nobody without a key can give an event another digest.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde::{Deserialize, Serialize};

use super::fault::EventFault;
use crate::identity::strict_json;
use crate::registry::event::EVENT_BYTES_MAX;

/// Whether an envelope is written as we write it, with `signers` signatures and no other.
///
/// # Errors
/// [`EventFault::Envelope`]
pub(super) fn confirm_spelling(bytes: &[u8], signers: usize) -> Result<(), EventFault> {
    let read: Option<Envelope> = strict_json::read(bytes, EVENT_BYTES_MAX).ok();
    let same = |envelope: &Envelope| {
        envelope.signatures.len() == signers
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
