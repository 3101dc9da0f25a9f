//! One file per command: each turns arguments into calls of the library and prints.

pub(super) mod approve;
pub(super) mod audit;
pub(super) mod check;
pub(super) mod completions;
pub(super) mod door;
pub(super) mod env;
pub(super) mod history;
pub(super) mod hold;
pub(super) mod init;
pub(super) mod key;
pub(super) mod keyring;
pub(super) mod ledger;
pub(super) mod man;
pub(super) mod passport;
pub(super) mod policy;
pub(super) mod policy_change;
pub(super) mod profile;
pub(super) mod promote;
pub(super) mod reconcile;
pub(super) mod registry;
pub(super) mod request;
pub(super) mod rollback;
pub(super) mod simulate;
pub(super) mod snapshot;
pub(super) mod status;
pub(super) mod verify;
