//! Brings two columns of keys together: whole when small or asked for, by buckets otherwise.

use crate::profile::{ColumnProfile, Values};
use crate::scan::{KeyBlock, KeySource, OpenSnapshot, ScanError};
use crate::stats::histogram::{BucketMap, SAMPLE_KEYS};
use crate::stats::joint::{BucketCounts, JointDistribution, KeyCount, Question, merge_equal};

/// The keys of one side of a column.
pub(super) struct SideKeys<'a> {
    pub(super) source: KeySource<'a>,
    /// Values, neither null nor NaN.
    pub(super) values: u64,
    sample: &'a [u64],
    /// All values, sorted: known for few values, few distinct values, or when asked for.
    pub(super) whole: Option<Vec<KeyCount>>,
}

impl Default for SideKeys<'_> {
    /// A side without values.
    fn default() -> Self {
        Self { source: KeySource::Counted(&[]), values: 0, sample: &[], whole: Some(Vec::new()) }
    }
}

impl<'a> SideKeys<'a> {
    /// The keys behind a profile; `snapshot` is where a column that was only sampled is read
    /// again. `None` when the profile holds no keys.
    ///
    /// # Errors
    /// [`ScanError`] when the column has to be decoded again and cannot be.
    pub(super) fn new(
        profile: &'a ColumnProfile,
        snapshot: Option<&'a OpenSnapshot>,
        column: &'a str,
        whole_wanted: bool,
    ) -> Result<Option<Self>, ScanError> {
        let mut sample: &[u64] = &[];
        let source = match (&profile.values, snapshot) {
            (Values::Counted(pairs), _) => KeySource::Counted(pairs),
            (Values::Held(parts), _) => KeySource::Held(parts),
            (Values::Sampled(kept), Some(snapshot)) => {
                sample = kept;
                KeySource::OnDisk { snapshot, column }
            }
            _ => return Ok(None),
        };
        let values = profile.presence.values();
        let few = matches!(&profile.values, Values::Counted(pairs) if pairs.len() <= COUNTED_MAX);
        let whole = whole_wanted || few || values <= WHOLE_VALUES_MAX;
        let whole = if whole { Some(source.sorted_pairs()?) } else { None };
        Ok(Some(Self { source, values, sample, whole }))
    }

    fn sample(&self) -> Vec<u64> {
        if self.sample.is_empty() { self.source.sample(SAMPLE_KEYS) } else { self.sample.to_vec() }
    }

    fn count(&self, map: &BucketMap) -> Result<Vec<u64>, ScanError> {
        let tally = self.source.fold(
            || Tally::new(map.len()),
            |tally, block| match block {
                KeyBlock::Plain(keys) => tally.take(keys, map),
                KeyBlock::Counted(pairs) => {
                    for &(key, count) in pairs {
                        tally.total[map.bucket(key)] += count;
                    }
                }
            },
            |mut ours, mut theirs| {
                theirs.settle();
                add(&mut ours.total, theirs.total.into_iter());
                ours
            },
        )?;
        Ok(tally.finish())
    }

    /// All values of the flagged buckets, sorted and counted.
    fn gather(&self, map: &BucketMap, flags: &[bool]) -> Result<Vec<KeyCount>, ScanError> {
        let gathered = self.source.fold(
            Gathered::default,
            |state, block| match block {
                KeyBlock::Plain(keys) => state.take(keys, map, flags),
                KeyBlock::Counted(pairs) => {
                    let wanted = |pair: &&KeyCount| flags[map.bucket(pair.0)];
                    state.counted.extend(pairs.iter().filter(wanted));
                }
            },
            Gathered::merge,
        )?;
        Ok(gathered.finish(map))
    }
}

/// Counts per bucket: narrow while they are taken, for they stay in the cache.
struct Tally {
    recent: Vec<u32>,
    recent_keys: u32,
    total: Vec<u64>,
}

impl Tally {
    fn new(buckets: usize) -> Self {
        Self { recent: vec![0; buckets], recent_keys: 0, total: vec![0; buckets] }
    }

    fn take(&mut self, keys: &[u64], map: &BucketMap) {
        for part in keys.chunks(u32::MAX as usize) {
            let more = u32::try_from(part.len()).unwrap_or(u32::MAX);
            self.recent_keys = self.recent_keys.checked_add(more).unwrap_or_else(|| {
                self.settle();
                more
            });
            map.count(part, &mut self.recent);
        }
    }

    fn settle(&mut self) {
        add(&mut self.total, self.recent.iter().copied().map(u64::from));
        self.recent.fill(0);
        self.recent_keys = 0;
    }

    fn finish(mut self) -> Vec<u64> {
        self.settle();
        self.total
    }
}

fn add(counts: &mut [u64], more: impl Iterator<Item = u64>) {
    counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
}

/// Answers a question about two columns exactly.
///
/// # Errors
/// [`ScanError`] when a column has to be decoded again and cannot be.
pub(super) fn join(
    reference: &SideKeys<'_>,
    candidate: &SideKeys<'_>,
    question: &Question,
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
    let mut sample = reference.sample();
    sample.extend(candidate.sample());
    sample.sort_unstable();
    let mut map = BucketMap::cells(&sample);
    let (mut ours, mut theirs) = (reference.count(&map)?, candidate.count(&map)?);
    let counts = BucketCounts { reference: &ours, candidate: &theirs };
    let mut flags = question.undecided(&map, counts);
    // Values crowd into a few cells when their scales differ wildly: cut by the sample instead.
    if is_crowded(&sample, &map, &flags) {
        map = BucketMap::splitters(&sample);
        (ours, theirs) = (reference.count(&map)?, candidate.count(&map)?);
        let counts = BucketCounts { reference: &ours, candidate: &theirs };
        flags = question.undecided(&map, counts);
    }
    let gathered = (reference.gather(&map, &flags)?, candidate.gather(&map, &flags)?);
    let counts = BucketCounts { reference: &ours, candidate: &theirs };
    let joint = JointDistribution::partial(map, counts, gathered.0, gathered.1);
    Ok(if identical { joint.of_identical_sides() } else { joint })
}

/// Whether looking into the flagged buckets would copy many values, as far as the sample tells:
/// keys that buckets are known to hold in plenty are counted, not copied.
fn is_crowded(sample: &[u64], map: &BucketMap, flags: &[bool]) -> bool {
    let copied = |key: &&u64| {
        let bucket = map.bucket(**key);
        flags[bucket] && map.heavy_key(bucket) != Some(**key)
    };
    sample.iter().filter(copied).count() * CROWDED_ONE_IN > sample.len()
}

/// Values of flagged buckets while they are collected.
#[derive(Default)]
struct Gathered {
    plain: Vec<u64>,
    counted: Vec<KeyCount>,
    /// Rows of each bucket's heavy key; empty until there is one.
    heavy: Vec<u64>,
}

impl Gathered {
    fn take(&mut self, keys: &[u64], map: &BucketMap, flags: &[bool]) {
        self.heavy.resize(map.len(), 0);
        for &key in keys {
            let bucket = map.bucket(key);
            if flags[bucket] {
                if map.heavy_key(bucket) == Some(key) {
                    self.heavy[bucket] += 1;
                } else {
                    self.plain.push(key);
                }
            }
        }
        if self.plain.len() > COMPACT_ABOVE {
            self.compact();
        }
    }

    /// Counts plain keys, so that repeated ones take no more room than distinct ones.
    fn compact(&mut self) {
        self.plain.sort_unstable();
        let runs = self.plain.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64));
        self.counted.extend(runs);
        self.plain.clear();
        merge_equal(&mut self.counted);
    }

    fn merge(mut ours: Self, theirs: Self) -> Self {
        ours.plain.extend(theirs.plain);
        ours.counted.extend(theirs.counted);
        if ours.heavy.len() < theirs.heavy.len() {
            ours.heavy.resize(theirs.heavy.len(), 0);
        }
        add(&mut ours.heavy, theirs.heavy.into_iter());
        ours
    }

    fn finish(mut self, map: &BucketMap) -> Vec<KeyCount> {
        let heavy = self.heavy.iter().enumerate().filter(|&(_, &count)| count > 0);
        let counted = heavy.filter_map(|(bucket, &count)| Some((map.heavy_key(bucket)?, count)));
        self.counted.extend(counted);
        self.compact();
        self.counted
    }
}

/// Up to this many values a column is simply sorted, and everything about it is known. A
/// property of the data alone, so that reports do not depend on memory or threads.
pub const WHOLE_VALUES_MAX: u64 = 1 << 19;
/// Distinct values a column may have to be known whole whatever its rows.
const COUNTED_MAX: usize = crate::profile::COUNTED_VALUES_MAX;
/// With more than one value in so many to be copied, finer buckets are quicker.
const CROWDED_ONE_IN: usize = 8;
const COMPACT_ABOVE: usize = 1 << 20;
