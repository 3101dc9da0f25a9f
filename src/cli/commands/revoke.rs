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
use crate::registry::{ByFiles, EventBody};
use crate::verdict::text;

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
    tell_still(&access, "", model, version)?;
    tell_same_files(&access, model, version)?;
    Ok(ExitCode::Passed)
}

/// Where a version runs still, and what takes it away. The revocation stands, whether that can be told
/// or not.
fn tell_still(
    access: &Access,
    name: &str,
    model: &ModelName,
    version: &VersionName,
) -> Result<(), Failure> {
    for place in access.replayed.state().runs_in(model, version) {
        match way_out(access, model, place) {
            Ok(out) => print(|to| writeln!(to, "runs      {name}in {place} still: {out}"))?,
            Err(failure) => {
                print(|to| writeln!(to, "runs      {name}in {place} still"))?;
                say(&format!("warning: nothing can be moved in {place} now: {failure}"));
            }
        }
    }
    Ok(())
}

/// The versions that have the same files under another name, where they run, and those of which that
/// cannot be told.
fn tell_same_files(
    access: &Access,
    model: &ModelName,
    version: &VersionName,
) -> Result<(), Failure> {
    if let Err(failure) = passport(access, model, version) {
        say(&format!(
            "warning: who else has the files of {model}@{version} is not told: {failure}"
        ));
        return Ok(());
    }
    let files = ByFiles::of(access.registry.objects(), access.replayed.state());
    for (model, version) in files.beside(model, version) {
        let name = format!("{model}@{version}");
        print(|out| {
            writeln!(out, "the same  {name} has its files: no door opens for that one either")
        })?;
        tell_still(access, &format!("{name} "), model, version)?;
    }
    let unread = files.unread().iter().map(|(model, version)| format!("{model}@{version}"));
    let unread: Vec<String> = unread.collect();
    if !unread.is_empty() {
        let unread = text::names(unread.iter().map(String::as_str));
        say(&format!(
            "warning: whether its files are those of {unread} cannot be told: no passport of these can \
             be read, and `driftgate audit` says why"
        ));
    }
    Ok(())
}
