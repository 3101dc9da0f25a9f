//! `driftgate hold`

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion::{InForce, confirm_model};
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::{HoldArgs, HoldCommand};
use crate::cli::registry_failure::unregistered;
use crate::registry::EventBody;

pub(in crate::cli) fn run(
    command: &HoldCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let (args, verb) = match command {
        HoldCommand::Place(args) => (args, "placed"),
        HoldCommand::Release(args) => (args, "released"),
    };
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    confirm_door(&access, args)?;
    if let HoldCommand::Place(_) = command {
        confirm_known(&access, args)?;
    }
    let event = access.append(&signer, environment, |_| Ok((body(command, args), Vec::new())))?;
    let about = args.version.as_ref().map_or(String::new(), |version| format!(" about {version}"));
    print(|out| {
        let (model, environment) = (&args.model, &args.env);
        writeln!(out, "hold on {model} in {environment}{about} {verb}")?;
        writeln!(out, "event  {}", event.reference())
    })?;
    Ok(ExitCode::Passed)
}

/// That a hold stands before a door: where a policy is in force, that of an environment that it knows.
fn confirm_door(access: &Access, args: &HoldArgs) -> Result<(), Failure> {
    match access.replayed.state().policy() {
        Some(_) => InForce::of(access)?.door(access, &args.env).map(drop),
        None => Ok(()),
    }
}

/// That a hold is about something: where a policy is in force, a model or version that was registered.
fn confirm_known(access: &Access, args: &HoldArgs) -> Result<(), Failure> {
    if access.replayed.state().policy().is_none() {
        return Ok(());
    }
    match &args.version {
        Some(version) if access.replayed.state().version(&args.model, version).is_none() => {
            Err(unregistered(&format!("`{}@{version}` was never registered", args.model)))
        }
        Some(_) => Ok(()),
        None => confirm_model(access, &args.model),
    }
}

fn body(command: &HoldCommand, args: &HoldArgs) -> EventBody {
    let (model, environment) = (args.model.clone(), args.env.clone());
    let (version, role, comment) = (args.version.clone(), args.role.clone(), args.comment.clone());
    match command {
        HoldCommand::Place(_) => {
            EventBody::HoldPlaced { model, environment, version, role, comment }
        }
        HoldCommand::Release(_) => {
            EventBody::HoldReleased { model, environment, version, role, comment }
        }
    }
}
