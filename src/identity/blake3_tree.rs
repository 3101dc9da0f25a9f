//! The BLAKE3 digest of a file whose bytes come in any order, from many threads.

use std::ops::Range;
use std::sync::OnceLock;

use blake3::hazmat::{
    ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root,
};

use super::digest::{Digest, DigestAlgorithm};

/// BLAKE3 is a tree over the input: what lies below one node is hashed without the rest. So a file
/// can be hashed while it is decoded, column by column, from the bytes that are in memory anyway.
///
/// Parts of [`PART_BYTES`] are whole subtrees. Each is hashed once, by whoever first brings all its
/// bytes at once; what nobody brought is told by [`Blake3Tree::missing`].
///
/// Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, *BLAKE3* (2020), section 2.1.
#[derive(Debug)]
pub struct Blake3Tree {
    length: u64,
    parts: Box<[OnceLock<ChainingValue>]>,
}

impl Blake3Tree {
    /// A tree over `length` bytes, none of them known; `None` for inputs of one part, which are
    /// hashed at once, and for ones beyond the address space.
    #[must_use]
    pub fn new(length: u64) -> Option<Self> {
        let parts = usize::try_from(length.div_ceil(PART_BYTES)).ok()?;
        (parts > 1).then(|| Self { length, parts: (0..parts).map(|_| OnceLock::new()).collect() })
    }

    /// Hashes the parts that lie whole within `bytes`, which stand at `offset` of the input; those
    /// known already are left alone.
    pub fn take(&self, offset: u64, bytes: &[u8]) {
        let end = offset.saturating_add(bytes.len() as u64);
        for index in offset.div_ceil(PART_BYTES)..end.div_ceil(PART_BYTES) {
            let part = self.part(index);
            let known = usize::try_from(index).ok().and_then(|index| self.parts.get(index));
            let (Some(known), true) = (known, part.end <= end) else {
                return;
            };
            let within = |at: u64| usize::try_from(at - offset).ok();
            let Some(bytes) = within(part.start)
                .zip(within(part.end))
                .and_then(|(start, end)| bytes.get(start..end))
            else {
                return;
            };
            known.get_or_init(|| {
                let mut hasher = blake3::Hasher::new();
                hasher.set_input_offset(part.start).update(bytes);
                hasher.finalize_non_root()
            });
        }
    }

    /// Where bytes are that nobody brought yet, in order, each range within `bytes_max` but at
    /// least one part.
    #[must_use]
    pub fn missing(&self, bytes_max: u64) -> Vec<Range<u64>> {
        let mut missing: Vec<Range<u64>> = Vec::new();
        for (index, _) in self.parts.iter().enumerate().filter(|(_, part)| part.get().is_none()) {
            let part = self.part(index as u64);
            match missing.last_mut() {
                Some(last) if last.end == part.start && part.end - last.start <= bytes_max => {
                    last.end = part.end;
                }
                _ => missing.push(part),
            }
        }
        missing
    }

    /// The digest; `None` while bytes are missing.
    #[must_use]
    pub fn finish(&self) -> Option<Digest> {
        let left = left_subtree_len(self.length);
        let root =
            merge_subtrees_root(&self.node(0..left)?, &self.node(left..self.length)?, Mode::Hash);
        Some(Digest::new(DigestAlgorithm::Blake3, root.into()))
    }

    /// The value of a subtree; as deep as the tree, at most 48 levels.
    fn node(&self, bytes: Range<u64>) -> Option<ChainingValue> {
        let length = bytes.end - bytes.start;
        if length <= PART_BYTES {
            let index = usize::try_from(bytes.start / PART_BYTES).ok()?;
            return self.parts.get(index)?.get().copied();
        }
        let middle = bytes.start + left_subtree_len(length);
        let (left, right) = (self.node(bytes.start..middle)?, self.node(middle..bytes.end)?);
        Some(merge_subtrees_non_root(&left, &right, Mode::Hash))
    }

    fn part(&self, index: u64) -> Range<u64> {
        let start = index * PART_BYTES;
        start..(start + PART_BYTES).min(self.length)
    }
}

/// Bytes of one part: a power of two of chunks, enough for the widest vectors, and small beside
/// what is read at a time.
pub const PART_BYTES: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::cast_possible_truncation, reason = "a part is 64 KiB")]
    const PART: usize = PART_BYTES as usize;

    fn bytes(length: usize) -> Vec<u8> {
        (0..=u8::MAX).cycle().step_by(31).take(length).collect()
    }

    #[test]
    fn inputs_of_one_part_have_no_tree() {
        assert!(Blake3Tree::new(0).is_none());
        assert!(Blake3Tree::new(PART_BYTES).is_none());
        assert!(Blake3Tree::new(PART_BYTES + 1).is_some());
    }

    #[test]
    fn a_tree_with_missing_parts_has_no_digest_and_says_where() {
        let input = bytes(5 * PART + 7);
        let tree = Blake3Tree::new(input.len() as u64).unwrap();
        tree.take(PART_BYTES, &input[PART..3 * PART - 1]);
        let (after, end) = (2 * PART_BYTES, input.len() as u64);
        let missing = tree.missing(2 * PART_BYTES);
        assert_eq!(missing.len(), 3);
        assert_eq!(missing[0], 0..PART_BYTES);
        assert_eq!(missing[1], after..2 * after);
        assert_eq!(missing[2], 2 * after..end);
        assert_eq!(tree.finish(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_order_of_any_pieces_gives_the_digest_of_the_whole(
            length in PART + 1..20 * PART,
            mut cuts in prop::collection::vec(0..20 * PART, 0..12),
            rotate in 0usize..12,
        ) {
            let input = bytes(length);
            let tree = Blake3Tree::new(length as u64).unwrap();
            cuts.retain(|&cut| cut < length);
            cuts.extend([0, length]);
            cuts.sort_unstable();
            let mut pieces: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
            let middle = rotate % pieces.len();
            pieces.rotate_left(middle);
            for piece in pieces {
                tree.take(piece.start as u64, &input[piece]);
            }
            for range in tree.missing(3 * PART_BYTES) {
                let start = usize::try_from(range.start).unwrap();
                let end = usize::try_from(range.end).unwrap();
                tree.take(range.start, &input[start..end]);
            }
            prop_assert_eq!(tree.missing(1), []);
            let whole = Digest::of(DigestAlgorithm::Blake3, &input);
            prop_assert_eq!(tree.finish(), Some(whole));
        }
    }
}
