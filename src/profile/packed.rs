//! Numbers in blocks, each as many bits wide as the largest of its block needs.
//!
//! A block is one byte that says the width (0 to 64), then the numbers lowest bit first, then
//! zero bits to the end of the last byte. Gaps between sorted values and counts of values are
//! small most of the time; a block of equal counts 1 takes one byte. There is one spelling of
//! each block, and no number in it costs more than 8 bytes.
//!
//! As frame-of-reference coding (Goldstein, Ramakrishnan, Shaft, *Compressing relations and
//! indexes*, 1998), with the frame at zero.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::cursor::{Cursor, CursorFault};

/// Most numbers of one block.
pub(super) const BLOCK_NUMBERS: usize = 128;

/// Writes one block of at most [`BLOCK_NUMBERS`] numbers.
pub(super) fn write(numbers: &[u64], into: &mut Vec<u8>) {
    let width = width_of(numbers);
    into.push(width);
    let (mut pending, mut bits) = (0u128, 0u32);
    for &number in numbers {
        pending |= u128::from(number) << bits;
        bits = bits.saturating_add(u32::from(width));
        while bits >= 8 {
            into.push(pending.to_le_bytes()[0]);
            pending >>= 8;
            bits = bits.saturating_sub(8);
        }
    }
    if bits > 0 {
        into.push(pending.to_le_bytes()[0]);
    }
}

/// Reads one block into `numbers`, whose length is the block's.
pub(super) fn read(cursor: &mut Cursor<'_>, numbers: &mut [u64]) -> Result<(), PackedFault> {
    let width = cursor.byte()?;
    if width > 64 {
        return Err(PackedFault::Width { found: width });
    }
    let mut bytes =
        cursor.take(numbers.len().saturating_mul(usize::from(width)).div_ceil(8))?.iter();
    let mask = !(u128::MAX << width);
    let (mut pending, mut bits) = (0u128, 0u32);
    for number in &mut *numbers {
        while bits < u32::from(width) {
            pending |= u128::from(*bytes.next().ok_or(CursorFault::Truncated)?) << bits;
            bits = bits.saturating_add(8);
        }
        *number = u64::try_from(pending & mask).unwrap_or(u64::MAX);
        pending >>= width;
        bits = bits.saturating_sub(u32::from(width));
    }
    if pending != 0 {
        return Err(PackedFault::Padding);
    }
    match width_of(numbers) {
        needed if needed == width => Ok(()),
        needed => Err(PackedFault::Wide { width, needed }),
    }
}

/// Bits of the largest number.
fn width_of(numbers: &[u64]) -> u8 {
    let all = numbers.iter().fold(0, |all, number| all | number);
    u64::BITS.saturating_sub(all.leading_zeros()).to_le_bytes()[0]
}

/// Why bytes are no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackedFault {
    /// The bytes end too early.
    #[error(transparent)]
    Cursor(#[from] CursorFault),
    /// A width beyond 64 bits.
    #[error("numbers `{found}` bits wide; 64 is the most")]
    Width {
        /// The width.
        found: u8,
    },
    /// Wider than the largest number needs.
    #[error("numbers `{width}` bits wide where `{needed}` are enough")]
    Wide {
        /// The width.
        width: u8,
        /// What would do.
        needed: u8,
    },
    /// Bits behind the last number are set.
    #[error("bits behind the last number are not zero")]
    Padding,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(numbers: &[u64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(numbers, &mut bytes);
        bytes
    }

    fn unpacked(bytes: &[u8], length: usize) -> Result<Vec<u64>, PackedFault> {
        let mut numbers = vec![0; length];
        read(&mut Cursor::at(0, bytes), &mut numbers).map(|()| numbers)
    }

    #[test]
    fn a_block_is_as_wide_as_its_largest_number() {
        assert_eq!(packed(&[0; 128]), [0]);
        // 5 = 101, 1 = 001, 7 = 111, lowest bits first: 11 001 101 | 0 1
        assert_eq!(packed(&[5, 1, 7]), [3, 0b1100_1101, 0b1]);
        assert_eq!(packed(&[u64::MAX; 128]).len(), 1 + 128 * 8);
    }

    #[test]
    fn a_second_spelling_is_refused() {
        assert_eq!(unpacked(&[3, 0b1100_1101, 0b1], 3), Ok(vec![5, 1, 7]));
        let padding = unpacked(&[3, 0b1100_1101, 0b11], 3);
        assert_eq!(padding, Err(PackedFault::Padding));
        let wide = unpacked(&[2, 0b01], 1);
        assert_eq!(wide, Err(PackedFault::Wide { width: 2, needed: 1 }));
        assert_eq!(unpacked(&[65], 1), Err(PackedFault::Width { found: 65 }));
        let truncated = Err(PackedFault::Cursor(CursorFault::Truncated));
        assert_eq!(unpacked(&[3, 0b1100_1101], 3), truncated);
    }

    proptest! {
        #[test]
        fn a_block_is_read_back_from_its_bytes(
            numbers in prop::collection::vec(any::<u64>(), 1..=BLOCK_NUMBERS), shift in 0u32..64,
        ) {
            let numbers: Vec<u64> = numbers.into_iter().map(|number| number >> shift).collect();
            prop_assert_eq!(unpacked(&packed(&numbers), numbers.len()), Ok(numbers));
        }
    }
}
