//! What an event of the ledger decided, with the evidence that it rests on.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::promotion::{object, passport};
use super::registry_access::Access;
use crate::clock::Timestamp;
use crate::delivery::{Answered, Decision, DecisionKind};
use crate::identity::Sha256Digest;
use crate::policy;
use crate::registry::event::{EnvironmentName, ModelName, Seq, VersionName};
use crate::registry::request::RequestDocument;
use crate::registry::{EventBody, VerifiedEvent};
use crate::signing::verify;
use crate::verdict::Verdict;
use crate::verification::{SignedReport, VerifiedReport};

/// What an event decided.
///
/// # Errors
/// [`Failure`] when it is neither a promotion nor a rollback, or its passport cannot be read.
pub(in crate::cli) fn decision(access: &Access, made: &VerifiedEvent) -> Result<Decision, Failure> {
    let (kind, model, version, from_version, place, request, reason) = match &made.body {
        EventBody::Promoted { request, model, version, environment, from_version, .. } => {
            let from = from_version.clone();
            (DecisionKind::Promoted, model, version, from, environment, Some(*request), None)
        }
        EventBody::RolledBack { model, environment, from_version, to_version, reason, .. } => {
            let (from, reason) = (Some(from_version.clone()), Some(reason.clone()));
            let granted = granted(access, model, environment, to_version, made.seq);
            (DecisionKind::RolledBack, model, to_version, from, environment, granted, reason)
        }
        _ => return Err(Failure::new(ExitCode::Internal, "the event decides nothing")),
    };
    let (passport, _) = passport(access, model, version)?;
    let asked = request.and_then(|request| access.replayed.state().request(request));
    Ok(Decision {
        kind,
        model: model.clone(),
        version: version.clone(),
        from_version,
        environment: place.clone(),
        event: made.reference(),
        at: made.at,
        snapshot: passport.training(),
        reports: asked.map(|asked| asked.reports.clone()).unwrap_or_default(),
        answered: request.map_or(Answered::NoGates, |request| answered(access, request)),
        ledger_head: made.reference(),
        reason,
    })
}

/// The request by which a version last came to run in an environment before an event.
fn granted(
    access: &Access,
    model: &ModelName,
    environment: &EnvironmentName,
    version: &VersionName,
    before: Seq,
) -> Option<Sha256Digest> {
    let history = &access.replayed.state().place(model, environment)?.history;
    let earlier = history.iter().rev().filter(|made| made.step.seq() < before);
    earlier.filter(|made| made.version == *version).find_map(|made| made.request)
}

/// What was asked, as it was frozen.
///
/// # Errors
/// [`Failure`] when it cannot be read.
pub(in crate::cli) fn request_document(
    access: &Access,
    digest: Sha256Digest,
) -> Result<RequestDocument, Failure> {
    RequestDocument::read(&object(access, digest)?).map_err(|error| {
        Failure::new(ExitCode::Refused, format!("E_OBJECT: the request `{digest}`: {error}"))
    })
}

/// What the gates said that opened the door for a request. A decision outside must not wait for
/// that: what cannot be verified any more is told as such.
fn answered(access: &Access, request: Sha256Digest) -> Answered {
    gates(access, request).map_or(Answered::Unverifiable, |answers| {
        Verdict::worst(answers).map_or(Answered::NoGates, Answered::Gates)
    })
}

/// The answers to the gates that the door required by the policy of the request: those of the
/// newest report that it names for each.
fn gates(access: &Access, request: Sha256Digest) -> Option<BTreeSet<Verdict>> {
    let document = request_document(access, request).ok()?;
    let policy = object(access, document.policy).ok()?;
    let policy = policy::parse("the policy of the request", &policy).ok()?;
    let door = policy.doors.iter().find(|door| door.environment == document.environment.as_ref());
    let named: Vec<(Timestamp, VerifiedReport)> =
        document.reports.iter().map(|&digest| report(access, digest)).collect::<Option<_>>()?;
    let mut answers = BTreeSet::new();
    for gate in door.into_iter().flat_map(|door| &door.requires) {
        let newest = named.iter().filter_map(|(made, report)| {
            let mut gates = report.predicate().gates.iter();
            gates.find(|answer| answer.name == *gate).map(|answer| (made, answer.verdict))
        });
        let newest = newest.max_by_key(|(made, _)| *made).map(|(_, verdict)| verdict);
        answers.insert(newest?);
    }
    Some(answers)
}

fn report(access: &Access, digest: Sha256Digest) -> Option<(Timestamp, VerifiedReport)> {
    let envelope = object(access, digest).ok()?;
    let keys = access.replayed.keyring().keys();
    let payload = verify(&envelope, &keys, NonZeroUsize::MIN).ok()?;
    let report = SignedReport::read(&payload).ok()?.redecide().ok()?;
    Some((report.made().ok()?, report))
}
