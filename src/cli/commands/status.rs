//! `driftgate status`

use serde_json::{Value, json};

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::gone;
use crate::cli::output::print;
use crate::cli::places;
use crate::cli::promotion::confirm_heard_of;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::{RegistryFormat, StatusArgs};
use crate::cli::revoked::Files;
use crate::cli::waiting::{Waiting, waiting};
use crate::registry::Replayed;
use crate::registry::event::{ActionName, EventReference, ModelName};

pub(in crate::cli) fn run(
    args: &StatusArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let model = args.model.as_ref();
    confirm_heard_of(&access, model)?;
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
    lines.extend(waiting.iter().map(Waiting::line));
    for (event, action) in due(replayed, model) {
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
    let requests: Vec<Value> = waiting.iter().map(|one| one.document(state)).collect();
    let due = due(replayed, model);
    let due: Vec<Value> =
        due.map(|(event, action)| json!({ "event": event, "action": action })).collect();
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

/// What is still to be done outside about the moves of a model, or of all.
fn due<'r>(
    replayed: &'r Replayed,
    model: Option<&ModelName>,
) -> impl Iterator<Item = (EventReference, &'r ActionName)> {
    let of = |event: EventReference| replayed.event(event.seq)?.body.model();
    let open = replayed.state().open_actions();
    open.filter(move |(event, _)| model.is_none_or(|model| of(*event) == Some(model)))
}
