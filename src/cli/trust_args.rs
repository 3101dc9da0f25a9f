//! The command line of trust: verifying, keys, keyrings.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::ReadArgs;
use super::examples::{
    KEY_GENERATE_EXAMPLES, KEY_IMPORT_EXAMPLES, KEY_ROTATE_EXAMPLES, KEY_SHOW_EXAMPLES,
    KEYRING_LINT_EXAMPLES, VERIFY_EXAMPLES,
};
use crate::cli::written::{age, word};
use crate::signing::KeyKind;
use crate::snapshot::SnapshotId;

/// `driftgate verify`
#[derive(Debug, Args)]
#[command(after_long_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// The signed report, `report.dsse.json`, or the folder that holds it
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// A public key to trust (SPKI PEM); repeat it for more
    #[arg(long = "key", value_name = "PUB", required_unless_present = "keyring")]
    pub keys: Vec<PathBuf>,
    /// Whose signatures count: identities with keys, roles and environments
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    pub keyring: Option<PathBuf>,
    /// The role that those who sign must have in the keyring
    #[arg(long, value_name = "ROLE", requires = "keyring", value_parser = word)]
    pub role: Option<String>,
    /// How many of the keys, with a keyring how many identities, must have signed
    #[arg(long, value_name = "N", default_value = "1")]
    pub threshold: NonZeroUsize,
    /// The environment that the report must be for
    #[arg(long, value_name = "NAME", value_parser = word)]
    pub env: Option<String>,
    /// The request that the report must answer
    #[arg(long, value_name = "NONCE", value_parser = word)]
    pub request: Option<String>,
    /// The data: files, folders or globs, as they were checked
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub snapshot: Vec<String>,
    /// The snapshot that the candidate must have been compared with: that of the live model
    #[arg(long, value_name = "ID")]
    pub reference_id: Option<SnapshotId>,
    /// Leftovers in folders to ignore, as globs, beside those that the policy ignores
    #[arg(long, value_name = "GLOB")]
    pub ignore: Vec<String>,
    /// Refuse a report made this long ago or longer (`12h`, `7d`), whatever end it names itself
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub max_age: Option<u64>,
    /// The policy that the report has to be made under
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The details document [default: `report.details.json` beside the report, when it is there]
    #[arg(long, value_name = "FILE")]
    pub details: Option<PathBuf>,
    /// Run the check again on `--reference` and `--candidate` under `--policy`: it must give the
    /// same report, to the bit
    #[arg(long, requires = "policy")]
    pub recompute: bool,
    /// The gates that the report must be about, where it is not about all of the policy's; repeat
    /// it for more
    #[arg(long = "gate", value_name = "NAME")]
    pub gates: Vec<String>,
    /// With `--recompute`, the data the live model was built on, as they were checked
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "recompute")]
    pub reference: Vec<String>,
    /// With `--recompute`, the new data, as they were checked
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "recompute")]
    pub candidate: Vec<String>,
    /// With `--recompute`, the model's files, as they were checked
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "recompute")]
    pub artifact: Vec<String>,
    /// With `--recompute`, the folder of evidence of the check
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub evidence: PathBuf,
    /// With `--recompute`, `--samples` of the check
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub samples: usize,
    /// With `--recompute`, whether the check was run with `--show-values`
    #[arg(long)]
    pub show_values: bool,
    /// With `--recompute`, how to read
    #[command(flatten)]
    pub read: ReadArgs,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: VerifyFormat,
}

/// What `verify` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// A line for each step, for people
    Text,
    /// One document, for programs
    Json,
}

/// Sub-commands of `driftgate key`.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Write a new key pair: the private key and, beside it, the public one
    Generate(KeyGenerateArgs),
    /// Print kind, ID and public half of a key
    Show(KeyShowArgs),
    /// Write a key from elsewhere as a pair of ours
    Import(KeyImportArgs),
    /// Write a new pair, and print what the keyring says of the old key and the new one
    Rotate(KeyRotateArgs),
}

/// `driftgate key generate`
#[derive(Debug, Args)]
#[command(after_long_help = KEY_GENERATE_EXAMPLES)]
pub struct KeyGenerateArgs {
    /// New file for the private key (PKCS#8 PEM, mode 0600); `NAME.pem` gets a `NAME.pub.pem`
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What to sign with
    #[arg(long, value_name = "KIND", default_value = "p256")]
    pub kind: KeyChoice,
    /// Encrypt the private key with the first line of this file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `driftgate key import`
#[derive(Debug, Args)]
#[command(after_long_help = KEY_IMPORT_EXAMPLES)]
pub struct KeyImportArgs {
    /// A private key: ECDSA P-256 or Ed25519, as PKCS#8, encrypted PKCS#8 or SEC 1 (PEM)
    #[arg(value_name = "FILE")]
    pub key: PathBuf,
    /// New file for the private key; `NAME.pem` gets a `NAME.pub.pem`
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// File whose first line is the password of the key [or env: `DRIFTGATE_KEY_PASSWORD`]; what is
    /// written is encrypted with it too
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `driftgate key rotate`
#[derive(Debug, Args)]
#[command(after_long_help = KEY_ROTATE_EXAMPLES)]
pub struct KeyRotateArgs {
    /// The key until now, its public half (PEM)
    #[arg(value_name = "PUB")]
    pub key: PathBuf,
    /// New file for the new private key; `NAME.pem` gets a `NAME.pub.pem`
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How long the old key still counts: as long as its reports are used
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = age)]
    pub overlap: u64,
    /// How long the new key counts
    #[arg(long, value_name = "TIME", default_value = "52w", value_parser = age)]
    pub valid_for: u64,
    /// Encrypt the new private key with the first line of this file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `driftgate key show`
#[derive(Debug, Args)]
#[command(after_long_help = KEY_SHOW_EXAMPLES)]
pub struct KeyShowArgs {
    /// A private or public key (PEM); of a private one nothing secret is printed
    #[arg(value_name = "FILE")]
    pub key: PathBuf,
    /// File whose first line is the password of an encrypted key [or env: `DRIFTGATE_KEY_PASSWORD`]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyChoice {
    /// ECDSA on NIST P-256, which cosign takes everywhere
    P256,
    /// Ed25519
    Ed25519,
}

impl From<KeyChoice> for KeyKind {
    fn from(choice: KeyChoice) -> Self {
        match choice {
            KeyChoice::P256 => Self::P256,
            KeyChoice::Ed25519 => Self::Ed25519,
        }
    }
}

/// Sub-commands of `driftgate keyring`.
#[derive(Debug, Subcommand)]
pub enum KeyringCommand {
    /// Tell every fault of a keyring, and what is legal but unwise
    #[command(after_long_help = KEYRING_LINT_EXAMPLES)]
    Lint {
        /// The keyring
        #[arg(value_name = "FILE")]
        keyring: PathBuf,
    },
}
