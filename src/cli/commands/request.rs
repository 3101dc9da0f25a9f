//! `driftgate request`

use std::collections::BTreeSet;

use super::door::{closed, lines};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{print, say};
use crate::cli::promotion::{Examined, InForce, evidence, others, passport};
use crate::cli::promotion_args::RequestArgs;
use crate::cli::registry_access::{Access, signer};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::door::{Checklist, Item, examine};
use crate::registry::request::{RequestDocument, SCHEMA_VERSION};
use crate::registry::{EventBody, Objects, Replayed, hearing};

pub(in crate::cli) fn run(
    args: &RequestArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let nonce = args.nonce.clone().unwrap_or_else(RequestDocument::draw_nonce);
    let (checklist, document) = freeze(args, &access, environment.now(), nonce)?;
    let frozen = document.to_json();
    let digest = Sha256Digest::of(&frozen);
    let body = EventBody::Requested {
        request: digest,
        model: document.model.clone(),
        version: document.version.clone(),
        environment: document.environment.clone(),
        reports: document.reports.clone(),
    };
    let store = access.registry.objects().clone();
    let event = access.append(&signer, environment, |replayed| {
        confirm_unchanged(&store, replayed, &document)?;
        Ok((body.clone(), vec![frozen.clone()]))
    })?;
    print(|out| {
        writeln!(out, "request  {digest}")?;
        writeln!(out, "expires  {}", document.expires_at)?;
        writeln!(out, "event    {}", event.reference())
    })?;
    for (item, _) in checklist.missing() {
        say(&format!("waits for {}", item.demand));
    }
    Ok(ExitCode::Passed)
}

/// That what was written down still is so, behind the events of others.
fn confirm_unchanged(
    objects: &Objects,
    replayed: &Replayed,
    document: &RequestDocument,
) -> Result<(), Failure> {
    let RequestDocument { model, version, environment, from_version, policy, .. } = document;
    let state = replayed.state();
    if let Some(bar) = hearing::bar(objects, state, model, version)? {
        let message = format!("E_REVOKED: `{model}@{version}` {bar}");
        return Err(Failure::new(ExitCode::Refused, message));
    }
    let runs = state.current(model, environment);
    if (state.policy(), runs) == (Some(*policy), from_version.as_ref()) {
        return Ok(());
    }
    let message = "E_CONFLICT: the policy, or what runs there, has changed meanwhile";
    Err(Failure::new(ExitCode::Refused, message).hint("try again"))
}

/// Examines the door and writes down what is asked.
///
/// # Errors
/// [`Failure`] when the door waits for more than people.
fn freeze(
    args: &RequestArgs,
    access: &Access,
    now: Timestamp,
    nonce: String,
) -> Result<(Checklist, RequestDocument), Failure> {
    let in_force = InForce::of(access)?;
    let door = in_force.door(access, &args.to)?;
    let (passport, digest) = passport(access, &args.model.model, &args.model.version)?;
    let others = others(access, &passport, &args.to, door)?;
    let examined = Examined {
        in_force: &in_force,
        door,
        environment: &args.to,
        passport: &passport,
        others,
        nonce: Some(&nonce),
        now,
    };
    let case = examined.case(&access.replayed);
    let reports = evidence(access, &args.model)?;
    let (checklist, used): (Checklist, BTreeSet<Sha256Digest>) = examine(&case, &reports, None);
    let beyond = |(item, _): &(&Item, _)| !item.demand.starts_with(APPROVAL);
    if let Some((item, code)) = checklist.missing().find(beyond) {
        print(|out| lines(&checklist, out))?;
        return Err(closed(&access.replayed, &case, item, code)
            .more_hint("a request is made for a door that only waits for people"));
    }
    let seconds = i64::try_from(door.request_valid_for_seconds).unwrap_or(i64::MAX);
    let expires = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(seconds));
    let state = access.replayed.state();
    let document = RequestDocument {
        schema_version: SCHEMA_VERSION,
        registry: access.replayed.registry(),
        model: args.model.model.clone(),
        version: args.model.version.clone(),
        passport: digest,
        environment: args.to.clone(),
        from_version: state.current(&args.model.model, &args.to).cloned(),
        policy: in_force.digest,
        reports: used,
        head: access.replayed.head(),
        nonce,
        requested_at: now,
        expires_at: expires.unwrap_or(now),
    };
    Ok((checklist, document))
}

/// What demands of approvals begin with.
const APPROVAL: &str = "approval by ";
