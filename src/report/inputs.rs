//! What a report is made from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ArtifactDocument;
use crate::checklist::Document;
use crate::clock::Timestamp;
use crate::gate::Evaluation;
use crate::identity::Sha256Digest;
use crate::measure::Measurement;
use crate::quantity::Bytes;

/// Everything a report says that it cannot work out itself.
#[derive(Debug, Clone)]
pub struct ReportInputs<'a> {
    /// What was measured of snapshots; absent where no gate is about them.
    pub measurement: Option<&'a Measurement>,
    /// The model that was judged.
    pub artifact: Option<ArtifactDocument>,
    /// The documents of each gate of the checklist.
    pub documents: &'a BTreeMap<String, Vec<Document>>,
    /// The gates that were asked; empty where all of the policy's were.
    pub selected: &'a [String],
    /// What the gates made of it.
    pub evaluation: &'a Evaluation,
    /// Where the reference's numbers come from.
    pub reference: SnapshotSource,
    /// Where the candidate's numbers come from.
    pub candidate: SnapshotSource,
    /// The policy document.
    pub policy: PolicySource,
    /// The instant the gates were asked.
    pub evaluated_at: Timestamp,
    /// From when on the report must not be used.
    pub expires_at: Option<Timestamp>,
    /// What the report is to be used for.
    pub purpose: Purpose,
    /// Where the signing key comes from; absent for a report that will not be signed.
    pub key: Option<KeyOrigin>,
    /// Limits that were not at their default: name and value.
    pub limits: BTreeMap<String, String>,
}

/// What a report is to be used for, as whoever ran the check said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purpose {
    /// The environment that it is for.
    pub environment: Option<String>,
    /// The request that it answers.
    pub request: Option<String>,
}

/// Where the numbers of one side come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotSource {
    /// Bytes of its files; unknown for a stored profile.
    pub bytes: Option<Bytes>,
    /// Number of its files; unknown for a stored profile.
    pub files: Option<u64>,
    /// Digest of the stored profile the numbers were read from.
    pub profile: Option<Sha256Digest>,
}

/// The policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// What it calls itself.
    pub name: String,
    /// Digest of its bytes.
    pub digest: Sha256Digest,
    /// Where others can fetch it; never a path of this machine.
    pub uri: Option<String>,
}

/// Where a signing key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOrigin {
    /// Made on first use on this machine; no keyring trusts it unless told to.
    LocalDevelopment,
    /// Named by whoever ran the check.
    Given,
}
