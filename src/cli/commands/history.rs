//! `driftgate history`

use serde_json::{Value, json};

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::places;
use crate::cli::promotion::confirm_heard_of;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::{HistoryArgs, RegistryFormat};
use crate::cli::revoked::Files;
use crate::registry::event::{ActionOutcome, ModelName};
use crate::registry::{ByFiles, EventBody, Named, Replayed, State, VerifiedEvent};
use crate::verdict::text;

pub(in crate::cli) fn run(args: &HistoryArgs) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    confirm_heard_of(&access, args.model.as_ref())?;
    let events = match args.at {
        Some(instant) => access.replayed.until(instant),
        None => access.replayed.events(),
    };
    let state = State::after(events.iter().map(VerifiedEvent::entry))
        .map_err(|transition| Failure::new(ExitCode::Refused, format!("E_STATE: {transition}")))?;
    let revoked = state.revocations().next().is_some();
    let by_files = revoked.then(|| ByFiles::of(access.registry.objects(), &state));
    let others = |event: &VerifiedEvent| same_files(event, by_files.as_ref());
    let about = |event: &&VerifiedEvent| {
        args.model.as_ref().is_none_or(|model| {
            model_of(event, &access.replayed, &state) == Some(model)
                || others(event).iter().any(|(other, _)| *other == model)
        })
    };
    let told = events.iter().filter(about);
    let times = access.replayed.state();
    let at = args.at.map(|instant| (instant, Files::of(&access, &state)));
    match args.format {
        RegistryFormat::Text => print(|out| {
            for event in told {
                writeln!(out, "{}", line(times, event, &others(event)))?;
            }
            if let Some((instant, files)) = &at {
                writeln!(out, "\nat {instant}")?;
                for line in places::lines(&state, times, files, args.model.as_ref()) {
                    writeln!(out, "{line}")?;
                }
            }
            Ok(())
        })?,
        RegistryFormat::Json => {
            let events: Vec<Value> =
                told.map(|event| document(times, event, &others(event))).collect();
            let mut document = json!({ "registry": access.replayed.registry(), "events": events });
            if let Some((instant, files)) = &at {
                document["at"] = instant.to_string().into();
                document["models"] = places::document(&state, times, files, args.model.as_ref());
            }
            print(|out| writeln!(out, "{document:#}"))?;
        }
    }
    Ok(ExitCode::Passed)
}

/// The other versions whose files a revocation is about.
fn same_files<'s>(event: &VerifiedEvent, by_files: Option<&ByFiles<'s>>) -> Vec<Named<'s>> {
    match (&event.body, by_files) {
        (EventBody::Revoked { model, version, .. }, Some(files)) => files.beside(model, version),
        _ => Vec::new(),
    }
}

/// The model that an event is about, by way of the request or of the earlier event where it names one.
fn model_of<'s>(
    event: &'s VerifiedEvent,
    replayed: &'s Replayed,
    state: &'s State,
) -> Option<&'s ModelName> {
    match &event.body {
        EventBody::Approved { request, .. } | EventBody::Rejected { request, .. } => {
            state.request(*request).map(|request| &request.model)
        }
        EventBody::ActionDone { event: about, .. } | EventBody::Incident { event: about, .. } => {
            model_of(replayed.event(about.seq)?, replayed, state)
        }
        body => body.model(),
    }
}

fn line(times: &State, event: &VerifiedEvent, others: &[Named<'_>]) -> String {
    let by: Vec<String> = event.by.iter().map(|name| text::name(name)).collect();
    let mut what = what(&event.body);
    if !others.is_empty() {
        let others = others.iter().map(|(model, version)| format!("{model}@{version}"));
        let others: Vec<String> = others.collect();
        what = format!("{what}; the same files: {}", others.join(", "));
    }
    format!(
        "{:>6}  {}  {:<15}  {what}  by {}",
        event.seq,
        times.dated(event.step()),
        event.body.kind(),
        by.join(", ")
    )
}

/// What happened, in the words of people.
fn what(body: &EventBody) -> String {
    let about = |version: &Option<_>| {
        version.as_ref().map_or(String::new(), |version| format!(" about {version}"))
    };
    match body {
        EventBody::Founded { keyring, .. } | EventBody::KeyringChanged { keyring, .. } => {
            format!("keyring {keyring}")
        }
        EventBody::Registered { model, version, passport } => {
            format!("{model}@{version} passport {passport}")
        }
        EventBody::Reported { model, version, report_id, .. } => {
            format!("{model}@{version} {report_id}")
        }
        EventBody::Requested { request, model, version, environment, .. } => {
            format!("{model}@{version} to {environment}, request {request}")
        }
        EventBody::Approved { request, role, comment, .. }
        | EventBody::Rejected { request, role, comment, .. } => {
            format!("request {request} as {role}: {}", text::phrase(comment.as_ref()))
        }
        EventBody::Promoted { model, version, environment, from_version, .. } => {
            let from = from_version.as_ref();
            let from = from.map_or(String::new(), |from| format!(", before {from}"));
            format!("{model}@{version} to {environment}{from}")
        }
        EventBody::RolledBack { model, environment, from_version, to_version, reason, .. } => {
            let reason = text::phrase(reason.as_ref());
            format!("{model} in {environment} from {from_version} to {to_version}: {reason}")
        }
        EventBody::Drilled {
            model,
            environment,
            to_version,
            recovery_ms,
            verified,
            failure,
            ..
        } => {
            let good = if *verified { "verified" } else { "not verified" };
            let why = failure.as_ref().map(|why| format!(": {}", text::phrase(why.as_ref())));
            let why = why.unwrap_or_default();
            format!("{model} in {environment} to {to_version} in {recovery_ms} ms, {good}{why}")
        }
        EventBody::HoldPlaced { model, environment, version, role, comment }
        | EventBody::HoldReleased { model, environment, version, role, comment } => {
            let (about, comment) = (about(version), text::phrase(comment.as_ref()));
            format!("{model} in {environment}{about} as {role}: {comment}")
        }
        EventBody::PolicyChanged { policy, .. } => format!("policy {policy}"),
        EventBody::ClockCorrected { event, reason } => {
            let (first, reason) = (event.seq, text::phrase(reason.as_ref()));
            format!("from event {first} up to this one no time is believed: {reason}")
        }
        EventBody::Revoked { model, version, role, reason } => {
            format!("{model}@{version} as {role}: {}", text::phrase(reason.as_ref()))
        }
        EventBody::Incident { event, action, reference } => {
            format!("event {} by {action}: {}", event.seq, text::phrase(reference.as_ref()))
        }
        EventBody::ActionDone { event, action, outcome, detail } => {
            let detail = detail.as_ref().map_or("", AsRef::as_ref);
            let ended = match outcome {
                ActionOutcome::Succeeded => "succeeded".to_owned(),
                ActionOutcome::GivenUp => "given up".to_owned(),
                ActionOutcome::PutRight => format!("put right: {}", text::phrase(detail)),
            };
            format!("event {} {action} {ended}", event.seq)
        }
    }
}

fn document(times: &State, event: &VerifiedEvent, others: &[Named<'_>]) -> Value {
    let dated = times.dated(event.step());
    let mut document = json!({
        "seq": event.seq,
        "digest": event.digest,
        "at": dated.at.to_string(),
        "countsAs": dated.counts_as.map(|at| at.to_string()),
        "by": event.by,
        "body": event.body,
    });
    if !others.is_empty() {
        let named = |(model, version): &Named<'_>| json!({ "model": model, "version": version });
        document["sameFiles"] = others.iter().map(named).collect();
    }
    document
}
