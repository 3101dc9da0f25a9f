//! A report that was made, and a forger who holds the key.

use std::fs;

use driftgate::report::{CheckResult, GateSummary, Predicate, SnapshotDocument, Statement};
use driftgate::signing::sign;
use serde_json::Value;

use crate::command::Ran;
use crate::transactions::{ORDINARY, Transactions};
use crate::workplace::Workplace;

/// A workplace with data, a policy that asks for every number there is, and a report in `out` on
/// the candidate `moved`, which fails.
pub(super) fn court() -> Workplace {
    let place = Workplace::new();
    ORDINARY.write(&place.path("reference/part-0.parquet"));
    let candidates = [
        ("same", ORDINARY),
        ("moved", Transactions { moved: 30.0, ..ORDINARY }),
        ("nudged", Transactions { moved: 5.0, ..ORDINARY }),
        ("few", Transactions { rows: 40, ..ORDINARY }),
        ("narrow", Transactions { countries: None, ..ORDINARY }),
        ("foreign", Transactions { countries: Some(&["NO", "SE", "secret-land"]), ..ORDINARY }),
    ];
    for (name, candidate) in candidates {
        candidate.write(&place.path(format!("{name}/part-0.parquet")));
    }
    place.write("policy.yaml", POLICY);
    let ran = check(&place, "moved");
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    place
}

pub(super) fn check(place: &Workplace, candidate: &str) -> Ran {
    place.check(&format!(
        "--policy policy.yaml --reference reference --candidate {candidate} --out out"
    ))
}

/// Runs `driftgate verify` with the key of the place.
pub(super) fn verify(place: &Workplace, words: &str) -> Ran {
    place.driftgate(&format!("verify --key key.pub.pem {words}")).run()
}

/// That a report is refused with this code, and nothing on standard output reads as a verdict.
pub(super) fn assert_refused(ran: &Ran, code: &str, said: &str) {
    assert_eq!(ran.code, Some(4), "{code}: {ran:#?}");
    assert!(ran.stderr.starts_with(&format!("error: {code}: ")), "{code}: {ran:#?}");
    assert!(ran.stderr.contains(said), "{code}, `{said}`: {ran:#?}");
    assert!(ran.stdout.ends_with("\nREFUSED\n") && ran.stdout.contains(code), "{ran:#?}");
    for verdict in ["PASSED", "FAILED", "INCONCLUSIVE"] {
        assert!(!ran.stdout.contains(verdict), "{ran:#?}");
    }
}

/// The statement in an envelope.
pub(super) fn statement(place: &Workplace) -> Vec<u8> {
    use base64::Engine as _;
    let envelope: Value =
        serde_json::from_slice(&fs::read(place.path("out/report.dsse.json")).unwrap()).unwrap();
    base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap()
}

/// Signs any bytes with the key of the place, in the folder `forged`.
pub(super) fn sign_bytes(place: &Workplace, statement: &[u8]) {
    let signed = sign(statement, std::slice::from_ref(&place.key)).unwrap();
    place.write("forged/report.dsse.json", signed.envelope);
}

/// The report with a change, its id put right and signed again with the trusted key.
pub(super) fn forge(place: &Workplace, change: impl FnOnce(&mut Predicate)) -> Ran {
    let mut forged: Statement = serde_json::from_slice(&statement(place)).unwrap();
    change(&mut forged.predicate);
    forged.predicate.report_id = forged.predicate.computed_id();
    sign_bytes(place, &serde_json::to_vec(&forged).unwrap());
    verify(place, "forged")
}

pub(super) fn gate<'a>(predicate: &'a mut Predicate, name: &str) -> &'a mut GateSummary {
    predicate.gates.iter_mut().find(|gate| gate.name == name).unwrap()
}

/// The result of a rule on a column.
pub(super) fn result<'a>(
    predicate: &'a mut Predicate,
    gate_name: &str,
    rule: &str,
    column: &str,
) -> &'a mut CheckResult {
    let groups = gate(predicate, gate_name).checks.iter_mut();
    let mut results = groups.filter(|group| group.demand.rule == rule).flat_map(|g| &mut g.results);
    results.find(|result| column_of(result) == Some(column)).unwrap()
}

pub(super) fn candidate(predicate: &mut Predicate) -> &mut SnapshotDocument {
    predicate.candidate.as_mut().unwrap()
}

pub(super) fn column_of(result: &CheckResult) -> Option<&str> {
    match result {
        CheckResult::Estimate(column, ..)
        | CheckResult::Value(column, _)
        | CheckResult::Broken { column, .. } => column.as_deref(),
    }
}

/// Amounts move, countries come and go; the gate `soft` only warns, and `waived` is waived.
pub(super) const POLICY: &str = "\
version: 1
name: transactions
valid_for: 7d
columns:
  - match: \"*\"
    expect:
      - nulls: {max: 5%}
        on: both
  - match: amount
    expect:
      - nans: {max: 0}
      - range: {min: 0, max: 100}
        tolerate: 1%
  - match: country
    expect:
      - one_of: [NO, SE, DK]
  - match: id
    kind: identifier
    expect:
      - unique: true
      - monotonic: increasing
rows:
  - unique: [id, amount]
  - unique: [id]
gates:
  - {name: schema, kind: schema}
  - {name: valid, kind: expectations}
  - {name: volume, kind: volume, rows: {min: 10, max: 1000000}, ratio: {min: 0.01, max: 2}}
  - name: drift
    kind: drift
    columns: [amount, country]
    psi: {max: 0.2, warn: 0.01}
    ks: {d_max: 0.1, p_min: 0.001}
    missing: {psi_max: 0.1, null_change: {abs: 2%}, nan_change: {abs: 0.1%}}
    categories: {new_max: 0.5%, vanished_max: 1%}
    js_distance: {max: 0.3}
    hellinger: {max: 0.3}
    total_variation: {max: 0.3}
    l_infinity: {max: 0.3}
    wasserstein_scaled: {max: 0.5}
    cramers_v: {max: 0.3}
    chi_square: {p_min: 0.001}
  - {name: soft, kind: drift, severity: warn, columns: [amount], psi: {max: 0.001, decide: point}}
  - {name: waived, kind: drift, owner: ml, columns: [amount], ks: {d_max: 0.01}}
waivers:
  - {gate: waived, column: amount, owner: ml, reason: known, expires: 2030-01-01}
  - {gate: waived, column: country, owner: ml, reason: never, expires: 2030-01-01}
  - {gate: drift, owner: ml, reason: over, expires: 2020-01-01}
";
