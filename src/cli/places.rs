//! What runs where, what is held and what was revoked, as commands say it.
//!
//! `times` is the state that knows which times are believed: a clock may have been corrected after
//! the state that is told of.

use serde_json::{Map, Value, json};

use super::revoked::{self, Files};
use crate::registry::State;
use crate::registry::event::ModelName;
use crate::registry::state::{Hold, Model, Move, Place};
use crate::verdict::text;

/// A line for each environment of each model, for each hold and each version that was revoked, or whose
/// files were.
pub(in crate::cli) fn lines(
    state: &State,
    times: &State,
    files: &Files<'_>,
    model: Option<&ModelName>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, found) in chosen(state, model) {
        for (environment, place) in &found.environments {
            let running = place.last().map(|last| running(state, times, files, name, last));
            let running = running.unwrap_or_else(|| "nothing".to_owned());
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
        lines.extend(files.lines(name));
    }
    lines.extend(files.unknown());
    lines
}

fn running(
    state: &State,
    times: &State,
    files: &Files<'_>,
    model: &ModelName,
    last: &Move,
) -> String {
    let Move { version, step, .. } = last;
    let revoked = state.revocation(model, version);
    let revoked = revoked
        .map(|revoked| format!(", revoked by event {}", revoked.step.seq()))
        .or_else(|| files.mark(model, version))
        .unwrap_or_default();
    format!("{version} since {} (event {}){revoked}", times.dated(*step), step.seq())
}

/// Versions and environments of the models, as a document.
pub(in crate::cli) fn document(
    state: &State,
    times: &State,
    files: &Files<'_>,
    model: Option<&ModelName>,
) -> Value {
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
                    "revocation": revoked::document(times, known.revoked.as_ref()),
                    "filesRevokedAs": files.document(times, name, version),
                })
            })
            .collect();
        let places = found.environments.iter();
        let places: Map<String, Value> = places
            .map(|(environment, place)| (environment.to_string(), place_document(times, place)))
            .collect();
        json!({ "model": name, "versions": versions, "environments": places })
    };
    chosen(state, model).map(of_model).collect()
}

fn place_document(times: &State, place: &Place) -> Value {
    let holds: Vec<Value> = place
        .holds
        .iter()
        .map(|(version, hold)| {
            let Hold { comment, step, .. } = hold;
            json!({ "version": version, "comment": comment, "since": step.event })
        })
        .collect();
    let last = place.last();
    let dated = last.map(|last| times.dated(last.step));
    json!({
        "version": place.current,
        "since": dated.map(|dated| dated.at.to_string()),
        "sinceCountsAs": dated.and_then(|dated| dated.counts_as).map(|at| at.to_string()),
        "event": dated.map(|dated| dated.event),
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
