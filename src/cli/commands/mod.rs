//! One file per command: each turns arguments into calls of the library and prints.

pub(super) mod check;
pub(super) mod completions;
pub(super) mod env;
pub(super) mod init;
pub(super) mod key;
pub(super) mod keyring;
pub(super) mod man;
pub(super) mod policy;
pub(super) mod profile;
pub(super) mod simulate;
pub(super) mod snapshot;
pub(super) mod verify;
