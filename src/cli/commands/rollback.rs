//! `driftgate rollback`

use std::time::Instant;

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
use crate::registry::event::VersionName;
use crate::registry::state::Place;
use crate::registry::summary::Verified;
use crate::registry::{EventBody, Passport};
use crate::signing::{Keyring, Signer, TrustedKeys, verify};

pub(in crate::cli) fn run(
    args: &RollbackArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let in_force = InForce::of(&access)?;
    let door = in_force.door(&args.env)?;
    confirm_promoter(&access, door, &signer)?;
    let from = access.replayed.state().current(&args.model, &args.env).cloned();
    let Some(from) = from else {
        let message = format!("E_STATE: nothing of `{}` runs in `{}`", args.model, args.env);
        return Err(Failure::new(ExitCode::Refused, message));
    };
    if !args.drill && args.to.is_none() {
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
/// the same time as somebody else, does not want to go back twice.
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
) -> Result<(VersionName, Passport), Failure> {
    let state = access.replayed.state();
    let place = state.place(&args.model, &args.env).cloned().unwrap_or_default();
    if let Some(to) = &args.to {
        if !place.has_run(to) {
            let message = format!("E_STATE: `{to}` never ran in `{}`", args.env);
            return Err(Failure::new(ExitCode::Refused, message)
                .hint("`driftgate history` tells which versions did"));
        }
        return Ok((to.clone(), confirmed(args, access, to)?));
    }
    let mut last = None;
    for to in candidates(&place, from) {
        match confirmed(args, access, &to) {
            Ok(passport) => return Ok((to, passport)),
            Err(failure) => {
                say(&format!("{to} does not verify: {failure}"));
                last = Some(failure);
            }
        }
    }
    Err(last.unwrap_or_else(|| {
        let message = format!("E_STATE: no earlier version ran in `{}`", args.env);
        Failure::new(ExitCode::Refused, message)
    }))
}

/// Versions that ran before, the latest first, each once, without those that are held.
fn candidates(place: &Place, from: &VersionName) -> Vec<VersionName> {
    let mut found: Vec<VersionName> = Vec::new();
    for made in place.history.iter().rev() {
        let held = place.holds.contains_key(&Some(made.version.clone()));
        if made.version != *from && !held && !found.contains(&made.version) {
            found.push(made.version.clone());
        }
    }
    found
}

/// Whether a version may run again: not revoked, its files those of its passport, the reports of
/// its promotion still signed by keys that were not given up. That they are old does not matter.
fn confirmed(
    args: &RollbackArgs,
    access: &Access,
    version: &VersionName,
) -> Result<Passport, Failure> {
    let state = access.replayed.state();
    if state.version(&args.model, version).is_some_and(|known| known.revoked.is_some()) {
        let message = format!("E_REVOKED: `{}@{version}` was revoked", args.model);
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
