//! What a drill leaves in the ledger: `driftgate rollback --drill`

use std::time::Duration;

use crate::cli::environment::Environment;
use crate::cli::failure::Failure;
use crate::cli::promotion_args::RollbackArgs;
use crate::cli::registry_access::{Access, signer};
use crate::registry::EventBody;
use crate::registry::event::{EventReference, VersionName};

/// A drill from one version to another, and why it failed where it did.
pub(super) fn drilled(
    args: &RollbackArgs,
    (from, to): (&VersionName, &VersionName),
    took: Duration,
    failure: Option<&Failure>,
) -> EventBody {
    let why = failure.map(ToString::to_string);
    EventBody::Drilled {
        model: args.model.clone(),
        environment: args.env.clone(),
        from_version: from.clone(),
        to_version: to.clone(),
        recovery_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        verified: failure.is_none(),
        failure: why.as_deref().and_then(|why| why.lines().next()?.parse().ok()),
    }
}

/// Leaves a trace of a drill that failed, so that an older one that succeeded opens no door any
/// more.
///
/// # Errors
/// [`Failure`] when it cannot be written.
pub(super) fn record_failed(
    args: &RollbackArgs,
    environment: &Environment,
    to: &VersionName,
    failure: &Failure,
    took: Duration,
) -> Result<EventReference, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let event = access.append(&signer, environment, |replayed| {
        let from = replayed.state().current(&args.model, &args.env).unwrap_or(to);
        Ok((drilled(args, (from, to), took, Some(failure)), Vec::new()))
    })?;
    Ok(event.reference())
}
