//! The kernels of exact drift, each by itself on seeded data: `cargo bench --bench kernels`.

#[path = "support/random.rs"]
mod random;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use driftgate::scan::SAMPLE_KEYS;
use driftgate::stats::histogram::{BucketMap, BucketTally};
use driftgate::stats::joint::{BucketCounts, JointDistribution, KeyCount, Question};
use driftgate::stats::order_key::from_f64;
use random::Random;

/// Values of a side: enough to leave the second cache, few enough for many rounds.
const VALUES: usize = 1 << 20;

/// Keys of two sides, the second shifted a little.
struct Pair {
    name: &'static str,
    reference: Vec<u64>,
    candidate: Vec<u64>,
}

impl Pair {
    fn all() -> [Self; 4] {
        [
            Self::of("normal", Random::normal),
            Self::of("lognormal", |random| random.normal().exp()),
            Self::of("zero_inflated", |random| {
                if random.uniform() < 0.7 { 0.0 } else { 10.0 * random.exponential() }
            }),
            Self::of("200_values", |random| (random.uniform().powi(2) * 200.0).floor()),
        ]
    }

    fn of(name: &'static str, draw: impl Fn(&mut Random) -> f64) -> Self {
        let side = |seed: u64, factor: f64| {
            let mut random = Random::new(seed);
            let value = |_| from_f64(factor * draw(&mut random));
            (0..VALUES).map(value).collect()
        };
        Self {
            name,
            reference: side(1, 1.0),
            candidate: side(2, if name == "200_values" { 1.0 } else { 1.05 }),
        }
    }

    /// A sample as a scan takes it: some of both sides, sorted.
    fn sample(&self) -> Vec<u64> {
        let step = 2 * VALUES / SAMPLE_KEYS;
        let both = self.reference.iter().chain(&self.candidate);
        let mut sample: Vec<u64> = both.copied().step_by(step).collect();
        sample.sort_unstable();
        sample
    }
}

fn maps(sample: &[u64]) -> [(&'static str, BucketMap); 2] {
    [("cells", BucketMap::cells(sample)), ("splitters", BucketMap::splitters(sample))]
}

fn count(map: &BucketMap, keys: &[u64]) -> Vec<u64> {
    let mut tally = BucketTally::new(map);
    tally.take_keys(keys, map);
    tally.finish()
}

/// The keys of flagged buckets, sorted, with how often each occurs; heavy keys are counted, not
/// copied.
fn gather(map: &BucketMap, flags: &[bool], keys: &[u64]) -> Vec<KeyCount> {
    let mut gathered = Vec::new();
    let mut heavy: Vec<KeyCount> = vec![(0, 0); map.len()];
    for &key in keys {
        let bucket = map.bucket(key);
        if flags[bucket] && map.heavy_key(bucket) == Some(key) {
            heavy[bucket] = (key, heavy[bucket].1 + 1);
        } else if flags[bucket] {
            gathered.push(key);
        }
    }
    gathered.sort_unstable();
    let runs = gathered.chunk_by(|a, b| a == b);
    let mut pairs: Vec<KeyCount> = runs.map(|run| (run[0], run.len() as u64)).collect();
    pairs.extend(heavy.into_iter().filter(|&(_, count)| count > 0));
    pairs.sort_unstable();
    pairs
}

fn build_maps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("histogram/build");
    for pair in Pair::all() {
        let sample = pair.sample();
        group.throughput(Throughput::Elements(sample.len() as u64));
        group.bench_function(BenchmarkId::new("cells", pair.name), |bencher| {
            bencher.iter(|| BucketMap::cells(black_box(&sample)));
        });
        group.bench_function(BenchmarkId::new("splitters", pair.name), |bencher| {
            bencher.iter(|| BucketMap::splitters(black_box(&sample)));
        });
    }
}

fn count_keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("histogram/count");
    group.throughput(Throughput::ElementsAndBytes {
        elements: VALUES as u64,
        bytes: (VALUES * size_of::<u64>()) as u64,
    });
    for pair in Pair::all() {
        for (shape, map) in maps(&pair.sample()) {
            let mut tally = BucketTally::new(&map);
            group.bench_function(BenchmarkId::new(shape, pair.name), |bencher| {
                bencher.iter(|| tally.take_keys(black_box(&pair.reference), &map));
            });
        }
    }
}

/// What the exact distance costs after counting: finding the undecided buckets, gathering and
/// sorting their values, walking both sides.
fn refine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("joint/refine");
    group.throughput(Throughput::Elements(2 * VALUES as u64));
    for pair in Pair::all() {
        let map = BucketMap::cells(&pair.sample());
        let (reference, candidate) = (count(&map, &pair.reference), count(&map, &pair.candidate));
        let counts = BucketCounts { reference: &reference, candidate: &candidate };
        let question = Question {
            distance: true,
            reference_ranks: (1..10).map(|decile| decile * VALUES as u64 / 10).collect(),
            ..Question::default()
        };
        group.bench_function(BenchmarkId::new("undecided", pair.name), |bencher| {
            bencher.iter(|| question.undecided(&map, black_box(counts)));
        });
        let flags = question.undecided(&map, counts);
        group.bench_function(BenchmarkId::new("gather", pair.name), |bencher| {
            bencher.iter(|| gather(&map, &flags, black_box(&pair.reference)));
        });
        let sides = [&pair.reference, &pair.candidate].map(|keys| gather(&map, &flags, keys));
        group.bench_function(BenchmarkId::new("largest_gap", pair.name), |bencher| {
            bencher.iter_batched(
                || (map.clone(), sides.clone()),
                |(map, [ours, theirs])| {
                    JointDistribution::partial(map, counts, ours.into(), theirs.into())
                        .largest_gap()
                },
                BatchSize::LargeInput,
            );
        });
    }
}

/// The plain way, to be beaten: sort both sides, then walk.
fn sort(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("joint/sort");
    group.throughput(Throughput::Elements(2 * VALUES as u64));
    group.sample_size(10);
    for pair in Pair::all() {
        let whole = BucketMap::whole();
        group.bench_function(pair.name, |bencher| {
            bencher.iter(|| {
                let sides = [&pair.reference, &pair.candidate];
                let [ours, theirs] = sides.map(|keys| gather(&whole, &[true], black_box(keys)));
                JointDistribution::whole(ours, theirs).largest_gap()
            });
        });
    }
}

criterion_group!(kernels, build_maps, count_keys, refine, sort);
criterion_main!(kernels);
