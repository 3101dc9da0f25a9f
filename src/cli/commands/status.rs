//! `driftgate status`

use serde_json::{Value, json};

use crate::cli::decided::request_document;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::gone;
use crate::cli::output::print;
use crate::cli::places;
use crate::cli::promotion::{InForce, names};
use crate::cli::registry_access::Access;
use crate::cli::registry_args::{RegistryFormat, StatusArgs};
use crate::cli::revoked::Files;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::Replayed;
use crate::registry::door::{Ground, Reason, lapse};
use crate::registry::event::ModelName;
use crate::registry::state::Request;

/// A request that waits for an answer, and why it does not stand any more.
struct Waiting<'a> {
    digest: Sha256Digest,
    request: &'a Request,
    void: Option<Reason>,
}

pub(in crate::cli) fn run(
    args: &StatusArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let model = args.model.as_ref();
    let waiting = waiting(&access, model, environment.now())?;
    let files = Files::of(&access, access.replayed.state());
    match args.format {
        RegistryFormat::Text => {
            let mut lines = lines(&access.replayed, &files, model, &waiting);
            lines.extend(gone::lines(&access, model));
            print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
        }
        RegistryFormat::Json => {
            let document = document(&access.replayed, &files, model, &waiting);
            print(|out| writeln!(out, "{document:#}"))?;
        }
    }
    access.refresh_heads();
    Ok(ExitCode::Passed)
}

/// The open requests, each held to what a door would hold it to.
fn waiting<'a>(
    access: &'a Access,
    model: Option<&ModelName>,
    now: Timestamp,
) -> Result<Vec<Waiting<'a>>, Failure> {
    let state = access.replayed.state();
    let in_force = state.policy().map(|_| InForce::of(access)).transpose()?;
    let open = state.open_requests();
    let open = open.filter(|(_, request)| model.is_none_or(|model| *model == request.model));
    open.map(|(digest, request)| {
        let ground = match &in_force {
            Some(in_force) => {
                in_force.ground((access.registry.objects(), &access.replayed), request, now)?
            }
            None => Ground { state, policy: None, door: None, bar: None, now },
        };
        let void = lapse(&ground, &request_document(access, digest)?, request);
        Ok(Waiting { digest, request, void })
    })
    .collect()
}

fn lines(
    replayed: &Replayed,
    files: &Files<'_>,
    model: Option<&ModelName>,
    waiting: &[Waiting<'_>],
) -> Vec<String> {
    let state = replayed.state();
    let mut lines = vec![
        format!("registry  {}", replayed.registry()),
        format!("head      {}", replayed.head()),
    ];
    lines.extend(state.policy().map(|policy| format!("policy    {policy}")));
    lines.extend(places::lines(state, state, files, model));
    for Waiting { digest, request, void } in waiting {
        let Request { model, version, environment, approvals, .. } = request;
        let approved: Vec<String> = approvals
            .iter()
            .map(|approval| format!("{} as {}", names(&approval.by), approval.role))
            .collect();
        let approved = if approved.is_empty() { "nobody".to_owned() } else { approved.join(", ") };
        let asked = names(&request.by);
        let void = void.as_ref();
        let void = void.map_or(String::new(), |(code, said)| format!(", void ({code}): {said}"));
        lines.push(format!(
            "asked     {model}@{version} to {environment} by {asked}, approved by {approved}, \
             request {digest}{void}"
        ));
    }
    for (event, action) in state.open_actions() {
        lines.push(format!("to do     {action} about event {}", event.seq));
    }
    lines
}

fn document(
    replayed: &Replayed,
    files: &Files<'_>,
    model: Option<&ModelName>,
    waiting: &[Waiting<'_>],
) -> Value {
    let state = replayed.state();
    let requests: Vec<Value> = waiting
        .iter()
        .map(|Waiting { digest, request, void }| {
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
                "void": void.as_ref().map(|(code, said)| json!({ "code": code, "reason": said })),
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
        "models": places::document(state, state, files, model),
        "openRequests": requests,
        "openActions": due,
    })
}
