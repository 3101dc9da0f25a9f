//! A passport: what a version of a model is made of.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{Instant, ModelName, Sha256Hex, VersionName, instant};
use crate::checklist::KINDS;
use crate::clock::Timestamp;
use crate::identity::{Sha256Digest, StrictJsonError, strict_json};
use crate::policy::IdentityPart;
use crate::quantity::Bytes;
use crate::report::{Count, GateSummary, Predicate};
use crate::snapshot::SnapshotId;

/// The identity of a version: digests of everything that made it. Its health and its approvals are
/// reports and events that name it.
///
/// As an object of a registry it is compact JSON in this order, so that the same identity has the
/// same digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Passport {
    /// [`SCHEMA_VERSION`]
    pub schema_version: u64,
    /// The model.
    pub model: ModelName,
    /// Its version.
    pub version: VersionName,
    /// When the passport was made.
    #[serde(with = "instant")]
    #[schemars(with = "Instant")]
    pub made_at: Timestamp,
    /// The model's files.
    pub artifact: ArtifactIdentity,
    /// The code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeIdentity>,
    /// Data by what they are to the model: `training`, `serving`, `predictions`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, DataIdentity>,
    /// The definitions of features, an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Sha256Hex>")]
    pub features: Option<Sha256Digest>,
    /// The configuration, an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Sha256Hex>")]
    pub config: Option<Sha256Digest>,
    /// The captured environment, an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Sha256Hex>")]
    pub environment: Option<Sha256Digest>,
}

/// The model's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArtifactIdentity {
    /// `sha256:<hex>` of their manifest.
    #[schemars(with = "String")]
    pub id: SnapshotId,
    /// Their number.
    pub files: Count,
    /// Their bytes.
    pub bytes: Count,
    /// Where they lie, as whoever registered them said; a hint, held to the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// The code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeIdentity {
    /// The commit, in full.
    pub commit: String,
    /// Where it can be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// One snapshot of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataIdentity {
    /// `sha256:<hex>` of its manifest.
    #[schemars(with = "String")]
    pub snapshot_id: SnapshotId,
    /// Where it lies, as whoever registered it said; a hint, held to the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

impl Passport {
    /// Its bytes.
    ///
    /// # Panics
    /// Never: a passport has string keys.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a passport has string keys")
    }

    /// Reads the bytes of one.
    ///
    /// # Errors
    /// [`StrictJsonError`] for what is none.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictJsonError> {
        strict_json::read(bytes, PASSPORT_BYTES_MAX)
    }

    /// The training data.
    #[must_use]
    pub fn training(&self) -> Option<SnapshotId> {
        self.data.get(TRAINING).map(|data| data.snapshot_id)
    }

    /// The version's answers, each set by its name: [`PREDICTIONS`], or that and more behind a `-`.
    pub fn predictions(&self) -> impl Iterator<Item = SnapshotId> {
        let of_answers = |name: &str| {
            let rest = name.strip_prefix(PREDICTIONS);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let sets = self.data.iter().filter(move |(name, _)| of_answers(name));
        sets.map(|(_, data)| data.snapshot_id)
    }

    /// Whether it names a part of the identity.
    #[must_use]
    pub fn names(&self, part: IdentityPart) -> bool {
        match part {
            IdentityPart::Code => self.code.is_some(),
            IdentityPart::Training => self.training().is_some(),
            IdentityPart::Features => self.features.is_some(),
            IdentityPart::Config => self.config.is_some(),
            IdentityPart::Environment => self.environment.is_some(),
        }
    }

    /// Whether a report is about this version: its snapshot is one of the version's data, or it has
    /// none and is about the version's files; files that it names are the version's. Gates of the
    /// checklist are about a model, so that a report on them has to name its files.
    #[must_use]
    pub fn is_subject_of(&self, report: &Predicate) -> bool {
        let own = |id: &str| id == self.artifact.id.to_string();
        let of_data = |id: &str| self.data.values().any(|data| data.snapshot_id.to_string() == id);
        let artifact = report.artifact.as_ref().map(|artifact| own(&artifact.artifact_id));
        let of_model = |gate: &GateSummary| KINDS.iter().any(|kind| kind.word == gate.kind);
        match (&report.candidate, artifact) {
            (Some(_), None) if report.gates.iter().any(of_model) => false,
            (_, Some(false)) | (None, None) => false,
            (None, Some(true)) => true,
            (Some(candidate), _) => of_data(&candidate.snapshot_id),
        }
    }
}

/// Version of the form.
pub const SCHEMA_VERSION: u64 = 1;

/// What training data are called among a passport's data.
pub const TRAINING: &str = "training";

/// What a version's answers are called among a passport's data, which gates that judge answers are
/// held to.
pub const PREDICTIONS: &str = "predictions";

/// Most bytes of a passport: it names a few dozen digests.
pub const PASSPORT_BYTES_MAX: Bytes = Bytes(1 << 20);
