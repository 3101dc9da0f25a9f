//! `driftgate ledger`

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::LedgerCommand;
use crate::durable;
use crate::identity::Sha256Digest;
use crate::registry::RegistryError;

pub(in crate::cli) fn run(command: &LedgerCommand) -> Result<ExitCode, Failure> {
    let LedgerCommand::Export { registry, out } = command;
    let access = Access::of(registry)?;
    let mut lines = Vec::new();
    for event in access.replayed.events() {
        let bytes = access.registry.ledger().read(event.seq).map_err(RegistryError::from)?;
        // What was verified is one line; whoever changed it since is found by the digest.
        let bytes = bytes.filter(|bytes| event.digest == Sha256Digest::of(bytes));
        let bytes = bytes.ok_or_else(|| {
            let message = format!("event {} was changed while it was read", event.seq);
            Failure::new(ExitCode::Refused, format!("E_LEDGER: {message}"))
        })?;
        lines.extend_from_slice(&bytes);
        lines.push(b'\n');
    }
    match out {
        Some(path) => durable::replace(path, &lines)?,
        None => print(|out| out.write_all(&lines))?,
    }
    Ok(ExitCode::Passed)
}
