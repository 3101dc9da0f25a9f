//! The command line of `driftgate revoke`.

use clap::Args;

use super::examples::REVOKE_EXAMPLES;
use super::promotion_args::ModelVersion;
use super::registry_args::{RegistryArgs, SignerArgs};
use crate::registry::event::{Comment, RoleName};

/// `driftgate revoke`
#[derive(Debug, Args)]
#[command(after_long_help = REVOKE_EXAMPLES)]
pub struct RevokeArgs {
    /// The version: `fraud@v12`
    #[arg(value_name = "MODEL@VERSION")]
    pub of: ModelVersion,
    /// The role in which this is done: one that approves or promotes at a door, and that the keyring
    /// gives the signer
    #[arg(long, value_name = "ROLE")]
    pub role: RoleName,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub comment: Comment,
    /// Which registry
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Who revokes
    #[command(flatten)]
    pub signer: SignerArgs,
}
