//! Keys with their counts as bytes: gaps and counts in packed blocks.
//!
//! `number of pairs` (varint), then, if there are any, the smallest key (8 bytes), then blocks
//! of up to 128 pairs: the gaps between each key and the smallest one possible there, packed,
//! then the counts less one, packed. The order of keys and counts of at least 1 thus need no
//! check: bytes cannot say anything else.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::budget::Budget;
use super::cursor::Cursor;
use super::error::SectionFault;
use super::packed::{self, BLOCK_NUMBERS};
use super::varint;
use crate::stats::joint::KeyCount;

/// Writes sorted pairs.
pub(super) fn write(pairs: &[KeyCount], into: &mut Vec<u8>) {
    varint::write(pairs.len() as u64, into);
    let Some(&(low, _)) = pairs.first() else {
        return;
    };
    into.extend_from_slice(&low.to_le_bytes());
    let mut floor = low;
    for block in pairs.chunks(BLOCK_NUMBERS) {
        let (mut gaps, mut extras) = ([0; BLOCK_NUMBERS], [0; BLOCK_NUMBERS]);
        for ((gap, extra), &(key, count)) in gaps.iter_mut().zip(&mut extras).zip(block) {
            debug_assert!(key >= floor && count > 0, "pairs are sorted and counted");
            *gap = key.saturating_sub(floor);
            *extra = count.saturating_sub(1);
            floor = key.saturating_add(1);
        }
        for numbers in [&gaps, &extras] {
            packed::write(numbers.get(..block.len()).unwrap_or_default(), into);
        }
    }
}

/// Reads sorted pairs.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    budget: &mut Budget,
) -> Result<Vec<KeyCount>, SectionFault> {
    let claimed = cursor.varint()?;
    if claimed == 0 {
        return Ok(Vec::new());
    }
    let low = cursor.fixed()?;
    let left = cursor.left();
    let length = usize::try_from(claimed)
        .ok()
        .filter(|&length| length.div_ceil(BLOCK_NUMBERS) <= left / BLOCK_BYTES_MIN)
        .ok_or(SectionFault::Claim { claimed, left })?;
    budget.take(claimed.saturating_mul(PAIR_BYTES))?;
    let mut pairs = Vec::with_capacity(length);
    let mut floor = Some(low);
    let (mut gaps, mut extras) = ([0; BLOCK_NUMBERS], [0; BLOCK_NUMBERS]);
    while pairs.len() < length {
        let block = length.saturating_sub(pairs.len()).min(BLOCK_NUMBERS);
        let gaps = gaps.get_mut(..block).unwrap_or_default();
        let extras = extras.get_mut(..block).unwrap_or_default();
        packed::read(cursor, gaps)?;
        packed::read(cursor, extras)?;
        for (&gap, &extra) in gaps.iter().zip(&*extras) {
            let key = floor.and_then(|floor| floor.checked_add(gap)).ok_or(SectionFault::Keys)?;
            let count = extra.checked_add(1).ok_or(SectionFault::Keys)?;
            floor = key.checked_add(1);
            pairs.push((key, count));
        }
    }
    if pairs.first().is_some_and(|pair| pair.0 == low) {
        Ok(pairs)
    } else {
        Err(SectionFault::Keys)
    }
}

/// Two blocks of numbers without a bit.
const BLOCK_BYTES_MIN: usize = 2;
/// What a pair takes in memory.
const PAIR_BYTES: u64 = size_of::<KeyCount>() as u64;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::quantity::Bytes;

    fn bytes_of(pairs: &[KeyCount]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(pairs, &mut bytes);
        bytes
    }

    fn pairs_of(bytes: &[u8], memory: u64) -> Result<Vec<KeyCount>, SectionFault> {
        let mut cursor = Cursor::at(0, bytes);
        let pairs = read(&mut cursor, &mut Budget::new(Bytes(memory)))?;
        assert_eq!(cursor.left(), 0);
        Ok(pairs)
    }

    proptest! {
        #[test]
        fn pairs_are_read_back_from_their_bytes(
            pairs in prop::collection::btree_map(
                prop_oneof![0u64..500, any::<u64>(), u64::MAX - 300..=u64::MAX],
                prop_oneof![Just(1u64), 1u64..100, 1..=u64::MAX],
                0..400,
            ),
        ) {
            let pairs: Vec<KeyCount> = BTreeMap::into_iter(pairs).collect();
            prop_assert_eq!(pairs_of(&bytes_of(&pairs), 1 << 20), Ok(pairs));
        }
    }

    #[test]
    fn a_run_of_values_that_occur_once_takes_two_bytes_for_128() {
        let pairs: Vec<KeyCount> = (1000..1256).map(|key| (key, 1)).collect();
        assert_eq!(bytes_of(&pairs).len(), 2 + 8 + 2 * 2);
    }

    #[test]
    fn a_claim_beyond_the_bytes_or_the_memory_is_refused_before_room_is_made() {
        let mut bytes = Vec::new();
        varint::write(u64::MAX, &mut bytes);
        bytes.extend_from_slice(&[0; 20]);
        let fault = pairs_of(&bytes, u64::MAX).unwrap_err();
        let claimed = u64::MAX;
        assert_eq!(fault, SectionFault::Claim { claimed, left: 12 });
        let pairs = [(1, 1), (2, 1), (3, 1)];
        let limit = Bytes(47);
        let fault = pairs_of(&bytes_of(&pairs), limit.0).unwrap_err();
        assert_eq!(fault, SectionFault::Memory { limit });
        assert!(pairs_of(&bytes_of(&pairs), 48).is_ok());
    }

    #[test]
    fn keys_and_counts_beyond_64_bits_and_a_second_spelling_of_the_first_key_are_refused() {
        let last = bytes_of(&[(u64::MAX - 1, 1), (u64::MAX, 1)]);
        let mut beyond = last.clone();
        beyond[1] = 0xff;
        assert_eq!(pairs_of(&beyond, 1 << 10), Err(SectionFault::Keys));
        let mut second = vec![1];
        second.extend_from_slice(&7u64.to_le_bytes());
        second.extend_from_slice(&[1, 1, 0]);
        assert_eq!(pairs_of(&second, 1 << 10), Err(SectionFault::Keys));
        let mut count = vec![1];
        count.extend_from_slice(&[0; 9]);
        count.push(64);
        count.extend_from_slice(&[0xff; 8]);
        assert_eq!(pairs_of(&count, 1 << 10), Err(SectionFault::Keys));
    }
}
