//! `driftgate man`

use std::path::Path;

use clap::CommandFactory;

use crate::cli::args::CommandLine;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;

pub(in crate::cli) fn run(folder: &Path) -> Result<ExitCode, Failure> {
    let write = || {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(CommandLine::command(), folder)
    };
    write().map_err(|error| Failure::storage(folder, "write man pages to", &error))?;
    Ok(ExitCode::Passed)
}
