//! The work of `driftgate check` on the bundled flights: scanning, measuring, deciding on counts.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use driftgate::contract::WideningRule;
use driftgate::measure::{ColumnRequest, DriftRequest, MeasurementRequest, Subject, measure};
use driftgate::quantity::Fraction;
use driftgate::scan::{Limits, OpenSnapshot, Pool, ScanRequest, ValuesWanted, scan_column};
use driftgate::snapshot::{Listing, ListingRules, Location};
use driftgate::stats::{PsiLaw, psi};

fn flights(name: &str) -> OpenSnapshot {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights").join(name);
    let location = Location::find(&[path]).expect("the data are in the repository");
    let listing = Listing::of(&location, &ListingRules::default()).expect("they are a snapshot");
    OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused).expect("of Parquet")
}

/// One column of each way of counting: many numbers, few numbers, text.
fn scan(criterion: &mut Criterion) {
    let snapshot = flights("summer");
    let mut group = criterion.benchmark_group("scan");
    group.throughput(Throughput::Elements(snapshot.rows().0));
    for column in ["dep_time", "distance", "hour", "carrier", "tailnum"] {
        let request = ScanRequest {
            column,
            expectations: Vec::new(),
            values: ValuesWanted::Held(None),
            samples_max: 0,
            show_values: false,
        };
        group.bench_function(column, |bencher| {
            bencher.iter(|| scan_column(black_box(&snapshot), &request).expect("it can be read"));
        });
    }
}

/// Every column of both snapshots, with all distances.
fn whole_check(criterion: &mut Criterion) {
    let (reference, candidate) = (flights("summer"), flights("autumn"));
    let drift = Some(DriftRequest { bins: 10, alpha: 0.05, whole_multiset: false });
    let columns = reference.schema.columns().iter().map(|column| ColumnRequest {
        name: column.name.clone(),
        as_categories: false,
        drift,
        expectations: Vec::new(),
    });
    let request = MeasurementRequest { columns: columns.collect(), ..Default::default() };
    let mut group = criterion.benchmark_group("whole check");
    group.throughput(Throughput::Elements(reference.rows().0 + candidate.rows().0));
    for threads in [1, 2] {
        let pool = Pool::new(threads, 384 << 20).expect("threads");
        let (ours, theirs) = (Subject::Data(&reference), Subject::Data(&candidate));
        group.bench_function(format!("{threads} threads"), |bencher| {
            bencher.iter(|| measure(&ours, &theirs, &request, &pool).expect("readable"));
        });
    }
}

/// What is left to do once counts are known.
fn decide(criterion: &mut Criterion) {
    let (reference, candidate) =
        ([1000; 10], [900, 950, 1000, 1050, 1100, 1100, 1050, 1000, 950, 900]);
    let law = PsiLaw { reference: 10_000, candidate: 10_000, bins: 10 };
    let alpha = Fraction::new(0.05).expect("a share");
    criterion.bench_function("psi of ten bins", |bencher| {
        bencher.iter(|| psi(black_box(&reference), black_box(&candidate)));
    });
    criterion.bench_function("interval of a psi", |bencher| {
        bencher.iter(|| law.interval(black_box(0.05), alpha));
    });
}

criterion_group!(benches, scan, whole_check, decide);
criterion_main!(benches);
