//! Identifiers of other formats, made from digests.

use std::fmt::Write as _;

use crate::identity::Sha256Digest;

/// A UUID of version 8 (RFC 9562, 5.8): the first 122 bits that a digest has to give, so that the
/// same thing has the same one everywhere.
pub(super) fn uuid(digest: Sha256Digest) -> String {
    let mut text = String::with_capacity(36);
    for (place, &byte) in digest.as_bytes().iter().take(16).enumerate() {
        let byte = match place {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => byte,
        };
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The UUID of a thing that has a name of several words alone.
pub(super) fn uuid_of(words: &[&str]) -> String {
    uuid(Sha256Digest::of(words.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_of_version_8_and_the_same_each_time() {
        // SHA-256 of nothing begins e3b0c442 98fc 1c14 9afb f4c8996fb924 (FIPS 180-4 examples).
        let expected = "e3b0c442-98fc-8c14-9afb-f4c8996fb924";
        assert_eq!(uuid(Sha256Digest::of(b"")), expected);
        assert_ne!(uuid_of(&["a", "b"]), uuid_of(&["ab"]));
    }
}
