//! `driftgate reconcile`

use crate::cli::carry_out::carry_out;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion_args::ReconcileArgs;
use crate::cli::registry_access::{Access, signer};

pub(in crate::cli) fn run(
    args: &ReconcileArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let due = access.replayed.state().open_actions().count();
    carry_out(&mut access, &signer, environment)?;
    access.refresh_heads();
    print(|out| writeln!(out, "{due} done, nothing is left to do"))?;
    Ok(ExitCode::Passed)
}
