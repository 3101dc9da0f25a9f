//! `driftgate revoke`

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{confirm_model, names, passport};
use crate::cli::promotion_args::ModelVersion;
use crate::cli::registry_access::{Access, signer};
use crate::cli::revoke_args::RevokeArgs;
use crate::cli::revoked::way_out;
use crate::registry::event::{ModelName, VersionName};
use crate::registry::{EventBody, same_files};

pub(in crate::cli) fn run(
    args: &RevokeArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let ModelVersion { model, version } = &args.of;
    let body = EventBody::Revoked {
        model: model.clone(),
        version: version.clone(),
        role: args.role.clone(),
        reason: args.comment.clone(),
    };
    confirm_model(&access, model)?;
    // Whether there is such a version, and who may: the ledger asks before it is written.
    let event = access.append(&signer, environment, |_| Ok((body.clone(), Vec::new())))?;
    print(|out| {
        writeln!(out, "revoked   {model}@{version} by {} as {}", names(&event.by), args.role)?;
        writeln!(out, "event     {}", event.reference())?;
        writeln!(out, "from now  no door opens for it, and no rollback leads to it")
    })?;
    // The revocation stands, whether all that follows from it can be told or not.
    for told in [still(&access, "", model, version), of_same_files(&access, model, version)] {
        match told {
            Ok(lines) => print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?,
            Err(failure) => say(&format!("warning: what else it concerns is not told: {failure}")),
        }
    }
    Ok(ExitCode::Passed)
}

/// Where a version runs still, and what takes it away.
fn still(
    access: &Access,
    name: &str,
    model: &ModelName,
    version: &VersionName,
) -> Result<Vec<String>, Failure> {
    let places = access.replayed.state().runs_in(model, version);
    let line = |place| {
        let out = way_out(access, model, place)?;
        Ok(format!("runs      {name}in {place} still: {out}"))
    };
    places.map(line).collect()
}

/// The versions that have the same files under another name, and where they run.
fn of_same_files(
    access: &Access,
    model: &ModelName,
    version: &VersionName,
) -> Result<Vec<String>, Failure> {
    let (objects, state) = (access.registry.objects(), access.replayed.state());
    let (passport, _) = passport(access, model, version)?;
    let mut lines = Vec::new();
    for (model, version) in same_files(objects, state, &passport) {
        let name = format!("{model}@{version}");
        lines.push(format!("the same  {name} has its files: no door opens for that one either"));
        lines.extend(still(access, &format!("{name} "), model, version)?);
    }
    Ok(lines)
}
