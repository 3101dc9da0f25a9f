//! A dossier from a registry.

use std::num::NonZeroUsize;

use super::dossier::{Dossier, Gate, Grant, Metric, Ran, Report, ReportFacts, Request};
use super::revoked::Revoked;
use super::same_files::SameFiles;
use crate::identity::{Sha256Digest, StrictJsonError};
use crate::registry::event::{ModelName, VersionName};
use crate::registry::passport::Passport;
use crate::registry::state::{self, RequestState};
use crate::registry::{ObjectError, Registry, Replayed, State};
use crate::report::{CheckDemand, CheckResult, GateSummary, Predicate, QuantityDocument};
use crate::signing::verify;
use crate::verdict::text;
use crate::verification::SignedReport;

/// Why there is no dossier.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// Nobody registered the version.
    #[error("`{model}@{version}` was never registered")]
    Unknown {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
    },
    /// The passport is not in the store, or altered.
    #[error("the passport of the version cannot be had: {0}")]
    Object(#[from] ObjectError),
    /// The passport is none.
    #[error("the passport `{digest}` is refused: {fault}")]
    Passport {
        /// The object.
        digest: Sha256Digest,
        /// What is wrong with it.
        fault: StrictJsonError,
    },
}

impl Dossier {
    /// What a registry knows of a version.
    ///
    /// # Errors
    /// [`DossierError`]
    pub fn gather(
        registry: &Registry,
        replayed: &Replayed,
        model: &ModelName,
        version: &VersionName,
    ) -> Result<Self, DossierError> {
        let state = replayed.state();
        let unknown = || DossierError::Unknown { model: model.clone(), version: version.clone() };
        let known = state.version(model, version).ok_or_else(unknown)?;
        let passport_digest = known.passport;
        let bytes = registry.objects().get(passport_digest)?;
        let passport = Passport::read(&bytes)
            .map_err(|fault| DossierError::Passport { digest: passport_digest, fault })?;
        let report = |report: &state::Report| Report {
            digest: report.report,
            event: report.step.event,
            gates: report.gates.clone(),
            facts: facts(registry, replayed, report.report),
        };
        let revoked = known.revoked.as_ref().map(|known| Revoked::of(state, known));
        let files_revoked = match revoked {
            None => SameFiles::beside(registry.objects(), state, &passport),
            Some(_) => Ok(None),
        };
        Ok(Self {
            registry: replayed.registry(),
            head: replayed.head(),
            passport,
            passport_digest,
            registered: state.dated(known.registered),
            reports: known.reports.iter().map(report).collect(),
            requests: requests(state, model, version),
            ran: ran(state, model, version),
            revoked,
            files_revoked,
        })
    }
}

/// What a signed report says, once its signature is that of a known key and its decisions follow
/// from its numbers. Whether it still counts at a door is another question.
fn facts(
    registry: &Registry,
    replayed: &Replayed,
    digest: Sha256Digest,
) -> Result<ReportFacts, String> {
    let said = |error: &dyn std::fmt::Display| text::phrase(&error.to_string());
    let envelope = registry.objects().get(digest).map_err(|error| said(&error))?;
    let keys = replayed.keyring().keys();
    let payload = verify(&envelope, &keys, NonZeroUsize::MIN).map_err(|error| said(&error))?;
    let report = SignedReport::read(&payload).map_err(|refusal| said(&refusal))?;
    let report = report.redecide().map_err(|refusal| said(&refusal))?;
    let made = report.made().map_err(|refusal| said(&refusal))?;
    let Predicate { verdict, candidate, reference, gates, .. } = report.predicate();
    let id = |snapshot: &crate::report::SnapshotDocument| snapshot.snapshot_id.clone();
    Ok(ReportFacts {
        verdict: *verdict,
        made,
        candidate: candidate.as_ref().map(id),
        reference: reference.as_ref().map(id),
        gates: gates.iter().map(gate).collect(),
    })
}

fn gate(summary: &GateSummary) -> Gate {
    let GateSummary { name, kind, verdict, message, checks, .. } = summary;
    let metrics = checks
        .iter()
        .flat_map(|group| group.results.iter().filter_map(|result| metric(&group.demand, result)));
    Gate {
        name: name.clone(),
        kind: kind.clone(),
        verdict: *verdict,
        message: message.clone(),
        metrics: metrics.collect(),
    }
}

/// A number that was found; none where nothing could be measured.
fn metric(demand: &CheckDemand, result: &CheckResult) -> Option<Metric> {
    let (about, value, interval) = match result {
        CheckResult::Estimate(about, value, lower, upper) => {
            (about, (*value)?.to_string(), lower.zip(*upper))
        }
        CheckResult::Value(about, value) => (about, written(value.as_ref()?), None),
        CheckResult::Broken { .. } => return None,
    };
    let limit = demand.threshold.as_ref().map(written);
    let limit = limit.map_or_else(String::new, |limit| format!(" {limit}"));
    Some(Metric {
        name: demand.metric.clone().unwrap_or_else(|| demand.rule.clone()),
        about: about.clone(),
        value,
        interval,
        demand: format!("{}{limit}", demand.rule),
        verdict: demand.verdict,
    })
}

fn written(quantity: &QuantityDocument) -> String {
    match quantity {
        QuantityDocument::Count(count) => count.to_string(),
        QuantityDocument::Real(value) => value.to_string(),
        QuantityDocument::Text(text) => text.clone(),
    }
}

fn requests(state: &State, model: &ModelName, version: &VersionName) -> Vec<Request> {
    let about = |request: &&state::Request| (&request.model, &request.version) == (model, version);
    let found = state.requests().iter().filter(|(_, request)| about(request));
    let mut requests: Vec<Request> = found
        .map(|(&digest, request)| Request {
            digest,
            environment: request.environment.clone(),
            by: request.by.clone(),
            asked: state.dated(request.step),
            state: match request.state {
                RequestState::Open => (request.state.word(), None),
                RequestState::Rejected(step) | RequestState::Promoted(step) => {
                    (request.state.word(), Some(state.dated(step)))
                }
            },
            reports: request.reports.clone(),
            grants: request.approvals.iter().map(|approval| grant(state, approval)).collect(),
        })
        .collect();
    requests.sort_by_key(|request| request.asked.event);
    requests
}

fn grant(state: &State, approval: &state::Approval) -> Grant {
    Grant {
        digest: approval.approval,
        given: state.dated(approval.step),
        role: approval.role.clone(),
        by: approval.by.clone(),
        comment: approval.comment.clone(),
    }
}

fn ran(state: &State, model: &ModelName, version: &VersionName) -> Vec<Ran> {
    let places = state.models().get(model).into_iter().flat_map(|model| &model.environments);
    let mut all: Vec<Ran> = places
        .flat_map(|(environment, place)| {
            let after = place.history.iter().skip(1).map(Some).chain([None]);
            let pairs = place.history.iter().zip(after);
            let own = pairs.filter(|(began, _)| began.version == *version);
            own.map(|(began, next)| Ran {
                environment: environment.clone(),
                since: state.dated(began.step),
                request: began.request,
                until: next.map(|next| state.dated(next.step)),
            })
        })
        .collect();
    all.sort_by_key(|ran| ran.since.event);
    all
}
