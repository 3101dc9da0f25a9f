//! The document. Its schema is `schemas/environment.schema.json`.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a capture says that it is.
pub const FORMAT: &str = "https://driftgate.dev/environment/v1";

/// An environment at an instant. No name of a host, a user or a folder is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// `https://driftgate.dev/environment/v1`.
    pub format: String,
    /// When it was made, in RFC 3339. Makes no difference between two captures.
    pub captured_at: String,
    /// The operating system.
    pub system: System,
    /// The processor.
    pub cpu: Cpu,
    /// An accelerator of NVIDIA; absent where there is no driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Gpu>,
    /// A Python interpreter; absent when none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<Python>,
    /// Lock files by the names they were given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub locks: BTreeMap<String, Lock>,
    /// Digest of the container image: `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Chosen environment variables; `null` for one that is not set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Option<String>>,
    /// Chosen secret variables as `hmac-sha256:…` over name and value; `null` for one that is not
    /// set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Option<String>>,
    /// Tells which key the secrets are hashed with, without telling the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets_key: Option<String>,
    /// Resource limits: `cpus`, `memory_bytes`, `open_files` …; `unlimited` where there is none.
    #[serde(default)]
    pub limits: BTreeMap<String, String>,
    /// Paths of what could not be found out, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, String>,
}

/// The operating system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its name: `debian`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Its version: `12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The kernel's release: `6.1.0-18-amd64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The C library with its version: `glibc 2.36`, `musl 1.2.4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libc: Option<String>,
    /// The instruction set: `x86_64`, `aarch64`.
    pub architecture: String,
}

/// The processor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cpu {
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How many processors a thread can run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processors: Option<u64>,
    /// What it can do: `avx2`, `fma`, `sve`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<BTreeSet<String>>,
}

/// An accelerator of NVIDIA.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    /// The kernel driver's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The version of the CUDA toolkit that is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cuda: Option<String>,
    /// How many devices of each model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub devices: BTreeMap<String, u64>,
}

/// A Python interpreter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Python {
    /// `CPython` or another.
    pub implementation: String,
    /// Its version: `3.11.7`.
    pub version: String,
    /// Installed distributions with their versions; names as indexes compare them (PEP 503).
    pub packages: BTreeMap<String, String>,
}

/// A lock file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The versions it pins, joined by `, ` where there are several; absent for a format that is
    /// not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<BTreeMap<String, String>>,
}
