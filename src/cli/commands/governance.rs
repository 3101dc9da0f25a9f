//! `driftgate registry approve-policy` and `registry approve-keyring`

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::registry::{keyring_document, policy_document};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input::read_small;
use crate::cli::output::print;
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::RegistryApproveArgs;
use crate::cli::who_may::confirm_governor;
use crate::clock::Timestamp;
use crate::durable;
use crate::identity::Sha256Digest;
use crate::registry::governance::{
    GovernanceApproval, GovernanceFault, Governed, SCHEMA_VERSION, VALID_FOR_SECONDS_MAX,
};
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::{Signer, sign};

/// Signs somebody's word on a policy or keyring that is to take the place of the one in force.
pub(super) fn approve(
    args: &RegistryApproveArgs,
    governs: Governed,
    environment: &Environment,
) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let access = Access::of(&args.registry)?;
    let (document, previous) = match governs {
        Governed::Policy => (policy_document(&args.document)?, access.replayed.state().policy()),
        Governed::Keyring => (keyring_document(&args.document)?, access.replayed.state().keyring()),
    };
    let what = governs.as_str();
    let previous = previous.ok_or_else(|| {
        let message = format!("no {what} is in force: the first one takes nobody's approval");
        Failure::new(ExitCode::Usage, message)
    })?;
    let at = environment.now();
    confirm_governor(access.replayed.keyring(), signer.public().id(), at)?;
    let approval = GovernanceApproval {
        schema_version: SCHEMA_VERSION,
        registry: access.replayed.registry(),
        governs,
        next: Sha256Digest::of(&document),
        previous,
        comment: args.comment.clone(),
        at,
        valid_until: until(at, args.valid_for)?,
    };
    let envelopes = sign(&approval.statement(), std::slice::from_ref(&signer))
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))?;
    durable::create(&args.out, &envelopes.envelope, durable::Access::Shared)?;
    print(|out| {
        writeln!(out, "approved  {what} {} in {}", approval.next, args.out.display())?;
        writeln!(out, "in place of {previous}, until {}", approval.valid_until)
    })
}

fn until(at: Timestamp, seconds: u64) -> Result<Timestamp, Failure> {
    let length = i64::try_from(seconds).ok().filter(|_| seconds <= VALID_FOR_SECONDS_MAX);
    let end = length.and_then(|length| at.unix_seconds().checked_add(length));
    end.and_then(Timestamp::from_unix_seconds).ok_or_else(|| {
        Failure::new(ExitCode::Usage, "an approval counts for 30 days at most")
            .hint("give a shorter time with `--valid-for`")
    })
}

/// Approvals in files, with their digests.
pub(super) fn given(paths: &[PathBuf]) -> Result<(Vec<Vec<u8>>, BTreeSet<Sha256Digest>), Failure> {
    let read = |path: &PathBuf| read_small(path, ENVELOPE_BYTES_MAX.0, ExitCode::Unreadable);
    let envelopes: Vec<Vec<u8>> = paths.iter().map(read).collect::<Result<_, _>>()?;
    let digests = envelopes.iter().map(|envelope| Sha256Digest::of(envelope)).collect();
    Ok((envelopes, digests))
}

impl From<GovernanceFault> for Failure {
    fn from(fault: GovernanceFault) -> Self {
        let message = format!("{}: {fault}", fault.code());
        Self::new(ExitCode::Refused, message).hint(fault.hint())
    }
}
