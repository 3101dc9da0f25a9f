//! `driftgate hold`

use std::collections::BTreeSet;

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion::InForce;
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::{HoldArgs, HoldCommand};
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
    if let HoldCommand::Release(args) = command {
        confirm_say(&access, args)?;
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

/// That a hold is released by somebody who has a say at the door: in a role that approves or
/// promotes there, where the policy names any. What only makes reports cannot undo a rollback.
fn confirm_say(access: &Access, args: &HoldArgs) -> Result<(), Failure> {
    if access.replayed.state().policy().is_none() {
        return Ok(());
    }
    let in_force = InForce::of(access)?;
    let doors = &in_force.policy.doors;
    let Some(door) = doors.iter().find(|door| door.environment == args.env.as_ref()) else {
        return Ok(());
    };
    let roles: BTreeSet<&str> = (door.approvals.iter().map(|quorum| quorum.role.as_str()))
        .chain(door.promoted_by.as_deref())
        .collect();
    if roles.is_empty() || roles.contains(args.role.as_ref()) {
        return Ok(());
    }
    let listed = roles.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("E_ROLE: `{}` has no say at the door of {}", args.role, args.env);
    Err(Failure::new(ExitCode::Refused, message).hint(format!("a hold is released as {listed}")))
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
