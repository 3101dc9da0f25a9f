//! A request that stands before a door, and whether it still stands for what was asked.

use std::collections::BTreeMap;

use super::examine::{Case, age};
use super::item::{Item, Standing};
use super::reports::Reason;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;

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

/// Why what was asked does not stand any more: the code that the door gives it, and words.
#[must_use]
pub fn lapse(case: &Case<'_>, asked: &Asked<'_>) -> Option<Reason> {
    let Item { standing, said, .. } = request(case, asked);
    match standing {
        Standing::Met => None,
        Standing::Missing { code } => Some((code, said)),
    }
}

/// That nothing has changed since it was asked.
pub(super) fn request(case: &Case<'_>, asked: &Asked<'_>) -> Item {
    let demand = "request";
    let Asked { document, request, .. } = asked;
    if let Some(what) = document.contradiction(case.state, request) {
        let said = format!("its document and the ledger differ in {what}");
        return Item::missing(demand, "E_REQUEST", said);
    }
    let passport = case.state.version(&document.model, &document.version);
    let passport = passport.map(|version| version.passport);
    let changed = if passport != Some(document.passport) {
        Some("the passport".to_owned())
    } else if document.policy != case.policy_digest {
        Some("the policy".to_owned())
    } else if case.state.current(&document.model, case.environment)
        != document.from_version.as_ref()
    {
        Some(what_runs(case))
    } else {
        None
    };
    if let Some(what) = changed {
        let said = format!("{what} has changed since: ask again");
        return Item::missing(demand, "E_REQUEST", said);
    }
    if let Err((code, why)) = age(case, request.step) {
        return Item::missing(demand, code, why);
    }
    let expires_at = expiry(case, asked);
    if case.now >= expires_at {
        return Item::missing(demand, "E_EXPIRED", format!("over since {expires_at}"));
    }
    let by = request.by.iter().cloned().collect::<Vec<_>>().join(", ");
    Item::met(demand, format!("by {by}, until {expires_at}"))
}

/// Who was first, when another version runs than when it was asked.
fn what_runs(case: &Case<'_>) -> String {
    let place = case.state.place(&case.passport.model, case.environment);
    place.and_then(|place| place.last()).map_or_else(
        || "what runs there".to_owned(),
        |made| format!("what runs there ({}, by event {})", made.version, made.step.seq()),
    )
}

/// The document's own end, but no later than the policy allows, reckoned from the event.
fn expiry(case: &Case<'_>, asked: &Asked<'_>) -> Timestamp {
    let valid = i64::try_from(case.door.request_valid_for_seconds).unwrap_or(i64::MAX);
    let asked_at = case.state.believed_time(asked.request.step);
    let latest = asked_at.unix_seconds().saturating_add(valid);
    let latest = Timestamp::from_unix_seconds(latest);
    latest.map_or(asked.document.expires_at, |latest| latest.min(asked.document.expires_at))
}
