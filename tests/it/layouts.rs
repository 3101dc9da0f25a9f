//! What is measured depends on the rows alone: not on how a file is laid out, nor on how many
//! threads or how much memory there are.

use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use crate::command::Ran;
use crate::workplace::Workplace;

#[test]
fn the_same_rows_in_any_layout_give_the_same_measurements() {
    let place = place();
    let plain = columns(&check(place, "plain", "layout-plain", ""));
    assert_eq!(plain.as_array().unwrap().len(), COLUMNS);
    let values = &plain[0]["reference"]["rows"];
    assert!(values.as_u64().unwrap() > driftgate::measure::WHOLE_VALUES_MAX, "{values}");
    assert_eq!(plain[0]["reference"]["distinct"], Value::Null, "not bucketed");
    for layout in LAYOUTS {
        let found = columns(&check(place, layout, &format!("layout-{layout}"), ""));
        for (ours, theirs) in plain.as_array().unwrap().iter().zip(found.as_array().unwrap()) {
            assert_eq!(ours, theirs, "`{layout}` against `plain`");
        }
    }
}

#[test]
fn threads_and_memory_leave_no_trace_in_the_signed_report() {
    let place = place();
    let mut reports = Vec::new();
    for (name, options) in [
        ("threads-1", "--threads 1"),
        ("threads-2", "--threads 2"),
        ("threads-8", "--threads 8"),
        // Nothing but counts fits: columns are decoded again for each pass.
        ("memory-1", "--memory 1MiB --threads 2"),
        ("memory-4", "--memory 4MiB --threads 3"),
    ] {
        let ran = check(place, "small_dictionaries", name, options);
        let files = REPORT.map(|file| fs::read(place.path(name).join(file)).unwrap());
        reports.push((name, ran.json(), files));
    }
    let (_, first, first_files) = &reports[0];
    for (name, report, files) in &reports[1..] {
        assert_eq!(first["columns"], report["columns"], "{name}");
        assert!(first_files == files, "{name} signs other bytes");
    }
}

/// The data, written once for all tests here.
fn place() -> &'static Workplace {
    static PLACE: OnceLock<Workplace> = OnceLock::new();
    PLACE.get_or_init(|| {
        let place = Workplace::new();
        place.python("layouts.py", &["."]);
        place.write("policy.yaml", POLICY);
        place
    })
}

fn check(place: &Workplace, layout: &str, out: &str, options: &str) -> Ran {
    let words = format!(
        "--format json --policy policy.yaml --out {out} \
         --reference {layout}/reference --candidate {layout}/candidate {options}"
    );
    let ran = place.check(&words);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{layout} {options}");
    ran
}

fn columns(ran: &Ran) -> Value {
    ran.json()["columns"].take()
}

/// All but `plain`, which they are compared with.
const LAYOUTS: [&str; 8] = [
    "snappy_pages_v2",
    "zstd_small_pages",
    "gzip_delta_and_split",
    "brotli_without_statistics",
    "small_dictionaries",
    "two_files",
    "partitioned",
    "other_arrow_types",
];
const COLUMNS: usize = 11;
const REPORT: [&str; 3] = ["report.dsse.json", "report.details.json", "report.sigstore.json"];
const POLICY: &str = "\
version: 1
name: layouts
columns:
  - match: at
    expect:
      - monotonic: increasing
      - unique: true
  - match: small
    expect:
      - range: {min: 0, max: 6}
gates:
  - name: valid
    kind: expectations
    on: both
  - name: everything
    kind: drift
    columns: \"*\"
    psi: {max: 0.2}
    ks: {d_max: 0.1, p_min: 0.01}
    missing: {null_change: {abs: 1%}}
";
