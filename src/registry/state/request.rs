//! A request and what became of it.

use std::collections::BTreeSet;

use super::model::Step;
use crate::identity::Sha256Digest;
use crate::registry::event::{Comment, EnvironmentName, ModelName, RoleName, VersionName};

/// A request for a promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The model.
    pub model: ModelName,
    /// Its version.
    pub version: VersionName,
    /// Where it is to run.
    pub environment: EnvironmentName,
    /// The reports that it rests on.
    pub reports: BTreeSet<Sha256Digest>,
    /// The identities that asked.
    pub by: BTreeSet<String>,
    /// When they asked.
    pub step: Step,
    /// Those who approved it, in order.
    pub approvals: Vec<Approval>,
    /// What became of it. That it has expired is for those who read the request to say.
    pub state: RequestState,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Nothing yet.
    Open,
    /// It was rejected.
    Rejected(Step),
    /// It was granted.
    Promoted(Step),
}

impl RequestState {
    /// `open`, `rejected` or `promoted`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Rejected(_) => "rejected",
            Self::Promoted(_) => "promoted",
        }
    }
}

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The role in which it was given, which the signers have.
    pub role: RoleName,
    /// Why.
    pub comment: Comment,
    /// The approval, an envelope.
    pub approval: Sha256Digest,
    /// The identities that gave it.
    pub by: BTreeSet<String>,
    /// When.
    pub step: Step,
}
