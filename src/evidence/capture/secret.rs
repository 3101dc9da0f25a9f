//! Secrets in a capture: equal or not, and nothing more.

use std::fmt::Write as _;

use crate::identity::hmac_sha256;

/// The keyed hash of a secret variable, over its name and its value: equal values of two variables
/// have different hashes.
#[must_use]
pub fn secret_hash(key: &[u8], name: &str, value: &[u8]) -> String {
    let mut message = name.as_bytes().to_vec();
    // No name of a variable holds a zero byte, so that no two pairs give one message.
    message.push(0);
    message.extend_from_slice(value);
    format!("hmac-sha256:{}", hex(&hmac_sha256(key, &message)))
}

/// A name for a key: which one it is, not what.
#[must_use]
pub fn key_id(key: &[u8]) -> String {
    hex(&hmac_sha256(key, b"driftgate environment secrets key v1")[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Shortest key: with fewer than 128 bits, values could be tried out.
pub const SECRET_KEY_BYTES_MIN: usize = 16;
