//! `driftgate approve` and `driftgate reject`

use crate::cli::approval::{confirm_counts, confirm_stands};
use crate::cli::decided::request_document;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{InForce, confirm_open, names, request};
use crate::cli::promotion_args::ApproveArgs;
use crate::cli::registry_access::{Access, signer};
use crate::identity::Sha256Digest;
use crate::registry::EventBody;
use crate::registry::approval::{Approval, Decision, SCHEMA_VERSION};
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;
use crate::signing::sign;
use crate::verdict::number::counted;

pub(in crate::cli) fn run(
    args: &ApproveArgs,
    decision: Decision,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let (digest, asked) = request(&access.replayed, &args.request)?;
    confirm_open(&access.replayed, asked)?;
    let document = request_document(&access, digest)?;
    summarise(&access, &document, asked);
    let in_force = match decision {
        Decision::Approved => Some(InForce::of(&access)?),
        Decision::Rejected => None,
    };
    let spare = match &in_force {
        Some(in_force) => {
            let of = (digest, &document);
            confirm_counts(&access, in_force, of, asked, args, &signer, environment)?
        }
        None => None,
    };
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
    let envelope = Sha256Digest::of(&envelopes.envelope);
    let (role, comment) = (args.role.clone(), args.comment.clone());
    let body = match decision {
        Decision::Approved => {
            EventBody::Approved { request: digest, role, comment, approval: envelope }
        }
        Decision::Rejected => {
            EventBody::Rejected { request: digest, role, comment, rejection: envelope }
        }
    };
    let store = access.registry.objects().clone();
    let event = access.append(&signer, environment, |replayed| {
        let (_, asked) = request(replayed, &digest.to_string())?;
        confirm_open(replayed, asked)?;
        // Behind the events of others what was looked at may have changed.
        if let Some(in_force) = &in_force {
            confirm_stands((&store, replayed), in_force, &document, asked, environment.now())?;
        }
        Ok((body.clone(), vec![envelopes.envelope.clone()]))
    })?;
    let word = match decision {
        Decision::Approved => "approved",
        Decision::Rejected => "rejected",
    };
    print(|out| {
        writeln!(out, "{word}  {digest} by {} as {}", names(&event.by), args.role)?;
        writeln!(out, "event     {}", event.reference())?;
        match &spare {
            Some(why) => writeln!(out, "spare     {why}"),
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::Passed)
}

/// Says what is about to be signed.
fn summarise(access: &Access, document: &RequestDocument, asked: &Request) {
    let RequestDocument { model, version, environment, expires_at, .. } = document;
    let current = access.replayed.state().current(model, environment);
    let runs = current.map_or("nothing".to_owned(), ToString::to_string);
    say(&format!("{model}@{version} to {environment}, where {runs} runs now"));
    say(&format!("asked by {} at {}", names(&asked.by), document.requested_at));
    let reports = counted(document.reports.len() as u64, "report");
    say(&format!("policy {}, {reports}", document.policy));
    for approval in &asked.approvals {
        say(&format!("approved by {} as {}", names(&approval.by), approval.role));
    }
    say(&format!("until {expires_at}"));
}
