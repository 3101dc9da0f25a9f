//! Sorted texts with their counts as bytes: each text says how much of the one before it repeats.
//!
//! `number of texts`, then for each: bytes shared with the text before (not for the first),
//! bytes that follow, these bytes, count less one; all numbers as varints. What is shared is as
//! long as it can be, so a list has one spelling.
//!
//! Front coding: Witten, Moffat, Bell, *Managing Gigabytes* (2nd ed. 1999), section 4.1.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use super::budget::Budget;
use super::cursor::Cursor;
use super::error::SectionFault;
use super::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, ColumnFault, varint};

/// Distinct texts and how often each occurs.
pub(super) type Categories = BTreeMap<Box<[u8]>, u64>;

/// Writes texts and counts.
pub(super) fn write(categories: &Categories, into: &mut Vec<u8>) {
    varint::write(categories.len() as u64, into);
    let mut before: Option<&[u8]> = None;
    for (text, count) in categories {
        let shared = before.map_or(0, |before| shared_length(before, text));
        if before.is_some() {
            varint::write(shared as u64, into);
        }
        debug_assert!(*count > 0, "a category was seen");
        let (_, suffix) = text.split_at_checked(shared).unwrap_or_default();
        varint::write(suffix.len() as u64, into);
        into.extend_from_slice(suffix);
        varint::write(count.saturating_sub(1), into);
        before = Some(text);
    }
}

/// Reads texts and counts: never more than a profile may keep.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    budget: &mut Budget,
) -> Result<Categories, SectionFault> {
    let claimed = cursor.varint()?;
    let mut categories: Vec<(Box<[u8]>, u64)> = Vec::new();
    let mut bytes = 0_usize;
    for index in 0..claimed {
        let text = read_text(cursor, categories.last().map(|last| &*last.0))?;
        bytes = bytes.saturating_add(text.len());
        if index >= CATEGORIES_MAX as u64 || bytes > CATEGORY_BYTES_MAX {
            return Err(ColumnFault::Categories.into());
        }
        budget.take(ENTRY_BYTES)?;
        budget.take(text.len() as u64)?;
        let count = cursor.varint()?.checked_add(1);
        categories.push((text.into(), count.ok_or(ColumnFault::Overflow)?));
    }
    Ok(categories.into_iter().collect())
}

/// Reads the text that follows `before`; it must be larger, and share no more than it says.
fn read_text(cursor: &mut Cursor<'_>, before: Option<&[u8]>) -> Result<Vec<u8>, SectionFault> {
    let Some(before) = before else {
        return Ok(cursor.prefixed()?.to_vec());
    };
    let shared = usize::try_from(cursor.varint()?).unwrap_or(usize::MAX);
    let (head, tail) = before.split_at_checked(shared).ok_or(SectionFault::Category)?;
    let suffix = cursor.prefixed()?;
    if suffix.first() > tail.first() {
        Ok([head, suffix].concat())
    } else {
        Err(SectionFault::Category)
    }
}

fn shared_length(one: &[u8], other: &[u8]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|(ours, theirs)| ours == theirs).count()
}

/// About what an entry takes in memory beside its text.
const ENTRY_BYTES: u64 = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quantity::Bytes;

    fn bytes_of(categories: &Categories) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(categories, &mut bytes);
        bytes
    }

    fn categories_of(bytes: &[u8]) -> Result<Categories, SectionFault> {
        let mut cursor = Cursor::at(0, bytes);
        let categories = read(&mut cursor, &mut Budget::new(Bytes(1 << 30)))?;
        assert_eq!(cursor.left(), 0);
        Ok(categories)
    }

    fn categories(texts: &[&str]) -> Categories {
        let texts = texts.iter().zip(1..);
        texts.map(|(text, count)| (text.as_bytes().into(), count)).collect()
    }

    proptest! {
        #[test]
        fn texts_are_read_back_from_their_bytes(
            texts in prop::collection::btree_map("[ab]{0,6}", 1..=u64::MAX, 0..40),
        ) {
            let texts = texts.into_iter().map(|(text, count)| (text.into_bytes().into(), count));
            let texts: Categories = texts.collect();
            prop_assert_eq!(categories_of(&bytes_of(&texts)), Ok(texts));
        }
    }

    #[test]
    fn what_is_shared_with_the_text_before_is_not_repeated() {
        let bytes = bytes_of(&categories(&["", "brick", "brickwork"]));
        assert_eq!(bytes, b"\x03\x00\x00\x00\x05brick\x01\x05\x04work\x02");
    }

    #[test]
    fn any_other_order_or_spelling_is_refused() {
        for bytes in [
            &b"\x02\x01b\x00\x00\x01a\x00"[..], // b before a
            b"\x02\x01a\x00\x00\x01a\x00",      // a twice, nothing shared
            b"\x02\x01a\x00\x01\x00\x00",       // a twice, all shared
            b"\x02\x02ab\x00\x00\x02ac\x00",    // shares a without saying so
            b"\x02\x01a\x00\x02\x01b\x00",      // shares more than there is
        ] {
            assert_eq!(categories_of(bytes), Err(SectionFault::Category), "{bytes:x?}");
        }
    }

    #[test]
    fn more_than_a_profile_keeps_is_refused_while_it_is_read() {
        let long = vec![b'a'; 1 << 20];
        let mut bytes = Vec::new();
        varint::write(1000, &mut bytes);
        varint::write(long.len() as u64, &mut bytes);
        bytes.extend_from_slice(&long);
        bytes.push(0);
        for index in 0..999 {
            varint::write(long.len() as u64 + index, &mut bytes);
            bytes.extend_from_slice(&[1, b'a', 0]);
        }
        let fault = categories_of(&bytes).unwrap_err();
        assert_eq!(fault, SectionFault::Column(ColumnFault::Categories));
        let mut counted = Vec::new();
        varint::write(u64::MAX, &mut counted);
        counted.push(0);
        counted.push(0);
        let fault = categories_of(&counted).unwrap_err();
        assert!(matches!(fault, SectionFault::Cursor(_)), "{fault}");
    }
}
