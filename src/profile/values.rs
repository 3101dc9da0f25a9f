//! The values of a column, in whichever form they could be kept.

use std::collections::BTreeMap;

use super::HeldKeys;
use crate::contract::{KeyDomain, LogicalType};
use crate::stats::joint::KeyCount;

/// The values of a column, neither null nor NaN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Not asked for.
    NotWanted,
    /// Distinct values with their counts, sorted: of a scan at most [`COUNTED_VALUES_MAX`], of a
    /// stored profile all there are.
    Counted(Vec<KeyCount>),
    /// All values, in the parts they were read in; where memory is short, only how many fell
    /// into each bucket.
    Held(Vec<KeyPart>),
    /// Distinct text values with their counts.
    Categories(BTreeMap<Box<[u8]>, u64>),
    /// More distinct text values than are kept.
    TooManyCategories,
}

/// Values of one part of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPart {
    /// Each value by itself, in no order.
    Plain(HeldKeys),
    /// Values with their counts, in no order; a value may come again.
    Counted(Vec<KeyCount>),
    /// Values by bucket of the map they were read with; the column will be decoded again.
    Tallied(Vec<u64>),
}

impl Values {
    /// The values of a column of this type that has no rows.
    #[must_use]
    pub fn none_of(logical_type: &LogicalType) -> Self {
        if KeyDomain::of(logical_type).is_some() {
            Self::Counted(Vec::new())
        } else if logical_type.is_text() {
            Self::Categories(BTreeMap::new())
        } else {
            Self::NotWanted
        }
    }

    /// Joins the values of the rows right behind these.
    pub(super) fn join(self, next: Self) -> Self {
        match (self, next) {
            (Self::NotWanted, other) | (other, Self::NotWanted) => other,
            (Self::TooManyCategories, _) | (_, Self::TooManyCategories) => Self::TooManyCategories,
            (Self::Categories(mut ours), Self::Categories(theirs)) => {
                for (value, count) in theirs {
                    *ours.entry(value).or_insert(0) += count;
                }
                let bytes: usize = ours.keys().map(|value| value.len()).sum();
                if ours.len() > CATEGORIES_MAX || bytes > CATEGORY_BYTES_MAX {
                    return Self::TooManyCategories;
                }
                Self::Categories(ours)
            }
            (ours, theirs) => {
                let mut parts = ours.into_parts();
                theirs.into_parts().into_iter().for_each(|part| add_part(&mut parts, part));
                Self::Held(parts)
            }
        }
    }

    /// Few distinct values over all parts become one list of counts.
    pub(super) fn settle(self) -> Self {
        let Self::Held(parts) = &self else {
            return self;
        };
        let mut union: BTreeMap<u64, u64> = BTreeMap::new();
        for part in parts {
            let KeyPart::Counted(pairs) = part else {
                return self;
            };
            for &(key, count) in pairs {
                *union.entry(key).or_insert(0) += count;
            }
            if union.len() > COUNTED_VALUES_MAX {
                return self;
            }
        }
        Self::Counted(union.into_iter().collect())
    }

    /// The parts that are held, to be put into buckets; none of values kept otherwise.
    pub fn parts_mut(&mut self) -> &mut [KeyPart] {
        match self {
            Self::Held(parts) => parts,
            _ => &mut [],
        }
    }

    fn into_parts(self) -> Vec<KeyPart> {
        match self {
            Self::Counted(pairs) => vec![KeyPart::Counted(pairs)],
            Self::Held(parts) => parts,
            _ => Vec::new(),
        }
    }
}

/// Adds a part; counts by bucket become one.
fn add_part(parts: &mut Vec<KeyPart>, part: KeyPart) {
    if let KeyPart::Tallied(more) = &part {
        let ours = parts.iter_mut().find_map(|part| match part {
            KeyPart::Tallied(counts) => Some(counts),
            KeyPart::Plain(_) | KeyPart::Counted(_) => None,
        });
        if let Some(ours) = ours {
            ours.iter_mut().zip(more).for_each(|(count, more)| *count += more);
            return;
        }
    }
    parts.push(part);
}

/// Most distinct values of a column that are counted one by one; beyond it, keys go to buckets.
pub const COUNTED_VALUES_MAX: usize = 4096;
/// Most distinct values of a text column that are kept; a column with more is no category.
pub const CATEGORIES_MAX: usize = 100_000;
/// Most bytes of distinct values that are kept.
pub const CATEGORY_BYTES_MAX: usize = 16 << 20;
