//! `driftgate status`

use serde_json::{Value, json};

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::gone;
use crate::cli::output::print;
use crate::cli::places;
use crate::cli::promotion::names;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::{RegistryFormat, StatusArgs};
use crate::registry::Replayed;
use crate::registry::event::ModelName;
use crate::registry::state::Request;

pub(in crate::cli) fn run(args: &StatusArgs) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let model = args.model.as_ref();
    match args.format {
        RegistryFormat::Text => {
            let mut lines = lines(&access.replayed, model);
            lines.extend(gone::lines(&access, model));
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
    lines.extend(places::lines(state, state, model));
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
            let dated = state.dated(request.step);
            json!({
                "request": digest,
                "model": request.model,
                "version": request.version,
                "environment": request.environment,
                "by": request.by,
                "at": dated.at.to_string(),
                "countsAs": dated.counts_as.map(|at| at.to_string()),
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
        "models": places::document(state, state, model),
        "openRequests": requests,
        "openActions": due,
    })
}

fn is_of(request: &Request, model: Option<&ModelName>) -> bool {
    model.is_none_or(|model| *model == request.model)
}
