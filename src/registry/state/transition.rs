//! Why an event is not allowed.

use crate::identity::{Digest, Sha256Digest};
use crate::registry::event::{
    ActionName, EnvironmentName, EventReference, ModelName, Seq, VersionName,
};

/// Why the state does not allow an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Transition {
    /// Something happened before the registry was begun.
    #[error("the first event must be `founded`")]
    NotFounded,
    /// The registry was begun already.
    #[error("the registry was founded already")]
    FoundedTwice,
    /// The event has not the number that follows.
    #[error("expected event {expected}")]
    Order {
        /// The number that follows.
        expected: Seq,
    },
    /// The version was never registered.
    #[error("`{model}@{version}` was never registered")]
    Unregistered {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
    },
    /// The version has a passport, and gets no other.
    #[error(
        "`{model}@{version}` was registered in event {since}, and a version is registered once"
    )]
    Registered {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// The event that registered it.
        since: Seq,
    },
    /// The version must not be used any more.
    #[error("`{model}@{version}` was revoked by event {since}")]
    Revoked {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// The event that revoked it.
        since: Seq,
    },
    /// The report was taken up before.
    #[error("the report `{report}` was taken up before, by event {since}")]
    SameReport {
        /// The report or its id.
        report: Digest,
        /// The event that took it up.
        since: Seq,
    },
    /// A request rests on a report that is not one of its version.
    #[error("the report `{report}` was never taken up for `{model}@{version}`")]
    UnknownReport {
        /// The report.
        report: Sha256Digest,
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
    },
    /// A report has opened this environment before.
    #[error("the report `{report_id}` has opened `{environment}` before, in event {since}")]
    ReportConsumed {
        /// The report's id.
        report_id: Digest,
        /// The environment.
        environment: EnvironmentName,
        /// The promotion.
        since: Seq,
    },
    /// The same was asked for before.
    #[error("the request `{request}` was made before, by event {since}")]
    SameRequest {
        /// The request.
        request: Sha256Digest,
        /// The event that made it.
        since: Seq,
    },
    /// There is no such request.
    #[error("there is no request `{request}`")]
    UnknownRequest {
        /// The request.
        request: Sha256Digest,
    },
    /// The request is over.
    #[error("the request `{request}` was {word} by event {since}")]
    RequestOver {
        /// The request.
        request: Sha256Digest,
        /// `promoted` or `rejected`.
        word: &'static str,
        /// The event that ended it.
        since: Seq,
    },
    /// Those people have approved in that role.
    #[error("`{by}` approved the request already, by event {since}")]
    SameApproval {
        /// Who.
        by: String,
        /// The event.
        since: Seq,
    },
    /// The request asks for something else.
    #[error("the request `{request}` is for `{model}@{version}` in `{environment}`")]
    OtherRequest {
        /// The request.
        request: Sha256Digest,
        /// The model that it is for.
        model: ModelName,
        /// The version that it is for.
        version: VersionName,
        /// The environment that it is for.
        environment: EnvironmentName,
    },
    /// Another version runs there than was thought.
    #[error("in `{environment}` runs {}, not {}", version_or_none(found.as_ref()), version_or_none(expected.as_ref()))]
    OtherVersion {
        /// The environment.
        environment: EnvironmentName,
        /// The version that the event names.
        expected: Option<VersionName>,
        /// The version that runs.
        found: Option<VersionName>,
    },
    /// The version runs there already.
    #[error("`{version}` runs in `{environment}` already")]
    SameVersion {
        /// The environment.
        environment: EnvironmentName,
        /// The version.
        version: VersionName,
    },
    /// The version never ran there.
    #[error("`{version}` never ran in `{environment}`")]
    NeverRan {
        /// The environment.
        environment: EnvironmentName,
        /// The version.
        version: VersionName,
    },
    /// A hold stands against it.
    #[error("{} is held since event {since}: {comment}", what_is_held(environment, version.as_ref()))]
    Held {
        /// The environment.
        environment: EnvironmentName,
        /// The version that the hold is about; all when absent.
        version: Option<VersionName>,
        /// The event that placed the hold.
        since: Seq,
        /// Why, shortened.
        comment: String,
    },
    /// The same hold is there already.
    #[error("the same hold on `{environment}` is there since event {since}")]
    SameHold {
        /// The environment.
        environment: EnvironmentName,
        /// The event that placed it.
        since: Seq,
    },
    /// There is no such hold.
    #[error("there is no hold on `{environment}` about {}", version_or_all(version.as_ref()))]
    NoHold {
        /// The environment.
        environment: EnvironmentName,
        /// The version that the hold would be about.
        version: Option<VersionName>,
    },
    /// A policy or keyring does not follow the one in force.
    #[error("the {what} in force is {}, not {}", digest_or_none(*found), digest_or_none(*expected))]
    NotInForce {
        /// `policy` or `keyring`.
        what: &'static str,
        /// What the event names as the one before.
        expected: Option<Sha256Digest>,
        /// The one in force.
        found: Option<Sha256Digest>,
    },
    /// A policy or keyring is in force already.
    #[error("the {what} `{digest}` is in force already")]
    InForce {
        /// `policy` or `keyring`.
        what: &'static str,
        /// The one in force.
        digest: Sha256Digest,
    },
    /// There is no such event.
    #[error("there is no event `{event}` before")]
    UnknownEvent {
        /// The event that is named.
        event: EventReference,
    },
    /// Nothing of the kind is to be done.
    #[error("`{action}` is not to be done about event {seq}, or is done")]
    NotDue {
        /// The event.
        seq: Seq,
        /// The action.
        action: ActionName,
    },
}

fn what_is_held(environment: &EnvironmentName, version: Option<&VersionName>) -> String {
    let about = version.map_or(String::new(), |version| format!("`{version}` in "));
    format!("{about}`{environment}`")
}

fn version_or_none(version: Option<&VersionName>) -> String {
    version.map_or("no version".to_owned(), |version| format!("`{version}`"))
}

fn version_or_all(version: Option<&VersionName>) -> String {
    version.map_or("all versions".to_owned(), |version| format!("`{version}`"))
}

fn digest_or_none(digest: Option<Sha256Digest>) -> String {
    digest.map_or("none".to_owned(), |digest| format!("`{digest}`"))
}
