//! `driftgate rollback`

use std::time::{Duration, Instant};

use super::promote::{action_names, confirm_files, confirm_promoter, summarised};
use crate::cli::carry_out::carry_out;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{InForce, UNFINISHED, names, object, passport};
use crate::cli::promotion_args::RollbackArgs;
use crate::cli::registry_access::{Access, signer};
use crate::identity::Sha256Digest;
use crate::registry::event::{EventReference, VersionName};
use crate::registry::state::Place;
use crate::registry::summary::Verified;
use crate::registry::{EventBody, Passport};
use crate::signing::{Keyring, Signer, TrustedKeys, verify};

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

/// Why nothing was rolled back, and to where it was tried.
struct Stopped {
    failure: Failure,
    tried: Option<VersionName>,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self { failure, tried: None }
    }
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
    let in_force = InForce::of(&access)?;
    let door = in_force.door(&args.env)?;
    confirm_promoter(&access, door, &signer)?;
    let from = access.replayed.state().current(&args.model, &args.env).cloned();
    let Some(from) = from else {
        let message = format!("E_STATE: nothing of `{}` runs in `{}`", args.model, args.env);
        return Err(Failure::new(ExitCode::Refused, message).into());
    };
    let revoked = access.replayed.state().revocation(&args.model, &from).is_some();
    if !args.drill && args.to.is_none() && !revoked {
        confirm_first(args, &access, &from)?;
    }
    let (to, passport) = way_back(args, &access, &from)?;
    let verified = started.elapsed();
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
        EventBody::RolledBack {
            model: args.model.clone(),
            environment: args.env.clone(),
            from_version: from.clone(),
            to_version: to.clone(),
            reason: args.reason.clone(),
            hold: true,
            vsa: summary(args, &access, environment, &to, &passport, &in_force, &signer)?,
            actions: action_names(actions.map(|action| action.name.as_str())),
        }
    };
    let event = access.append(&signer, environment, |replayed| {
        let current = replayed.state().current(&args.model, &args.env);
        if replayed.state().policy() != Some(in_force.digest) {
            let message = "E_CONFLICT: another policy was put in force meanwhile";
            return Err(Failure::new(ExitCode::Refused, message).hint("try again"));
        }
        if current == Some(&from) {
            return Ok((body.clone(), Vec::new()));
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

/// The version to run again: the one that is named, or the last that ran there and verifies.
fn way_back(
    args: &RollbackArgs,
    access: &Access,
    from: &VersionName,
) -> Result<(VersionName, Passport), Stopped> {
    let state = access.replayed.state();
    let place = state.place(&args.model, &args.env).cloned().unwrap_or_default();
    if let Some(to) = &args.to {
        if !place.has_run(to) {
            let message = format!("E_STATE: `{to}` never ran in `{}`", args.env);
            return Err(Failure::new(ExitCode::Refused, message)
                .hint("`driftgate history` tells which versions did")
                .into());
        }
        let stopped =
            |failure| Stopped { failure, tried: Some(to.clone()).filter(|to| to != from) };
        return Ok((to.clone(), confirmed(args, access, to).map_err(stopped)?));
    }
    let mut last = None;
    for to in place.ways_back() {
        match confirmed(args, access, to) {
            Ok(passport) => return Ok((to.clone(), passport)),
            Err(failure) => {
                say(&format!("{to} does not verify: {failure}"));
                last = Some(Stopped { failure, tried: Some(to.clone()) });
            }
        }
    }
    Err(last.unwrap_or_else(|| no_way(args, &place).into()))
}

/// That nothing ran there before, or nothing that one goes back to without naming it.
fn no_way(args: &RollbackArgs, place: &Place) -> Failure {
    let message = format!("E_STATE: no earlier version ran in `{}`", args.env);
    let barred: Vec<String> = place.former().into_iter().map(|to| barred(place, to)).collect();
    if barred.is_empty() {
        return Failure::new(ExitCode::Refused, message);
    }
    let message = format!("{message} that could run again: {}", barred.join(", "));
    Failure::new(ExitCode::Refused, message).hint(
        "name a version that was taken back by `--to VERSION` to run it all the same; one that is \
         held takes `driftgate hold release` before",
    )
}

fn barred(place: &Place, version: &VersionName) -> String {
    let held = place.holds.get(&Some(version.clone())).map(|hold| hold.step.seq());
    let taken_back = place.taken_back(version).map(|made| made.step.seq());
    match (held, taken_back) {
        (Some(since), _) => format!("{version} is held since event {since}"),
        (None, Some(seq)) => format!("{version} was taken back in event {seq}"),
        (None, None) => version.to_string(),
    }
}

/// Whether a version may run again: not revoked, its files those of its passport, the reports of
/// its promotion still signed by keys that were not given up. That they are old does not matter.
fn confirmed(
    args: &RollbackArgs,
    access: &Access,
    version: &VersionName,
) -> Result<Passport, Failure> {
    let state = access.replayed.state();
    if let Some(revoked) = state.revocation(&args.model, version) {
        let since = revoked.step.seq();
        let message = format!("E_REVOKED: `{}@{version}` was revoked by event {since}", args.model);
        return Err(Failure::new(ExitCode::Refused, message));
    }
    let (passport, _) = passport(access, &args.model, version)?;
    confirm_files(&passport, &args.artifact)?;
    let place = state.place(&args.model, &args.env);
    let granted = place.into_iter().flat_map(|place| &place.history);
    let granted = granted.filter(|made| made.version == *version).filter_map(|made| made.request);
    let reports = granted.filter_map(|request| state.request(request)).flat_map(|r| &r.reports);
    let keys = unrevoked(access.replayed.keyring());
    for &digest in reports {
        let envelope = object(access, digest)?;
        verify(&envelope, &keys, std::num::NonZeroUsize::MIN).map_err(|refusal| {
            let message = format!("{}: the report `{digest}`: {refusal}", refusal.code());
            Failure::new(ExitCode::Refused, message)
        })?;
    }
    Ok(passport)
}

fn unrevoked(keyring: &Keyring) -> TrustedKeys {
    let keys = keyring.identities.iter().flat_map(|identity| &identity.keys);
    TrustedKeys::new(keys.filter(|known| known.revoked_at.is_none()).map(|known| known.key.clone()))
}

fn summary(
    args: &RollbackArgs,
    access: &Access,
    environment: &Environment,
    to: &VersionName,
    passport: &Passport,
    in_force: &InForce,
    signer: &impl Signer,
) -> Result<Sha256Digest, Failure> {
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
    summarised(access, &verified, signer)
}
