//! `driftgate status`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::{RegistryFormat, StatusArgs};
use crate::cli::revoked;
use crate::registry::event::ModelName;
use crate::registry::state::{Hold, Model, Move, Place, Request};
use crate::registry::{Replayed, State};
use crate::verdict::text;

pub(in crate::cli) fn run(args: &StatusArgs) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let model = args.model.as_ref();
    match args.format {
        RegistryFormat::Text => {
            let lines = lines(&access.replayed, model);
            print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
        }
        RegistryFormat::Json => {
            let document = document(&access.replayed, model);
            print(|out| writeln!(out, "{document:#}"))?;
        }
    }
    access.refresh_heads();
    Ok(ExitCode::Passed)
}

fn lines(replayed: &Replayed, model: Option<&ModelName>) -> Vec<String> {
    let state = replayed.state();
    let mut lines = vec![
        format!("registry  {}", replayed.registry()),
        format!("head      {}", replayed.head()),
    ];
    lines.extend(state.policy().map(|policy| format!("policy    {policy}")));
    lines.extend(places(state, model));
    for (digest, request) in state.open_requests().filter(|(_, request)| is_of(request, model)) {
        let Request { model, version, environment, approvals, .. } = request;
        let approved: Vec<String> = approvals
            .iter()
            .map(|approval| format!("{} as {}", names(&approval.by), approval.role))
            .collect();
        let approved = if approved.is_empty() { "nobody".to_owned() } else { approved.join(", ") };
        let asked = names(&request.by);
        let revoked = state.revocation(model, version).is_some();
        let revoked = if revoked { ", for a version that was revoked" } else { "" };
        lines.push(format!(
            "asked     {model}@{version} to {environment} by {asked}, approved by {approved}, \
             request {digest}{revoked}"
        ));
    }
    for (event, action) in state.open_actions() {
        lines.push(format!("to do     {action} about event {}", event.seq));
    }
    lines
}

/// A line for each environment of each model, for each hold and each version that was revoked.
pub(super) fn places(state: &State, model: Option<&ModelName>) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, found) in chosen(state, model) {
        for (environment, place) in &found.environments {
            let running = match place.last() {
                None => "nothing".to_owned(),
                Some(Move { version, step, .. }) => {
                    let revoked = state.revocation(name, version);
                    let revoked = revoked.map_or(String::new(), |by| {
                        format!(", revoked by event {}", by.step.seq())
                    });
                    format!("{version} since {} (event {}){revoked}", step.at, step.seq())
                }
            };
            lines.push(format!("runs      {name} in {environment}: {running}"));
            lines.extend(place.holds.iter().map(|(version, hold)| {
                let about = version.as_ref().map_or(String::new(), |one| format!(" about {one}"));
                let Hold { comment, step, .. } = hold;
                let (since, comment) = (step.seq(), text::phrase(comment.as_ref()));
                format!("held      {name} in {environment}{about} since event {since}: {comment}")
            }));
        }
        lines.extend(found.versions.iter().filter_map(|(version, known)| {
            let revoked = revoked::line(known.revoked.as_ref()?);
            Some(format!("revoked   {name}@{version} {revoked}"))
        }));
    }
    lines
}

fn document(replayed: &Replayed, model: Option<&ModelName>) -> Value {
    let state = replayed.state();
    let requests: Vec<Value> = state
        .open_requests()
        .filter(|(_, request)| is_of(request, model))
        .map(|(digest, request)| {
            let approvals: Vec<Value> = request
                .approvals
                .iter()
                .map(|one| json!({ "by": one.by, "role": one.role, "comment": one.comment }))
                .collect();
            json!({
                "request": digest,
                "model": request.model,
                "version": request.version,
                "environment": request.environment,
                "by": request.by,
                "at": request.step.at.to_string(),
                "approvals": approvals,
            })
        })
        .collect();
    let due: Vec<Value> = state
        .open_actions()
        .map(|(event, action)| json!({ "event": event, "action": action }))
        .collect();
    json!({
        "registry": replayed.registry(),
        "head": replayed.head(),
        "keyring": state.keyring(),
        "policy": state.policy(),
        "models": models(state, model),
        "openRequests": requests,
        "openActions": due,
    })
}

/// Versions and environments of the models, as a document.
pub(super) fn models(state: &State, model: Option<&ModelName>) -> Value {
    let of_model = |(name, found): (&ModelName, &Model)| {
        let versions: Vec<Value> = found
            .versions
            .iter()
            .map(|(version, known)| {
                json!({
                    "version": version,
                    "passport": known.passport,
                    "reports": known.reports.len(),
                    "revoked": known.revoked.is_some(),
                    "revocation": revoked::document(known.revoked.as_ref()),
                })
            })
            .collect();
        let environments: serde_json::Map<String, Value> = found
            .environments
            .iter()
            .map(|(environment, place)| (environment.to_string(), place_document(place)))
            .collect();
        json!({ "model": name, "versions": versions, "environments": environments })
    };
    chosen(state, model).map(of_model).collect()
}

fn place_document(place: &Place) -> Value {
    let holds: Vec<Value> = place
        .holds
        .iter()
        .map(|(version, hold)| {
            let Hold { comment, step, .. } = hold;
            json!({ "version": version, "comment": comment, "since": step.event })
        })
        .collect();
    let last = place.last();
    json!({
        "version": place.current,
        "since": last.map(|last| last.step.at.to_string()),
        "event": last.map(|last| last.step.event),
        "before": last.and_then(|last| last.from.as_ref()),
        "holds": holds,
        "drills": place.drills.len(),
    })
}

fn chosen<'s>(
    state: &'s State,
    model: Option<&ModelName>,
) -> impl Iterator<Item = (&'s ModelName, &'s Model)> {
    let model = model.cloned();
    state.models().iter().filter(move |(name, _)| model.as_ref().is_none_or(|one| one == *name))
}

fn is_of(request: &Request, model: Option<&ModelName>) -> bool {
    model.is_none_or(|model| *model == request.model)
}

fn names(by: &BTreeSet<String>) -> String {
    by.iter().map(|name| text::name(name)).collect::<Vec<_>>().join(", ")
}
