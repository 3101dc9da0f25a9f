//! What happened.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json_schema::{ReportId, Sha256Hex};
use super::place::EventReference;
use super::statement::EVENT_TYPE;
use super::words::{
    ActionName, Comment, EnvironmentName, GateName, ModelName, RoleName, VersionName,
};
use crate::identity::{Digest, Sha256Digest};
use crate::signing::Nonce;
use crate::signing::keyring::GOVERNANCE_TYPE;

/// What happened. Digests are those of objects; whoever did it stands in the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum EventBody {
    /// The registry was begun: the first event and no other.
    Founded {
        /// Whose signatures count from here on.
        #[schemars(with = "Sha256Hex")]
        keyring: Sha256Digest,
        /// The policy in force from here on, when there is one.
        #[schemars(with = "Option<Sha256Hex>")]
        policy: Option<Sha256Digest>,
        /// Drawn for this registry alone; the SHA-256 of its digits is the registry's id.
        #[schemars(with = "Sha256Hex")]
        nonce: Nonce,
    },
    /// A version of a model has a passport, and never gets another.
    Registered {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// The passport.
        #[schemars(with = "Sha256Hex")]
        passport: Sha256Digest,
    },
    /// A version was checked.
    Reported {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// The signed report, an envelope.
        #[schemars(with = "Sha256Hex")]
        report: Sha256Digest,
        /// The id that the report gives itself, which no environment takes twice.
        #[schemars(with = "ReportId")]
        report_id: Digest,
        /// The gates that it answers.
        gates: BTreeSet<GateName>,
    },
    /// Somebody asks for a promotion.
    Requested {
        /// The request, a document.
        #[schemars(with = "Sha256Hex")]
        request: Sha256Digest,
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// Where it is to run.
        environment: EnvironmentName,
        /// The signed reports that it rests on, used up by its promotion.
        #[schemars(with = "BTreeSet<Sha256Hex>")]
        reports: BTreeSet<Sha256Digest>,
    },
    /// Somebody approves a request.
    Approved {
        /// The request.
        #[schemars(with = "Sha256Hex")]
        request: Sha256Digest,
        /// The role in which it was approved.
        role: RoleName,
        /// Why.
        comment: Comment,
        /// The approval, an envelope.
        #[schemars(with = "Sha256Hex")]
        approval: Sha256Digest,
    },
    /// Somebody rejects a request, which ends it.
    Rejected {
        /// The request.
        #[schemars(with = "Sha256Hex")]
        request: Sha256Digest,
        /// The role in which it was rejected.
        role: RoleName,
        /// Why.
        comment: Comment,
        /// The rejection, an envelope.
        #[schemars(with = "Sha256Hex")]
        rejection: Sha256Digest,
    },
    /// A version runs where it was asked for.
    Promoted {
        /// The request that this grants.
        #[schemars(with = "Sha256Hex")]
        request: Sha256Digest,
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// Where it runs.
        environment: EnvironmentName,
        /// The version that ran there before, when there was one.
        from_version: Option<VersionName>,
        /// The verification summary, an envelope.
        #[schemars(with = "Sha256Hex")]
        vsa: Sha256Digest,
        /// What is to be done about it outside.
        actions: BTreeSet<ActionName>,
    },
    /// An earlier version runs again.
    RolledBack {
        /// The model.
        model: ModelName,
        /// Where.
        environment: EnvironmentName,
        /// The version that ran there before.
        from_version: VersionName,
        /// The version that runs now, which was promoted there once.
        to_version: VersionName,
        /// Why.
        reason: Comment,
        /// Whether nothing is promoted there, and the version before is not run again, until
        /// somebody releases the hold.
        hold: bool,
        /// The verification summary, an envelope.
        #[schemars(with = "Sha256Hex")]
        vsa: Sha256Digest,
        /// What is to be done about it outside.
        actions: BTreeSet<ActionName>,
    },
    /// A rollback was tried out; what runs where is as before.
    Drilled {
        /// The model.
        model: ModelName,
        /// Where.
        environment: EnvironmentName,
        /// The version that runs there.
        from_version: VersionName,
        /// The version that was rolled back to, which was promoted there once.
        to_version: VersionName,
        /// How long recovery took, in milliseconds.
        recovery_ms: u64,
        /// Whether the version was found whole and its signatures good.
        verified: bool,
        /// What stood in the way, when it was not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Comment>,
    },
    /// Nothing is promoted there until the hold is released.
    HoldPlaced {
        /// The model.
        model: ModelName,
        /// Where.
        environment: EnvironmentName,
        /// The version that is not to run there; absent when the hold is about none.
        version: Option<VersionName>,
        /// The role in which it was placed.
        role: RoleName,
        /// Why.
        comment: Comment,
    },
    /// A hold is over.
    HoldReleased {
        /// The model.
        model: ModelName,
        /// Where.
        environment: EnvironmentName,
        /// The version that the hold is about, as it was placed.
        version: Option<VersionName>,
        /// The role in which it was released.
        role: RoleName,
        /// Why.
        comment: Comment,
    },
    /// Another policy is in force.
    PolicyChanged {
        /// The policy.
        #[schemars(with = "Sha256Hex")]
        policy: Sha256Digest,
        /// The policy before, when there was one.
        #[schemars(with = "Option<Sha256Hex>")]
        previous: Option<Sha256Digest>,
        /// Those who approved it, envelopes.
        #[schemars(with = "BTreeSet<Sha256Hex>")]
        approvals: BTreeSet<Sha256Digest>,
    },
    /// Another keyring is in force, from the next event on.
    KeyringChanged {
        /// The keyring.
        #[schemars(with = "Sha256Hex")]
        keyring: Sha256Digest,
        /// The keyring before.
        #[schemars(with = "Sha256Hex")]
        previous: Sha256Digest,
        /// Those who approved it, envelopes; absent where there are none.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        #[schemars(with = "BTreeSet<Sha256Hex>")]
        approvals: BTreeSet<Sha256Digest>,
    },
    /// The times of an event and of those after it, up to this one, are not believed: a clock was
    /// far ahead.
    ClockCorrected {
        /// The first of them.
        event: EventReference,
        /// Why.
        reason: Comment,
    },
    /// A version is not to run anywhere any more.
    Revoked {
        /// The model.
        model: ModelName,
        /// Its version.
        version: VersionName,
        /// The role in which it was revoked.
        role: RoleName,
        /// Why.
        reason: Comment,
    },
    /// People were told about an event.
    Incident {
        /// The event.
        event: EventReference,
        /// By which way.
        action: ActionName,
        /// Where the incident is found, such as its address.
        reference: Comment,
    },
    /// Something that was to be done about an event has come to its end.
    ActionDone {
        /// The event, a promotion or a rollback.
        event: EventReference,
        /// What was to be done.
        action: ActionName,
        /// How it ended.
        outcome: ActionOutcome,
        /// More about it.
        detail: Option<Comment>,
    },
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionOutcome {
    /// It was done.
    Succeeded,
    /// It was not done, and nobody will try again.
    GivenUp,
    /// Somebody had changed outside what was done, and it was done again.
    PutRight,
}

impl EventBody {
    /// The word in `kind`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Founded { .. } => "founded",
            Self::Registered { .. } => "registered",
            Self::Reported { .. } => "reported",
            Self::Requested { .. } => "requested",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Promoted { .. } => "promoted",
            Self::RolledBack { .. } => "rolled-back",
            Self::Drilled { .. } => "drilled",
            Self::HoldPlaced { .. } => "hold-placed",
            Self::HoldReleased { .. } => "hold-released",
            Self::PolicyChanged { .. } => "policy-changed",
            Self::KeyringChanged { .. } => "keyring-changed",
            Self::ClockCorrected { .. } => "clock-corrected",
            Self::Revoked { .. } => "revoked",
            Self::Incident { .. } => "incident",
            Self::ActionDone { .. } => "action-done",
        }
    }

    /// The model that it names.
    #[must_use]
    pub fn model(&self) -> Option<&ModelName> {
        match self {
            Self::Registered { model, .. }
            | Self::Reported { model, .. }
            | Self::Requested { model, .. }
            | Self::Promoted { model, .. }
            | Self::RolledBack { model, .. }
            | Self::Drilled { model, .. }
            | Self::HoldPlaced { model, .. }
            | Self::HoldReleased { model, .. }
            | Self::Revoked { model, .. } => Some(model),
            _ => None,
        }
    }

    /// The environment that it names, which its signer has to be allowed to speak for.
    #[must_use]
    pub fn environment(&self) -> Option<&EnvironmentName> {
        match self {
            Self::Requested { environment, .. }
            | Self::Promoted { environment, .. }
            | Self::RolledBack { environment, .. }
            | Self::Drilled { environment, .. }
            | Self::HoldPlaced { environment, .. }
            | Self::HoldReleased { environment, .. } => Some(environment),
            _ => None,
        }
    }

    /// The predicate type that its signer must be allowed to sign: [`GOVERNANCE_TYPE`] for what
    /// changes whose signatures count, what is demanded and which times are believed, [`EVENT_TYPE`]
    /// for all else.
    #[must_use]
    pub fn signed_as(&self) -> &'static str {
        match self {
            Self::PolicyChanged { .. }
            | Self::KeyringChanged { .. }
            | Self::ClockCorrected { .. } => GOVERNANCE_TYPE,
            _ => EVENT_TYPE,
        }
    }

    /// The role that its signer claims.
    #[must_use]
    pub fn claimed_role(&self) -> Option<&RoleName> {
        match self {
            Self::Approved { role, .. }
            | Self::Rejected { role, .. }
            | Self::HoldPlaced { role, .. }
            | Self::HoldReleased { role, .. }
            | Self::Revoked { role, .. } => Some(role),
            _ => None,
        }
    }

    /// The objects that it names, each with what it is to the event.
    #[must_use]
    pub fn objects(&self) -> Vec<(&'static str, Sha256Digest)> {
        let all = |name, digests: &BTreeSet<Sha256Digest>| -> Vec<(&'static str, Sha256Digest)> {
            digests.iter().map(|&digest| (name, digest)).collect()
        };
        match self {
            Self::Founded { keyring, policy, .. } => {
                let policy = policy.map(|policy| ("policy", policy));
                [("keyring", *keyring)].into_iter().chain(policy).collect()
            }
            Self::Registered { passport, .. } => vec![("passport", *passport)],
            Self::Reported { report, .. } => vec![("report", *report)],
            Self::Requested { request, reports, .. } => {
                [vec![("request", *request)], all("report", reports)].concat()
            }
            Self::Approved { request, approval, .. } => {
                vec![("request", *request), ("approval", *approval)]
            }
            Self::Rejected { request, rejection, .. } => {
                vec![("request", *request), ("rejection", *rejection)]
            }
            Self::Promoted { request, vsa, .. } => vec![("request", *request), ("vsa", *vsa)],
            Self::RolledBack { vsa, .. } => vec![("vsa", *vsa)],
            Self::PolicyChanged { policy, previous, approvals } => {
                let previous = previous.map(|previous| ("previous", previous));
                let named = [("policy", *policy)].into_iter().chain(previous);
                named.chain(all("approval", approvals)).collect()
            }
            Self::KeyringChanged { keyring, previous, approvals } => {
                let named = vec![("keyring", *keyring), ("previous", *previous)];
                [named, all("approval", approvals)].concat()
            }
            Self::Drilled { .. }
            | Self::HoldPlaced { .. }
            | Self::HoldReleased { .. }
            | Self::ClockCorrected { .. }
            | Self::Revoked { .. }
            | Self::Incident { .. }
            | Self::ActionDone { .. } => Vec::new(),
        }
    }
}
