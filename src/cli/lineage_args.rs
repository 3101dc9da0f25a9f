//! The command line of `driftgate lineage`.

use clap::{Args, ValueEnum};

use super::examples::LINEAGE_EXAMPLES;
use super::promotion_args::ModelVersion;
use super::registry_args::RegistryArgs;

/// `driftgate lineage`
#[derive(Debug, Args)]
#[command(after_long_help = LINEAGE_EXAMPLES)]
pub struct LineageArgs {
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// The version: `fraud@v12`
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: LineageFormat,
}

/// What `driftgate lineage` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LineageFormat {
    /// For people
    Text,
    /// Nodes and edges, one document
    Json,
    /// A Mermaid flowchart, as GitHub and GitLab draw it
    Mermaid,
    /// A graph for Graphviz
    Dot,
    /// OpenLineage run events, one on each line
    Openlineage,
}
