//! What the values of a column say of it, so that no profile can contradict itself.

use super::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, ColumnProfile, Presence, Values};
use crate::contract::{Column, KeyDomain, LogicalType};
use crate::quantity::Rows;
use crate::stats::joint::KeyCount;
use crate::stats::order_key::from_f64;

/// Checks a column profile whose values are complete: every fact that its values imply must be
/// the one that it states.
pub(super) fn check(
    column: &Column,
    rows: Rows,
    profile: &ColumnProfile,
) -> Result<(), ColumnFault> {
    if !profile.violations.is_empty() {
        return Err(ColumnFault::Violations);
    }
    if profile.presence.rows != rows.0 {
        return Err(ColumnFault::Rows { found: profile.presence.rows, expected: rows.0 });
    }
    let implied = Facts::of(column, rows, profile.presence.nulls, profile)?;
    let stated = Facts {
        presence: profile.presence,
        keys: profile.keys,
        texts: borrowed(profile.texts.as_ref()),
    };
    if implied == stated { Ok(()) } else { Err(ColumnFault::Facts) }
}

/// Fills in what the values of a column imply; `profile` needs rows, nulls, values, the reason
/// for having none, and, of too many categories, the extremes.
pub(super) fn settle(
    column: &Column,
    rows: Rows,
    mut profile: ColumnProfile,
) -> Result<ColumnProfile, ColumnFault> {
    let facts = Facts::of(column, rows, profile.presence.nulls, &profile)?;
    let (presence, keys) = (facts.presence, facts.keys);
    let texts = facts.texts.map(|(low, high)| (low.to_vec(), high.to_vec()));
    (profile.presence, profile.keys, profile.texts) = (presence, keys, texts);
    Ok(profile)
}

/// What the values imply.
#[derive(PartialEq, Eq)]
struct Facts<'a> {
    presence: Presence,
    keys: Option<(u64, u64)>,
    texts: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> Facts<'a> {
    fn of(
        column: &Column,
        rows: Rows,
        nulls: u64,
        profile: &'a ColumnProfile,
    ) -> Result<Self, ColumnFault> {
        let present =
            rows.0.checked_sub(nulls).ok_or(ColumnFault::Nulls { nulls, rows: rows.0 })?;
        let mut facts = Self {
            presence: Presence { rows: rows.0, nulls, ..Presence::default() },
            keys: None,
            texts: None,
        };
        let domain = KeyDomain::of(&column.logical_type);
        let is_text = column.logical_type.is_text();
        match (&profile.values, &profile.unmeasurable) {
            (Values::NotWanted, Some(_)) => {}
            (Values::NotWanted, None) if domain.is_none() && !is_text && rows.0 == 0 => {}
            (Values::Counted(pairs), None) => {
                let domain = domain.ok_or(ColumnFault::Kind)?;
                facts.take_pairs(pairs, present, &domain)?;
            }
            (Values::Categories(counts), None) if is_text => {
                let utf8 = column.logical_type == LogicalType::String;
                let counts = counts.iter().map(|(value, &count)| (&**value, count));
                facts.take_categories(counts, present, utf8)?;
            }
            (Values::TooManyCategories, None) if is_text => {
                facts.texts = borrowed(profile.texts.as_ref());
                if !facts.texts.is_some_and(|(low, high)| low <= high) {
                    return Err(ColumnFault::Facts);
                }
            }
            _ => return Err(ColumnFault::Kind),
        }
        Ok(facts)
    }

    fn take_pairs(
        &mut self,
        pairs: &[KeyCount],
        present: u64,
        domain: &KeyDomain,
    ) -> Result<(), ColumnFault> {
        if !pairs.is_sorted_by(|one, next| one.0 < next.0) {
            return Err(ColumnFault::Order);
        }
        let values = sum(pairs.iter().map(|pair| pair.1))?;
        let nans = present
            .checked_sub(values)
            .filter(|&nans| nans == 0 || *domain == KeyDomain::Float)
            .ok_or(ColumnFault::Sum { values, present })?;
        self.presence.nans = nans;
        let (Some(&low), Some(&high)) = (pairs.first(), pairs.last()) else {
            return Ok(());
        };
        self.keys = Some((low.0, high.0));
        let (min, max) = match domain {
            KeyDomain::Float => (from_f64(f64::NEG_INFINITY), from_f64(f64::INFINITY)),
            KeyDomain::Boolean => (0, 1),
            _ => (0, u64::MAX),
        };
        if low.0 < min || high.0 > max {
            return Err(ColumnFault::Domain);
        }
        if *domain == KeyDomain::Float {
            let count = |pair: KeyCount, key| if pair.0 == key { pair.1 } else { 0 };
            self.presence.negative_infinities = count(low, min);
            self.presence.positive_infinities = count(high, max);
        }
        Ok(())
    }

    fn take_categories(
        &mut self,
        counts: impl Iterator<Item = (&'a [u8], u64)> + Clone,
        present: u64,
        utf8: bool,
    ) -> Result<(), ColumnFault> {
        let values = sum(counts.clone().map(|pair| pair.1))?;
        if values != present {
            return Err(ColumnFault::Sum { values, present });
        }
        let (mut distinct, mut bytes) = (0, 0);
        for (value, _) in counts {
            distinct += 1;
            bytes += value.len();
            if utf8 && std::str::from_utf8(value).is_err() {
                return Err(ColumnFault::Domain);
            }
            let low = self.texts.map_or(value, |texts| texts.0);
            self.texts = Some((low, value));
        }
        if distinct > CATEGORIES_MAX || bytes > CATEGORY_BYTES_MAX {
            return Err(ColumnFault::Categories);
        }
        Ok(())
    }
}

fn borrowed(texts: Option<&(Vec<u8>, Vec<u8>)>) -> Option<(&[u8], &[u8])> {
    texts.map(|(low, high)| (low.as_slice(), high.as_slice()))
}

/// The sum of counts, each at least 1.
fn sum(mut counts: impl Iterator<Item = u64>) -> Result<u64, ColumnFault> {
    counts.try_fold(0u64, |sum, count| {
        let sum = sum.checked_add(count).ok_or(ColumnFault::Overflow)?;
        (count > 0).then_some(sum).ok_or(ColumnFault::Zero)
    })
}

/// Why a column profile is not complete, or contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ColumnFault {
    /// It was scanned for broken expectations too.
    #[error("it holds broken expectations, which belong to one check alone")]
    Violations,
    /// It covers other rows than the snapshot has.
    #[error("{found} rows in a snapshot of {expected}")]
    Rows {
        /// Rows of the column.
        found: u64,
        /// Rows of the snapshot.
        expected: u64,
    },
    /// More nulls than rows.
    #[error("{nulls} nulls in {rows} rows")]
    Nulls {
        /// The nulls.
        nulls: u64,
        /// The rows.
        rows: u64,
    },
    /// The values are incomplete, or not of the kind that the column's type has.
    #[error("its values are incomplete or not of its type's kind")]
    Kind,
    /// The counts of the values do not add up to the rows that hold one.
    #[error("{values} values counted where {present} rows hold one")]
    Sum {
        /// Sum of the counts.
        values: u64,
        /// Rows that are not null.
        present: u64,
    },
    /// A value that occurs zero times.
    #[error("a value is listed that never occurs")]
    Zero,
    /// Counts beyond 64 bits.
    #[error("counts add up to more than 64 bits hold")]
    Overflow,
    /// Keys that are not in ascending order, each once.
    #[error("values are not in ascending order, each once")]
    Order,
    /// A value that the column's type does not have.
    #[error("a value lies outside the column's type")]
    Domain,
    /// More categories than are kept.
    #[error("more categories than a profile keeps")]
    Categories,
    /// Extremes, NaN or infinities are not those of the values.
    #[error("its extremes or counts are not those of its values")]
    Facts,
}
