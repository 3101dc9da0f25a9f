//! The command line as typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::env_args::EnvCommand;
use super::examples::{
    CHECK_EXAMPLES, DIFF_EXAMPLES, EXIT_CODES, INIT_EXAMPLES, LINT_EXAMPLES, PROFILE_EXAMPLES,
    SIMULATE_EXAMPLES, SNAPSHOT_EXAMPLES,
};
use super::lineage_args::LineageArgs;
use super::promotion_args::{
    ApproveArgs, DoorArgs, PassportCommand, PromoteArgs, ReconcileArgs, RequestArgs, RollbackArgs,
};
use super::registry_args::{
    AuditArgs, HistoryArgs, HoldCommand, LedgerCommand, RegistryCommand, StatusArgs,
};
use super::revoke_args::RevokeArgs;
use super::trust_args::{KeyCommand, KeyringCommand, VerifyArgs};
use crate::cli::written::{limit, size, threads, word};
use crate::scan::LimitName;

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
    /// Check a keyring: whose signatures count
    #[command(subcommand)]
    Keyring(KeyringCommand),
    /// Print the identity of a snapshot and what is in it
    Snapshot(SnapshotArgs),
    /// Store what is known of a snapshot's columns, to compare with later
    Profile(ProfileArgs),
    /// Write a starter policy inferred from data
    Init(InitArgs),
    /// Write an altered copy of a snapshot, to see a gate block it
    Simulate(SimulateArgs),
    /// Write down an environment, and compare two
    #[command(subcommand)]
    Env(EnvCommand),
    /// Check and compare policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Found a registry and put keyrings in force
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Tell what runs where, what is asked for and held
    Status(StatusArgs),
    /// Tell what happened, or what ran where at an instant
    History(HistoryArgs),
    /// Tell where a version comes from and what became of it
    Lineage(LineageArgs),
    /// Stop promotions to an environment, or let them go on
    #[command(subcommand)]
    Hold(HoldCommand),
    /// Look at every event, signature and object of a registry
    Audit(AuditArgs),
    /// Write the ledger for others
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Register a version of a model, and take up reports on it
    #[command(subcommand)]
    Passport(PassportCommand),
    /// Show what an environment demands of a version, and what is missing
    Door(DoorArgs),
    /// Ask for a promotion
    Request(RequestArgs),
    /// Approve a request, in a role
    Approve(ApproveArgs),
    /// Reject a request, in a role
    Reject(ApproveArgs),
    /// Promote what was requested, after looking at everything again
    Promote(PromoteArgs),
    /// Run the last good version again, or try out whether that would work
    Rollback(RollbackArgs),
    /// Take a version back for good: it is neither promoted nor rolled back to any more
    Revoke(RevokeArgs),
    /// Do what is still to be done outside, and put right what no longer says what the ledger says
    Reconcile(ReconcileArgs),
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
    /// Let a file ask for more, or for less, than it may by default: `page=512MiB`, `rows=1000000`;
    /// also `text`, `footer`, `columns`, `depth` and `row-groups`. A report tells what was changed
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit)]
    pub limits: Vec<(LimitName, u64)>,
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
    /// The data the live model was built on: files, folders or globs, or a stored profile; `@stable`
    /// for those of the version that runs, by the registry
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "candidate")]
    pub reference: Vec<String>,
    /// The new data: files, folders or globs
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "reference")]
    pub candidate: Vec<String>,
    /// The model: its files or folder. A report on gates that are about no data is about it
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub artifact: Vec<String>,
    /// What the model is called: `fraud@v12`
    #[arg(long, value_name = "NAME@VERSION", value_parser = word)]
    pub model: Option<String>,
    /// The registry that knows what `@stable` is
    #[arg(long, value_name = "DIR", default_value = ".driftgate", env = "DRIFTGATE_REGISTRY")]
    pub registry: PathBuf,
    /// A keyring by which those who wrote the registry have to count
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEYRING")]
    pub keyring: Option<PathBuf>,
    /// Folder of the documents that gates of the checklist rest on
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub evidence: PathBuf,
    /// Ask this gate, instead of all; repeat it for more. The report says that others were not asked
    #[arg(long = "gate", value_name = "NAME")]
    pub gates: Vec<String>,
    /// What to sign with
    #[command(flatten)]
    pub signer: KeyArgs,
    /// Folder for the signed report
    #[arg(long, value_name = "DIR", default_value = "driftgate-report")]
    pub out: PathBuf,
    /// The environment that the report is for: `verify --env` holds it to that
    #[arg(long, value_name = "NAME", value_parser = word)]
    pub env: Option<String>,
    /// The request that the report answers, a nonce: `verify --request` holds it to that
    #[arg(long, value_name = "NONCE", value_parser = word)]
    pub request: Option<String>,
    /// Sign the answer once more, for consumers that know no gate report
    #[arg(long, value_name = "KIND")]
    pub predicate: Option<FurtherPredicate>,
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

/// What to sign with.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// Private key to sign with (PKCS#8 PEM), or a program that holds it: `exec:/path/to/signer
    /// ARG…`; without one a local development key is made
    #[arg(long, value_name = "FILE", env = "DRIFTGATE_KEY")]
    pub key: Option<PathBuf>,
    /// File whose first line is the password of an encrypted key [or env: `DRIFTGATE_KEY_PASSWORD`]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub password_file: Option<PathBuf>,
    /// Public key of the program that signs (SPKI PEM): what it gives is checked at once
    #[arg(long, value_name = "FILE", requires = "key")]
    pub public_key: Option<PathBuf>,
}

/// What `check` can sign beside the gate report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FurtherPredicate {
    /// in-toto's test-result v0.1, as `test-result.dsse.json` and `test-result.sigstore.json`
    TestResult,
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
