//! Every field of a statement changed by somebody who holds the key, every byte of an envelope by
//! somebody who does not.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;

use driftgate::clock::Timestamp;
use driftgate::identity::{DigestAlgorithm, Sha256Digest};
use driftgate::policy::{Policy, parse};
use driftgate::report::Statement;
use driftgate::signing::{KeyKind, PrivateKey, TrustedKeys, sign, verify};
use driftgate::snapshot::Manifest;
use driftgate::verification::{Refusal, SignedReport, VerifiedReport};
use serde_json::Value;

use super::court::{POLICY, court, statement};

/// All that `verify` holds a report to with the policy, the details and the data at hand.
struct Bench {
    key: PrivateKey,
    trusted: TrustedKeys,
    policy: Policy,
    details: Vec<u8>,
    data: [Manifest; 1],
}

impl Bench {
    fn judge(&self, statement: &[u8]) -> Result<VerifiedReport, Refusal> {
        let signed = sign(statement, std::slice::from_ref(&self.key)).unwrap();
        let payload = verify(&signed.envelope, &self.trusted, NonZeroUsize::MIN)?;
        let report = SignedReport::read(&payload)?.redecide()?;
        report.confirm_in_time(Timestamp::from_unix_seconds(1_790_000_060).unwrap(), None)?;
        report.confirm_policy_digest(Sha256Digest::of(POLICY.as_bytes()))?;
        report.confirm_policy_rules(&self.policy)?;
        report.confirm_details(&self.details)?;
        report.confirm_snapshot(&self.data, None)?;
        Ok(report)
    }
}

/// Each value of a real report is changed, emptied, taken away and doubled, and the report signed
/// again, whole in itself. What is still believed when policy, details and candidate are compared
/// is listed with its reason, changes no verdict, and is refused by `--recompute`.
#[test]
fn no_field_can_be_changed_under_the_key_but_those_that_only_the_data_can_prove() {
    let place = court();
    let honest = statement(&place);
    let manifest = fs::read_to_string(place.path("out/snapshot.manifest")).unwrap();
    let bench = Bench {
        key: place.key.clone(),
        trusted: TrustedKeys::new([place.key.public()]),
        policy: parse("policy.yaml", POLICY.as_bytes()).unwrap(),
        details: fs::read(place.path("out/report.details.json")).unwrap(),
        data: [Manifest::parse(&manifest, DigestAlgorithm::Sha256).unwrap()],
    };
    let verdict = bench.judge(&honest).unwrap().verdict();
    let again: Statement = serde_json::from_slice(&honest).unwrap();
    let document: Value = serde_json::from_slice(&honest).unwrap();
    let mut believed = BTreeSet::new();
    let mut tried = 0;
    for path in paths(&document) {
        for (how, changed) in mutations(&document, &path) {
            let Some(bytes) = spelled(&changed, &path) else { continue };
            if bytes == honest {
                continue;
            }
            tried += 1;
            if let Ok(report) = bench.judge(&bytes) {
                believed.insert(format!("{} {how}", pattern(&path)));
                assert_eq!(report.verdict(), verdict, "{path:?} {how}");
                let unlike = report.confirm_recomputed(&again.predicate).unwrap_err();
                assert_eq!(unlike.code(), "E_RECOMPUTE", "{path:?} {how}");
            }
        }
    }
    assert!(tried > 1_000, "{tried} mutations are few");
    let listed = BELIEVED.iter().flat_map(|(_, places)| *places).flat_map(|place| {
        let (place, hows) = place.split_once(' ').unwrap();
        hows.split(", ").map(move |how| format!("predicate.{place} {how}"))
    });
    let listed: BTreeSet<String> = listed.collect();
    assert_eq!(believed, listed, "of {tried} mutations");
}

/// Why it is believed, and what.
const BELIEVED: &[(&str, &[&str])] = &[
    (
        "facts on the data that need the data, which `--recompute` reads",
        &[
            "candidate.bytes changed, emptied, removed",
            "candidate.files changed, emptied, removed",
            "candidate.schemaDigest changed",
            "reference.bytes changed, emptied, removed",
            "reference.files changed, emptied, removed",
            "reference.schemaDigest changed",
            // `--reference-id` compares it.
            "reference.snapshotId changed",
            // Of columns that no drift gate judges.
            "columns.*.kind changed",
            "columns.*.nans.* changed",
            "gates.*.checks.*.results.*.* changed",
            "gates.*.checks.*.results.*.violations changed",
        ],
    ),
    (
        "which columns and promises a selector means, which needs the schemas; `--recompute` does",
        &[
            "gates.*.checks.* removed",
            "gates.*.checks.*.results.* removed",
            "gates.*.checks.*.results.*.column changed, emptied, removed",
        ],
    ),
    (
        "the same said twice, or a failure that says less of itself",
        &[
            "gates.*.checks.* doubled",
            "gates.*.checks.*.comparator emptied, removed",
            "gates.*.checks.*.decidedBy emptied, removed",
            "gates.*.checks.*.results.* doubled",
            "gates.*.checks.*.threshold emptied, removed",
        ],
    ),
    (
        "words for people",
        &[
            "details.mediaType changed, emptied, removed",
            "details.name changed",
            "gates.*.checks.*.line changed",
            "gates.*.checks.*.metric changed, emptied, removed",
            "gates.*.checks.*.rule changed",
            "gates.*.findings.* doubled, removed",
            "gates.*.findings.*.column changed, emptied, removed",
            "gates.*.findings.*.line changed",
            "gates.*.findings.*.rule changed",
            "gates.*.findings.*.sentence changed",
            "gates.*.findings.*.verdict changed",
            "gates.*.findings.*.waived removed",
            "gates.*.findings.*.waived.expires changed",
            "gates.*.findings.*.waived.line changed",
            "gates.*.findings.*.waived.owner changed",
            "gates.*.findings.*.waived.reason changed",
            "gates.*.findingsOmitted changed",
            "gates.*.message changed",
            "key removed",
            "textsCut changed",
            "tool.name changed",
            "tool.version changed",
        ],
    ),
];

#[test]
fn no_changed_byte_of_a_real_envelope_gives_another_payload() {
    let place = court();
    let honest = statement(&place);
    let keys = [place.key.clone(), PrivateKey::generate(KeyKind::Ed25519)];
    let trusted = TrustedKeys::new(keys.iter().map(PrivateKey::public));
    let envelope = sign(&honest, &keys).unwrap().envelope;
    // The signatures and all that is around the payload whole, the payload in steps: it is one
    // message, and `no_changed_bit_gives_another_payload_and_only_key_names_may_change` flips every
    // bit of a short one.
    let payload_end = 12 + honest.len().div_ceil(3) * 4;
    let dense = (0..40).chain(payload_end..envelope.len());
    for at in dense.chain((40..payload_end).step_by(31)) {
        let mut tampered = envelope.clone();
        tampered[at] ^= 1;
        if let Ok(payload) = verify(&tampered, &trusted, NonZeroUsize::MIN) {
            assert_eq!(payload.bytes(), honest, "byte {at}");
            assert!(at > payload_end, "byte {at} of the payload was changed and nobody noticed");
        }
    }
}

/// A place in a document: names and positions.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    At(usize),
}

/// Every value of a document, containers too.
fn paths(document: &Value) -> Vec<Vec<Step>> {
    let mut found = vec![Vec::new()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let below = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<_>>();
        match at(document, &path) {
            Value::Object(members) => {
                found.extend(members.keys().map(|key| below(Step::Key(key.clone()))));
            }
            Value::Array(items) => found.extend((0..items.len()).map(|at| below(Step::At(at)))),
            _ => {}
        }
    }
    found.remove(0);
    found
}

fn at<'v>(document: &'v Value, path: &[Step]) -> &'v Value {
    path.iter().fold(document, |value, step| match step {
        Step::Key(key) => &value[key],
        Step::At(at) => &value[at],
    })
}

fn at_mut<'v>(document: &'v mut Value, path: &[Step]) -> &'v mut Value {
    path.iter().fold(document, |value, step| match step {
        Step::Key(key) => &mut value[key],
        Step::At(at) => &mut value[at],
    })
}

/// The document with the value changed, emptied, taken away, doubled.
fn mutations(document: &Value, path: &[Step]) -> Vec<(&'static str, Value)> {
    let with = |value: Value| {
        let mut changed = document.clone();
        *at_mut(&mut changed, path) = value;
        changed
    };
    let mut all = Vec::new();
    if let Some(other) = other(at(document, path)) {
        all.push(("changed", with(other)));
        all.push(("emptied", with(Value::Null)));
    }
    let (last, above) = path.split_last().unwrap();
    let mut without = document.clone();
    let mut doubled = None;
    match (at_mut(&mut without, above), last) {
        (Value::Object(members), Step::Key(key)) => drop(members.remove(key)),
        (Value::Array(items), &Step::At(index)) => {
            let item = items.remove(index);
            let mut twice = document.clone();
            at_mut(&mut twice, above).as_array_mut().unwrap().insert(index, item);
            doubled = Some(twice);
        }
        _ => unreachable!("paths are those of the document"),
    }
    all.push(("removed", without));
    all.extend(doubled.map(|twice| ("doubled", twice)));
    all
}

/// Another value of the same kind; containers change by what is in them.
fn other(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Null => 0.into(),
        Value::Bool(truth) => (!truth).into(),
        Value::Number(number) => match number.as_u64() {
            Some(count) => (count + 1).into(),
            None => (number.as_f64()? * 1.001 + 0.0001).into(),
        },
        Value::String(text) => match text.as_str() {
            "passed" => "failed".into(),
            "failed" | "warned" | "inconclusive" => "passed".into(),
            "block" => "warn".into(),
            "warn" => "block".into(),
            time if Timestamp::parse_rfc3339(time).is_some() => time.replacen("20", "21", 1).into(),
            hex if hex.len() >= 64 => hex.replacen(['0', 'f'], "1", 1).into(),
            text => format!("{text}x").into(),
        },
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// The statement as its key's holder would sign it: whole in itself, if it can be.
fn spelled(changed: &Value, path: &[Step]) -> Option<Vec<u8>> {
    let Ok(mut statement) = serde_json::from_value::<Statement>(changed.clone()) else {
        return serde_json::to_vec(changed).ok();
    };
    if pattern(path) != "predicate.reportId" {
        statement.predicate.report_id = statement.predicate.computed_id();
    }
    serde_json::to_vec(&statement).ok()
}

/// `predicate.columns.*.name`
fn pattern(path: &[Step]) -> String {
    let names: Vec<&str> = path
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::At(_) => "*",
        })
        .collect();
    names.join(".")
}
