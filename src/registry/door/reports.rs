//! What signed reports prove about a version.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::examine::{Case, Stable};
use crate::checklist::{Need, PredictionsNeed};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::Policy;
use crate::registry::passport::Passport;
use crate::report::{EvidenceDocument, PREDICATE_TYPE};
use crate::signing::keyring::Demand;
use crate::signing::verify;
use crate::verdict::{Verdict, text};
use crate::verification::{Refusal, SignedReport, VerifiedReport};

/// A report that was taken up for a version.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The envelope's digest.
    pub digest: Sha256Digest,
    /// The envelope.
    pub envelope: Vec<u8>,
}

/// A report that counts at a door.
#[derive(Debug, Clone)]
pub struct Believed {
    /// The envelope's digest.
    pub digest: Sha256Digest,
    /// The report.
    pub report: VerifiedReport,
    /// When it was made.
    pub made: Timestamp,
    /// Whose word it is.
    pub signers: BTreeSet<String>,
    /// Why it opens nothing: it answers another request, or has opened this door before.
    pub replay: Option<Reason>,
}

/// A stable code, and why in words.
pub type Reason = (&'static str, String);

impl Believed {
    /// What a gate came to; none when the report does not answer it.
    #[must_use]
    pub fn verdict(&self, gate: &str) -> Option<Verdict> {
        let gates = &self.report.predicate().gates;
        gates.iter().find(|answered| answered.name == gate).map(|answered| answered.verdict)
    }

    /// Whether its answer to a gate counts: that of a report which opens nothing when it closes the
    /// door, so that asking again takes away passes but never a failure.
    #[must_use]
    pub fn counts(&self, gate: &str) -> bool {
        self.verdict(gate).is_some_and(|verdict| self.replay.is_none() || !verdict.opens_door())
    }

    /// What the gate says, in one line.
    #[must_use]
    pub fn message(&self, gate: &str) -> String {
        let gates = &self.report.predicate().gates;
        let answered = gates.iter().find(|answered| answered.name == gate);
        answered.map_or_else(String::new, |answered| text::phrase(&answered.message))
    }
}

/// Holds a report to everything that a door demands of one. One that was made for another request,
/// or used before, is believed all the same and says so: what fails in it is no less true for that.
///
/// # Errors
/// [`Reason`]
pub fn believe(evidence: &Evidence, case: &Case<'_>) -> Result<Believed, Reason> {
    let refused = |refusal: Refusal| (refusal.code(), refusal.to_string());
    let payload = verify(&evidence.envelope, &case.keyring.keys(), NonZeroUsize::MIN)
        .map_err(|refusal| refused(refusal.into()))?;
    let report = SignedReport::read(&payload).map_err(refused)?.redecide().map_err(refused)?;
    let environment = case.door.environment.as_str();
    report.confirm_in_time(case.now, case.door.max_age_seconds).map_err(refused)?;
    report.confirm_environment(environment).map_err(refused)?;
    let demand = Demand {
        now: case.now,
        predicate: PREDICATE_TYPE,
        environment: Some(environment),
        role: case.door.reports_by.as_deref(),
        identities: NonZeroUsize::MIN,
    };
    let signers = report.confirm_signers(case.keyring, demand).map_err(refused)?;
    let signers = signers.keys().map(|&name| name.to_owned()).collect();
    report.confirm_policy_digest(case.policy_digest).map_err(refused)?;
    report.confirm_policy_rules(case.policy).map_err(refused)?;
    confirm_version(&report, case)?;
    let replay = confirm_unused(&report, case).err();
    // That it was used before explains more than that something else runs since.
    confirm_reference(&report, case)
        .and_then(|()| confirm_predictions(&report, case))
        .map_err(|reason| replay.clone().unwrap_or(reason))?;
    let made = report.made().map_err(refused)?;
    Ok(Believed { digest: evidence.digest, report, made, signers, replay })
}

/// That the report is about this version.
fn confirm_version(report: &VerifiedReport, case: &Case<'_>) -> Result<(), Reason> {
    if case.passport.is_subject_of(report.predicate()) {
        return Ok(());
    }
    let (model, version) = (&case.passport.model, &case.passport.version);
    let subject = report.snapshot_id();
    Err((
        "E_SUBJECT",
        format!("the report is about `{subject}`, which is none of `{model}@{version}`"),
    ))
}

/// That it answers this request or none, and has not opened this door before.
fn confirm_unused(report: &VerifiedReport, case: &Case<'_>) -> Result<(), Reason> {
    let predicate = report.predicate();
    let (answered, asked) = (predicate.request.as_deref(), case.nonce);
    if let (Some(answered), Some(asked)) = (answered, asked)
        && answered != asked
    {
        let answered = text::name(answered);
        return Err(("E_REPLAY", format!("the report answers `{answered}`, not `{asked}`")));
    }
    let environment = &case.environment;
    let report_id = predicate.report_id.parse().ok();
    match report_id.and_then(|id| case.state.consumed(&case.passport.model, environment, id)) {
        Some(seq) => Err((
            "E_REPLAY",
            format!("the report has opened `{environment}` before, in event {seq}"),
        )),
        None => Ok(()),
    }
}

/// That data were compared with those of the version that runs where the policy says; the first
/// version has nothing to be compared with.
fn confirm_reference(report: &VerifiedReport, case: &Case<'_>) -> Result<(), Reason> {
    match (report.predicate().reference.is_some(), case.others.stable) {
        (true, Stable::Data(stable)) => report
            .confirm_reference(stable)
            .map_err(|refusal| (refusal.code(), refusal.to_string())),
        (true, Stable::Unnamed) => {
            let place = &case.door.reference;
            let said = format!("the passport of what runs in {place} names no training data");
            Err(("E_REFERENCE", said))
        }
        (true, Stable::None) | (false, _) => Ok(()),
    }
}

/// What a gate of the policy judges of the version's answers; none where it judges something else.
pub(super) fn answers_judged(gate: &str, policy: &Policy) -> Option<Box<PredictionsNeed>> {
    let rule = policy.gates.iter().find(|rule| rule.name == gate)?;
    let mut needs = rule.kind.criterion()?.needs().into_iter();
    needs.find_map(|need| match need {
        Need::Predictions(need) if need.judges_answers() => Some(need),
        _ => None,
    })
}

/// That the answers which gates judged are those that the passport names. A passport that names
/// none holds nobody to any, and the door says so of each such gate.
///
/// The champion's answers are not held to its passport: both sides answer the same questions, which
/// are newer than the champion.
fn confirm_predictions(report: &VerifiedReport, case: &Case<'_>) -> Result<(), Reason> {
    let named: Vec<String> = case.passport.predictions().map(|id| id.to_string()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let predicate = report.predicate();
    for gate in &predicate.gates {
        let Some(need) = answers_judged(&gate.name, case.policy) else { continue };
        let of_gate =
            |known: &&EvidenceDocument| known.gate == gate.name && known.name == need.file;
        let found: Vec<String> = predicate
            .evidence
            .iter()
            .filter(of_gate)
            .map(|known| {
                format!("sha256:{}", known.digest.get("sha256").map_or("", String::as_str))
            })
            .collect();
        if found.is_empty() || !found.iter().all(|id| named.contains(id)) {
            let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
            let (file, found) = (text::name(&need.file), text::phrase(&found));
            let Passport { model, version, .. } = case.passport;
            let said = format!(
                "gate {} judged {found} as `{file}`, the passport of `{model}@{version}` names {}",
                gate.name,
                named.join(", ")
            );
            return Err(("E_PREDICTIONS", said));
        }
    }
    Ok(())
}
