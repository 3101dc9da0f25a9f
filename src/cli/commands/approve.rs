//! `driftgate approve` and `driftgate reject`

use std::num::NonZeroUsize;

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{InForce, confirm_open, names, object, request};
use crate::cli::promotion_args::ApproveArgs;
use crate::cli::registry_access::{Access, signer};
use crate::registry::approval::{APPROVAL_TYPE, Approval, Decision, SCHEMA_VERSION};
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;
use crate::registry::{EventBody, RegistryError};
use crate::signing::keyring::Demand;
use crate::signing::{Signer, sign};

pub(in crate::cli) fn run(
    args: &ApproveArgs,
    decision: Decision,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let (digest, asked) = request(&access.replayed, &args.request)?;
    confirm_open(&access.replayed, asked)?;
    let document = RequestDocument::read(&object(&access, digest)?).map_err(|error| {
        Failure::new(ExitCode::Refused, format!("E_OBJECT: the request `{digest}`: {error}"))
    })?;
    summarise(&document, asked);
    if decision == Decision::Approved {
        confirm_same(&access, &document, asked)?;
        if environment.now() >= document.expires_at {
            let message = format!("E_EXPIRED: the request is over since {}", document.expires_at);
            return Err(Failure::new(ExitCode::Refused, message).hint("ask again"));
        }
        confirm_counts(&access, asked, args, &signer, environment)?;
    }
    let approval = Approval {
        schema_version: SCHEMA_VERSION,
        registry: access.replayed.registry(),
        request: digest,
        decision,
        role: args.role.clone(),
        comment: args.comment.clone(),
        at: environment.now(),
    };
    let envelopes = sign(&approval.statement(), std::slice::from_ref(&signer))
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))?;
    let envelope =
        access.registry.objects().put(&envelopes.envelope).map_err(RegistryError::from)?;
    let (role, comment) = (args.role.clone(), args.comment.clone());
    let body = match decision {
        Decision::Approved => {
            EventBody::Approved { request: digest, role, comment, approval: envelope }
        }
        Decision::Rejected => {
            EventBody::Rejected { request: digest, role, comment, rejection: envelope }
        }
    };
    let event = access.append(&signer, environment, |replayed| {
        let (_, asked) = request(replayed, &digest.to_string())?;
        confirm_open(replayed, asked)?;
        Ok((body.clone(), Vec::new()))
    })?;
    let word = match decision {
        Decision::Approved => "approved",
        Decision::Rejected => "rejected",
    };
    print(|out| {
        writeln!(out, "{word}  {digest} by {} as {}", names(&event.by), args.role)?;
        writeln!(out, "event     {}", event.reference())
    })?;
    Ok(ExitCode::Passed)
}

/// That the door waits for an approval in this role, and counts one by this key.
fn confirm_counts(
    access: &Access,
    asked: &Request,
    args: &ApproveArgs,
    signer: &impl Signer,
    environment: &Environment,
) -> Result<(), Failure> {
    let in_force = InForce::of(access)?;
    let door = in_force.door(&asked.environment)?;
    let waited: Vec<String> =
        door.approvals.iter().map(|quorum| format!("`{}`", quorum.role)).collect();
    let hint = match &waited[..] {
        [] => format!("nobody has to approve anything for `{}`", asked.environment),
        _ => format!("the door of `{}` waits for {}", asked.environment, waited.join(", ")),
    };
    let refused = |code: &str, why: &str| {
        Failure::new(ExitCode::Refused, format!("{code}: {why}")).hint(hint.clone())
    };
    if !door.approvals.iter().any(|quorum| quorum.role == args.role.as_ref()) {
        let why = format!("an approval as `{}` counts for nothing there", args.role);
        return Err(refused("E_ROLE", &why));
    }
    let (keyring, key) = (access.replayed.keyring(), signer.public().id());
    if keyring.owner_name(&key).is_none() {
        return Ok(()); // a stranger, whose event nobody takes
    }
    let demand = Demand {
        now: environment.now(),
        predicate: APPROVAL_TYPE,
        environment: Some(asked.environment.as_ref()),
        role: Some(args.role.as_ref()),
        identities: NonZeroUsize::MIN,
    };
    let counted = keyring.count(&[key].into(), environment.now(), &demand);
    counted.map(drop).map_err(|shortfall| refused(shortfall.code(), &shortfall.to_string()))
}

/// That what people read is what the ledger acts upon.
fn confirm_same(
    access: &Access,
    document: &RequestDocument,
    asked: &Request,
) -> Result<(), Failure> {
    match document.contradiction(access.replayed.state(), asked) {
        None => Ok(()),
        Some(what) => {
            let message = format!("E_REQUEST: its document and the ledger differ in {what}");
            Err(Failure::new(ExitCode::Refused, message))
        }
    }
}

/// Says what is about to be signed.
fn summarise(document: &RequestDocument, asked: &Request) {
    let RequestDocument { model, version, environment, expires_at, .. } = document;
    let from = document.from_version.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    say(&format!("{model}@{version} to {environment}, where {from} runs now"));
    say(&format!("asked by {} at {}", names(&asked.by), document.requested_at));
    say(&format!("policy {}, {} reports", document.policy, document.reports.len()));
    for approval in &asked.approvals {
        say(&format!("approved by {} as {}", names(&approval.by), approval.role));
    }
    say(&format!("until {expires_at}"));
}
