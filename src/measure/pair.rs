//! Brings two columns of keys together: whole when small or asked for, by buckets otherwise.

use std::borrow::Cow;

use super::gathered::Gathered;
use crate::profile::{COUNTED_VALUES_MAX, ColumnProfile, Values};
use crate::scan::{KeySlice, KeySource, OpenSnapshot, ScanError, place, scattered};
use crate::stats::histogram::{BucketMap, BucketTally};
use crate::stats::joint::{BucketCounts, JointDistribution, KeyCount, Question, SortedKeys};

/// The keys of one side of a column.
pub(super) struct SideKeys<'a> {
    source: KeySource<'a>,
    /// What the first reading left: values, or their counts by bucket.
    read: KeySource<'a>,
    /// Values, neither null nor NaN.
    pub(super) values: u64,
    /// All values, sorted: known for few values, few distinct values, or when asked for.
    pub(super) whole: Option<Vec<KeyCount>>,
}

/// The buckets that values were put into when they were read, cut by a sample of both sides.
pub(super) struct Cut {
    pub(super) map: BucketMap,
    /// Sorted.
    pub(super) sample: Vec<u64>,
}

impl Cut {
    /// Buckets cut by some of the values that were read, and the values put into them; one bucket
    /// where all values are known anyway.
    pub(super) fn of_read(profiles: [&mut Cow<'_, ColumnProfile>; 2]) -> Self {
        if profiles.iter().all(|profile| is_known_whole(profile)) {
            return Self { map: BucketMap::whole(), sample: Vec::new() };
        }
        let values = profiles.iter().map(|profile| profile.presence.values()).max().unwrap_or(0);
        let wanted = usize::try_from(values / VALUES_PER_KEY).unwrap_or(usize::MAX);
        let sources = profiles.iter().filter_map(|profile| keys_in_memory(profile));
        let mut sample: Vec<u64> = sources.flat_map(|source| source.sample(wanted)).collect();
        sample.sort_unstable();
        let map = BucketMap::cells(&sample);
        for profile in profiles {
            if let Cow::Owned(profile) = profile {
                place(&mut profile.values, &map);
            }
        }
        Self { map, sample }
    }
}

fn keys_in_memory(profile: &ColumnProfile) -> Option<KeySource<'_>> {
    match &profile.values {
        Values::Counted(pairs) => Some(KeySource::Counted(pairs)),
        Values::Held(parts) => Some(KeySource::Held(parts)),
        _ => None,
    }
}

/// Whether all values of a column are few enough to be sorted, or few distinct ones are counted.
fn is_known_whole(profile: &ColumnProfile) -> bool {
    let few =
        matches!(&profile.values, Values::Counted(pairs) if pairs.len() <= COUNTED_VALUES_MAX);
    few || profile.presence.values() <= WHOLE_VALUES_MAX
}

impl Default for SideKeys<'_> {
    /// A side without values.
    fn default() -> Self {
        let source = KeySource::Counted(&[]);
        Self { source, read: source, values: 0, whole: Some(Vec::new()) }
    }
}

impl<'a> SideKeys<'a> {
    /// The keys behind a profile; `snapshot` is where a column that was not kept is read again.
    /// `None` when the profile holds no keys.
    ///
    /// # Errors
    /// [`ScanError`] when the column has to be decoded again and cannot be.
    pub(super) fn new(
        profile: &'a ColumnProfile,
        snapshot: Option<&'a OpenSnapshot>,
        column: &'a str,
        whole_wanted: bool,
    ) -> Result<Option<Self>, ScanError> {
        let Some(read) = keys_in_memory(profile) else {
            return Ok(None);
        };
        let source = match (snapshot, read.tallied().is_some()) {
            (Some(snapshot), true) => KeySource::OnDisk { snapshot, column },
            _ => read,
        };
        let values = profile.presence.values();
        let whole = whole_wanted || is_known_whole(profile);
        let whole = if whole { Some(source.sorted_pairs()?) } else { None };
        Ok(Some(Self { source, read, values, whole }))
    }

    /// Counts the values by bucket; `placed` says that values know their buckets by this map.
    fn count(&self, map: &BucketMap, placed: bool) -> Result<Vec<u64>, ScanError> {
        let source = if placed { self.read } else { self.source };
        let mut tally = source.fold(
            || BucketTally::new(map),
            |tally, slice| match slice {
                KeySlice::Placed { buckets, .. } if placed => tally.take_buckets(buckets),
                KeySlice::Placed { keys, .. } | KeySlice::Plain(keys) => tally.take_keys(keys, map),
                KeySlice::Counted(pairs) => {
                    for &(key, count) in pairs {
                        tally.take_many(map.bucket(key), count);
                    }
                }
            },
            BucketTally::join,
        )?;
        let tallied = source.tallied().unwrap_or_default();
        tallied.iter().enumerate().for_each(|(bucket, &count)| tally.take_many(bucket, count));
        Ok(tally.finish())
    }

    /// All values of the flagged buckets, sorted and counted; `many` says that they are no small
    /// part of the column.
    fn gather(
        &self,
        map: &BucketMap,
        (counts, flags): (&[u64], &[bool]),
        placed: bool,
        many: bool,
    ) -> Result<SortedKeys, ScanError> {
        if let Some(slices) = self.source.held().filter(|_| many) {
            return Ok(scattered(&slices, map, (counts, flags), placed));
        }
        let gathered = self.source.fold(
            || Gathered::new(map, flags),
            |state, slice| match slice {
                KeySlice::Placed { keys, buckets } if placed => state.take_placed(keys, buckets),
                KeySlice::Placed { keys, .. } | KeySlice::Plain(keys) => state.take_keys(keys),
                KeySlice::Counted(pairs) => state.take_pairs(pairs),
            },
            Gathered::join,
        )?;
        Ok(gathered.finish())
    }
}

/// Answers a question about two columns exactly. `cut` is by what the values were placed.
///
/// # Errors
/// [`ScanError`] when a column has to be decoded again and cannot be.
pub(super) fn join(
    reference: &SideKeys<'_>,
    candidate: &SideKeys<'_>,
    question: &Question,
    cut: Cut,
) -> Result<JointDistribution, ScanError> {
    if let (Some(ours), Some(theirs)) = (&reference.whole, &candidate.whole) {
        return Ok(JointDistribution::whole(ours.clone(), theirs.clone()));
    }
    let mut question = question.clone();
    let identical = reference.source.holds_the_same(&candidate.source);
    if identical {
        question.distance = false;
        question.reference_ranks.push(1);
    }
    let mut placed = true;
    let Cut { mut map, mut sample } = cut;
    let (mut ours, mut theirs) = (reference.count(&map, placed)?, candidate.count(&map, placed)?);
    let mut flags = question.undecided(&map, BucketCounts { reference: &ours, candidate: &theirs });
    if are_many(&sample, &map, &flags, [&ours, &theirs], FULL_TIMES) {
        let samples = [reference, candidate].map(|side| side.source.sample(FINE_SAMPLE_KEYS));
        // The sample of a few pages is denser where those lie: it would only make buckets look full.
        let few = samples.iter().any(Vec::is_empty);
        let before = std::mem::replace(&mut sample, samples.concat());
        sample.extend(if few { before.as_slice() } else { &[] });
        sample.sort_unstable();
        (map, placed) = (BucketMap::fine(&sample), false);
        (ours, theirs) = (reference.count(&map, placed)?, candidate.count(&map, placed)?);
        flags = question.undecided(&map, BucketCounts { reference: &ours, candidate: &theirs });
    }
    let many = are_many(&sample, &map, &flags, [&ours, &theirs], 0);
    let gathered = (
        reference.gather(&map, (&ours, &flags), placed, many)?,
        candidate.gather(&map, (&theirs, &flags), placed, many)?,
    );
    let counts = BucketCounts { reference: &ours, candidate: &theirs };
    let joint = JointDistribution::partial(map, counts, gathered.0, gathered.1);
    Ok(if identical { joint.of_identical_sides() } else { joint })
}

/// Whether looking into the flagged buckets would copy many values, of those buckets that hold more
/// than so many times their share. Keys that buckets are known to hold in plenty are counted, not
/// copied, as large a share as they have of the sample.
fn are_many(
    sample: &[u64],
    map: &BucketMap,
    flags: &[bool],
    counts: [&[u64]; 2],
    full_times: u64,
) -> bool {
    let total: u64 = counts.iter().map(|counts| counts.iter().sum::<u64>()).sum();
    let is_many = |values: u128| values * MANY_ONE_IN > u128::from(total);
    let full = total / map.len() as u64 * full_times;
    let wanted: Vec<(usize, u64)> = (0..map.len())
        .filter(|&bucket| flags[bucket])
        .map(|bucket| (bucket, counts[0][bucket] + counts[1][bucket]))
        .filter(|&(_, count)| count > full)
        .collect();
    if !is_many(wanted.iter().map(|&(_, count)| u128::from(count)).sum()) {
        return false;
    }
    let mut sampled = vec![(0u64, 0u64); map.len()];
    for &key in sample {
        let bucket = map.bucket(key);
        sampled[bucket].0 += 1;
        sampled[bucket].1 += u64::from(map.heavy_key(bucket) == Some(key));
    }
    is_many(
        wanted
            .into_iter()
            .map(|(bucket, count)| {
                let (seen, heavy) = sampled[bucket];
                // A key seen once is heavy by name only.
                let others = if heavy > 1 { seen - heavy } else { seen.max(1) };
                u128::from(count) * u128::from(others) / u128::from(seen.max(1))
            })
            .sum(),
    )
}

/// Up to this many values a column is simply sorted, and everything about it is known. A
/// property of the data alone, so that reports do not depend on memory or threads.
pub const WHOLE_VALUES_MAX: u64 = 1 << 16;
/// Values to be copied are many when they are more than one in so many: finer buckets are quicker
/// then where buckets are full, and each value has its place where they are not.
const MANY_ONE_IN: u128 = 4;
/// A bucket is full with so many times the values of an average one.
const FULL_TIMES: u64 = 8;
/// One value in so many cuts the buckets of a column in memory.
const VALUES_PER_KEY: u64 = 32;
/// Keys taken from each side to cut buckets anew.
const FINE_SAMPLE_KEYS: usize = 1 << 16;
