//! One column of a stored profile as bytes.
//!
//! A section holds only what nothing else implies: the number of nulls and the values. Rows
//! stand in the header; NaN, infinities and extremes follow from the values, so that a section
//! cannot contradict itself about them.
//!
//! | part | bytes |
//! |---|---|
//! | kind of values | 1 byte |
//! | nulls | varint |
//! | `0`, keys | [`pairs`] |
//! | `1`, categories | [`front_coded`] |
//! | `2`, too many categories | smallest, largest: length as varint, bytes |
//! | `3`, not measurable | reason in UTF-8: length as varint, bytes |
//! | `4`, not measurable, no rows | nothing |
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::budget::Budget;
use super::cursor::Cursor;
use super::error::SectionFault;
use super::{ColumnProfile, Values, complete, front_coded, pairs, varint};
use crate::contract::Column;
use crate::quantity::Rows;

/// Writes a column whose values are complete.
pub(super) fn write(profile: &ColumnProfile, into: &mut Vec<u8>) {
    let mut begin = |kind: u8| {
        into.push(kind);
        varint::write(profile.presence.nulls, into);
    };
    match &profile.values {
        Values::Counted(pairs) => {
            begin(KEYS);
            pairs::write(pairs, into);
        }
        Values::Categories(categories) => {
            begin(CATEGORIES);
            front_coded::write(categories, into);
        }
        Values::TooManyCategories => {
            begin(TOO_MANY_CATEGORIES);
            let (low, high) = profile.texts.as_ref().expect("checked when it was made");
            write_prefixed(low, into);
            write_prefixed(high, into);
        }
        Values::NotWanted | Values::Held(_) => match &profile.unmeasurable {
            Some(reason) => {
                begin(NOT_MEASURABLE);
                write_prefixed(reason.as_bytes(), into);
            }
            None => begin(NO_ROWS),
        },
    }
}

/// Reads a column from all bytes of `cursor`.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    column: &Column,
    rows: Rows,
    budget: &mut Budget,
) -> Result<ColumnProfile, SectionFault> {
    let kind = cursor.byte()?;
    let mut profile = ColumnProfile::empty(Vec::new());
    profile.presence.nulls = cursor.varint()?;
    match kind {
        KEYS => profile.values = Values::Counted(pairs::read(cursor, budget)?),
        CATEGORIES => profile.values = Values::Categories(front_coded::read(cursor, budget)?),
        TOO_MANY_CATEGORIES => {
            profile.values = Values::TooManyCategories;
            profile.texts = Some((cursor.prefixed()?.to_vec(), cursor.prefixed()?.to_vec()));
        }
        NOT_MEASURABLE => {
            let reason = std::str::from_utf8(cursor.prefixed()?);
            profile.unmeasurable = Some(reason.map_err(|_| SectionFault::Reason)?.to_owned());
        }
        NO_ROWS => {}
        found => return Err(SectionFault::Kind { found }),
    }
    if cursor.left() > 0 {
        let bytes = cursor.left();
        return Err(SectionFault::Trailing { bytes });
    }
    Ok(complete::settle(column, rows, profile)?)
}

fn write_prefixed(bytes: &[u8], into: &mut Vec<u8>) {
    varint::write(bytes.len() as u64, into);
    into.extend_from_slice(bytes);
}

const KEYS: u8 = 0;
const CATEGORIES: u8 = 1;
const TOO_MANY_CATEGORIES: u8 = 2;
const NOT_MEASURABLE: u8 = 3;
const NO_ROWS: u8 = 4;
