//! Verifies envelopes, then signs the same bytes as a statement and follows it to its verdict.
//!
//! No mutation finds a signature or a digest, so both are made anew here: what lies behind them
//! has to hold against whoever has a key.
#![no_main]

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use driftgate::report::{ResourceDescriptor, SUBJECT_NAME, Statement};
use driftgate::signing::{KeyKind, PrivateKey, TrustedKeys, sign, verify};
use driftgate::snapshot::SnapshotId;
use driftgate::verification::SignedReport;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let trusted = TrustedKeys::new([key().public()]);
    assert!(verify(bytes, &trusted, NonZeroUsize::MIN).is_err(), "a signature was guessed");
    judge(bytes, &trusted);
    if let Some(consistent) = with_digests_of_its_own(bytes) {
        judge(&consistent, &trusted);
    }
});

/// Signs a payload and reads it back as far as it goes.
fn judge(payload: &[u8], trusted: &TrustedKeys) {
    let Ok(signed) = sign(payload, std::slice::from_ref(key())) else { return };
    let verified = match verify(&signed.envelope, trusted, NonZeroUsize::MIN) {
        Ok(verified) => verified,
        Err(refusal) => panic!("just signed, and refused: {refusal}"),
    };
    assert!(verified.bytes() == payload, "what was signed comes back");
    let Ok(report) = SignedReport::read(&verified) else { return };
    let Ok(report) = report.redecide() else { return };
    assert!(report.predicate().verdict == report.verdict(), "the recorded verdict is the decided");
}

/// The statement with the subject and the id that belong to its predicate.
fn with_digests_of_its_own(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut statement: Statement = serde_json::from_slice(bytes).ok()?;
    let id: SnapshotId = statement.predicate.candidate.as_ref()?.snapshot_id.parse().ok()?;
    statement.subject = vec![ResourceDescriptor::sha256(SUBJECT_NAME, &id.subject_digest())];
    statement.predicate.report_id = statement.predicate.computed_id();
    serde_json::to_vec(&statement).ok()
}

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate(KeyKind::Ed25519))
}
