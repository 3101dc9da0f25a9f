//! `driftgate completions`

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::args::CommandLine;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;

pub(in crate::cli) fn run(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut CommandLine::command(), "driftgate", &mut script);
    print(|out| out.write_all(&script))?;
    Ok(ExitCode::Passed)
}
