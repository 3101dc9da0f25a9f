//! Unsigned integers of variable length: seven bits a byte, the lowest first, as Thrift's compact
//! protocol and Parquet's encodings write them.

/// Takes a number off the front of `bytes`; `None` where it is cut off or needs more than 64 bits.
#[inline]
pub(super) fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if bits > u64::MAX >> shift {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A signed number of which the lowest bit is the sign: 0, -1, 1, -2 …
#[inline]
pub(super) fn signed(folded: u64) -> i64 {
    (folded >> 1).cast_signed() ^ -((folded & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_seven_bits_a_byte_and_at_most_64_in_all() {
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        for (mut bytes, value) in
            [(&[0x05][..], 5), (&[0xac, 0x02][..], 300), (&largest[..], u64::MAX)]
        {
            assert_eq!(read(&mut bytes), Some(value));
            assert!(bytes.is_empty());
        }
        let mut too_large = largest;
        too_large[9] = 0x02;
        let endless = [0x80; 11];
        for mut bytes in [&too_large[..], &endless[..], &[0x80][..], &[][..]] {
            assert_eq!(read(&mut bytes), None);
        }
    }

    #[test]
    fn signs_stand_in_the_lowest_bit() {
        let folded = [0, 1, 2, 3, u64::MAX - 1, u64::MAX];
        assert_eq!(folded.map(signed), [0, -1, 1, -2, i64::MAX, i64::MIN]);
    }
}
