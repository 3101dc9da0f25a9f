//! A request that stands before a door, and whether it still stands for what was asked.

use std::collections::BTreeMap;

use super::examine::{Case, age};
use super::item::Item;
use super::reports::Reason;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::DoorRule;
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;
use crate::registry::{Bar, State};

/// A request that is to be granted.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What was asked.
    pub document: &'a RequestDocument,
    /// What became of it.
    pub request: &'a Request,
    /// Approvals whose signed word does not count, and why.
    pub void: &'a Void,
}

/// Approvals that do not count: a stable code, and why in words.
pub type Void = BTreeMap<Sha256Digest, (&'static str, String)>;

/// By what it is judged whether a request still stands.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What the ledger says.
    pub state: &'a State,
    /// The digest of the policy in force.
    pub policy: Option<Sha256Digest>,
    /// The door that was asked for; none where the policy in force knows no such environment.
    pub door: Option<&'a DoorRule>,
    /// The revocation of the version, or of its files under another name.
    pub bar: Option<Bar<'a>>,
    /// The instant of the question.
    pub now: Timestamp,
}

/// Why what was asked does not stand any more: the code that the door gives it, and words.
#[must_use]
pub fn lapse(ground: &Ground<'_>, document: &RequestDocument, request: &Request) -> Option<Reason> {
    let Ground { state, policy, door, bar, now } = *ground;
    let RequestDocument { model, version, environment, .. } = document;
    if let Some(what) = document.contradiction(state, request) {
        return Some(("E_REQUEST", format!("its document and the ledger differ in {what}")));
    }
    if let Some(bar) = bar {
        return Some(("E_REVOKED", format!("`{model}@{version}` {bar}")));
    }
    let passport = state.version(model, version).map(|version| version.passport);
    let changed = if passport != Some(document.passport) {
        Some("the passport".to_owned())
    } else if policy != Some(document.policy) {
        Some("the policy".to_owned())
    } else if state.current(model, environment) != document.from_version.as_ref() {
        Some(what_runs(state, document))
    } else {
        None
    };
    if let Some(what) = changed {
        return Some(("E_REQUEST", format!("{what} has changed since: ask again")));
    }
    let Some(door) = door else {
        let said = format!("the policy in force knows no environment `{environment}`");
        return Some(("E_REQUEST", said));
    };
    if let Err(reason) = age(state, now, request.step) {
        return Some(reason);
    }
    let expires_at = expiry(state, door, document, request);
    (now >= expires_at).then(|| ("E_EXPIRED", format!("it is over since {expires_at}")))
}

/// The ground of a case.
pub(super) fn ground<'a>(case: &Case<'a>) -> Ground<'a> {
    let Case { state, policy_digest, door, others, now, .. } = *case;
    Ground { state, policy: Some(policy_digest), door: Some(door), bar: others.bar, now }
}

/// That what was asked still stands.
pub(super) fn request(case: &Case<'_>, asked: &Asked<'_>) -> Item {
    let demand = "request";
    let Asked { document, request, .. } = asked;
    let Case { state, door, .. } = *case;
    if let Some((code, said)) = lapse(&ground(case), document, request) {
        return Item::missing(demand, code, said);
    }
    let by = request.by.iter().cloned().collect::<Vec<_>>().join(", ");
    let expires_at = expiry(state, door, document, request);
    Item::met(demand, format!("by {by}, until {expires_at}"))
}

/// Who was first, when another version runs than when it was asked.
fn what_runs(state: &State, document: &RequestDocument) -> String {
    let place = state.place(&document.model, &document.environment);
    place.and_then(|place| place.last()).map_or_else(
        || "what runs there".to_owned(),
        |made| format!("what runs there ({}, by event {})", made.version, made.step.seq()),
    )
}

/// The document's own end, but no later than the policy allows, reckoned from the event.
fn expiry(
    state: &State,
    door: &DoorRule,
    document: &RequestDocument,
    request: &Request,
) -> Timestamp {
    let valid = i64::try_from(door.request_valid_for_seconds).unwrap_or(i64::MAX);
    let asked_at = state.believed_time(request.step);
    let latest = asked_at.unix_seconds().saturating_add(valid);
    let latest = Timestamp::from_unix_seconds(latest);
    latest.map_or(document.expires_at, |latest| latest.min(document.expires_at))
}
