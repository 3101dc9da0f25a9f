//! Pages whose values are written as differences: how many there are, and how long texts become,
//! stands inside the page, where no header tells it.
//!
//! Decoders take memory by those counts before they read a value. So the lengths are walked here
//! first, once per page, holding none of them.
//!
//! Format: parquet-format, `Encodings.md`: `DELTA_BINARY_PACKED` (5), `DELTA_LENGTH_BYTE_ARRAY` (6)
//! and `DELTA_BYTE_ARRAY` (7).

use parquet::basic::Encoding;

use crate::scan::varint;

/// The most that a page may ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Values, as its header says.
    pub(super) values: u64,
    /// Bytes of all texts together, and of their lengths.
    pub(super) bytes: u64,
}

/// Holds the values of a decompressed page to `room`. Other encodings pass, and so does a page
/// without a byte: it has no values, or the decoder will say so.
///
/// # Errors
/// What is wrong, in words that follow “the page at …”.
pub(super) fn check_values(values: &[u8], encoding: Encoding, room: Room) -> Result<(), String> {
    if values.is_empty() {
        return Ok(());
    }
    match encoding {
        Encoding::DELTA_BINARY_PACKED => Differences::open(values, room).map(drop),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => check_lengths(values, room),
        Encoding::DELTA_BYTE_ARRAY => check_prefixes(values, room),
        _ => Ok(()),
    }
}

/// Lengths, then all texts one after another.
fn check_lengths(values: &[u8], room: Room) -> Result<(), String> {
    let mut lengths = Differences::open(values, room)?.of_lengths(room)?;
    let mut total = 0u64;
    while let Some(length) = lengths.next()? {
        total = total.saturating_add(length);
    }
    fits(total, lengths.rest()?)
}

/// How many bytes each text shares with the one before it, the lengths of what is left, and that.
fn check_prefixes(values: &[u8], room: Room) -> Result<(), String> {
    let mut prefixes = Differences::open(values, room)?.of_lengths(room)?;
    let mut behind = Differences::open(values, room)?.of_lengths(room)?;
    while behind.next()?.is_some() {}
    let mut suffixes = Differences::open(behind.rest()?, room)?.of_lengths(room)?;
    let (mut before, mut texts, mut stored) = (0u64, 0u64, 0u64);
    loop {
        let (prefix, suffix) = match (prefixes.next()?, suffixes.next()?) {
            (Some(prefix), Some(suffix)) => (prefix, suffix),
            (None, None) => break,
            _ => return Err("has more prefixes than texts, or fewer".to_owned()),
        };
        if prefix > before {
            return Err(format!("shares {prefix} bytes with a text of {before}"));
        }
        before = prefix.saturating_add(suffix);
        texts = texts.saturating_add(before);
        stored = stored.saturating_add(suffix);
        if texts > room.bytes {
            return Err(format!("unfolds to more than {} bytes", room.bytes));
        }
    }
    fits(stored, suffixes.rest()?)
}

fn fits(total: u64, rest: &[u8]) -> Result<(), String> {
    if total > rest.len() as u64 {
        return Err(format!("claims texts of {total} bytes and has {}", rest.len()));
    }
    Ok(())
}

/// Numbers written as a first one and differences, in blocks of small blocks of one width each.
struct Differences<'a> {
    bytes: &'a [u8],
    /// Numbers not read yet.
    left: u64,
    first: Option<i64>,
    last: i64,
    /// Numbers of a small block: a multiple of 32.
    small_numbers: u64,
    small_blocks: usize,
    least: i64,
    /// Widths of the small blocks of this block that are not begun.
    widths: &'a [u8],
    small: Small<'a>,
}

/// What is left of a small block.
#[derive(Default)]
struct Small<'a> {
    bytes: &'a [u8],
    width: u32,
    next: u64,
    left: u64,
}

impl<'a> Differences<'a> {
    fn open(mut bytes: &'a [u8], room: Room) -> Result<Self, String> {
        let mut number = || varint::read(&mut bytes).ok_or_else(ends_early);
        let (block, small_blocks, left) = (number()?, number()?, number()?);
        let first = varint::signed(number()?);
        let small_numbers = block.checked_div(small_blocks).unwrap_or(0);
        let whole = small_numbers.checked_mul(small_blocks) == Some(block);
        if !whole || block == 0 || !block.is_multiple_of(128) || !small_numbers.is_multiple_of(32) {
            return Err(format!("has blocks of {block} numbers in {small_blocks} parts"));
        }
        if left > room.values {
            return Err(format!("holds {left} numbers where it claims {} values", room.values));
        }
        Ok(Self {
            bytes,
            left,
            first: Some(first),
            last: 0,
            small_numbers,
            small_blocks: usize::try_from(small_blocks).map_err(|_| ends_early())?,
            least: 0,
            widths: &[],
            small: Small::default(),
        })
    }

    /// The numbers as lengths of texts, for all of which at once a decoder takes memory.
    fn of_lengths(self, room: Room) -> Result<Lengths<'a>, String> {
        if self.left.saturating_mul(LENGTH_BYTES) > room.bytes {
            return Err(format!("holds {} lengths; {} bytes are allowed", self.left, room.bytes));
        }
        Ok(Lengths(self))
    }

    fn next(&mut self) -> Result<Option<i64>, String> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.last = if let Some(first) = self.first.take() {
            first
        } else {
            if self.small.left == 0 {
                self.open_small_block().ok_or_else(ends_early)?;
            }
            let difference = self.small.next().ok_or_else(ends_early)?;
            self.last.wrapping_add(self.least).wrapping_add(difference)
        };
        self.left = left;
        Ok(Some(self.last))
    }

    fn open_small_block(&mut self) -> Option<()> {
        if self.widths.is_empty() {
            self.least = varint::signed(varint::read(&mut self.bytes)?);
            (self.widths, self.bytes) = self.bytes.split_at_checked(self.small_blocks)?;
        }
        let (&width, widths) = self.widths.split_first()?;
        self.widths = widths;
        let width = u32::from(width);
        // Lengths are 32-bit numbers: none of them differs by more.
        if width > u32::BITS {
            return None;
        }
        let bytes = self.small_numbers.checked_mul(u64::from(width))?.checked_div(8)?;
        let (packed, rest) = self.bytes.split_at_checked(usize::try_from(bytes).ok()?)?;
        self.bytes = rest;
        self.small = Small { bytes: packed, width, next: 0, left: self.small_numbers };
        Some(())
    }
}

impl Small<'_> {
    /// The next number of `width` bits, the lowest bit first.
    fn next(&mut self) -> Option<i64> {
        let bit = self.next.checked_mul(u64::from(self.width))?;
        let at = usize::try_from(bit >> 3).ok()?;
        let mut word = [0; 8];
        for (byte, &stored) in word.iter_mut().zip(self.bytes.get(at..)?) {
            *byte = stored;
        }
        let mask = (1u64 << self.width).wrapping_sub(1);
        let number = u64::from_le_bytes(word) >> (bit & 7) & mask;
        self.next = self.next.checked_add(1)?;
        self.left = self.left.checked_sub(1)?;
        Some(number.cast_signed())
    }
}

/// Lengths of texts, none below zero nor beyond 31 bits.
struct Lengths<'a>(Differences<'a>);

impl<'a> Lengths<'a> {
    fn next(&mut self) -> Result<Option<u64>, String> {
        let Some(number) = self.0.next()? else { return Ok(None) };
        // Differences may wrap around in 32 bits.
        let length = number.cast_unsigned() & u64::from(u32::MAX);
        if length > i32::MAX.unsigned_abs().into() {
            return Err("has a text of negative length".to_owned());
        }
        Ok(Some(length))
    }

    /// What follows, once all were read: small blocks that are not needed take no bytes.
    fn rest(&self) -> Result<&'a [u8], String> {
        if self.0.left == 0 { Ok(self.0.bytes) } else { Err(ends_early()) }
    }
}

fn ends_early() -> String {
    "ends within the lengths of its texts".to_owned()
}

/// Decoders hold two 32-bit numbers a text.
const LENGTH_BYTES: u64 = 8;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "crafted pages are long enough")]
mod tests {
    use super::*;

    const ROOM: Room = Room { values: 1_000, bytes: 1 << 20 };

    /// Header of a stream of numbers in one block of 128 in 4 small ones, all differences zero.
    fn constant(count: u8, first: u8) -> Vec<u8> {
        // 128 takes two bytes; the first number is doubled for its sign.
        let mut bytes = vec![0x80, 0x01, 4, count, first << 1];
        if count > 1 {
            bytes.extend([0; 5]);
        }
        bytes
    }

    fn problem(values: &[u8], encoding: Encoding) -> String {
        check_values(values, encoding, ROOM).unwrap_err()
    }

    #[test]
    fn more_numbers_than_the_page_has_values_are_refused_before_memory_is_taken() {
        let many = [0x80, 0x01, 4, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
        for encoding in [
            Encoding::DELTA_BINARY_PACKED,
            Encoding::DELTA_LENGTH_BYTE_ARRAY,
            Encoding::DELTA_BYTE_ARRAY,
        ] {
            let told = problem(&many, encoding);
            assert_eq!(told, "holds 4294967295 numbers where it claims 1000 values");
        }
        let mut second = constant(1, 0);
        second.extend(many);
        let told = problem(&second, Encoding::DELTA_BYTE_ARRAY);
        assert!(told.contains("4294967295 numbers"), "{told}");
    }

    #[test]
    fn texts_that_unfold_beyond_the_limit_are_refused() {
        // A text of 100 bytes, and 9 that repeat it.
        let mut page = vec![0x80, 0x01, 4, 10, 0];
        // Prefixes: 0, then 100 (a difference of 100), then no change: 8 bits for the first small
        // block's 32 numbers.
        page.extend([0, 8, 0, 0, 0, 100]);
        page.extend([0; 31]);
        // Suffixes: 100, then 0: the least difference is -100, to which 0 and then 100 are added.
        page.extend([0x80, 0x01, 4, 10, 200, 1]);
        page.extend([199, 1, 8, 0, 0, 0, 0]);
        page.extend([100; 31]);
        page.extend([b'x'; 100]);
        assert_eq!(check_values(&page, Encoding::DELTA_BYTE_ARRAY, ROOM), Ok(()));
        let small = Room { bytes: 999, ..ROOM };
        let told = check_values(&page, Encoding::DELTA_BYTE_ARRAY, small).unwrap_err();
        assert_eq!(told, "unfolds to more than 999 bytes");
        let told = problem(&page[..page.len() - 1], Encoding::DELTA_BYTE_ARRAY);
        assert_eq!(told, "claims texts of 100 bytes and has 99");
    }

    #[test]
    fn a_text_cannot_share_more_than_the_one_before_it_has() {
        let mut page = constant(2, 1);
        page.extend(constant(2, 0));
        let told = problem(&page, Encoding::DELTA_BYTE_ARRAY);
        assert_eq!(told, "shares 1 bytes with a text of 0");
    }

    #[test]
    fn prefixes_without_their_texts_are_refused() {
        let mut page = constant(2, 0);
        page.extend(constant(1, 0));
        let told = problem(&page, Encoding::DELTA_BYTE_ARRAY);
        assert_eq!(told, "has more prefixes than texts, or fewer");
    }

    #[test]
    fn negative_lengths_blocks_of_odd_sizes_and_cut_streams_are_refused() {
        let negative = [0x80, 0x01, 4, 1, 1];
        let told = problem(&negative, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(told, "has a text of negative length");
        for (block, parts) in [(0, 4), (100, 4), (128, 0), (128, 3), (128, 8)] {
            let mut bytes = vec![0x80 | (block & 0x7f), block >> 7, parts, 1, 0];
            bytes.extend([0; 8]);
            let told = problem(&bytes, Encoding::DELTA_BINARY_PACKED);
            assert_eq!(told, format!("has blocks of {block} numbers in {parts} parts"));
        }
        let whole = constant(2, 3);
        for length in 1..whole.len() {
            let told = problem(&whole[..length], Encoding::DELTA_LENGTH_BYTE_ARRAY);
            assert_eq!(told, "ends within the lengths of its texts", "{length} bytes");
        }
    }
}
