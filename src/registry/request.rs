//! A request: what exactly is asked for, frozen.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{
    EnvironmentName, EventReference, Instant, ModelName, Sha256Hex, VersionName, instant,
};
use super::state::{Request, State};
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::quantity::Bytes;
use crate::signing::Nonce;

/// What people approve: its digest is in every approval, so that any change voids them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestDocument {
    /// [`SCHEMA_VERSION`]
    pub schema_version: u64,
    /// The registry's id.
    #[schemars(with = "Sha256Hex")]
    pub registry: Sha256Digest,
    /// The model.
    pub model: ModelName,
    /// Its version.
    pub version: VersionName,
    /// The passport that counts.
    #[schemars(with = "Sha256Hex")]
    pub passport: Sha256Digest,
    /// Where it is to run.
    pub environment: EnvironmentName,
    /// The version that runs there now.
    pub from_version: Option<VersionName>,
    /// The policy in force.
    #[schemars(with = "Sha256Hex")]
    pub policy: Sha256Digest,
    /// The signed reports that open the door.
    #[schemars(with = "BTreeSet<Sha256Hex>")]
    pub reports: BTreeSet<Sha256Digest>,
    /// The last event before.
    pub head: EventReference,
    /// Drawn for this request alone, or given: reports that answer a request name it.
    pub nonce: String,
    /// When it was asked.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub requested_at: Timestamp,
    /// From when on it is not granted any more.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub expires_at: Timestamp,
}

impl RequestDocument {
    /// Its bytes.
    ///
    /// # Panics
    /// Never: a request has string keys.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a request has string keys")
    }

    /// Reads the bytes of one.
    ///
    /// # Errors
    /// [`StrictJsonError`] for what is none.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictJsonError> {
        strict_json::read(bytes, REQUEST_BYTES_MAX)
    }

    /// In what the document and the ledger's word about it differ. Whoever asks writes both, so the
    /// one that people read and approve has to be held to the one that the ledger acts upon.
    #[must_use]
    pub fn contradiction(&self, state: &State, asked: &Request) -> Option<&'static str> {
        let Request { model, version, environment, reports, .. } = asked;
        let before = asked.step.seq() > self.head.seq;
        let known = state.event(self.head.seq) == Some(self.head) && before;
        let registry = (state.registry() != Some(self.registry)).then_some("the registry");
        registry
            .or_else(|| self.difference(model, version, environment, reports))
            .or_else(|| (!known).then_some("the events before it"))
    }

    /// In what it differs from what an event says was asked.
    #[must_use]
    pub fn difference(
        &self,
        model: &ModelName,
        version: &VersionName,
        environment: &EnvironmentName,
        reports: &BTreeSet<Sha256Digest>,
    ) -> Option<&'static str> {
        let differs = [
            (self.model != *model, "the model"),
            (self.version != *version, "the version"),
            (self.environment != *environment, "the environment"),
            (self.reports != *reports, "the reports"),
        ];
        differs.into_iter().find_map(|(differs, what)| differs.then_some(what))
    }

    /// A nonce for a request whose reports answer none.
    #[must_use]
    pub fn draw_nonce() -> String {
        Nonce::draw().to_string()
    }
}

/// Version of the form.
pub const SCHEMA_VERSION: u64 = 1;

/// Most bytes of a request: it names a few dozen reports.
pub const REQUEST_BYTES_MAX: Bytes = Bytes(1 << 20);
