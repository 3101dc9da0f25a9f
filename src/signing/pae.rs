//! The bytes that a DSSE signature covers.

/// The pre-authentication encoding of a payload:
/// `DSSEv1 <len(type)> <type> <len(payload)> <payload>`, lengths in bytes as ASCII decimals,
/// single spaces between.
///
/// It binds the payload's type and length, so a signature cannot be carried over to the same
/// bytes read as something else. Lengths are of the UTF-8 bytes, as the specification's text
/// says; the Python reference implementation counts characters, which differs for types outside
/// ASCII.
///
/// Source: DSSE v1.0.2, `protocol.md`
/// (<https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md>).
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of DSSE v1.0.2, `protocol.md`.
    #[test]
    fn the_example_of_the_specification_is_encoded_byte_for_byte() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn lengths_count_bytes_and_empty_parts_keep_their_spaces() {
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
        assert_eq!(pae("é", b" \0"), "DSSEv1 2 é 2  \0".as_bytes());
    }

    #[test]
    fn moving_bytes_between_type_and_payload_changes_the_encoding() {
        assert_ne!(pae("a 1 b", b"c"), pae("a", b"b 1 c"));
        assert_ne!(pae("ab", b"c"), pae("a", b"bc"));
    }
}
