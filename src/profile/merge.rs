//! Stored profiles of parts of a snapshot become the profile of the whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::stored::Profiled;
use super::{Answer, Answers, ColumnProfile, Query, StoredProfile, Values, Violations};
use crate::contract::{Schema, SchemaError, WideningRule};
use crate::identity::DigestAlgorithm;
use crate::quantity::{Bytes, Rows};
use crate::snapshot::{Manifest, ManifestError};
use crate::stats::joint::KeyCount;

impl StoredProfile {
    /// The profile of the snapshot that these are parts of, each a profile of other files.
    ///
    /// The order of the parts does not matter, nor whether they were merged before; the result
    /// is, byte for byte, the profile of all files scanned at once. Columns stand in the order
    /// of the part whose file comes first by name. A column that allows nulls in one part
    /// allows them in the whole. Types must agree exactly: a part is read by its own types, and
    /// what widening would have made of its values is not known. Answers must be to the same
    /// queries; which rows are [unique](Query::Unique) in the whole, parts cannot tell.
    ///
    /// # Errors
    /// [`MergeError`] naming what parts disagree on, or the file that stands in two of them.
    pub fn merge(mut parts: Vec<Self>) -> Result<Self, MergeError> {
        parts.sort_by(|one, other| first_file(one).cmp(&first_file(other)));
        let of = merge_profiled(&parts)?;
        let answers = merge_answers(&mut parts)?;
        let mut columns: BTreeMap<String, Vec<ColumnProfile>> = BTreeMap::new();
        for part in parts {
            for (column, profile) in part.of.schema.columns().iter().zip(part.columns) {
                columns.entry(column.name.clone()).or_default().push(profile);
            }
        }
        let merged = of.schema.columns().iter().map(|column| {
            let parts = columns.remove(&column.name).unwrap_or_default();
            merge_column(parts)
        });
        Ok(Self { columns: merged.collect(), of, answers })
    }
}

fn first_file(part: &StoredProfile) -> Option<&str> {
    part.manifest().files().next().map(|(name, _)| name)
}

fn merge_profiled(parts: &[StoredProfile]) -> Result<Profiled, MergeError> {
    let (first, rest) = parts.split_first().ok_or(MergeError::Empty)?;
    let mut schema: Schema = first.schema().clone();
    let algorithm = first.manifest().algorithm();
    for part in rest {
        schema = schema.unify(part.schema(), WideningRule::Refused)?;
        let found = part.manifest().algorithm();
        if found != algorithm {
            return Err(MergeError::Algorithms { first: algorithm, second: found });
        }
    }
    let files = parts.iter().flat_map(|part| part.manifest().files());
    let files = files.map(|(name, digest)| (name.to_owned(), digest));
    Ok(Profiled {
        schema,
        manifest: Manifest::new(algorithm, files)?,
        rows: Rows(sum(parts.iter().map(|part| part.of.rows.0))?),
        bytes: Bytes(sum(parts.iter().map(|part| part.of.bytes.0))?),
    })
}

fn sum(mut numbers: impl Iterator<Item = u64>) -> Result<u64, MergeError> {
    numbers.try_fold(0u64, u64::checked_add).ok_or(MergeError::Overflow)
}

/// Puts the answers of all files in the order that the files have in the whole.
fn merge_answers(parts: &mut [StoredProfile]) -> Result<Answers, MergeError> {
    let Some((first, rest)) = parts.split_first_mut() else {
        return Ok(Answers::default());
    };
    let mut whole = std::mem::take(&mut first.answers);
    if rest.is_empty() {
        return Ok(whole);
    }
    for part in &*rest {
        let (ours, theirs) = (&whole.by_query, &part.answers.by_query);
        let missing = |one: &BTreeMap<Query, _>, other: &BTreeMap<Query, _>| {
            one.keys().find(|&query| !other.contains_key(query)).map(Query::to_string)
        };
        if let Some(query) = missing(ours, theirs).or_else(|| missing(theirs, ours)) {
            return Err(MergeError::Queries { query });
        }
        if whole.sampling != part.answers.sampling {
            return Err(MergeError::Sampling);
        }
    }
    for (query, answer) in &mut whole.by_query {
        let Answer::ByFile(ours) = answer else {
            return Err(MergeError::Unique { query: query.to_string() });
        };
        let mut by_name = named(first, std::mem::take(ours));
        for part in &mut *rest {
            if let Some(Answer::ByFile(theirs)) = part.answers.by_query.remove(query) {
                by_name.extend(named(part, theirs));
            }
        }
        *ours = by_name.into_values().collect();
    }
    Ok(whole)
}

fn named(part: &StoredProfile, of_files: Vec<Violations>) -> BTreeMap<String, Violations> {
    part.of.manifest.files().map(|(name, _)| name.to_owned()).zip(of_files).collect()
}

/// Joins the parts of one column. Counted values are merged in one pass over all parts; what
/// else there is joins part by part.
fn merge_column(parts: Vec<ColumnProfile>) -> ColumnProfile {
    let mut counted = Vec::new();
    let mut joined = ColumnProfile::empty(Vec::new());
    for mut part in parts {
        if let Values::Counted(pairs) = &mut part.values {
            counted.push(std::mem::take(pairs));
            part.values = Values::NotWanted;
        }
        joined = joined.join(part, 0);
    }
    if !counted.is_empty() {
        joined.values = Values::Counted(merge_counts(counted));
    }
    joined.settle()
}

/// Merges sorted lists of keys with counts into one: counts of equal keys add up.
///
/// Takes O(n log k) steps for n pairs in k lists, and no memory but the result's.
///
/// # Panics
/// When the counts of one key add up to more than 64 bits hold.
#[must_use]
pub fn merge_counts(lists: Vec<Vec<KeyCount>>) -> Vec<KeyCount> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    if let [only] = &mut lists[..] {
        return only.collect();
    }
    let mut merged: Vec<KeyCount> = Vec::new();
    let mut heads: BinaryHeap<Reverse<(KeyCount, usize)>> = BinaryHeap::new();
    for (index, list) in lists.iter_mut().enumerate() {
        heads.extend(list.next().map(|pair| Reverse((pair, index))));
    }
    while let Some(Reverse(((key, count), index))) = heads.pop() {
        heads.extend(lists[index].next().map(|pair| Reverse((pair, index))));
        match merged.last_mut() {
            Some(last) if last.0 == key => last.1 += count,
            _ => merged.push((key, count)),
        }
    }
    merged
}

/// Profiles that are no parts of one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// No profile.
    #[error("no profiles to merge")]
    Empty,
    /// Columns or types differ.
    #[error("profiles of different columns do not merge: {0}")]
    Schema(#[from] SchemaError),
    /// Files are digested differently.
    #[error("one profile names its files by {first}, another by {second}")]
    Algorithms {
        /// The algorithm of the first.
        first: DigestAlgorithm,
        /// Another one.
        second: DigestAlgorithm,
    },
    /// A file is in two parts.
    #[error("profiles of the same file do not merge: {0}")]
    Files(#[from] ManifestError),
    /// Not all were asked the same.
    #[error(
        "one profile answers `{query}`, another does not: make all of them with the same `--policy`"
    )]
    Queries {
        /// What was asked of one alone.
        query: String,
    },
    /// Not all keep the same of broken rows.
    #[error("profiles made with different `--samples` or `--show-values` do not merge")]
    Sampling,
    /// A query that parts cannot answer for the whole.
    #[error(
        "`{query}` of the whole cannot be told from parts: profile the whole with `--policy`, \
         or the parts without it"
    )]
    Unique {
        /// What was asked.
        query: String,
    },
    /// More rows or bytes than 64 bits count.
    #[error("the rows or bytes of all profiles are more than 64 bits count")]
    Overflow,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_lists() -> impl Strategy<Value = Vec<Vec<KeyCount>>> {
        let list = prop::collection::btree_map(0u64..40, 1u64..5, 0..20);
        let sorted = list.prop_map(|map| map.into_iter().collect());
        prop::collection::vec(sorted, 0..6)
    }

    proptest! {
        #[test]
        fn merged_counts_are_those_of_a_map(lists in any_lists()) {
            let mut expected = BTreeMap::new();
            for &(key, count) in lists.iter().flatten() {
                *expected.entry(key).or_insert(0) += count;
            }
            let expected: Vec<KeyCount> = expected.into_iter().collect();
            prop_assert_eq!(merge_counts(lists), expected);
        }
    }
}
