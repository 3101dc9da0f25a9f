//! Unsigned numbers in as few bytes as they need: LEB128, seven bits a byte, lowest first.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

/// Writes a number.
pub(super) fn write(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    into.push(low_byte(number));
}

/// Reads a number from the start of `bytes`; gives it and how many bytes it took. `None` where
/// the bytes end too early, hold more than 64 bits, or are not the shortest spelling.
pub(super) fn read(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0u64;
    for ((&byte, shift), length) in bytes.iter().zip((0..64).step_by(7)).zip(1..) {
        let bits = u64::from(byte & 0x7f);
        let shifted = bits << shift;
        if shifted >> shift != bits {
            return None;
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            let shortest = byte != 0 || length == 1;
            return shortest.then_some((number, length));
        }
    }
    None
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_from_its_bytes() {
        // DWARF 5, section 7.6, figure "Examples of unsigned LEB128 encodings".
        let published: [(u64, &[u8]); 6] = [
            (2, &[2]),
            (127, &[127]),
            (128, &[0x80, 1]),
            (129, &[0x81, 1]),
            (130, &[0x82, 1]),
            (12857, &[0x39 + 0x80, 100]),
        ];
        for (number, expected) in published {
            let mut bytes = Vec::new();
            write(number, &mut bytes);
            assert_eq!(bytes, expected);
        }
        for number in (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, u64::MAX - (1 << bit)]) {
            let mut bytes = Vec::new();
            write(number, &mut bytes);
            assert_eq!(read(&bytes), Some((number, bytes.len())));
            assert_eq!(read(&bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn no_number_has_a_second_spelling_or_more_than_64_bits() {
        assert_eq!(read(&[0]), Some((0, 1)));
        for bytes in [&[0x80, 0][..], &[0xff, 0x80, 0], &[], &[0x80]] {
            assert_eq!(read(bytes), None, "{bytes:x?}");
        }
        let widest = [&[0xff; 9][..], &[1]].concat();
        assert_eq!(read(&widest), Some((u64::MAX, 10)));
        let wider = [&[0xff; 9][..], &[2]].concat();
        assert_eq!(read(&wider), None);
        assert_eq!(read(&[0xff; 20]), None);
    }
}
