//! `driftgate keyring`

use std::path::Path;

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input::read_small;
use crate::cli::output::print;
use crate::cli::trust_args::KeyringCommand;
use crate::signing::{Keyring, keyring};
use crate::yaml::BYTES_MAX;

pub(in crate::cli) fn run(
    command: &KeyringCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let KeyringCommand::Lint { keyring: path } = command;
    let keyring = read(path)?;
    let remarks = keyring.remarks(environment.now());
    let file = path.display();
    print(|out| {
        for remark in &remarks {
            writeln!(out, "{file}: {remark}")?;
        }
        let identities = keyring.identities.len();
        let keys: usize = keyring.identities.iter().map(|identity| identity.keys.len()).sum();
        let remarks = remarks.len();
        writeln!(out, "{file}: valid; identities: {identities}, keys: {keys}, remarks: {remarks}")
    })?;
    Ok(ExitCode::Passed)
}

/// Reads a keyring.
///
/// # Errors
/// [`Failure`] when it cannot be read, or every fault it has.
pub(in crate::cli) fn read(path: &Path) -> Result<Keyring, Failure> {
    let bytes = read_small(path, BYTES_MAX as u64, ExitCode::Usage)?;
    Ok(keyring::parse(&path.display().to_string(), &bytes)?)
}
