//! `driftgate rollback`

use std::time::{Duration, Instant};

use super::promote::{action_names, confirm_promoter, summarised};
use super::way_back::{Stopped, way_back};
use crate::cli::carry_out::carry_out;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::gone::confirm_door;
use crate::cli::output::{print, say};
use crate::cli::promotion::{InForce, UNFINISHED, bar, names};
use crate::cli::promotion_args::RollbackArgs;
use crate::cli::registry_access::{Access, signer};
use crate::identity::Sha256Digest;
use crate::registry::event::{EventReference, VersionName};
use crate::registry::summary::Verified;
use crate::registry::{EventBody, Passport, hearing};
use crate::signing::Signer;

pub(in crate::cli) fn run(
    args: &RollbackArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    go_back(args, environment).map_err(|stopped| {
        if let Stopped { failure, tried: Some(tried) } = &stopped
            && args.drill
        {
            match record_failed(args, environment, tried, failure, started.elapsed()) {
                Ok(event) => say(&format!("the drill is recorded as failed, event {event}")),
                Err(failure) => say(&format!("the failed drill is not recorded: {failure}")),
            }
        }
        stopped.failure
    })
}

/// Leaves a trace of a drill that failed, so that an older one that succeeded opens no door any
/// more.
fn record_failed(
    args: &RollbackArgs,
    environment: &Environment,
    to: &VersionName,
    failure: &Failure,
    took: Duration,
) -> Result<EventReference, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let why = failure.to_string();
    let event = access.append(&signer, environment, |replayed| {
        let from = replayed.state().current(&args.model, &args.env).cloned();
        let body = EventBody::Drilled {
            model: args.model.clone(),
            environment: args.env.clone(),
            from_version: from.unwrap_or_else(|| to.clone()),
            to_version: to.clone(),
            recovery_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            verified: false,
            failure: why.lines().next().and_then(|line| line.parse().ok()),
        };
        Ok((body, Vec::new()))
    })?;
    Ok(event.reference())
}

fn go_back(args: &RollbackArgs, environment: &Environment) -> Result<ExitCode, Stopped> {
    let started = Instant::now();
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    confirm_door(&access, &args.model, &args.env)?;
    let in_force = InForce::of(&access)?;
    let door = in_force.door(&args.env)?;
    confirm_promoter(&access, door, &signer)?;
    let from = access.replayed.state().current(&args.model, &args.env).cloned();
    let Some(from) = from else {
        let message = format!("E_STATE: nothing of `{}` runs in `{}`", args.model, args.env);
        return Err(Failure::new(ExitCode::Refused, message).into());
    };
    let barred = bar(&access, &args.model, &from)?.is_some();
    if !args.drill && args.to.is_none() && !barred {
        confirm_first(args, &access, &from)?;
    }
    let (to, passport) = way_back(args, &access, &from)?;
    let verified = started.elapsed();
    let mut objects = Vec::new();
    let body = if args.drill {
        EventBody::Drilled {
            model: args.model.clone(),
            environment: args.env.clone(),
            from_version: from.clone(),
            to_version: to.clone(),
            recovery_ms: u64::try_from(verified.as_millis()).unwrap_or(u64::MAX),
            verified: true,
            failure: None,
        }
    } else {
        let actions = door.actions.iter().chain(&door.incidents);
        let vsa = summary(args, environment, &to, &passport, &in_force, &signer)?;
        objects.push(vsa.clone());
        EventBody::RolledBack {
            model: args.model.clone(),
            environment: args.env.clone(),
            from_version: from.clone(),
            to_version: to.clone(),
            reason: args.reason.clone(),
            hold: true,
            vsa: Sha256Digest::of(&vsa),
            actions: action_names(actions.map(|action| action.name.as_str())),
        }
    };
    let store = access.registry.objects().clone();
    let event = access.append(&signer, environment, |replayed| {
        let current = replayed.state().current(&args.model, &args.env);
        if replayed.state().policy() != Some(in_force.digest) {
            let message = "E_CONFLICT: another policy was put in force meanwhile";
            return Err(Failure::new(ExitCode::Refused, message).hint("try again"));
        }
        if let Some(bar) = hearing::bar(&store, replayed.state(), &args.model, &to)? {
            let message = format!("E_CONFLICT: meanwhile {to} {bar}");
            return Err(Failure::new(ExitCode::Refused, message).hint("try again"));
        }
        if current == Some(&from) {
            return Ok((body.clone(), objects.clone()));
        }
        let runs = current.map_or("nothing".to_owned(), ToString::to_string);
        let message = format!("E_CONFLICT: meanwhile {runs} runs in `{}`", args.env);
        Err(Failure::new(ExitCode::Refused, message))
    })?;
    print(|out| {
        if args.drill {
            let ms = verified.as_millis();
            writeln!(out, "drilled   {} from {from} to {to} in {ms} ms", args.env)?;
        } else {
            let by = names(&event.by);
            writeln!(
                out,
                "rolled back  {} in {} from {from} to {to} by {by}",
                args.model, args.env
            )?;
            writeln!(out, "held      {from} does not run there again until the hold is released")?;
        }
        writeln!(out, "event     {}", event.reference())
    })?;
    carry_out(&mut access, &signer, environment)?;
    Ok(ExitCode::Passed)
}

/// That nobody has rolled back before: whoever tries again, not knowing whether it was done, or at
/// the same time as somebody else, does not want to go back twice. Where what runs was revoked, it is
/// not what they went back to before.
fn confirm_first(args: &RollbackArgs, access: &Access, from: &VersionName) -> Result<(), Failure> {
    let place = access.replayed.state().place(&args.model, &args.env);
    let last = place.and_then(|place| place.last()).filter(|last| last.request.is_none());
    let Some(last) = last else { return Ok(()) };
    let seq = last.step.seq();
    let by = access.replayed.event(seq).map(|event| names(&event.by)).unwrap_or_default();
    let before = last.from.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    let message = format!(
        "E_CONFLICT: `{}` was rolled back from {before} to {from} by {by} in event {seq}",
        args.env
    );
    let further = "to go back further, name the version: `--to VERSION`";
    let finished = access.replayed.state().is_finished(seq);
    Err(Failure::new(ExitCode::Refused, message).hint(if finished { further } else { UNFINISHED }))
}

fn summary(
    args: &RollbackArgs,
    environment: &Environment,
    to: &VersionName,
    passport: &Passport,
    in_force: &InForce,
    signer: &impl Signer,
) -> Result<Vec<u8>, Failure> {
    let verified = Verified {
        model: &args.model,
        version: to,
        environment: &args.env,
        artifact: passport.artifact.id,
        policy: Some(in_force.digest),
        inputs: &[],
        self_approval: false,
        at: environment.now(),
    };
    summarised(&verified, signer)
}
