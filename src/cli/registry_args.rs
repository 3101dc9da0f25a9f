//! The command line of the registry.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::examples::{
    AUDIT_EXAMPLES, HISTORY_EXAMPLES, HOLD_EXAMPLES, LEDGER_EXPORT_EXAMPLES, REGISTRY_EXAMPLES,
    STATUS_EXAMPLES,
};
use crate::cli::written::{age, instant_or_day};
use crate::clock::Timestamp;
use crate::registry::Head;
use crate::registry::event::{Comment, EnvironmentName, ModelName, RoleName, VersionName};

/// Which registry, and whom to believe about it.
#[derive(Debug, Args)]
pub struct RegistryArgs {
    /// The registry's folder
    #[arg(long, value_name = "DIR", default_value = ".driftgate", env = "DRIFTGATE_REGISTRY")]
    pub registry: PathBuf,
    /// A keyring from elsewhere, by which every signer has to count too [default: the one that the
    /// registry was founded with, and those that followed it]
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEYRING")]
    pub keyring: Option<PathBuf>,
    /// An event that must be there, so that a ledger cut or rewritten since is found
    #[arg(long, value_name = "SEQ:DIGEST")]
    pub require_head: Option<Head>,
    /// The same from a file, which is brought up to date when all is well; a bare name means one in
    /// the registry's `pins` folder
    #[arg(long, value_name = "FILE")]
    pub pin: Option<PathBuf>,
}

/// Who signs an event.
#[derive(Debug, Args)]
pub struct SignerArgs {
    /// Private key to sign with (PKCS#8 PEM), or a program that holds it: `exec:/path/to/signer
    /// ARG…`
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEY")]
    pub key: PathBuf,
    /// File whose first line is the password of an encrypted key [or env: `DRIFTGATE_KEY_PASSWORD`]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Public key of the program that signs (SPKI PEM): what it gives is checked at once
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,
}

/// What the commands that look print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RegistryFormat {
    /// For people
    Text,
    /// One document, for programs
    Json,
}

/// Sub-commands of `driftgate registry`.
#[derive(Debug, Subcommand)]
pub enum RegistryCommand {
    /// Found a registry: whose signatures count, under which policy
    #[command(after_long_help = REGISTRY_EXAMPLES)]
    Init(RegistryInitArgs),
    /// Put another keyring in force, which records the keys that it revokes; one that gives anybody
    /// more takes somebody else's approval too
    Keyring(RegistryKeyringArgs),
    /// Put another policy in force; one that is not plainly stricter takes somebody else's approval too
    Policy(RegistryPolicyArgs),
    /// Approve a policy that somebody else is to put in force
    ApprovePolicy(RegistryApproveArgs),
    /// Approve a keyring that somebody else is to put in force
    ApproveKeyring(RegistryApproveArgs),
    /// Go on after an event whose clock was far ahead: its time, and those of the events after it,
    /// are not believed any more
    Clock(RegistryClockArgs),
}

/// `driftgate registry clock`
#[derive(Debug, Args)]
pub struct RegistryClockArgs {
    /// The number of the first event with a wrong time
    #[arg(value_name = "EVENT")]
    pub event: u64,
    /// What went wrong
    #[arg(long, value_name = "TEXT")]
    pub comment: Comment,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who signs: somebody who may change keyring and policy, by a clock that is right
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate registry policy`
#[derive(Debug, Args)]
pub struct RegistryPolicyArgs {
    /// The policy from now on
    #[arg(value_name = "POLICY")]
    pub policy: PathBuf,
    /// An approval of it, as `registry approve-policy` wrote it; repeat it for more
    #[arg(long = "approval", value_name = "FILE")]
    pub approvals: Vec<PathBuf>,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who signs: somebody who may change the policy
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate registry approve-policy` and `registry approve-keyring`
#[derive(Debug, Args)]
pub struct RegistryApproveArgs {
    /// The policy or keyring that is to take the place of the one in force now
    #[arg(value_name = "FILE")]
    pub document: PathBuf,
    /// How long the approval counts, 30 days at most
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = age)]
    pub valid_for: u64,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub comment: Comment,
    /// New file for the approval
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who approves: somebody who may change keyring and policy
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate registry init`
#[derive(Debug, Args)]
pub struct RegistryInitArgs {
    /// The registry's folder, made when it is not there
    #[arg(long, value_name = "DIR", default_value = ".driftgate", env = "DRIFTGATE_REGISTRY")]
    pub registry: PathBuf,
    /// Whose signatures count from here on
    #[arg(long, value_name = "FILE")]
    pub keyring: PathBuf,
    /// The policy in force from here on
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Who signs
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate registry keyring`
#[derive(Debug, Args)]
pub struct RegistryKeyringArgs {
    /// The registry's folder
    #[arg(long, value_name = "DIR", default_value = ".driftgate", env = "DRIFTGATE_REGISTRY")]
    pub registry: PathBuf,
    /// The keyring from now on
    #[arg(value_name = "KEYRING")]
    pub keyring: PathBuf,
    /// An approval of it, as `registry approve-keyring` wrote it; repeat it for more
    #[arg(long = "approval", value_name = "FILE")]
    pub approvals: Vec<PathBuf>,
    /// Who signs: somebody who may change the keyring, by the one in force
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// `driftgate audit`
#[derive(Debug, Args)]
#[command(after_long_help = AUDIT_EXAMPLES)]
pub struct AuditArgs {
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RegistryFormat,
}

/// Sub-commands of `driftgate ledger`.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Write all events into one file, a signed envelope on each line (`.intoto.jsonl`)
    #[command(after_long_help = LEDGER_EXPORT_EXAMPLES)]
    Export {
        /// Which registry
        #[command(flatten)]
        registry: RegistryArgs,
        /// Write here [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// `driftgate history`
#[derive(Debug, Args)]
#[command(after_long_help = HISTORY_EXAMPLES)]
pub struct HistoryArgs {
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Up to this instant (RFC 3339) or the end of this day (UTC), and what ran where then
    #[arg(long, value_name = "TIME", value_parser = instant_or_day)]
    pub at: Option<Timestamp>,
    /// Events of one model alone
    #[arg(long, value_name = "MODEL")]
    pub model: Option<ModelName>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RegistryFormat,
}

/// `driftgate status`
#[derive(Debug, Args)]
#[command(after_long_help = STATUS_EXAMPLES)]
pub struct StatusArgs {
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// One model alone
    #[arg(long, value_name = "MODEL")]
    pub model: Option<ModelName>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: RegistryFormat,
}

/// Sub-commands of `driftgate hold`.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// Nothing is promoted there until the hold is released
    #[command(after_long_help = HOLD_EXAMPLES)]
    Place(HoldArgs),
    /// End a hold
    Release(HoldArgs),
}

/// `driftgate hold place` and `driftgate hold release`
#[derive(Debug, Args)]
pub struct HoldArgs {
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// The model
    #[arg(long, value_name = "MODEL")]
    pub model: ModelName,
    /// The environment
    #[arg(long, value_name = "NAME")]
    pub env: EnvironmentName,
    /// The version that the hold is about, as one that was rolled back
    #[arg(long, value_name = "VERSION")]
    pub version: Option<VersionName>,
    /// The role in which this is done, which the keyring must give the signer
    #[arg(long, value_name = "ROLE")]
    pub role: RoleName,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub comment: Comment,
    /// Who signs
    #[command(flatten)]
    pub signer: SignerArgs,
}
