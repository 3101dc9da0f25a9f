//! A stored profile in the place of the reference: the same statement, or a word about what it
//! cannot know.

use std::fs;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use serde_json::Value;

use super::{base64_bytes, write_parquet};
use crate::command::Ran;
use crate::workplace::Workplace;

#[test]
fn a_profile_made_with_the_policy_gives_the_statement_of_the_data() {
    let place = place();
    for (samples, options) in [(5, ""), (3, "--show-values"), (0, ""), (40, "--show-values")] {
        let options = format!("--samples {samples} {options}");
        let data = check(&place, "reference", &options);
        assert_eq!(data.code, Some(1), "{data:#?}");
        let expected = Report::read(&place);
        assert_eq!(expected.broken_on_reference(), BROKEN, "every promise is broken");
        for threads in [1, 2, 8] {
            let made = place.driftgate(&format!(
                "profile reference --policy policy.yaml -o ref.profile {options} --threads {threads}"
            ));
            assert_eq!(made.run().code, Some(0));
            let stored = check(&place, "ref.profile", &options);
            assert_eq!((stored.code, stored.stderr.as_str()), (Some(1), ""), "{threads} threads");
            assert!(Report::read(&place) == expected, "{options}, {threads} threads");
        }
    }
}

#[test]
fn fewer_samples_than_the_profile_keeps_are_those_of_the_data() {
    let place = place();
    profile(&place, "--policy policy.yaml --samples 9 --show-values");
    for options in ["--samples 2", "--samples 9", "--samples 4 --show-values"] {
        check(&place, "reference", options);
        let expected = Report::read(&place);
        assert_eq!(check(&place, "ref.profile", options).stderr, "", "{options}");
        assert!(Report::read(&place) == expected, "{options}");
    }
}

#[test]
fn positions_that_the_profile_does_not_keep_are_missed_aloud_and_never_made_up() {
    let place = place();
    check(&place, "reference", "--samples 2");
    let few = Report::read(&place);
    check(&place, "reference", "--samples 50 --show-values");
    let many = Report::read(&place);
    profile(&place, "--policy policy.yaml --samples 2");
    let stored = check(&place, "ref.profile", "--samples 50 --show-values");
    let said = "the stored reference does not know all rows asked for: it keeps 2";
    assert!(stored.stderr.contains(said), "{stored:#?}");
    assert_eq!(stored.code, Some(1));
    let found = Report::read(&place);
    assert_eq!(found.counts(), many.counts());
    for ((few, many), found) in few.samples().iter().zip(many.samples()).zip(found.samples()) {
        assert!(found.len() >= few.len() && found.len() <= many.len());
        for (sample, of_data) in found.iter().zip(&many) {
            for place in ["file", "rowGroup", "row"] {
                assert_eq!(sample[place], of_data[place]);
            }
        }
    }
}

#[test]
fn a_profile_made_without_the_policy_counts_what_follows_from_values_alone() {
    let place = place();
    check(&place, "reference", "");
    let expected = Report::read(&place).counts();
    profile(&place, "");
    let stored = check(&place, "ref.profile", "");
    assert!(stored.stderr.contains("does not know all rows asked for"), "{stored:#?}");
    assert_eq!(stored.code, Some(5), "what is not known is an error");
    let found = Report::read(&place);
    let mut unknown = Vec::new();
    for (ours, theirs) in found.counts().into_iter().zip(expected) {
        match ours.1 {
            Value::Null => unknown.push(ours.0),
            _ => assert_eq!(ours, theirs),
        }
    }
    unknown.sort_unstable();
    assert_eq!(unknown, ["day", "low, high", "note", "user, visit"]);
    let said: Vec<String> = found
        .reference_findings()
        .filter(|finding| finding["verdict"] == "error")
        .map(|finding| finding["sentence"].to_string())
        .collect();
    assert_eq!(said.len(), 4);
    for sentence in said {
        assert!(sentence.contains("make it with `driftgate profile --policy`"), "{sentence}");
    }
}

#[test]
fn parts_profiled_where_they_lie_merge_into_the_profile_of_the_whole() {
    let place = place();
    place.write("policy.yaml", POLICY.replace("- unique: true", "- nulls: {max: 1}"));
    let policy = fs::read_to_string(place.path("policy.yaml")).unwrap();
    place.write("policy.yaml", policy.replace("  - unique: [user, visit]\n", ""));
    let run = |words: &str| {
        let ran = place.driftgate(words).run();
        assert_eq!(ran.code, Some(0), "{words}: {ran:#?}");
        ran.stdout
    };
    for options in ["--policy policy.yaml --samples 4 --show-values", ""] {
        run(&format!("profile reference -o whole.profile {options}"));
        // The first part's files stand before and behind the second's.
        let one = "reference/year=2024/0.parquet reference/year=2025/1.parquet";
        let root = "--root reference";
        run(&format!("profile {root} {one} -o one.profile {options}"));
        run(&format!("profile {root} reference/year=2024/2.parquet -o two.profile {options}"));
        run("profile merge two.profile one.profile -o merged.profile");
        let read = |name: &str| fs::read(place.path(name)).unwrap();
        assert!(read("merged.profile") == read("whole.profile"), "{options}");
        run(&format!("profile {root} reference/year=2024 -o one.profile {options}"));
        run(&format!("profile {root} ./reference/year=2025/ -o two.profile {options}"));
        run("profile merge one.profile two.profile -o merged.profile");
        assert!(read("merged.profile") == read("whole.profile"), "{options}");
    }
    let whole = run("snapshot reference --manifest whole.manifest");
    assert_eq!(run("snapshot --root reference reference"), whole);
    run("snapshot --root reference reference/year=2025 --manifest part.manifest");
    let read = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    assert!(read("whole.manifest").ends_with(&read("part.manifest")));
    let outside = place.driftgate("snapshot --root reference candidate").run();
    assert_eq!(outside.code, Some(5));
    assert!(outside.stderr.contains("does not lie in"), "{outside:?}");
}

#[test]
fn parts_that_cannot_answer_for_the_whole_are_refused_with_what_to_do() {
    let place = place();
    let part = |year: &str, options: &str| {
        let words = format!("profile --root reference reference/year={year} -o {year}.profile");
        assert_eq!(place.driftgate(&format!("{words} {options}")).run().code, Some(0));
    };
    let merge = || {
        let ran =
            place.driftgate("profile merge 2024.profile 2025.profile -o merged.profile").run();
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(!place.path("merged.profile").exists());
        ran.stderr
    };
    part("2024", "--policy policy.yaml");
    part("2025", "--policy policy.yaml");
    let said = merge();
    assert!(said.contains("`unique "), "{said}");
    assert!(said.contains("profile the whole with `--policy`, or the parts without it"), "{said}");
    part("2025", "");
    assert!(merge().contains("make all of them with the same `--policy`"));
    part("2025", "--policy policy.yaml --samples 1");
    assert!(merge().contains("different `--samples` or `--show-values`"));
}

/// The files of a report, without what names the profile.
#[derive(PartialEq)]
struct Report {
    statement: Value,
    details: Vec<u8>,
}

impl Report {
    fn read(place: &Workplace) -> Self {
        let read = |name: &str| fs::read(place.path("out").join(name)).unwrap();
        let envelope: Value = serde_json::from_slice(&read("report.dsse.json")).unwrap();
        let payload = base64_bytes(envelope["payload"].as_str().unwrap());
        let mut statement: Value = serde_json::from_slice(&payload).unwrap();
        let predicate = statement["predicate"].as_object_mut().unwrap();
        assert!(predicate.remove("reportId").is_some());
        let reference = predicate["reference"].as_object_mut().unwrap();
        let sources = ["bytes", "files", "profileDigest"].map(|name| reference.remove(name));
        assert_eq!(sources.iter().flatten().count() % 2, usize::from(sources[0].is_none()));
        Self { statement, details: read("report.details.json") }
    }

    /// Findings of expectations on the reference.
    fn reference_findings(&self) -> impl Iterator<Item = Value> {
        let details: Value = serde_json::from_slice(&self.details).unwrap();
        let gates = details["gates"].as_array().unwrap().clone();
        let findings =
            gates.into_iter().flat_map(|gate| gate["findings"].as_array().unwrap().clone());
        findings.filter(|finding| finding["side"] == "reference")
    }

    fn counts(&self) -> Vec<(String, Value)> {
        let count = |finding: Value| {
            (finding["column"].as_str().unwrap().to_owned(), finding["broken"].clone())
        };
        self.reference_findings().map(count).collect()
    }

    fn samples(&self) -> Vec<Vec<Value>> {
        let samples = |finding: Value| finding["samples"].as_array().cloned().unwrap_or_default();
        self.reference_findings().map(samples).collect()
    }

    fn broken_on_reference(&self) -> usize {
        let broken = self.reference_findings().filter(|finding| {
            finding["broken"]["violations"].as_u64().is_some_and(|count| count > 0)
        });
        broken.count()
    }
}

fn check(place: &Workplace, reference: &str, options: &str) -> Ran {
    place.check(&format!(
        "--policy policy.yaml --reference {reference} --candidate candidate --out out \
         --format json {options}"
    ))
}

fn profile(place: &Workplace, options: &str) {
    let ran = place.driftgate(&format!("profile reference -o ref.profile {options}")).run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

/// A reference of three files in two partitions, several row groups each, in which every promise
/// of the policy is broken; and a candidate.
fn place() -> Workplace {
    let place = Workplace::new();
    for (file, name) in ["year=2024/0", "year=2024/2", "year=2025/1"].into_iter().enumerate() {
        let path = place.path(format!("reference/{name}.parquet"));
        write_parquet(&path, &batch(file, 34_000), 9_000);
    }
    write_parquet(&place.path("candidate/year=2026/0.parquet"), &batch(7, 1000), 400);
    place.write("policy.yaml", POLICY);
    place
}

#[expect(clippy::cast_possible_wrap, clippy::cast_precision_loss, reason = "rows are few")]
fn batch(file: usize, rows: usize) -> RecordBatch {
    let row = |row: usize| (file * rows + row) as i64;
    let numbers = |value: &dyn Fn(i64) -> Option<i64>| -> ArrayRef {
        Arc::new(Int64Array::from((0..rows).map(|r| value(row(r))).collect::<Vec<_>>()))
    };
    let every = |n: i64, step: i64| n % step == step / 2;
    let ages = (0..rows).map(|r| match row(r) {
        n if every(n, 11) => None,
        n if every(n, 4001) => Some(200),
        n => Some(i32::try_from(n % 90).unwrap()),
    });
    let prices = (0..rows).map(|r| match row(r) {
        n if every(n, 7001) => f64::NAN,
        n if every(n, 9001) => f64::INFINITY,
        n => n as f64 / 4.0,
    });
    let texts = |text: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((0..rows).map(|r| text(row(r)))))
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", numbers(&|n| Some(if every(n, 5003) { 7 } else { n }))),
        // Breaks within row groups, and where the second file begins.
        ("day", numbers(&|n| Some(if every(n, 3001) { n - 9 } else { n - n / 34_000 * 40_000 }))),
        ("age", Arc::new(ages.collect::<Int32Array>())),
        ("price", Arc::new(Float64Array::from_iter_values(prices))),
        ("low", numbers(&|n| (!every(n, 13)).then_some(n))),
        ("high", numbers(&|n| (!every(n, 17)).then_some(if every(n, 2003) { n - 1 } else { n }))),
        ("user", numbers(&|n| Some(n / 3))),
        ("visit", texts(&|n| (if every(n, 6007) { n - 1 } else { n }).to_string())),
        ("code", texts(&|n| if every(n, 8009) { "?" } else { "EWR" }.to_owned())),
        ("word", texts(&|n| if every(n, 3011) { "It".to_owned() } else { format!("w{}", n % 7) })),
        ("note", texts(&|n| if every(n, 5009) { "long".repeat(50) } else { n.to_string() })),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Promises checked on the reference that are broken there: all but those on nulls.
const BROKEN: usize = 11;
const POLICY: &str = "\
version: 1
name: stored
columns:
  - match: id
    kind: identifier
    expect:
      - unique: true
  - match: day
    expect:
      - monotonic: increasing
  - match: age
    expect:
      - range: {min: 0, max: 120}
      - nulls: {max: 5%}
  - match: price
    expect:
      - range: {min: 0, below: 1000000}
      - unique: true
  - match: code
    expect:
      - one_of: [EWR]
  - match: word
    expect:
      - matches: '^[a-z]'
      - length: {min: 2, max: 2}
  - match: [user, visit, note]
    kind: identifier
  - match: note
    expect:
      - length: {max: 6}
rows:
  - unique: [user, visit]
  - compare: low <= high
gates:
  - {name: valid, kind: expectations, on: both}
  - {name: drift, kind: drift, columns: [age, price, code, day], psi: {max: 0.2}}
";
