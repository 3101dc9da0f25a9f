//! `driftgate policy`

use std::path::Path;

use crate::cli::args::PolicyCommand;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input::read_small;
use crate::cli::output::print;
use crate::policy::{Policy, differences, lint, parse};
use crate::verdict::text;
use crate::yaml::BYTES_MAX;

pub(in crate::cli) fn run(
    command: &PolicyCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match command {
        PolicyCommand::Lint { policy: path } => {
            let policy = read(path)?;
            let remarks = lint(&policy, environment.now());
            let file = text::printable(&path.display().to_string());
            print(|out| {
                for remark in &remarks {
                    writeln!(out, "{file}: {remark}")?;
                }
                let gates = policy.gates.len();
                writeln!(out, "{file}: valid; gates: {gates}, remarks: {}", remarks.len())
            })?;
        }
        PolicyCommand::Diff { before, after } => {
            let changes = differences(&read(before)?, &read(after)?);
            print(|out| {
                if changes.is_empty() {
                    return writeln!(out, "no difference");
                }
                changes.iter().try_for_each(|change| writeln!(out, "{change}"))
            })?;
        }
    }
    Ok(ExitCode::Passed)
}

fn read(path: &Path) -> Result<Policy, Failure> {
    let bytes = read_small(path, BYTES_MAX as u64, ExitCode::Usage)?;
    Ok(parse(&path.display().to_string(), &bytes)?)
}
