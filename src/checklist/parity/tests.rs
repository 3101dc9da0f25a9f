//! What passes and what does not.

use super::read::KIND;
use crate::checklist::{Answer, Criterion, Document, Given, Need};
use crate::clock::Timestamp;
use crate::verdict::Verdict;
use crate::yaml::{Faults, Fields, WhenEmpty, tree};

fn rule(text: &str) -> Result<std::sync::Arc<dyn Criterion>, Vec<String>> {
    let mut faults = Faults::default();
    let empty = WhenEmpty { expected: "a gate", hint: "" };
    let node = tree(text.as_bytes(), empty, &mut faults).unwrap();
    let mut fields = Fields::of(&node, "a gate", &mut faults).unwrap();
    let read = (KIND.read)(&mut fields, &mut faults);
    fields.finish(&mut faults);
    let faults: Vec<String> = faults.into_vec().into_iter().map(|fault| fault.message).collect();
    match read {
        Some(rule) if faults.is_empty() => Ok(rule),
        _ => Err(faults),
    }
}

fn judge(text: &str, documents: &[(usize, &str, &str)]) -> Vec<Answer> {
    let documents: Vec<Document> = documents
        .iter()
        .map(|(need, name, text)| Document {
            need: *need,
            name: (*name).to_owned(),
            content: Ok(text.as_bytes().to_vec()),
        })
        .collect();
    let now = Timestamp::parse_rfc3339("2026-11-25T12:00:00Z").unwrap();
    rule(text).unwrap().judge(&Given { now, documents: &documents, predictions: None })
}

fn capture(kernel: &str, more: &str) -> String {
    format!(
        r#"{{"format": "https://driftgate.dev/environment/v1",
            "captured_at": "2026-11-24T12:00:00Z",
            "system": {{"architecture": "x86_64", "kernel": "{kernel}"}}, "cpu": {{}} {more}}}"#
    )
}

const CAPTURES: &str = "{reference: a.json, candidate: b.json, ignore: [cpu.model], max_age: 2d}";

#[test]
fn the_same_environment_passes_and_another_one_is_told() {
    let (old, new) = (capture("6.1", ""), capture("6.2", ""));
    let same = judge(CAPTURES, &[(0, "a.json", &old), (1, "b.json", &old)]);
    assert!(same.iter().all(|answer| answer.decision == Verdict::Passed), "{same:?}");
    assert_eq!(same[0].sentence, "the capture is 1 d old; at most 2 d is allowed");
    assert_eq!(same[1].sentence, "no difference in 2 values");
    let other = judge(CAPTURES, &[(0, "a.json", &old), (1, "b.json", &new)]);
    assert_eq!(other[1].decision, Verdict::Failed);
    assert_eq!(
        other[1].sentence,
        "1 difference: `system.kernel` is `6.1` in the reference and `6.2` in the candidate"
    );
    let tolerant = "{reference: a.json, candidate: b.json, differences: {max: 1}}";
    let answers = judge(tolerant, &[(0, "a.json", &old), (1, "b.json", &new)]);
    assert_eq!(answers[0].decision, Verdict::Passed);
}

#[test]
fn what_nobody_knows_is_inconclusive() {
    let known = capture("6.1", "");
    let unknown = capture("6.1", r#", "unknown": {"system.kernel": "no /proc"}"#);
    let answers = judge(CAPTURES, &[(0, "a.json", &known), (1, "b.json", &unknown)]);
    assert_eq!(answers[1].decision, Verdict::Inconclusive);
    assert!(answers[1].sentence.contains("not to be told: `system.kernel`"), "{answers:?}");
}

#[test]
fn missing_damaged_and_old_captures_do_not_pass() {
    let good = capture("6.1", "");
    for documents in [
        vec![],
        vec![(0, "a.json", good.as_str())],
        vec![(0, "a.json", good.as_str()), (1, "b.json", "{}")],
        vec![(0, "a.json", good.as_str()), (1, "b.json", "")],
        vec![(0, "a.json", &good), (1, "b.json", &good), (1, "c.json", &good)],
    ] {
        let answers = judge(CAPTURES, &documents);
        assert!(answers.iter().any(|answer| answer.decision == Verdict::Error), "{documents:?}");
    }
    let strict = CAPTURES.replace("2d", "1h");
    let answers = judge(&strict, &[(0, "a.json", &good), (1, "b.json", &good)]);
    assert_eq!(answers[0].decision, Verdict::Failed);
    let future = good.replace("2026-11-24", "2027-01-01");
    let answers = judge(CAPTURES, &[(0, "a.json", &good), (1, "b.json", &future)]);
    assert_eq!(answers[0].decision, Verdict::Error);
}

const TREES: &str =
    "trees: [{reference: conf/staging, candidate: conf/prod/, ignore: ['*.yaml:host']}]";

#[test]
fn folders_are_compared_file_by_file() {
    let answers = judge(
        TREES,
        &[
            (0, "conf/staging/a.yaml", "host: s\nport: 1\n"),
            (0, "conf/staging/only.env", "A=1\n"),
            (1, "conf/prod/a.yaml", "host: p\nport: 1\n"),
        ],
    );
    assert_eq!(answers[0].decision, Verdict::Failed);
    assert_eq!(
        answers[0].sentence,
        "1 difference (1 ignored): the file `only.env` is in the reference alone"
    );
    assert_eq!(answers[0].about.as_deref(), Some("conf/staging → conf/prod/"));
    let files = "trees: [{reference: a.env, candidate: b.env}]";
    let answers = judge(files, &[(0, "a.env", "A=1\n"), (1, "b.env", "A=1\n")]);
    assert_eq!(answers[0].decision, Verdict::Passed);
}

#[test]
fn nothing_to_compare_is_an_error() {
    let file = (0, "conf/staging/a.yaml", "a: 1\n");
    for documents in [
        vec![],
        vec![file],
        vec![file, (1, "conf/prod", "a: 1\n")],
        vec![file, (1, "conf/prod/a.yaml", "a: [\n")],
        vec![(0, "conf/staging/a.yaml", ""), (1, "conf/prod/a.yaml", "")],
    ] {
        let answers = judge(TREES, &documents);
        assert_eq!(answers[0].decision, Verdict::Error, "{documents:?}: {answers:?}");
    }
}

#[test]
fn a_gate_says_what_it_needs_and_what_it_demands() {
    let rule =
        rule("{reference: a.json, candidate: b.json, trees: [{reference: c, candidate: d}]}");
    let rule = rule.unwrap();
    let needs = rule.needs();
    assert!(matches!(&needs[1], Need::Files { pattern, .. } if pattern == "b.json"));
    assert!(matches!(&needs[2], Need::Below { path, .. } if path == "c"));
    assert_eq!(rule.demands().len(), 1);
}

#[test]
fn faults_are_told() {
    let fault = |text: &str| rule(text).unwrap_err().join("; ");
    assert!(fault("{differences: {max: 1}}").contains("compares nothing"));
    assert!(fault("{reference: a.json}").contains("needs the key `candidate`"));
    assert!(fault("{reference: ../a.json, candidate: b.json}").contains("leads out"));
    assert!(fault("{reference: a, candidate: /b}").contains("leads out"));
    assert!(fault("{trees: [{reference: a, candidate: b, ignore: ['a..b']}]}").contains("step"));
    assert!(fault("{trees: []}").contains("empty list"));
    assert!(fault("{reference: a, candidate: b, max_age: 5}").contains("length of time"));
}
