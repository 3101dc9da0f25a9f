//! `driftgate reconcile`

use crate::cli::carry_out::{Carried, carry_out, misdecision};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::look_again::{Looked, look_again};
use crate::cli::movers::Movers;
use crate::cli::output::{print, say};
use crate::cli::promotion_args::ReconcileArgs;
use crate::cli::registry_access::Access;
use crate::cli::signing_key::SigningKey;
use crate::registry::event::EnvironmentName;
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
    Movers::of(&access, signer.public().id(), environment.now())?.confirm_any()?;
    let carried = carry_out(&mut access, &signer, environment);
    access.refresh_heads();
    let mended = put_right(args, access, &signer, environment);
    let Carried { done, given_up, left } = carried?;
    let Mended { mended, otherwise } = mended?;
    let given_up = if given_up > 0 { format!("{given_up} given up, ") } else { String::new() };
    let left = left + otherwise;
    let rest = match left {
        0 => "nothing is left to do".to_owned(),
        _ => format!("{left} left to others"),
    };
    print(|out| writeln!(out, "{done} done, {given_up}{mended} put right, {rest}"))?;
    Ok(if left == 0 { ExitCode::Passed } else { ExitCode::Failed })
}

/// What came of what stood otherwise outside.
struct Mended {
    /// How much was put right.
    mended: usize,
    /// How much is left to others.
    otherwise: usize,
}

/// Puts right what stands outside, by the ledger as it is after that too: somebody may promote
/// meanwhile. What was put right stands in the ledger; what is left to others is said.
fn put_right(
    args: &ReconcileArgs,
    mut access: Access,
    signer: &SigningKey,
    environment: &Environment,
) -> Result<Mended, Failure> {
    let mut mended = 0;
    for _ in 0..ATTEMPTS_MAX {
        let movers = Movers::of(&access, signer.public().id(), environment.now())?;
        let mends = |place: &EnvironmentName| movers.refusal(place).is_none();
        let Looked { otherwise, lines, mended: done, failure } = look_again(&access, mends)?;
        print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}; put right")))?;
        for body in done {
            access.append(signer, environment, |_| Ok((body.clone(), Vec::new())))?;
        }
        failure.map_or(Ok(()), Err)?;
        mended += lines.len();
        let before = access.replayed.head();
        access = Access::of(&args.registry)?;
        if lines.is_empty() || access.replayed.head() == before {
            for (place, line) in &otherwise {
                let why = movers.refusal(place).map(ToString::to_string).unwrap_or_default();
                say(&format!("{line}; left to others: {why}"));
            }
            return Ok(Mended { mended, otherwise: otherwise.len() });
        }
    }
    let message = "what stands outside was put right again and again while others promoted";
    Err(Failure::new(ExitCode::Unreadable, message).hint("try again"))
}

/// Says what is to be done and what stands outside otherwise, and changes nothing.
fn check(access: &Access) -> Result<ExitCode, Failure> {
    let due = access.replayed.state().open_actions();
    let due = due.map(|(event, action)| format!("to do: {action} about event {}", event.seq));
    let mut lines: Vec<String> = due.collect();
    let looked = look_again(access, |_| false)?;
    lines.extend(looked.otherwise.into_iter().map(|(_, line)| line));
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    let decided = access.replayed.state().open_actions().map(|(event, _)| event.seq).collect();
    let misdecided = access.replayed.misdecided(access.registry.objects(), &decided);
    if let Some((seq, why)) = misdecided.iter().next() {
        return Err(misdecision(*seq, why));
    }
    looked.failure.map_or(Ok(()), Err)?;
    if !lines.is_empty() {
        return Ok(ExitCode::Failed);
    }
    print(|out| writeln!(out, "nothing is to be done, and all stands as the ledger says"))?;
    Ok(ExitCode::Passed)
}

/// More promotions than happen while a registered model is put right.
const ATTEMPTS_MAX: usize = 10;
