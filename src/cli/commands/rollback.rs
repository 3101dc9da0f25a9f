//! `driftgate rollback`

use std::time::{Duration, Instant};

use super::drill::{drilled, record_failed};
use super::promote::{action_names, summarised};
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
use crate::cli::who_may::confirm_mover;
use crate::identity::Sha256Digest;
use crate::registry::event::{EventReference, VersionName};
use crate::registry::summary::Verified;
use crate::registry::{EventBody, Passport, Replayed, VerifiedEvent, hearing};
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

fn go_back(args: &RollbackArgs, environment: &Environment) -> Result<ExitCode, Stopped> {
    let started = Instant::now();
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let since = running(args, &access.replayed).ok().map(|(_, by)| by);
    for _ in 0..CHOICES_MAX {
        let choice = choose(args, &access, environment, &signer, started)?;
        if let Some(event) = append(args, &mut access, environment, &signer, &choice, since)? {
            tell(args, &choice, &event)?;
            carry_out(&mut access, &signer, environment).confirm()?;
            return Ok(ExitCode::Passed);
        }
        say(&format!("{} was chosen, but meanwhile that has changed", choice.to));
    }
    let message = format!("E_CONFLICT: others changed {CHOICES_MAX} times what this rests on");
    Err(Failure::new(ExitCode::Refused, message).hint("try again").into())
}

/// What runs, and by which event.
fn running<'a>(
    args: &RollbackArgs,
    replayed: &'a Replayed,
) -> Result<(&'a VersionName, EventReference), Failure> {
    let place = replayed.state().place(&args.model, &args.env);
    let last = place.and_then(|place| place.last());
    last.map(|last| (&last.version, last.step.event)).ok_or_else(|| {
        let message = format!("E_STATE: nothing of `{}` runs in `{}`", args.model, args.env);
        Failure::new(ExitCode::Refused, message)
    })
}

/// Where a rollback is to lead, and by what that was decided.
struct Choice {
    from: VersionName,
    to: VersionName,
    policy: Sha256Digest,
    keyring: Option<Sha256Digest>,
    /// How long it took until the version was verified.
    verified: Duration,
    body: EventBody,
    /// What comes with the event.
    objects: Vec<Vec<u8>>,
}

/// Chooses by the ledger as it is known now.
fn choose(
    args: &RollbackArgs,
    access: &Access,
    environment: &Environment,
    signer: &impl Signer,
    started: Instant,
) -> Result<Choice, Stopped> {
    confirm_door(access, &args.model, &args.env)?;
    let in_force = InForce::of(access)?;
    let door = in_force.door(access, &args.env)?;
    let (keyring, key) = (access.replayed.keyring(), signer.public().id());
    confirm_mover(keyring, Some(door), &args.env, key, environment.now())?;
    let (from, _) = running(args, &access.replayed)?;
    if !args.drill && args.to.is_none() && !is_barred(args, access, from) {
        confirm_first(args, access, from)?;
    }
    let (to, passport) = way_back(args, access, from, environment.now())?;
    let verified = started.elapsed();
    let mut objects = Vec::new();
    let body = if args.drill {
        drilled(args, (from, &to), verified, None)
    } else {
        let actions = door.actions.iter().chain(&door.incidents);
        let vsa = summary(args, environment, &to, &passport, &in_force, signer)?;
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
    let keyring = access.replayed.state().keyring();
    let (from, policy) = (from.clone(), in_force.digest);
    Ok(Choice { from, to, policy, keyring, verified, body, objects })
}

/// Writes what was chosen, behind what others write meanwhile as long as it is what would be chosen
/// still; nothing where it is not. Where another version began to run since, that is not asked again:
/// nobody goes back twice.
fn append(
    args: &RollbackArgs,
    access: &mut Access,
    environment: &Environment,
    signer: &impl Signer,
    choice: &Choice,
    since: Option<EventReference>,
) -> Result<Option<VerifiedEvent>, Failure> {
    let mut stands = true;
    let store = access.registry.objects().clone();
    let appended = access.append(signer, environment, |replayed| {
        let state = replayed.state();
        let (runs, by) = running(args, replayed)?;
        if Some(by) != since {
            let (place, seq) = (&args.env, by.seq);
            let message = format!("E_CONFLICT: meanwhile {runs} runs in `{place}`, by event {seq}");
            return Err(Failure::new(ExitCode::Refused, message));
        }
        let held = state.place(&args.model, &args.env).is_some_and(|place| {
            args.to.is_none() && place.holds.contains_key(&Some(choice.to.clone()))
        });
        stands = !held
            && hearing::bar(&store, state, &args.model, &choice.to)?.is_none()
            && (state.policy(), state.keyring()) == (Some(choice.policy), choice.keyring);
        if stands {
            return Ok((choice.body.clone(), choice.objects.clone()));
        }
        Err(Failure::new(ExitCode::Refused, "E_CONFLICT: what it rests on has changed"))
    });
    match appended {
        Err(_) if !stands => Ok(None),
        appended => appended.map(Some),
    }
}

fn tell(args: &RollbackArgs, choice: &Choice, event: &VerifiedEvent) -> Result<(), Failure> {
    let Choice { from, to, verified, .. } = choice;
    print(|out| {
        if args.drill {
            let ms = verified.as_millis();
            writeln!(out, "drilled   {} from {from} to {to} in {ms} ms", args.env)?;
        } else {
            let (model, place, by) = (&args.model, &args.env, names(&event.by));
            writeln!(out, "rolled back  {model} in {place} from {from} to {to} by {by}")?;
            writeln!(out, "held      {from} does not run there again until the hold is released")?;
        }
        writeln!(out, "event     {}", event.reference())
    })
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

/// Whether what runs was revoked. Of one whose passport cannot be read it is known by its name alone:
/// nobody is kept from going away from it.
fn is_barred(args: &RollbackArgs, access: &Access, from: &VersionName) -> bool {
    let own = || access.replayed.state().revocation(&args.model, from).is_some();
    bar(access, &args.model, from).map_or_else(|_| own(), |bar| bar.is_some())
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

/// How often it is chosen anew: each time somebody revoked or held the version that was chosen, or
/// put another policy or keyring in force.
const CHOICES_MAX: usize = 8;
