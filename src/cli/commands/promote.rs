//! `driftgate promote`

use std::collections::BTreeSet;

use super::door::{closed, lines};
use crate::cli::artifact::Artifact;
use crate::cli::carry_out::carry_out;
use crate::cli::decided::request_document;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{
    Examined, InForce, confirm_open, evidence, names, others, passport, request, void,
};
use crate::cli::promotion_args::{ModelVersion, PromoteArgs};
use crate::cli::registry_access::{Access, signer};
use crate::cli::who_may::confirm_mover;
use crate::identity::Sha256Digest;
use crate::policy::SelfApproval;
use crate::registry::door::{Asked, examine};
use crate::registry::event::ActionName;
use crate::registry::request::RequestDocument;
use crate::registry::summary::Verified;
use crate::registry::{EventBody, Passport};
use crate::scan::Pool;
use crate::signing::{Signer, sign};

pub(in crate::cli) fn run(
    args: &PromoteArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let (digest, asked) = request(&access.replayed, &args.request)?;
    confirm_open(&access.replayed, asked)?;
    let document = request_document(&access, digest)?;
    let (passport, _) = passport(&access, &document.model, &document.version)?;
    confirm_files(&passport, &args.artifact)?;
    let mut vsa = None;
    let event = loop {
        let body = verified(&access, digest, &document, &passport, environment, &signer, &mut vsa)?;
        let objects: Vec<Vec<u8>> = vsa.iter().cloned().collect();
        // What was verified is verified of this head; behind another event all is looked at again.
        if let Some(event) = access.append_once(&signer, environment, body, &objects)? {
            break event;
        }
        let (_, asked) = request(&access.replayed, &digest.to_string())?;
        confirm_open(&access.replayed, asked)?;
    };
    print(|out| {
        let RequestDocument { model, version, environment, .. } = &document;
        writeln!(out, "promoted  {model}@{version} to {environment} by {}", names(&event.by))?;
        if let Some(training) = passport.training() {
            writeln!(out, "snapshot  {training}")?;
        }
        writeln!(out, "event     {}", event.reference())
    })?;
    carry_out(&mut access, &signer, environment).confirm()?;
    Ok(ExitCode::Passed)
}

/// Looks at everything again, by the ledger as it is now, and signs the summary of it.
fn verified(
    access: &Access,
    digest: Sha256Digest,
    document: &RequestDocument,
    passport: &Passport,
    environment: &Environment,
    signer: &impl Signer,
    vsa: &mut Option<Vec<u8>>,
) -> Result<EventBody, Failure> {
    let in_force = InForce::of(access)?;
    let door = in_force.door(access, &document.environment)?;
    let (keyring, key) = (access.replayed.keyring(), signer.public().id());
    confirm_mover(keyring, Some(door), &document.environment, key, environment.now())?;
    let others = others(access, passport, &document.environment, door)?;
    let examined = Examined {
        in_force: &in_force,
        door,
        environment: &document.environment,
        passport,
        others,
        nonce: Some(&document.nonce),
        now: environment.now(),
    };
    let of = ModelVersion { model: document.model.clone(), version: document.version.clone() };
    let reports = evidence(access, &of)?;
    let (_, asked) = request(&access.replayed, &digest.to_string())?;
    let void = void(access, digest, asked, environment.now())?;
    let case = examined.case(&access.replayed);
    let asks = Asked { document, request: asked, void: &void };
    let (checklist, used) = examine(&case, &reports, Some(&asks));
    if let Some((item, code)) = checklist.missing().next() {
        print(|out| lines(&checklist, out))?;
        return Err(closed(&access.replayed, &case, item, code));
    }
    if used != document.reports {
        let message =
            "E_REQUEST: other reports answer the gates now than those that were requested";
        return Err(Failure::new(ExitCode::Refused, message).hint("ask again"));
    }
    let inputs: Vec<Sha256Digest> =
        used.into_iter().chain(asked.approvals.iter().map(|approval| approval.approval)).collect();
    let summary = Verified {
        model: &document.model,
        version: &document.version,
        environment: &document.environment,
        artifact: passport.artifact.id,
        policy: Some(in_force.digest),
        inputs: &inputs,
        self_approval: door.self_approval == SelfApproval::Allow && !door.approvals.is_empty(),
        at: environment.now(),
    };
    if summary.self_approval {
        say("warning: this door lets people approve what they asked for; the summary says so");
    }
    let vsa = match vsa {
        Some(known) => known,
        None => vsa.insert(summarised(&summary, signer)?),
    };
    Ok(EventBody::Promoted {
        request: digest,
        model: document.model.clone(),
        version: document.version.clone(),
        environment: document.environment.clone(),
        from_version: document.from_version.clone(),
        vsa: Sha256Digest::of(vsa),
        actions: action_names(door.actions.iter().map(|action| action.name.as_str())),
    })
}

/// Signs a summary.
pub(super) fn summarised(summary: &Verified<'_>, signer: &impl Signer) -> Result<Vec<u8>, Failure> {
    let envelopes = sign(&summary.statement(), std::slice::from_ref(signer))
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))?;
    Ok(envelopes.envelope)
}

/// The names under which actions stand in the ledger.
pub(super) fn action_names<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<ActionName> {
    names.filter_map(|name| name.parse().ok()).collect()
}

/// That the version's files are those of its passport.
///
/// # Errors
/// [`Failure`] when they are others, or cannot be found.
pub(super) fn confirm_files(passport: &Passport, elsewhere: &[String]) -> Result<(), Failure> {
    let known: Vec<String> = passport.artifact.location.iter().cloned().collect();
    let paths = if elsewhere.is_empty() { &known[..] } else { elsewhere };
    if paths.is_empty() {
        let message = "E_SUBJECT: the passport does not say where the version's files lie";
        return Err(Failure::new(ExitCode::Refused, message).hint("name them by `--artifact`"));
    }
    let found = Artifact::read(paths, None, &Pool::new(0, 0)?)?;
    if found.manifest.id() == passport.artifact.id {
        return Ok(());
    }
    let message = format!(
        "E_SUBJECT: the files of `{}@{}` hash to `{}`, its passport says `{}`",
        passport.model,
        passport.version,
        found.manifest.id(),
        passport.artifact.id
    );
    Err(Failure::new(ExitCode::Refused, message))
}
