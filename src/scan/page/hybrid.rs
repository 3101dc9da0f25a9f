//! The hybrid of runs and bit-packed groups that levels and dictionary codes are written in.
//!
//! Source: parquet-format, `Encodings.md`, "Run Length Encoding / Bit-Packing Hybrid".

use crate::scan::varint;

/// A stretch of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch<'a> {
    /// One number, so many times.
    Run { number: u32, count: usize },
    /// So many numbers, each of `width` bits from the lowest bit on; the bytes of the last group
    /// of eight are complete.
    Packed { bytes: &'a [u8], count: usize },
}

/// Hands over the stretches of `count` numbers of `width` bits. `None` when the bytes end early
/// or the width is beyond 32.
pub(super) fn for_each_stretch<'a>(
    mut bytes: &'a [u8],
    width: u32,
    mut count: usize,
    mut visit: impl FnMut(Stretch<'a>) -> Option<()>,
) -> Option<()> {
    (width <= 32).then_some(())?;
    while count > 0 {
        let head = usize::try_from(varint::read(&mut bytes)?).ok()?;
        if head & 1 == 1 {
            let groups = head >> 1;
            let length = groups.checked_mul(width as usize)?;
            let (packed, rest) = bytes.split_at_checked(length)?;
            let here = groups.checked_mul(8)?.min(count);
            (here > 0).then_some(())?;
            visit(Stretch::Packed { bytes: packed, count: here })?;
            bytes = rest;
            count -= here;
        } else {
            let here = (head >> 1).min(count);
            (here > 0).then_some(())?;
            let (stored, rest) = bytes.split_at_checked(width.div_ceil(8) as usize)?;
            let mut number = [0; 4];
            number.get_mut(..stored.len())?.copy_from_slice(stored);
            let number = u32::from_le_bytes(number);
            (u64::from(number) >> width == 0).then_some(())?;
            visit(Stretch::Run { number, count: here })?;
            bytes = rest;
            count -= here;
        }
    }
    Some(())
}

/// Unpacks numbers of `width` bits; hands them over some hundred at a time.
pub(in crate::scan) fn for_each_packed(
    bytes: &[u8],
    width: u32,
    count: usize,
    visit: impl FnMut(&[u32]) -> Option<()>,
) -> Option<()> {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                $($width => unpack::<$width>(bytes, count, visit),)*
                _ => None,
            }
        };
    }
    by_width!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)
}

fn unpack<const WIDTH: usize>(
    bytes: &[u8],
    count: usize,
    mut visit: impl FnMut(&[u32]) -> Option<()>,
) -> Option<()> {
    let mut numbers = [0u32; BLOCK];
    let mut left = count;
    let mut groups = bytes;
    while left > 0 {
        let wanted = left.min(BLOCK);
        for eight in numbers[..wanted.next_multiple_of(8)].chunks_exact_mut(8) {
            let (group, rest) = groups.split_at_checked(WIDTH)?;
            // Eight bytes can be read from any place that a number begins in.
            if let Some(padded) = groups.first_chunk::<PADDED>() {
                unpack_group::<WIDTH>(padded, eight);
            } else {
                let mut padded = [0; PADDED];
                padded[..WIDTH].copy_from_slice(group);
                unpack_group::<WIDTH>(&padded, eight);
            }
            groups = rest;
        }
        visit(&numbers[..wanted])?;
        left -= wanted;
    }
    Some(())
}

/// Eight numbers fill the first `WIDTH` bytes.
#[inline]
fn unpack_group<const WIDTH: usize>(padded: &[u8; PADDED], eight: &mut [u32]) {
    let mask = if WIDTH == 32 { u32::MAX } else { (1u32 << WIDTH) - 1 };
    for (index, number) in eight.iter_mut().enumerate() {
        let bit = index * WIDTH;
        let mut word = [0; 8];
        word.copy_from_slice(&padded[bit / 8..bit / 8 + 8]);
        #[expect(clippy::cast_possible_truncation, reason = "the mask keeps 32 bits or fewer")]
        let low = (u64::from_le_bytes(word) >> (bit % 8)) as u32;
        *number = low & mask;
    }
}

/// The longest group and eight bytes more.
const PADDED: usize = 40;
/// Numbers unpacked at a time: few, since stretches are often short and room for all is cleared for
/// each.
const BLOCK: usize = 128;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8], width: u32, count: usize) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        for_each_stretch(bytes, width, count, |stretch| match stretch {
            Stretch::Run { number, count } => {
                numbers.extend(std::iter::repeat_n(number, count));
                Some(())
            }
            Stretch::Packed { bytes, count } => for_each_packed(bytes, width, count, |some| {
                numbers.extend_from_slice(some);
                Some(())
            }),
        })?;
        Some(numbers)
    }

    /// Bit by bit, as the format says: lowest bit of the lowest byte first.
    fn pack(numbers: &[u32], width: u32) -> Vec<u8> {
        let groups = numbers.len().div_ceil(8);
        let mut bytes = vec![u8::try_from(groups << 1 | 1).unwrap()];
        let mut packed = vec![0u8; groups * width as usize];
        for (index, &number) in numbers.iter().enumerate() {
            for bit in 0..width as usize {
                let at = index * width as usize + bit;
                packed[at / 8] |= u8::from(number >> bit & 1 == 1) << (at % 8);
            }
        }
        bytes.extend(packed);
        bytes
    }

    #[test]
    fn the_example_of_the_format_is_read() {
        // Encodings.md: 0 to 7 in three bits are 88 C6 FA.
        let expected = Some(vec![0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(decode(&[0x03, 0x88, 0xc6, 0xfa], 3, 8), expected);
    }

    #[test]
    fn runs_and_groups_alternate() {
        let mut bytes = vec![0x0a, 0x04];
        bytes.extend(pack(&[1, 2, 3, 4, 5, 6, 7, 0], 3));
        assert_eq!(decode(&bytes, 3, 10), Some(vec![4, 4, 4, 4, 4, 1, 2, 3, 4, 5]));
    }

    #[test]
    fn what_ends_early_or_does_not_fit_its_width_is_nothing() {
        assert_eq!(decode(&[0x03, 0x88], 3, 8), None);
        assert_eq!(decode(&[0x02], 3, 1), None);
        assert_eq!(decode(&[], 1, 1), None);
        assert_eq!(decode(&[0x00, 0x00], 1, 1), None);
        assert_eq!(decode(&[0x02, 0x09], 3, 1), None);
        assert_eq!(decode(&[0xff, 0xff, 0xff, 0xff, 0x0f], 32, 8), None);
        assert_eq!(decode(&[0x02, 0, 0, 0, 0, 0], 33, 1), None);
    }

    proptest! {
        #[test]
        fn numbers_of_every_width_come_back(
            width in 0u32..=32, numbers in prop::collection::vec(any::<u32>(), 1..100),
        ) {
            let mask = u32::MAX.checked_shr(32 - width).unwrap_or(0);
            let numbers: Vec<u32> = numbers.into_iter().map(|number| number & mask).collect();
            let packed = pack(&numbers, width);
            prop_assert_eq!(decode(&packed, width, numbers.len()), Some(numbers));
        }
    }
}
