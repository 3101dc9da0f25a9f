//! Doors: what an environment demands before a version may run there.

use std::collections::BTreeSet;
use std::fmt;

use crate::identity::Sha256Digest;

/// The door of one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorRule {
    /// The environment.
    pub environment: String,
    /// Where a version must have run before: in one of these. Empty for a first environment.
    pub from: Vec<String>,
    /// Gates of the policy that must have passed, by name.
    pub requires: Vec<String>,
    /// What a passport must name, so that the version can be made again.
    pub identity: Vec<IdentityPart>,
    /// From which age on a report no longer counts, in seconds.
    pub max_age_seconds: Option<u64>,
    /// The environment whose running version's training data is the reference that reports must
    /// have compared with.
    pub reference: String,
    /// The role that signs reports; any that may sign them when absent.
    pub reports_by: Option<String>,
    /// The role of those who promote; any that may sign events when absent.
    pub promoted_by: Option<String>,
    /// Who must approve.
    pub approvals: Vec<Quorum>,
    /// From which age on an approval no longer counts, in seconds.
    pub approval_max_age_seconds: u64,
    /// Whether whoever asked, or signed a report, may approve.
    pub self_approval: SelfApproval,
    /// How long a request may be granted, in seconds.
    pub request_valid_for_seconds: u64,
    /// What must be known of the way back.
    pub drill: Option<DrillRule>,
    /// What is done outside after a promotion or a rollback.
    pub actions: Vec<ActionRule>,
    /// Who is told about a rollback.
    pub incidents: Vec<ActionRule>,
    /// Where it stands.
    pub line: usize,
}

impl DoorRule {
    /// The roles of those who have a say: who approves or promotes there. A hold is released and a
    /// request rejected in one of them, so that what only makes reports can neither undo a rollback nor
    /// end what others asked for; in any when there is none.
    #[must_use]
    pub fn voices(&self) -> BTreeSet<&str> {
        let approve = self.approvals.iter().map(|quorum| quorum.role.as_str());
        approve.chain(self.promoted_by.as_deref()).collect()
    }
}

/// So many people of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// The role.
    pub role: String,
    /// How many.
    pub min: usize,
}

/// Whether whoever asked, or signed a report, may approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfApproval {
    /// No: four eyes.
    Deny,
    /// Yes; the record says so.
    Allow,
}

/// A part of a version's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityPart {
    /// The commit of the code.
    Code,
    /// The training data.
    Training,
    /// The definitions of features.
    Features,
    /// The configuration.
    Config,
    /// The captured environment.
    Environment,
}

impl IdentityPart {
    /// The part as documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Training => "training",
            Self::Features => "features",
            Self::Config => "config",
            Self::Environment => "environment",
        }
    }
}

/// What must be known of the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrillRule {
    /// How long ago the last drill may be, in seconds.
    pub max_age_seconds: u64,
    /// How long recovery may have taken, in milliseconds.
    pub recovery_ms_max: u64,
    /// Where it stands.
    pub line: usize,
}

/// Something that is done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRule {
    /// Its name, unique in the environment.
    pub name: String,
    /// What.
    pub action: Action,
    /// Where it stands.
    pub line: usize,
}

/// What can be done outside. In texts `{model}`, `{version}`, `{environment}`, `{event}` and
/// `{snapshot}` stand for what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Alias and tags of a registered model, by `MLflow`'s REST interface.
    Mlflow {
        /// Where the tracking server answers.
        url: String,
        /// The registered model there.
        model: String,
        /// The alias that is moved.
        alias: String,
    },
    /// A program with its arguments, without a shell.
    Exec {
        /// Program and arguments.
        argv: Vec<String>,
        /// How long it may take, in seconds.
        timeout_seconds: u64,
    },
    /// A JSON document, posted.
    Webhook {
        /// To where.
        url: String,
    },
    /// An issue of a GitHub repository.
    Github {
        /// Where the interface answers.
        url: String,
        /// `owner/name`.
        repository: String,
    },
    /// An issue of a GitLab project.
    Gitlab {
        /// Where the interface answers.
        url: String,
        /// Its number or its path.
        project: String,
    },
    /// A JSON file in a folder.
    File {
        /// The folder.
        folder: String,
    },
}

impl Action {
    /// Its texts, in which names in braces stand for what was decided.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Mlflow { url, model, alias } => vec![url, model, alias],
            Self::Exec { argv, .. } => argv.iter().map(String::as_str).collect(),
            Self::Webhook { url } => vec![url],
            Self::Github { url, repository } => vec![url, repository],
            Self::Gitlab { url, project } => vec![url, project],
            Self::File { folder } => vec![folder],
        }
    }
}

/// As people are told of it. Queries of addresses may hold keys: a digest stands for each, so that
/// two that differ are told apart.
impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mlflow { url, model, alias } => {
                write!(formatter, "mlflow {} model {model} alias {alias}", Shown(url))
            }
            Self::Exec { argv, timeout_seconds } => {
                write!(formatter, "exec {argv:?} within {timeout_seconds} s")
            }
            Self::Webhook { url } => write!(formatter, "webhook {}", Shown(url)),
            Self::Github { url, repository } => {
                write!(formatter, "github {} {repository}", Shown(url))
            }
            Self::Gitlab { url, project } => write!(formatter, "gitlab {} {project}", Shown(url)),
            Self::File { folder } => write!(formatter, "file {folder}"),
        }
    }
}

/// An address without its query.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once('?') {
            Some((before, query)) => {
                write!(formatter, "{before}?[{}]", Sha256Digest::of(query.as_bytes()))
            }
            None => formatter.write_str(self.0),
        }
    }
}

/// The names that may stand in braces in the texts of an action.
pub const PLACEHOLDERS: [&str; 5] = ["model", "version", "environment", "event", "snapshot"];

/// Age of approvals unless a door says otherwise: three days.
pub const APPROVAL_MAX_AGE_SECONDS: u64 = 72 * 3_600;

/// How long a request may be granted unless a door says otherwise: a week.
pub const REQUEST_VALID_FOR_SECONDS: u64 = 7 * 86_400;
