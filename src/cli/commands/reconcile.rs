//! `driftgate reconcile`

use crate::cli::carry_out::{carry_out, misdecision};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::look_again::{Looked, look_again};
use crate::cli::output::print;
use crate::cli::promotion_args::ReconcileArgs;
use crate::cli::registry_access::Access;
use crate::cli::signing_key::SigningKey;

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
    let due = access.replayed.state().open_actions().count();
    let carried = carry_out(&mut access, &signer, environment);
    access.refresh_heads();
    let mended = put_right(args, access, &signer, environment);
    let given_up = carried?;
    let mended = mended?;
    let done = due.saturating_sub(given_up);
    let given_up = if given_up > 0 { format!("{given_up} given up, ") } else { String::new() };
    print(|out| writeln!(out, "{done} done, {given_up}{mended} put right, nothing is left to do"))?;
    Ok(ExitCode::Passed)
}

/// Puts right what stands outside, by the ledger as it is after that too: somebody may promote
/// meanwhile. What was put right stands in the ledger. Gives how much that was.
fn put_right(
    args: &ReconcileArgs,
    mut access: Access,
    signer: &SigningKey,
    environment: &Environment,
) -> Result<usize, Failure> {
    let mut mended = 0;
    for _ in 0..ATTEMPTS_MAX {
        let Looked { lines, mended: done, failure } = look_again(&access, true)?;
        print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}; put right")))?;
        for body in done {
            access.append(signer, environment, |_| Ok((body.clone(), Vec::new())))?;
        }
        failure.map_or(Ok(()), Err)?;
        mended += lines.len();
        let before = access.replayed.head();
        access = Access::of(&args.registry)?;
        if lines.is_empty() || access.replayed.head() == before {
            return Ok(mended);
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
    let looked = look_again(access, false)?;
    lines.extend(looked.lines);
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
