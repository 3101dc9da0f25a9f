//! `driftgate registry clock`

use super::registry::say_head;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::cli::promotion::names;
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::RegistryClockArgs;
use crate::registry::event::EventReference;
use crate::registry::{EventBody, Replayed, Seq};

/// Says of events that their times are not believed, because a clock was far ahead.
pub(super) fn correct(args: &RegistryClockArgs, environment: &Environment) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let event = reference(&access.replayed, Seq(args.event))?;
    for doubted in access.replayed.events().iter().filter(|other| other.seq >= event.seq) {
        let (seq, at, kind) = (doubted.seq, doubted.at, doubted.body.kind());
        say(&format!("event {seq} ({kind}) by {} bears {at}", names(&doubted.by)));
    }
    say(&format!("this clock says {}", environment.now()));
    let last = access.replayed.head();
    let body = EventBody::ClockCorrected { event, reason: args.comment.clone() };
    access.append(&signer, environment, |replayed| {
        if replayed.head() == last {
            return Ok((body.clone(), Vec::new()));
        }
        let message = "E_CONFLICT: another event was written meanwhile, whose time may be right";
        Err(Failure::new(ExitCode::Refused, message).hint("look at it with `driftgate history`"))
    })?;
    say_head(&access.replayed)
}

fn reference(replayed: &Replayed, seq: Seq) -> Result<EventReference, Failure> {
    replayed.state().event(seq).ok_or_else(|| {
        Failure::new(ExitCode::Usage, format!("there is no event {seq}"))
            .hint("`driftgate history` lists them")
    })
}
