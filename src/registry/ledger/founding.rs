//! Which keyring to try on the founding event.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::identity::{Sha256Digest, strict_json};
use crate::registry::event::EVENT_BYTES_MAX;

/// The keyring that an unverified founding event names.
///
/// A hint, as a `keyid` is: it says what to verify the event with, and the event then has to name
/// that keyring in what is verified.
pub(super) fn keyring_hint(envelope: &[u8]) -> Option<Sha256Digest> {
    let envelope: Envelope = strict_json::read(envelope, EVENT_BYTES_MAX).ok()?;
    let payload = STANDARD.decode(envelope.payload).ok()?;
    let statement: Statement = strict_json::read(&payload, EVENT_BYTES_MAX).ok()?;
    Some(statement.predicate.body.keyring)
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

#[derive(Deserialize)]
struct Statement {
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Predicate {
    body: Body,
}

#[derive(Deserialize)]
struct Body {
    keyring: Sha256Digest,
}
