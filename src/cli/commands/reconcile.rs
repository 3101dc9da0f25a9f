//! `driftgate reconcile`

use std::cell::RefCell;

use crate::cli::carry_out::{Carried, carry_out, misdecision};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::in_force::put_back;
use crate::cli::look_again::{Looked, confirm_none, look_again};
use crate::cli::movers::{confirm_any, nobody_can, refusal};
use crate::cli::output::{print, say};
use crate::cli::promotion_args::ReconcileArgs;
use crate::cli::registry_access::Access;
use crate::cli::signing_key::SigningKey;
use crate::registry::event::{ActionName, EnvironmentName, EventReference};
use crate::signing::Signer as _;

pub(in crate::cli) fn run(
    args: &ReconcileArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let Some(key) = args.key.as_deref().filter(|_| !args.check) else {
        return check(&Access::of(&args.registry)?);
    };
    let (password, public) = (args.password_file.as_deref(), args.public_key.as_deref());
    let signer = SigningKey::named(key, password, public, environment)?;
    let mut access = Access::of(&args.registry)?;
    access.confirm_writer(&signer, environment.now())?;
    confirm_any(&access, signer.public().id(), environment.now())?;
    let carried = carry_out(&mut access, &signer, environment);
    access.refresh_heads();
    let mended = put_right(args, access, &signer, environment)
        .unwrap_or_else(|failure| Mended { failure: Some(failure), ..Mended::default() });
    let left = tell(&carried, &mended)?;
    confirm_none(mended.failure.into_iter().chain(carried.failure).collect())?;
    Ok(if left == 0 { ExitCode::Passed } else { ExitCode::Failed })
}

/// Says in a line what came of it, and gives how much is left.
fn tell(carried: &Carried, mended: &Mended) -> Result<usize, Failure> {
    let Carried { done, given_up, left, nobodys, failure } = carried;
    let (others, nobodys) = (left + mended.otherwise, *nobodys);
    let mut parts = vec![format!("{done} done")];
    parts.extend((*given_up > 0).then(|| format!("{given_up} given up")));
    parts.push(format!("{} put right", mended.done));
    parts.extend((others > 0).then(|| format!("{others} left to others")));
    parts.extend((nobodys > 0).then(|| format!("{nobodys} left, which nobody can do now")));
    let failed = failure.is_some() || mended.failure.is_some();
    if failed {
        parts.push("the rest failed".to_owned());
    } else if others + nobodys == 0 {
        parts.push("nothing is left to do".to_owned());
    }
    print(|out| writeln!(out, "{}", parts.join(", ")))?;
    Ok(others + nobodys)
}

/// What came of what stood otherwise outside.
#[derive(Default)]
struct Mended {
    /// How much was put right.
    done: usize,
    /// How much is left to others.
    otherwise: usize,
    /// Why something is not put right that the signer may put right.
    failure: Option<Failure>,
}

/// Puts right what stands outside, by the ledger as it is after that too: somebody may promote
/// meanwhile, or take the right to do so away. What was put right stands in the ledger; what is left to
/// others is said, and so is what could not even be looked at for them.
fn put_right(
    args: &ReconcileArgs,
    mut access: Access,
    signer: &SigningKey,
    environment: &Environment,
) -> Result<Mended, Failure> {
    let mut right = 0;
    for _ in 0..ATTEMPTS_MAX {
        access.registry.catch_up(&mut access.replayed)?;
        let (registry, replayed) = (access.registry.clone(), access.replayed.clone());
        let now = RefCell::new(Access { registry, replayed });
        let refused = |place: &EnvironmentName| {
            let now = &mut *now.borrow_mut();
            now.registry.catch_up(&mut now.replayed)?;
            refusal(now, place, signer.public().id(), environment.now())
        };
        let mends = |place: &EnvironmentName| matches!(refused(place), Ok(None));
        let looked = look_again(&access, mends)?;
        let Looked { otherwise, lines, mended: done, left_so, failures } = looked;
        print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}; put right")))?;
        for body in done {
            access.append(signer, environment, |_| Ok((body.clone(), Vec::new())))?;
        }
        right += lines.len();
        let before = access.replayed.head();
        access = Access::of(&args.registry)?;
        if lines.is_empty() || access.replayed.head() == before {
            let (mut others, mut own) = (Vec::new(), Vec::new());
            for (place, line) in otherwise {
                others.extend(refused(&place)?.map(|refusal| format!("{line}; {refusal}")));
            }
            for (place, failure) in failures {
                match refused(&place)? {
                    Some(refusal) => others.push(format!("{failure}\n{refusal}")),
                    None => own.push(failure),
                }
            }
            for (place, failure) in left_so {
                own.extend(refused(&place)?.is_none().then_some(failure));
            }
            for line in &others {
                say(line);
            }
            let (otherwise, failure) = (others.len(), confirm_none(own).err());
            return Ok(Mended { done: right, otherwise, failure });
        }
    }
    let message = "what stands outside was put right again and again while others promoted";
    Err(Failure::new(ExitCode::Unreadable, message).hint("try again"))
}

/// Says what is to be done and what stands outside otherwise, and changes nothing.
fn check(access: &Access) -> Result<ExitCode, Failure> {
    let due = access.replayed.state().open_actions();
    let mut lines: Vec<String> =
        due.map(|(event, action)| due_line(access, event, action)).collect();
    let looked = look_again(access, |_| false)?;
    lines.extend(looked.otherwise.into_iter().map(|(_, line)| line));
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    let decided = access.replayed.state().open_actions().map(|(event, _)| event.seq).collect();
    let misdecided = access.replayed.misdecided(access.registry.objects(), &decided);
    if let Some((seq, why)) = misdecided.iter().next() {
        return Err(misdecision(*seq, why));
    }
    let failures = looked.failures.into_iter().chain(looked.left_so);
    confirm_none(failures.map(|(_, failure)| failure).collect())?;
    if !lines.is_empty() {
        return Ok(ExitCode::Failed);
    }
    print(|out| writeln!(out, "nothing is to be done, and all stands as the ledger says"))?;
    Ok(ExitCode::Passed)
}

/// What is to be done, or left since nobody can do it.
fn due_line(access: &Access, event: EventReference, action: &ActionName) -> String {
    let what = format!("{action} about event {}", event.seq);
    let place = access.replayed.state().moved_in(event.seq);
    match place.filter(|place| access.replayed.lacks_door(place)) {
        None => format!("to do: {what}"),
        Some(gone) => format!("left: {what}: {}; {}", nobody_can(gone), put_back(gone)),
    }
}

/// More promotions than happen while a registered model is put right.
const ATTEMPTS_MAX: usize = 10;
