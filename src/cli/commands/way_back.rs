//! The version that a rollback leads to.

use super::promote::confirm_files;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::held;
use crate::cli::output::say;
use crate::cli::promotion::{bar, object, passport};
use crate::cli::promotion_args::RollbackArgs;
use crate::cli::registry_access::Access;
use crate::clock::Timestamp;
use crate::registry::Passport;
use crate::registry::event::VersionName;
use crate::registry::state::Place;
use crate::signing::{Keyring, TrustedKeys, verify};

/// Why nothing was rolled back, and to where it was tried.
pub(super) struct Stopped {
    pub(super) failure: Failure,
    pub(super) tried: Option<VersionName>,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self { failure, tried: None }
    }
}

/// The version to run again: the one that is named, or the last that ran there and verifies.
pub(super) fn way_back(
    args: &RollbackArgs,
    access: &Access,
    from: &VersionName,
    now: Timestamp,
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
        let (what, failure) = match bar(access, &args.model, to) {
            Ok(Some(bar)) => {
                say(&format!("{to} is passed over: it {bar}"));
                continue;
            }
            Ok(None) => match confirmed(args, access, to) {
                Ok(passport) => return Ok((to.clone(), passport)),
                Err(failure) => ("does not verify", failure),
            },
            Err(failure) => (UNTOLD, failure),
        };
        say(&format!("{to} {what}: {failure}"));
        last = Some(Stopped { failure, tried: Some(to.clone()) });
    }
    match last {
        Some(stopped) => Err(stopped),
        None => Err(no_way(args, access, &place, now).into()),
    }
}

/// What is said of a version of which nobody can tell whether it may run.
const UNTOLD: &str = "is passed over: whether it may run cannot be told";

/// That nothing ran there before, or nothing that one goes back to without naming it.
fn no_way(args: &RollbackArgs, access: &Access, place: &Place, now: Timestamp) -> Failure {
    let message = format!("no earlier version ran in `{}`", args.env);
    let (mut why, mut left, mut held) = (Vec::new(), 0, Vec::new());
    for to in place.former() {
        why.push(match bar(access, &args.model, to) {
            Ok(Some(bar)) => format!("{to} {bar}"),
            Ok(None) => {
                left += 1;
                held.extend(Some(to).filter(|&to| place.holds.contains_key(&Some(to.clone()))));
                not_by_itself(place, to)
            }
            Err(failure) => format!("{to} {UNTOLD}: {failure}"),
        });
    }
    if why.is_empty() {
        return Failure::new(ExitCode::Refused, format!("E_STATE: {message}"));
    }
    // Where holds alone stand in the way, releasing one is the way on.
    let code = if left > 0 && held.len() == left { "E_HOLD" } else { "E_STATE" };
    let message = format!("{code}: {message} that could run again: {}", why.join(", "));
    let failure = Failure::new(ExitCode::Refused, message);
    if left == 0 {
        return failure;
    }
    let by_name = "name a version that was taken back by `--to VERSION` to run it all the same";
    match held.first() {
        None => failure.hint(by_name),
        Some(&to) => {
            let release = held::release(&access.replayed, &args.model, &args.env, Some(to), now);
            failure.hint(format!("{by_name}; where it is held, before that {release}"))
        }
    }
}

/// Why one does not go back to a version without naming it.
fn not_by_itself(place: &Place, version: &VersionName) -> String {
    let held = place.holds.get(&Some(version.clone())).map(|hold| hold.step.seq());
    let taken_back = place.taken_back(version).map(|made| made.step.seq());
    match (held, taken_back) {
        (Some(since), _) => format!("{version} is held since event {since}"),
        (None, Some(seq)) => format!("{version} was taken back in event {seq}"),
        (None, None) => version.to_string(),
    }
}

/// Whether a version may run again: neither it nor its files were revoked, its files those of its
/// passport, the reports of its promotion still signed by keys that were not given up. That they are
/// old does not matter.
fn confirmed(
    args: &RollbackArgs,
    access: &Access,
    version: &VersionName,
) -> Result<Passport, Failure> {
    let state = access.replayed.state();
    if let Some(bar) = bar(access, &args.model, version)? {
        let message = format!("E_REVOKED: `{}@{version}` {bar}", args.model);
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
