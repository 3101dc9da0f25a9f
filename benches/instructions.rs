//! How many instructions the kernels take, which no load of the machine changes.
//!
//! `cargo bench --bench instructions` runs each kernel under `valgrind --tool=callgrind` (which
//! knows AVX2 but not AVX-512) once and twice, takes the difference, and compares it with
//! `benches/instructions.json`: more than a tenth above it is a failure, more than a tenth below
//! is a reason to write it anew with `DRIFTGATE_UPDATE_INSTRUCTIONS=1`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

#[path = "support/callgrind.rs"]
mod callgrind;
#[path = "support/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use callgrind::Failure;
use driftgate::contract::WideningRule;
use driftgate::scan::{Limits, OpenSnapshot, ScanRequest, ValuesWanted, scan_column};
use driftgate::snapshot::{Listing, ListingRules, Location};
use driftgate::stats::histogram::{BucketMap, BucketTally};
use driftgate::stats::joint::{BucketCounts, JointDistribution, KeyCount, Question};
use driftgate::stats::order_key::{extremes, from_f64};
use driftgate::stats::ranking::{Classes, buckets_of, rank_sums};
use random::Random;

/// Values of a kernel's data.
const VALUES: usize = 1 << 18;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [kernel, times] = arguments.as_slice()
        && let Some((_, work)) = KERNELS.iter().find(|(name, _)| name == kernel)
    {
        return work(times.parse()?);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.json");
    let mut counted = BTreeMap::new();
    for (name, _) in KERNELS {
        counted.insert((*name).to_owned(), instructions(name, 2)? - instructions(name, 1)?);
    }
    if std::env::var_os("DRIFTGATE_UPDATE_INSTRUCTIONS").is_some() {
        std::fs::write(&path, format!("{:#}\n", serde_json::to_value(&counted)?))?;
    }
    let known: BTreeMap<String, i64> = serde_json::from_slice(&std::fs::read(&path)?)?;
    let mut slower = Vec::new();
    for (name, found) in &counted {
        let Some(known) = known.get(name) else {
            return Err(format!("`{name}` is not in {}", path.display()).into());
        };
        println!("{name}: {found} instructions, {known} known");
        if *found > known + known / 10 {
            slower.push(name.as_str());
        }
    }
    if slower.is_empty() && known.len() == counted.len() {
        return Ok(());
    }
    Err(format!("more instructions than known, or other kernels: {}", slower.join(", ")).into())
}

/// Instructions of the whole process that runs a kernel so many times.
fn instructions(kernel: &str, times: u32) -> Result<i64, Failure> {
    let mut program = Command::new(std::env::current_exe()?);
    callgrind::instructions(program.args([kernel, &times.to_string()]))
}

type Kernel = fn(u32) -> Result<(), Failure>;

const KERNELS: &[(&str, Kernel)] = &[
    ("extremes of keys", |times| {
        let keys = normal(1);
        repeat(times, || {
            black_box(extremes(black_box(&keys)));
        });
        Ok(())
    }),
    ("finding buckets", |times| {
        let (keys, map) = keys_and_map();
        repeat(times, || {
            let mut buckets = Vec::new();
            map.assign(black_box(&keys), &mut buckets);
            black_box(&buckets);
        });
        Ok(())
    }),
    ("counting buckets", |times| {
        let (keys, map) = keys_and_map();
        let mut buckets = Vec::new();
        map.assign(&keys, &mut buckets);
        repeat(times, || {
            let mut tally = BucketTally::new(&map);
            tally.take_buckets(black_box(&buckets));
            black_box(tally.finish());
        });
        Ok(())
    }),
    ("the largest gap of two columns", |times| {
        let (keys, map) = keys_and_map();
        let other = normal(2);
        repeat(times, || {
            black_box(largest_gap(&map, &keys, &other));
        });
        Ok(())
    }),
    ("the area under a curve", |times| {
        let keys = normal(1);
        let positive: Vec<bool> = (0..VALUES).map(|row| row % 10 == 0).collect();
        repeat(times, || {
            let map = buckets_of(&[&keys]);
            let classes = [Classes::of(black_box(&keys), &positive, &map)];
            black_box(rank_sums(&classes, 0..map.len()));
        });
        Ok(())
    }),
    ("reading numbers", |times| scan("dep_time", times)),
    ("reading few numbers", |times| scan("distance", times)),
    ("reading text", |times| scan("carrier", times)),
];

fn repeat(times: u32, work: impl Fn()) {
    (0..times).for_each(|_| work());
}

fn normal(seed: u64) -> Vec<u64> {
    let mut random = Random::new(seed);
    (0..VALUES).map(|_| from_f64(random.normal())).collect()
}

fn keys_and_map() -> (Vec<u64>, BucketMap) {
    let keys = normal(1);
    let mut sample: Vec<u64> = keys.iter().copied().step_by(8).collect();
    sample.sort_unstable();
    (keys, BucketMap::cells(&sample))
}

fn largest_gap(map: &BucketMap, reference: &[u64], candidate: &[u64]) -> u128 {
    let count = |keys: &[u64]| {
        let mut tally = BucketTally::new(map);
        tally.take_keys(keys, map);
        tally.finish()
    };
    let (ours, theirs) = (count(reference), count(candidate));
    let counts = BucketCounts { reference: &ours, candidate: &theirs };
    let question = Question { distance: true, ..Question::default() };
    let flags = question.undecided(map, counts);
    let gather = |keys: &[u64]| {
        let mut keys: Vec<u64> =
            keys.iter().copied().filter(|&key| flags[map.bucket(key)]).collect();
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b)
            .map(|run| (run[0], run.len() as u64))
            .collect::<Vec<KeyCount>>()
    };
    let joint = JointDistribution::partial(
        map.clone(),
        counts,
        gather(reference).into(),
        gather(candidate).into(),
    );
    joint.largest_gap().map_or(0, |gap| gap.numerator)
}

/// Scans a column of the flights on this thread alone.
fn scan(column: &str, times: u32) -> Result<(), Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights/summer");
    let listing = Listing::of(&Location::find(&[path])?, &ListingRules::default())?;
    let snapshot = OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused)?;
    let request = ScanRequest {
        column,
        expectations: Vec::new(),
        values: ValuesWanted::Held(None),
        samples_max: 0,
        show_values: false,
    };
    let pool = driftgate::scan::Pool::new(1, 0)?;
    pool.run(|| {
        for _ in 0..times {
            black_box(scan_column(&snapshot, &request)?);
        }
        Ok::<_, driftgate::scan::ScanError>(())
    })?;
    Ok(())
}
