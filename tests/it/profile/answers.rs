//! Answers to what a policy asks: their bytes, and what they must not say.

use std::collections::{BTreeMap, BTreeSet};

use driftgate::contract::{Column, Comparison, Direction, LogicalType, Schema};
use driftgate::identity::{DigestAlgorithm, Sha256Digest};
use driftgate::profile::{
    Answer, AnswerFault, Answers, AnswersFault, ColumnProfile, DECODED_BYTES_MAX, DecodeError,
    Presence, Profiled, Query, Run, Sample, Sampling, SectionFault, StoredProfile,
    StoredProfileError, Values, Violations,
};
use driftgate::quantity::{Bytes, Rows};
use driftgate::snapshot::Manifest;
use driftgate::stats::order_key::from_i64;

/// Numbers -1, 1, 1 and a null in two files `a` and `b`.
fn plain() -> StoredProfile {
    let digest = Sha256Digest::of(b"").into();
    let files = ["a", "b"].map(|name| (name.to_owned(), digest));
    let column = Column::new("n", LogicalType::integer(8), true);
    let of = Profiled {
        schema: Schema::new(vec![column]).unwrap(),
        manifest: Manifest::new(DigestAlgorithm::Sha256, files).unwrap(),
        rows: Rows(4),
        bytes: Bytes(77),
    };
    let mut column = ColumnProfile::empty(Vec::new());
    column.presence = Presence { rows: 4, nulls: 1, ..Presence::default() };
    column.extend_keys(from_i64(-1), from_i64(1));
    column.values = Values::Counted(vec![(from_i64(-1), 1), (from_i64(1), 2)]);
    StoredProfile::new(of, vec![column]).unwrap()
}

fn sample(file: &str, row_group: usize, row: u64, value: &str) -> Sample {
    Sample { file: file.to_owned(), row_group, row, value: Some(value.to_owned()) }
}

fn range() -> Query {
    Query::KeyRange { column: "n".to_owned(), low: from_i64(0), high: u64::MAX }
}

fn order() -> Query {
    Query::Monotonic { column: "n".to_owned(), direction: Direction::Decreasing }
}

fn unique() -> Query {
    Query::Unique { columns: vec!["n".to_owned()] }
}

/// A stretch that begins in row 0 of the first row group.
fn run(file: &str, keys: &[i64]) -> Run {
    let mut run = Run::new(Direction::Decreasing);
    for &key in keys {
        run.follow(from_i64(key), || sample(file, 0, 0, "x"));
    }
    run
}

/// The range is broken in row 1 of `b`; order in row 1 of row group 1 of `b`; 1 repeats.
fn answers() -> BTreeMap<Query, Answer> {
    let broken =
        |samples: Vec<Sample>, run| Violations { count: samples.len() as u64, samples, run };
    let in_range = vec![broken(vec![], None), broken(vec![sample("b", 0, 1, "-1")], None)];
    let in_order = vec![
        broken(vec![], Some(run("a", &[]))),
        broken(vec![sample("b", 1, 1, "1")], Some(run("b", &[1, -1, 1]))),
    ];
    let repeated = vec![sample("b", 0, 0, "1"), sample("b", 1, 1, "1")];
    BTreeMap::from([
        (range(), Answer::ByFile(in_range)),
        (order(), Answer::ByFile(in_order)),
        (unique(), Answer::Whole(broken(repeated, None))),
    ])
}

const SAMPLING: Sampling = Sampling { positions_max: 5, values: true };

fn with(answers: BTreeMap<Query, Answer>) -> Result<StoredProfile, StoredProfileError> {
    plain().with_answers(Answers::new(SAMPLING, answers))
}

#[test]
fn answers_are_written_as_the_format_says() {
    let plain = plain().encode();
    let line = format!(
        "{{\"positions\":5,\"values\":true,\"queries\":[\
         {{\"keyRange\":{{\"column\":\"n\",\"low\":{},\"high\":{}}}}},\
         {{\"monotonic\":{{\"column\":\"n\",\"direction\":\"decreasing\"}}}},\
         {{\"unique\":{{\"columns\":[\"n\"]}}}}]}}\n",
        1u64 << 63,
        u64::MAX
    );
    let mut section = line.into_bytes();
    // The range: none in `a`; one in `b`: row group 0, row 1, 2 bytes of text.
    section.extend_from_slice(b"\x00\x01\x00\x01\x02-1");
    // Order: none in `a`, which has no values; one in `b`: row group 1, row 1, 1 byte of text.
    section.extend_from_slice(b"\x00\x00\x01\x01\x01\x011");
    // `b` has values: the first in row group 0, row 0, 1 byte of text; keys of 1 and 1.
    section.extend_from_slice(b"\x01\x00\x00\x01x");
    section.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0x80]);
    // Two rows repeat: file 1, row group 0, row 0; in the same file, row group + 1, row 1.
    section.extend_from_slice(b"\x02\x01\x00\x00\x011\x00\x01\x01\x011");
    let mut expected = plain[..plain.len() - 32].to_vec();
    expected["driftgate profile ".len()] = b'2';
    expected.extend_from_slice(&[section.len() as u8 | 0x80, (section.len() >> 7) as u8]);
    expected.extend_from_slice(&section);
    expected.extend_from_slice(Sha256Digest::of(&expected).as_bytes());
    let profile = with(answers()).unwrap();
    assert_eq!(profile.encode(), expected);
    assert_eq!(StoredProfile::decode(&expected, DECODED_BYTES_MAX), Ok(profile));
}

#[test]
fn a_profile_that_was_asked_nothing_is_one_of_the_first_version() {
    let asked_nothing = with(BTreeMap::new()).unwrap();
    assert!(asked_nothing.encode().starts_with(b"driftgate profile 1\n"));
    assert_eq!(asked_nothing, plain());
    // The second version with no query would be a second spelling.
    let mut bytes = plain().encode();
    bytes["driftgate profile ".len()] = b'2';
    bytes.truncate(bytes.len() - 32);
    let line = b"{\"positions\":0,\"values\":false,\"queries\":[]}\n";
    bytes.push(line.len() as u8);
    bytes.extend_from_slice(line);
    bytes.extend_from_slice(Sha256Digest::of(&bytes).clone().as_bytes());
    let error = StoredProfile::decode(&bytes, DECODED_BYTES_MAX).unwrap_err();
    assert!(matches!(error, DecodeError::Answers { fault: AnswersFault::Spelling, .. }), "{error}");
}

#[test]
fn answers_join_in_file_order_with_what_breaks_between_files() {
    let whole = with(BTreeMap::from([(
        order(),
        Answer::ByFile(vec![
            Violations { run: Some(run("a", &[5, 1])), ..Violations::default() },
            Violations { run: Some(run("b", &[3, 2])), ..Violations::default() },
        ]),
    )]));
    let found = whole.unwrap().answers().get(&order(), SAMPLING).unwrap();
    assert_eq!((found.count, found.samples), (1, vec![sample("b", 0, 0, "x")]));
}

#[test]
fn samples_behind_a_gap_are_not_given_as_the_first() {
    let kept = Sampling { positions_max: 1, values: false };
    let at = |file: &str| Sample { value: None, ..sample(file, 0, 0, "") };
    let of = |file, count| Violations { count, samples: vec![at(file)], run: None };
    let files = |counts: [u64; 2]| Answer::ByFile(vec![of("a", counts[0]), of("b", counts[1])]);
    let ask = |counts, positions_max| {
        let answers = Answers::new(kept, BTreeMap::from([(range(), files(counts))]));
        let profile = plain().with_answers(answers).unwrap();
        let sampling = Sampling { positions_max, values: true };
        let found = profile.answers().get(&range(), sampling).unwrap();
        let names = found.samples.iter().map(|sample| sample.file.clone());
        (found.count, names.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(ask([1, 1], 3), (2, "a b".to_owned()));
    assert_eq!(ask([2, 1], 3), (3, "a".to_owned()));
    assert_eq!(ask([1, 2], 3), (3, "a b".to_owned()));
    assert_eq!(ask([1, 2], 0), (3, String::new()));
}

#[test]
fn answers_that_contradict_the_profile_or_themselves_are_not_stored() {
    let fault = |answers| match with(answers) {
        Err(StoredProfileError::Answer { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    let changed = |query: &Query, change: &dyn Fn(&mut Violations)| {
        let mut answers = answers();
        match answers.get_mut(query).unwrap() {
            Answer::Whole(violations) => change(violations),
            Answer::ByFile(files) => change(&mut files[1]),
        }
        fault(answers)
    };
    let only = |query: Query, answer| fault(BTreeMap::from([(query, answer)]));
    let none = || Answer::ByFile(vec![Violations::default(), Violations::default()]);
    let absent = Query::Length { column: "absent".to_owned(), min: 0, max: 1 };
    assert_eq!(only(absent, none()), AnswerFault::Query);
    let text = Query::OneOfTexts { column: "n".to_owned(), texts: BTreeSet::new() };
    assert_eq!(only(text, none()), AnswerFault::Query);
    let (left, right) = ("n".to_owned(), "m".to_owned());
    let compare = Query::Compare { left, comparison: Comparison::Less, right };
    assert_eq!(only(compare, none()), AnswerFault::Query);
    assert_eq!(only(Query::Unique { columns: Vec::new() }, none()), AnswerFault::Query);
    assert_eq!(only(unique(), none()), AnswerFault::Kind);
    assert_eq!(only(range(), Answer::Whole(Violations::default())), AnswerFault::Kind);
    assert_eq!(only(range(), Answer::ByFile(vec![Violations::default()])), AnswerFault::Kind);
    assert_eq!(changed(&range(), &|found| found.count = 2), AnswerFault::Samples);
    assert_eq!(changed(&range(), &|found| found.samples.clear()), AnswerFault::Samples);
    let elsewhere = |found: &mut Violations| found.samples[0].file = "a".to_owned();
    assert_eq!(changed(&range(), &elsewhere), AnswerFault::Samples);
    assert_eq!(changed(&range(), &|found| found.samples[0].row = 4), AnswerFault::Samples);
    assert_eq!(changed(&range(), &|found| found.samples[0].value = None), AnswerFault::Samples);
    let long = |found: &mut Violations| found.samples[0].value = Some("x".repeat(122));
    assert_eq!(changed(&range(), &long), AnswerFault::Samples);
    assert_eq!(changed(&range(), &|found| found.run = Some(run("b", &[]))), AnswerFault::Order);
    assert_eq!(changed(&unique(), &|found| found.samples.reverse()), AnswerFault::Samples);
    let alone = |found: &mut Violations| {
        found.count = 1;
        found.samples.pop();
    };
    assert_eq!(changed(&unique(), &alone), AnswerFault::Kind);
    let many = |found: &mut Violations| {
        let row = |row| sample("b", 0, row, "");
        (found.count, found.samples) = (4, (0..4).map(row).collect());
    };
    assert_eq!(changed(&range(), &many), AnswerFault::Count, "one of four rows is null");
    assert_eq!(changed(&order(), &|found| found.run = None), AnswerFault::Order);
    assert_eq!(changed(&order(), &|found| found.run = Some(run("b", &[]))), AnswerFault::Order);
    let unbroken = |found: &mut Violations| {
        *found = Violations { run: Some(run("b", &[1, 2])), ..Violations::default() };
    };
    assert_eq!(changed(&order(), &unbroken), AnswerFault::Order);
}

#[test]
fn answers_take_no_more_memory_than_they_may() {
    let bytes = with(answers()).unwrap().encode();
    let error = StoredProfile::decode(&bytes, Bytes(100)).unwrap_err();
    let DecodeError::Answers { fault: AnswersFault::Bytes(fault), .. } = error else {
        panic!("{error}")
    };
    assert_eq!(fault, SectionFault::Memory { limit: Bytes(100) });
}
