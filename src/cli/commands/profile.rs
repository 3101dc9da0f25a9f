//! `driftgate profile`
use crate::cli::args::*;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
pub(in crate::cli) fn run(_: &ProfileArgs, _: &Environment) -> Result<ExitCode, Failure> {
    Ok(ExitCode::Internal)
}
