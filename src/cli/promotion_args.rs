//! The command line of promotion: passports, doors, requests, approvals, rollback.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};

use super::examples::{
    APPROVE_EXAMPLES, DOOR_EXAMPLES, PASSPORT_EXAMPLES, PROMOTE_EXAMPLES, RECONCILE_EXAMPLES,
    REQUEST_EXAMPLES, ROLLBACK_EXAMPLES,
};
use super::registry_args::{RegistryArgs, RegistryFormat, SignerArgs};
use crate::cli::written::word;
use crate::registry::event::{Comment, EnvironmentName, ModelName, RoleName, VersionName};

/// A version of a model: `fraud@v12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelVersion {
    /// The model.
    pub model: ModelName,
    /// Its version.
    pub version: VersionName,
}

impl FromStr for ModelVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('@').ok_or("expected a model and its version: `fraud@v12`")?;
        let model = parts.0.parse().map_err(|error| format!("{error}"))?;
        let version = parts.1.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { model, version })
    }
}

/// Data under the name of what they are to the model: `training=data/2026-w47`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedData {
    /// What they are.
    pub name: String,
    /// Where they lie.
    pub path: String,
}

impl FromStr for NamedData {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected what the data are, and where: `training=data/2026-w47`";
        let (name, path) = text.split_once('=').ok_or(expected)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) || path.is_empty() {
            return Err(expected.to_owned());
        }
        Ok(Self { name: name.to_owned(), path: path.to_owned() })
    }
}

/// Sub-commands of `driftgate passport`.
#[derive(Debug, Subcommand)]
pub enum PassportCommand {
    /// Register a version: what it is made of
    #[command(after_long_help = PASSPORT_EXAMPLES)]
    New(Box<PassportNewArgs>),
    /// Take up signed reports on a version
    Add(PassportAddArgs),
    /// Show what a version is made of, its reports and its approvals
    Show(PassportShowArgs),
    /// Write what is known of a version as a CycloneDX 1.6 bill of materials
    Export(PassportExportArgs),
}

/// `driftgate passport export`
#[derive(Debug, Args)]
pub struct PassportExportArgs {
    /// The version
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// Write here [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// `driftgate passport new`
#[derive(Debug, Args)]
pub struct PassportNewArgs {
    /// The version: `fraud@v12`
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// The model's files or folder
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    pub artifact: Vec<String>,
    /// The commit of the code, in full
    #[arg(long, value_name = "HASH", value_parser = word)]
    pub commit: Option<String>,
    /// Where the code can be fetched
    #[arg(long, value_name = "URL", requires = "commit")]
    pub repository: Option<String>,
    /// Data by what they are to the model (`training=data/2026-w47`); repeat it for more
    #[arg(long = "data", value_name = "NAME=PATH")]
    pub data: Vec<NamedData>,
    /// Leftovers in folders of data to ignore, as globs
    #[arg(long, value_name = "GLOB")]
    pub ignore: Vec<String>,
    /// The file that defines the features
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The environment as `driftgate env capture` wrote it
    #[arg(long, value_name = "FILE")]
    pub capture: Option<PathBuf>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who signs
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate passport add`
#[derive(Debug, Args)]
pub struct PassportAddArgs {
    /// The version
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// A signed report, or the folder that `check` wrote; repeat it for more
    #[arg(long = "report", value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who signs
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate passport show`
#[derive(Debug, Args)]
pub struct PassportShowArgs {
    /// The version
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RegistryFormat,
}

/// `driftgate door`
#[derive(Debug, Args)]
#[command(after_long_help = DOOR_EXAMPLES)]
pub struct DoorArgs {
    /// The environment
    #[arg(value_name = "ENVIRONMENT")]
    pub environment: EnvironmentName,
    /// The version: `fraud@v12`
    #[arg(long, value_name = "MODEL@VERSION")]
    pub model: ModelVersion,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RegistryFormat,
}

/// `driftgate request`
#[derive(Debug, Args)]
#[command(after_long_help = REQUEST_EXAMPLES)]
pub struct RequestArgs {
    /// The version: `fraud@v12`
    #[arg(long, value_name = "MODEL@VERSION")]
    pub model: ModelVersion,
    /// The environment where it is to run
    #[arg(long, value_name = "ENVIRONMENT")]
    pub to: EnvironmentName,
    /// The nonce that its reports answer, where they were made for this request
    #[arg(long, value_name = "NONCE", value_parser = word)]
    pub nonce: Option<String>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who asks
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate approve` and `driftgate reject`
#[derive(Debug, Args)]
#[command(after_long_help = APPROVE_EXAMPLES)]
pub struct ApproveArgs {
    /// The request: its digest, or enough of its first digits
    #[arg(value_name = "REQUEST")]
    pub request: String,
    /// The role in which you answer, which the keyring must give you
    #[arg(long, value_name = "ROLE")]
    pub role: RoleName,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub comment: Comment,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who answers
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate promote`
#[derive(Debug, Args)]
#[command(after_long_help = PROMOTE_EXAMPLES)]
pub struct PromoteArgs {
    /// The request: its digest, or enough of its first digits
    #[arg(value_name = "REQUEST")]
    pub request: String,
    /// The model's files, where they lie elsewhere than the passport says
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub artifact: Vec<String>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who promotes
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate reconcile`
#[derive(Debug, Args)]
#[command(after_long_help = RECONCILE_EXAMPLES)]
pub struct ReconcileArgs {
    /// Say what is to be done and what stands outside otherwise than the ledger says, and change
    /// nothing; needs no key
    #[arg(long)]
    pub check: bool,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Private key to sign with (PKCS#8 PEM), or a program that holds it: `exec:/path/to/signer
    /// ARG…`
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEY", required_unless_present = "check")]
    pub key: Option<PathBuf>,
    /// File whose first line is the password of an encrypted key [or env: `DRIFTGATE_KEY_PASSWORD`]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Public key of the program that signs (SPKI PEM): what it gives is checked at once
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,
}

/// `driftgate rollback`
#[derive(Debug, Args)]
#[command(after_long_help = ROLLBACK_EXAMPLES)]
pub struct RollbackArgs {
    /// The model
    #[arg(long, value_name = "MODEL")]
    pub model: ModelName,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub env: EnvironmentName,
    /// The version to run again [default: the last one that ran there and still verifies]
    #[arg(long, value_name = "VERSION")]
    pub to: Option<VersionName>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Comment,
    /// Try it out: verify the version and measure how long that takes, and change nothing
    #[arg(long)]
    pub drill: bool,
    /// Its files, where they lie elsewhere than its passport says
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub artifact: Vec<String>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who rolls back
    #[command(flatten)]
    pub signer: SignerArgs,
}
