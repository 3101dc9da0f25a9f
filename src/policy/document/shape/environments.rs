//! The doors of environments.

use schemars::JsonSchema;

use crate::yaml::shape::{Duration, Identifier, Name, Prose};

/// What an environment demands before a version may run there.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Door {
    /// Where a version must have run before: in one of these.
    from: Option<OneOrMore>,
    /// Gates that must have passed, by name.
    #[schemars(length(min = 1))]
    requires: Option<Vec<Name>>,
    /// What a passport must name. Default: code and training.
    #[schemars(length(min = 1))]
    identity: Option<Vec<Part>>,
    /// How old a report may be.
    max_age: Option<Duration>,
    /// The environment whose running version's training data reports must have compared with.
    /// Default: this one.
    reference: Option<Identifier>,
    /// The role that signs reports.
    reports_by: Option<Identifier>,
    /// The role of those who promote.
    promoted_by: Option<Identifier>,
    /// Who must approve.
    #[schemars(length(min = 1))]
    approvals: Option<Vec<Quorum>>,
    /// How old an approval may be. Default: 72h.
    approval_max_age: Option<Duration>,
    /// Whether whoever asked, or signed a report, may approve. Default: deny.
    self_approval: Option<SelfApproval>,
    /// How long a request may be granted. Default: 7d.
    request_valid_for: Option<Duration>,
    /// That the way back was tried out.
    rollback_drill: Option<Drill>,
    /// What is done outside after a promotion or a rollback.
    #[schemars(length(min = 1))]
    actions: Option<Vec<Action>>,
    /// Who is told about a rollback.
    #[schemars(length(min = 1))]
    incidents: Option<Vec<Action>>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OneOrMore {
    One(Identifier),
    List(#[schemars(length(min = 1))] Vec<Identifier>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Part {
    Code,
    Training,
    Features,
    Config,
    Environment,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum SelfApproval {
    Deny,
    Allow,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Quorum {
    /// The role.
    role: Identifier,
    /// How many people of it. Default: 1.
    #[schemars(range(min = 1, max = 100))]
    min: Option<u64>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Drill {
    /// How long ago the last drill may be.
    max_age: Duration,
    /// How long recovery may have taken.
    max_recovery: Duration,
}

/// Something done outside; one of its kinds. In texts `{model}`, `{version}`, `{environment}`,
/// `{event}` and `{snapshot}` stand for what was decided.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["mlflow"]}, {"required": ["exec"]}, {"required": ["webhook"]},
    {"required": ["github"]}, {"required": ["gitlab"]}, {"required": ["file"]}
]))]
struct Action {
    /// Its name, unique in the environment.
    name: Identifier,
    /// Alias and tags of a registered model.
    mlflow: Option<Mlflow>,
    /// A program and its arguments, run without a shell.
    #[schemars(length(min = 1))]
    exec: Option<Vec<Prose>>,
    /// How long the program may take. Default: 300s.
    timeout: Option<Duration>,
    /// An address to which a JSON document is posted.
    webhook: Option<Address>,
    /// An issue of a GitHub repository.
    github: Option<Github>,
    /// An issue of a GitLab project.
    gitlab: Option<Gitlab>,
    /// A folder into which a JSON file is written.
    file: Option<Name>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Mlflow {
    /// Where the tracking server answers.
    url: Address,
    /// The registered model there.
    model: Name,
    /// The alias that is moved.
    alias: Name,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Github {
    /// Where the interface answers. Default: `https://api.github.com`
    url: Option<Address>,
    /// `owner/name`.
    repository: Name,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Gitlab {
    /// Where the interface answers. Default: `https://gitlab.com`
    url: Option<Address>,
    /// Its number or its path.
    project: Name,
}

/// An address.
#[derive(JsonSchema)]
#[schemars(extend("maxLength" = 256, "pattern" = r"^https?://"))]
struct Address(String);
