//! Two distributions side by side, known exactly wherever it matters.
//!
//! Counts of both sides per bucket say how far the distribution functions can lie apart inside
//! each bucket. Only buckets that could hold the largest distance, or a wanted quantile or key,
//! are looked into: [`Question::undecided`] names them, the caller gathers their values, and a
//! [`JointDistribution`] answers exactly. With one bucket that holds everything it is the plain
//! sorted comparison, so both roads share one piece of arithmetic.

use std::ops::Range;

use super::histogram::BucketMap;

/// A key and how often it occurs. Slices of them are sorted by key, keys unique.
pub type KeyCount = (u64, u64);

/// Values of one side in order. Where all are different, no counts are kept: that is a third of
/// the memory that many values would take with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortedKeys {
    keys: Vec<u64>,
    /// How often each occurs; empty where each does once.
    counts: Vec<u64>,
}

impl SortedKeys {
    /// Of sorted keys, of which some may be equal.
    #[must_use]
    pub fn of_sorted(mut keys: Vec<u64>) -> Self {
        debug_assert!(keys.is_sorted());
        if keys.is_sorted_by(|a, b| a < b) {
            return Self { keys, counts: Vec::new() };
        }
        let counts = keys.chunk_by(|a, b| a == b).map(|run| run.len() as u64).collect();
        keys.dedup();
        Self { keys, counts }
    }

    /// The key and count at a place.
    fn get(&self, at: usize) -> Option<KeyCount> {
        let key = *self.keys.get(at)?;
        Some((key, self.counts.get(at).copied().unwrap_or(1)))
    }

    fn pairs(&self, places: Range<usize>) -> impl Iterator<Item = KeyCount> {
        places.filter_map(|at| self.get(at))
    }
}

impl From<Vec<KeyCount>> for SortedKeys {
    fn from(pairs: Vec<KeyCount>) -> Self {
        let (keys, counts) = pairs.into_iter().unzip();
        Self { keys, counts }
    }
}

/// Sorts pairs and adds up the counts of equal keys.
pub fn merge_equal(pairs: &mut Vec<KeyCount>) {
    #[expect(clippy::stable_sort_primitive, reason = "it joins sorted stretches as they are")]
    pairs.sort();
    pairs.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

/// What is to be known about a pair.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Whether the largest distance between the distribution functions is wanted.
    pub distance: bool,
    /// Ranks (1 = smallest) whose reference keys are wanted.
    pub reference_ranks: Vec<u64>,
    /// Ranks whose candidate keys are wanted.
    pub candidate_ranks: Vec<u64>,
    /// Keys whose counts are wanted.
    pub keys: Vec<u64>,
}

/// Counts per bucket on both sides; both slices have `map.len()` entries.
#[derive(Debug, Clone, Copy)]
pub struct BucketCounts<'a> {
    /// Of the reference.
    pub reference: &'a [u64],
    /// Of the candidate.
    pub candidate: &'a [u64],
}

impl Question {
    /// Which buckets must be looked into, one flag per bucket.
    ///
    /// A bucket is decided when even its most lopsided order of values cannot reach the largest
    /// distance seen at a bucket's end. Ties with it stay undecided, so that the smallest key of
    /// the largest distance is found whatever the buckets.
    #[must_use]
    pub fn undecided(&self, map: &BucketMap, counts: BucketCounts<'_>) -> Vec<bool> {
        let mut flags = vec![false; map.len()];
        for &key in &self.keys {
            flags[map.bucket(key)] = true;
        }
        flag_ranks(&mut flags, counts.reference, &self.reference_ranks);
        flag_ranks(&mut flags, counts.candidate, &self.candidate_ranks);
        if self.distance {
            flag_distance(&mut flags, counts);
        }
        flags
    }
}

fn flag_ranks(flags: &mut [bool], counts: &[u64], ranks: &[u64]) {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable();
    let mut wanted = sorted.into_iter().peekable();
    let mut before = 0;
    for (flag, &count) in flags.iter_mut().zip(counts) {
        let after = before + count;
        while wanted.next_if(|&rank| rank > before && rank <= after).is_some() {
            *flag = true;
        }
        before = after;
    }
}

fn flag_distance(flags: &mut [bool], counts: BucketCounts<'_>) {
    let scale = Scale::of(counts);
    let mut largest = 0;
    for (_, after) in steps(counts) {
        largest = largest.max(scale.gap(after).unsigned_abs());
    }
    for (flag, (before, after)) in flags.iter_mut().zip(steps(counts)) {
        if before == after {
            continue;
        }
        let reference_first = scale.gap((after.0, before.1)).unsigned_abs();
        let candidate_first = scale.gap((before.0, after.1)).unsigned_abs();
        *flag |= reference_first.max(candidate_first) >= largest;
    }
}

/// Cumulative counts (reference, candidate) before and after each bucket.
fn steps(counts: BucketCounts<'_>) -> impl Iterator<Item = ((u64, u64), (u64, u64))> {
    counts.reference.iter().zip(counts.candidate).scan((0, 0), |state, (&reference, &candidate)| {
        let before = *state;
        *state = (before.0 + reference, before.1 + candidate);
        Some((before, *state))
    })
}

/// Sizes of both sides; turns cumulative counts into a distance without dividing.
#[derive(Debug, Clone, Copy)]
struct Scale {
    reference: u64,
    candidate: u64,
}

impl Scale {
    fn of(counts: BucketCounts<'_>) -> Self {
        Self { reference: counts.reference.iter().sum(), candidate: counts.candidate.iter().sum() }
    }

    /// c₁·m − c₂·n for counts (c₁, c₂), of which either side has fewer than 2⁶³.
    fn gap(self, (reference, candidate): (u64, u64)) -> i128 {
        i128::from(reference) * i128::from(self.candidate)
            - i128::from(candidate) * i128::from(self.reference)
    }
}

/// The largest distance between two distribution functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LargestGap {
    /// max |c₁·m − c₂·n| over all observed keys; the distance is this ÷ (n·m).
    pub numerator: u128,
    /// The smallest key where it is reached.
    pub key: u64,
    /// Whether the candidate's function is the higher one there.
    pub candidate_above: bool,
}

/// Which side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The reference.
    Reference,
    /// The candidate.
    Candidate,
}

/// Exact answers about a pair.
#[derive(Debug, Clone)]
pub struct JointDistribution {
    map: BucketMap,
    reference: SideCounts,
    candidate: SideCounts,
    identical: bool,
}

/// Cumulative counts per bucket, and the values of the buckets looked into.
#[derive(Debug, Clone)]
struct SideCounts {
    /// `before[b]` counts values in buckets below `b`; one entry more than buckets.
    before: Vec<u64>,
    gathered: SortedKeys,
}

impl JointDistribution {
    /// A pair known only in the buckets that were gathered: `reference` and `candidate` hold all
    /// values of those buckets, sorted.
    #[must_use]
    pub fn partial(
        map: BucketMap,
        counts: BucketCounts<'_>,
        reference: SortedKeys,
        candidate: SortedKeys,
    ) -> Self {
        let side = |counts: &[u64], gathered: SortedKeys| {
            let mut before = Vec::with_capacity(counts.len() + 1);
            let mut total = 0;
            before.push(0);
            before.extend(counts.iter().map(|count| {
                total += count;
                total
            }));
            SideCounts { before, gathered }
        };
        let reference = side(counts.reference, reference);
        let candidate = side(counts.candidate, candidate);
        Self { map, reference, candidate, identical: false }
    }

    /// A pair known whole.
    #[must_use]
    pub fn whole(reference: Vec<KeyCount>, candidate: Vec<KeyCount>) -> Self {
        let total = |pairs: &[KeyCount]| [pairs.iter().map(|pair| pair.1).sum()];
        let (ours, theirs) = (total(&reference), total(&candidate));
        let counts = BucketCounts { reference: &ours, candidate: &theirs };
        Self::partial(BucketMap::whole(), counts, reference.into(), candidate.into())
    }

    /// Says that both sides are known to hold the same values: no bucket had to be looked into
    /// for the distance, but rank 1 of the reference was asked for.
    #[must_use]
    pub fn of_identical_sides(mut self) -> Self {
        self.identical = true;
        self
    }

    /// Number of values on a side.
    #[must_use]
    pub fn total(&self, side: Side) -> u64 {
        self.side(side).before.last().copied().unwrap_or(0)
    }

    /// The largest distance; `None` when a side is empty.
    #[must_use]
    pub fn largest_gap(&self) -> Option<LargestGap> {
        let scale = Scale {
            reference: self.total(Side::Reference),
            candidate: self.total(Side::Candidate),
        };
        if scale.reference == 0 || scale.candidate == 0 {
            return None;
        }
        if self.identical {
            let key = self.key_of_rank(Side::Reference, 1)?;
            return Some(LargestGap { numerator: 0, key, candidate_above: false });
        }
        let (mut reference, mut candidate) = (self.reference.walk(), self.candidate.walk());
        let mut gap = 0;
        let mut largest: Option<LargestGap> = None;
        while let Some(key) = match (reference.peek(), candidate.peek()) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        } {
            // While a side has values left in a bucket, the smallest of all lies in it.
            if reference.is_through() && candidate.is_through() {
                let bucket = self.map.bucket(key);
                gap = scale.gap((reference.enter(bucket), candidate.enter(bucket)));
            }
            gap += scale.gap((reference.take(key), candidate.take(key)));
            if largest.is_none_or(|found| gap.unsigned_abs() > found.numerator) {
                let numerator = gap.unsigned_abs();
                largest = Some(LargestGap { numerator, key, candidate_above: gap < 0 });
            }
        }
        largest
    }

    /// Values at or below `key`, which must lie in a bucket that was gathered.
    #[must_use]
    pub fn count_at_most(&self, side: Side, key: u64) -> u64 {
        let counts = self.side(side);
        let bucket = self.map.bucket(key);
        let inside = counts.in_bucket(&self.map, bucket);
        counts.before[bucket]
            + inside.take_while(|pair| pair.0 <= key).map(|pair| pair.1).sum::<u64>()
    }

    /// How often `key`, which must lie in a bucket that was gathered, occurs.
    #[must_use]
    pub fn count_of(&self, side: Side, key: u64) -> u64 {
        let gathered = &self.side(side).gathered;
        let found = gathered.keys.binary_search(&key).ok().and_then(|at| gathered.get(at));
        found.map_or(0, |(_, count)| count)
    }

    /// The key of a rank (1 = smallest) that was asked for; `None` beyond the number of values.
    #[must_use]
    pub fn key_of_rank(&self, side: Side, rank: u64) -> Option<u64> {
        let counts = self.side(side);
        let bucket = counts.before.partition_point(|&before| before < rank).checked_sub(1)?;
        if bucket >= self.map.len() {
            return None;
        }
        let mut before = counts.before[bucket];
        counts.in_bucket(&self.map, bucket).find_map(|(key, count)| {
            before += count;
            (before >= rank).then_some(key)
        })
    }

    fn side(&self, side: Side) -> &SideCounts {
        match side {
            Side::Reference => &self.reference,
            Side::Candidate => &self.candidate,
        }
    }
}

impl SideCounts {
    fn in_bucket(&self, map: &BucketMap, bucket: usize) -> impl Iterator<Item = KeyCount> {
        let keys = &self.gathered.keys;
        let start = keys.partition_point(|&key| map.bucket(key) < bucket);
        let end = keys.partition_point(|&key| map.bucket(key) <= bucket);
        self.gathered.pairs(start..end)
    }

    fn walk(&self) -> Walk<'_> {
        Walk { side: self, next: 0, left: 0 }
    }
}

/// Steps through the gathered values of one side, bucket by bucket.
struct Walk<'a> {
    side: &'a SideCounts,
    next: usize,
    /// Values of the bucket that were not taken yet.
    left: u64,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u64> {
        self.side.gathered.keys.get(self.next).copied()
    }

    fn is_through(&self) -> bool {
        self.left == 0
    }

    /// Begins a bucket; gives the count of values below it.
    fn enter(&mut self, bucket: usize) -> u64 {
        let before = self.side.before[bucket];
        self.left = self.side.before[bucket + 1] - before;
        before
    }

    /// Takes `key` if it is next, and gives how often it occurs.
    fn take(&mut self, key: u64) -> u64 {
        match self.side.gathered.get(self.next) {
            Some((next, count)) if next == key => {
                self.left -= count;
                self.next += 1;
                count
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::stats::histogram::BucketTally;

    fn pairs(keys: &[u64]) -> Vec<KeyCount> {
        let mut counts = BTreeMap::new();
        for &key in keys {
            *counts.entry(key).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// The definition itself: distribution functions compared at every observed key.
    fn naive_gap(reference: &[u64], candidate: &[u64]) -> Option<LargestGap> {
        if reference.is_empty() || candidate.is_empty() {
            return None;
        }
        let at_most = |keys: &[u64], key| keys.iter().filter(|&&k| k <= key).count() as i128;
        let mut keys = [reference, candidate].concat();
        keys.sort_unstable();
        let mut best: Option<LargestGap> = None;
        for key in keys {
            let ours = at_most(reference, key) * candidate.len() as i128;
            let theirs = at_most(candidate, key) * reference.len() as i128;
            let numerator = (ours - theirs).unsigned_abs();
            if best.is_none_or(|found| numerator > found.numerator) {
                best = Some(LargestGap { numerator, key, candidate_above: theirs > ours });
            }
        }
        best
    }

    fn by_histogram(map: BucketMap, reference: &[u64], candidate: &[u64]) -> JointDistribution {
        let count = |keys: &[u64]| {
            let mut tally = BucketTally::new(&map);
            tally.take_keys(keys, &map);
            tally.finish()
        };
        let (ours, theirs) = (count(reference), count(candidate));
        let counts = BucketCounts { reference: &ours, candidate: &theirs };
        let question = Question {
            distance: true,
            reference_ranks: vec![1, reference.len().div_ceil(2) as u64, reference.len() as u64],
            ..Question::default()
        };
        let flags = question.undecided(&map, counts);
        let gather = |keys: &[u64]| {
            pairs(&keys.iter().copied().filter(|&k| flags[map.bucket(k)]).collect::<Vec<_>>())
        };
        let (reference, candidate) = (gather(reference), gather(candidate));
        JointDistribution::partial(map, counts, reference.into(), candidate.into())
    }

    fn any_keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![0u64..20, 0u64..2000, any::<u64>(), Just(u64::MAX)];
        prop::collection::vec(key, 0..120)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn every_road_gives_the_definition(
            reference in any_keys(), candidate in any_keys(), sample in any_keys(),
        ) {
            let mut sample = sample;
            sample.sort_unstable();
            let expected = naive_gap(&reference, &candidate);
            let whole = JointDistribution::whole(pairs(&reference), pairs(&candidate));
            prop_assert_eq!(whole.largest_gap(), expected);
            let mut sorted = reference.clone();
            sorted.sort_unstable();
            for map in [BucketMap::cells(&sample), BucketMap::splitters(&sample)] {
                let joint = by_histogram(map, &reference, &candidate);
                prop_assert_eq!(joint.largest_gap(), expected);
                let half = reference.len().div_ceil(2);
                if half > 0 {
                    let median = sorted[half - 1];
                    prop_assert_eq!(joint.key_of_rank(Side::Reference, half as u64), Some(median));
                    let at_most = candidate.iter().filter(|&&key| key <= median).count();
                    prop_assert_eq!(
                        joint.count_at_most(Side::Candidate, median), at_most as u64
                    );
                }
            }
        }
    }

    #[test]
    fn identical_sides_have_no_gap() {
        let pairs = vec![(1, 3), (5, 2)];
        let gap = JointDistribution::whole(pairs.clone(), pairs).largest_gap().unwrap();
        assert_eq!((gap.numerator, gap.key), (0, 1));
    }

    #[test]
    fn an_empty_side_has_no_distance_and_no_ranks() {
        let joint = JointDistribution::whole(vec![(1, 1)], vec![]);
        assert_eq!(joint.largest_gap(), None);
        assert_eq!(joint.key_of_rank(Side::Candidate, 1), None);
        assert_eq!(joint.key_of_rank(Side::Reference, 1), Some(1));
        assert_eq!(joint.key_of_rank(Side::Reference, 2), None);
    }

    #[test]
    fn a_hundred_billion_rows_do_not_overflow() {
        let many = 100_000_000_000;
        let joint = JointDistribution::whole(vec![(1, many)], vec![(2, many)]);
        let gap = joint.largest_gap().unwrap();
        assert_eq!(gap.numerator, u128::from(many) * u128::from(many));
    }
}
