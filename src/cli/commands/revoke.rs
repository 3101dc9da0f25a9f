//! `driftgate revoke`

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion::names;
use crate::cli::promotion_args::ModelVersion;
use crate::cli::registry_access::{Access, signer};
use crate::cli::revoke_args::RevokeArgs;
use crate::cli::revoked::way_out;
use crate::registry::EventBody;

pub(in crate::cli) fn run(
    args: &RevokeArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let ModelVersion { model, version } = &args.of;
    let body = EventBody::Revoked {
        model: model.clone(),
        version: version.clone(),
        role: args.role.clone(),
        reason: args.comment.clone(),
    };
    // Whether there is such a version, and who may: the ledger asks before it is written.
    let event = access.append(&signer, environment, |_| Ok((body.clone(), Vec::new())))?;
    let state = access.replayed.state();
    print(|out| {
        writeln!(out, "revoked   {model}@{version} by {} as {}", names(&event.by), args.role)?;
        writeln!(out, "event     {}", event.reference())?;
        writeln!(out, "from now  no door opens for it, and no rollback leads to it")?;
        state.runs_in(model, version).try_for_each(|place| {
            writeln!(out, "runs      in {place} still: {}", way_out(state, model, place))
        })
    })?;
    Ok(ExitCode::Passed)
}
