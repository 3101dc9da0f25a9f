//! The command line as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::examples::{
    CHECK_EXAMPLES, DIFF_EXAMPLES, EXIT_CODES, INIT_EXAMPLES, KEY_GENERATE_EXAMPLES,
    KEY_SHOW_EXAMPLES, LINT_EXAMPLES, PROFILE_EXAMPLES, SIMULATE_EXAMPLES, SNAPSHOT_EXAMPLES,
    VERIFY_EXAMPLES,
};
use crate::cli::written::{age, size, threads};
use crate::signing::KeyKind;

/// Decides from the data whether a retrained model may move on.
#[derive(Debug, Parser)]
#[command(name = "driftgate", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = EXIT_CODES)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare a candidate snapshot with a reference and sign a report
    Check(CheckArgs),
    /// Verify a signed report, its verdict, and the data it is about
    Verify(VerifyArgs),
    /// Make and show signing keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print the identity of a snapshot and what is in it
    Snapshot(SnapshotArgs),
    /// Store what is known of a snapshot's columns, to compare with later
    Profile(ProfileArgs),
    /// Write a starter policy inferred from data
    Init(InitArgs),
    /// Write an altered copy of a snapshot, to see a gate block it
    Simulate(SimulateArgs),
    /// Check and compare policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Print shell completions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write man pages into a folder
    Man {
        /// The folder
        folder: PathBuf,
    },
}

/// Options of every command that reads data.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// Threads to work on [default: one per processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = threads)]
    pub threads: usize,
    /// Memory for values held at once, such as 512MiB; columns that do not fit are read again
    #[arg(long, value_name = "SIZE", default_value = "384MiB", value_parser = size)]
    pub memory: u64,
    /// Digest of the files in the manifest; the snapshot ID is the SHA-256 of the manifest
    #[arg(long, value_name = "NAME", default_value = "sha256")]
    pub digest: Digest,
}

/// Digests a manifest may be made of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Digest {
    /// `sha256sum -c` checks the manifest
    Sha256,
    /// `b3sum -c` checks the manifest; several times as fast
    Blake3,
}

/// `driftgate check`
#[derive(Debug, Args)]
#[command(after_long_help = CHECK_EXAMPLES)]
pub struct CheckArgs {
    /// The policy
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// The data the live model was built on: files, folders or globs, or a stored profile
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    pub reference: Vec<String>,
    /// The new data: files, folders or globs
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    pub candidate: Vec<String>,
    /// Private key to sign with (PKCS#8 PEM); without one a local development key is made
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEY")]
    pub key: Option<PathBuf>,
    /// Folder for the signed report
    #[arg(long, value_name = "DIR", default_value = "driftgate-report")]
    pub out: PathBuf,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Rows shown of each broken expectation
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub samples: usize,
    /// Show the values of those rows, not only where they are
    #[arg(long)]
    pub show_values: bool,
    /// Say on standard error where time and bytes went
    #[arg(long)]
    pub timings: bool,
    /// How to read
    #[command(flatten)]
    pub read: ReadArgs,
}

/// What `check` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal
    Text,
    /// The whole report, for programs
    Json,
    /// For a job summary or a comment
    Markdown,
    /// For test reports of CI systems
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

/// `driftgate verify`
#[derive(Debug, Args)]
#[command(after_long_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// The signed report, `report.dsse.json`, or the folder that holds it
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// A public key to trust (SPKI PEM); repeat it for more
    #[arg(long = "key", value_name = "PUB", required = true)]
    pub keys: Vec<PathBuf>,
    /// How many of the keys must have signed
    #[arg(long, value_name = "N", default_value = "1")]
    pub threshold: NonZeroUsize,
    /// The data: files, folders or globs, as they were checked
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub snapshot: Vec<String>,
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
}

/// `driftgate key show`
#[derive(Debug, Args)]
#[command(after_long_help = KEY_SHOW_EXAMPLES)]
pub struct KeyShowArgs {
    /// A private or public key (PEM); of a private one nothing secret is printed
    #[arg(value_name = "FILE")]
    pub key: PathBuf,
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

/// `driftgate snapshot`
#[derive(Debug, Args)]
#[command(after_long_help = SNAPSHOT_EXAMPLES)]
pub struct SnapshotArgs {
    /// Files, folders or globs
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Write the manifest here
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// Folder of the whole snapshot that the paths are a part of: files are named as in the whole
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Leftovers in folders to ignore, as globs
    #[arg(long, value_name = "GLOB")]
    pub ignore: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// How to read
    #[command(flatten)]
    pub read: ReadArgs,
}

/// `driftgate profile`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_long_help = PROFILE_EXAMPLES)]
pub struct ProfileArgs {
    /// Join stored profiles
    #[command(subcommand)]
    pub command: Option<ProfileCommand>,
    /// Files, folders or globs
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Write the profile here; without it, a summary is printed
    #[arg(long, short = 'o', value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Folder of the whole snapshot that the paths are a part of: files are named as in the whole
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Leftovers in folders to ignore, as globs
    #[arg(long, value_name = "GLOB")]
    pub ignore: Vec<String>,
    /// Answer what this policy asks of a reference too: order, uniqueness, rows that break it
    #[arg(long, value_name = "FILE", requires = "out")]
    pub policy: Option<PathBuf>,
    /// Rows kept of each broken expectation
    #[arg(long, value_name = "N", default_value_t = 5, requires = "policy")]
    pub samples: usize,
    /// Keep the values of those rows, not only where they are
    #[arg(long, requires = "policy")]
    pub show_values: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// How to read
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Sub-commands of `driftgate profile`.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Join profiles of parts into the profile of the whole
    Merge {
        /// Profiles of disjoint parts of one snapshot
        #[arg(required = true, value_name = "PROFILE")]
        parts: Vec<PathBuf>,
        /// Write the profile here
        #[arg(long, short = 'o', value_name = "FILE")]
        out: PathBuf,
    },
}

/// `driftgate init`
#[derive(Debug, Args)]
#[command(after_long_help = INIT_EXAMPLES)]
pub struct InitArgs {
    /// The data to infer from: files, folders or globs
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    pub reference: Vec<String>,
    /// A later snapshot, to leave out what is known to move
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub candidate: Vec<String>,
    /// Write the policy here [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How to read
    #[command(flatten)]
    pub read: ReadArgs,
}

/// `driftgate simulate`
#[derive(Debug, Args)]
#[command(after_long_help = SIMULATE_EXAMPLES)]
pub struct SimulateArgs {
    /// Files, folders or globs
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// New folder for the altered copy
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Move values: `age=+0.5sd`, `price=-3`, `seen_at=+2d`
    #[arg(long, value_name = "COLUMN=BY")]
    pub shift: Vec<String>,
    /// Multiply values: `price=1.2`
    #[arg(long, value_name = "COLUMN=FACTOR")]
    pub scale: Vec<String>,
    /// Make values null: `age=5%`
    #[arg(long, value_name = "COLUMN=SHARE")]
    pub null: Vec<String>,
    /// Make values NaN: `price=1%`
    #[arg(long, value_name = "COLUMN=SHARE")]
    pub nan: Vec<String>,
    /// Take the rows of a category out: `country=NO`
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub drop_category: Vec<String>,
    /// Put a category in: `country=XX:3%`
    #[arg(long, value_name = "COLUMN=VALUE:SHARE")]
    pub add_category: Vec<String>,
    /// Keep a share of the rows: `10%`
    #[arg(long, value_name = "SHARE")]
    pub sample: Option<String>,
    /// Chooses the rows that change; the same seed changes the same rows
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Sub-commands of `driftgate policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Tell every fault of a policy, and what is legal but unwise
    #[command(after_long_help = LINT_EXAMPLES)]
    Lint {
        /// The policy
        #[arg(value_name = "FILE")]
        policy: PathBuf,
    },
    /// Tell what a new policy makes stricter or looser
    #[command(after_long_help = DIFF_EXAMPLES)]
    Diff {
        /// The policy before
        #[arg(value_name = "OLD")]
        before: PathBuf,
        /// The policy after
        #[arg(value_name = "NEW")]
        after: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }
}
